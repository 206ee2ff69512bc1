"""Wards, rooms and beds, and the organisations behind them."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.places import read_location, read_organization
from localdb.projecting import Put
from localdb.projections.names import fold_label
from localdb.projections.subject import Row, Subject
from localdb.projections.tables import organization_row, place_row, place_unread


class Places(Subject):
    kinds = frozenset({"census"})
    rtypes = frozenset({"Location", "Organization"})
    sheets = (place_row, organization_row)
    unread = place_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        if put.rtype == "Organization":
            named = read_organization(document)
            yield Row(organization_row, (named.name, named.english))
        else:
            yield _place(document)
