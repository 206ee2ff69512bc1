"""Which Provenance is about which document."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Index, Integer, String, Table

from app.fhir.document import Document
from app.fhir.provenance import read_provenance
from localdb.projecting import Put
from localdb.projections.derived import unread_table
from localdb.projections.subject import Row, Subject, sorted_at
from localdb.schema import DERIVED, metadata

provenance_row = Table(
    "provenance_row",
    metadata,
    Column("ref", String, primary_key=True),
    Column("target", String, primary_key=True),
    Column("recorded", Integer),
    info=DERIVED,
)
Index("ix_provenance_row_target", provenance_row.c.target)
provenance_unread = unread_table("provenance")


class Provenances(Subject):
    kinds = frozenset({"note"})
    rtypes = frozenset({"Provenance"})
    sheets = (provenance_row,)
    unread = provenance_unread
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:  # noqa: ARG002 - as all
        told = read_provenance(document)
        at = sorted_at(told.recorded, "", told.occurred)
        for target in dict.fromkeys(one.ref for one in told.targets):
            yield Row(provenance_row, (target, at))
