"""Allergies and intolerances, refuted ones included."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.allergies import read_allergy
from app.fhir.document import Document
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject, guarded, sorted_at
from localdb.projections.tables import ALLERGY, allergy_row, allergy_unread


class Allergies(Subject):
    kinds = frozenset({"allergy"})
    rtypes = frozenset({"AllergyIntolerance"})
    sheets = (allergy_row,)
    unread = allergy_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        allergy = read_allergy(document)
        recorded = sorted_at(allergy.recorded_at, allergy.recorded_text)
        yield Row(allergy_row, (put.unsent, guarded(document), recorded, *ALLERGY.cells(allergy)))
