"""Critical values that somebody repeated to whoever reported them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Index, String

from app.domain.critical_values import ReadBack
from app.fhir.critical_values import read_about, read_read_back
from app.fhir.document import Document
from localdb.projecting import Put
from localdb.projections.derived import derived_table, unread_table
from localdb.projections.flat import Flat
from localdb.projections.subject import Row, Subject

READ_BACK = Flat(ReadBack)

read_back_row = derived_table(
    "read_back_row",
    Column("unsent", String, nullable=False),
    Column("about", String, nullable=False),
    *READ_BACK.columns(),
)
Index("ix_read_back_row_about", read_back_row.c.about)
read_back_unread = unread_table("read_back")


class ReadBacks(Subject):
    kinds = frozenset({"result"})
    rtypes = frozenset({"Communication"})
    sheets = (read_back_row,)
    unread = read_back_unread
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        told, about = read_read_back(document), read_about(document)
        if told is not None and about is not None:
            yield Row(read_back_row, (put.unsent, about, *READ_BACK.cells(told)))
