"""Runs of a printer over order sheets, by the stay they belong to."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Index, String

from app.fhir.document import Document
from app.fhir.sheet_prints import is_run, read_run
from localdb.projecting import Put
from localdb.projections.derived import derived_table, unread_table
from localdb.projections.subject import Row, Subject

sheet_print_row = derived_table(
    "sheet_print_row",
    Column("encounter", String, nullable=False),
)
Index("ix_sheet_print_row_encounter", sheet_print_row.c.encounter)

sheet_print_unread = unread_table("sheet_print")


class SheetPrints(Subject):
    """Where the runs of a stay are; what they say is read out of the documents themselves."""

    kinds = frozenset({"sheet"})
    rtypes = frozenset({"Basic"})
    sheets = (sheet_print_row,)
    unread = sheet_print_unread
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        del put
        if is_run(document):
            yield Row(sheet_print_row, (read_run(document).stay,))
