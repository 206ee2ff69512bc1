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
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        if put.rtype == "Organization":
            name = read_organization(document).name
            yield Row(organization_row, (name.name, name.english))
            return
        place = read_location(document)
        in_use = int(place.status not in ("inactive", "suspended"))
        label = fold_label(place.name.name)
        names = (place.name.name, place.name.english, label)
        _, _, key = put.ref.partition("/")
        yield Row(place_row, (key, place.kind.value, in_use, *names, place.part_of))
