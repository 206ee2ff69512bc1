"""The documents whose change elsewhere holds back what was signed here (sync.md §7.6)."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.elements import text_at
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject
from localdb.projections.tables import seen_row, seen_unread

CLASS_A = frozenset(
    {
        "AllergyIntolerance",
        "BiologicallyDerivedProduct",
        "CarePlan",
        "Consent",
        "DeviceRequest",
        "Flag",
        "Goal",
        "Immunization",
        "MedicationAdministration",
        "MedicationDispense",
        "MedicationRequest",
        "MedicationStatement",
        "NutritionOrder",
        "Procedure",
        "ServiceRequest",
    }
)
"""Types that are never merged by themselves."""

PAPERS = {
    "Composition": "status",
    "DiagnosticReport": "status",
    "DocumentReference": "docStatus",
    "QuestionnaireResponse": "status",
}
"""Papers join them once they are signed; the element says whether they are."""

_UNSIGNED = frozenset({"preliminary", "registered", "partial", "in-progress"})


class ReadSets(Subject):
    kinds = frozenset[str]()
    rtypes = CLASS_A | frozenset(PAPERS)
    sheets = (seen_row,)
    unread = seen_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        if not put.version:  # only ours: nobody else can have changed it
            return
        element = PAPERS.get(put.rtype)
        if element is None or text_at(document, element) not in _UNSIGNED:
            yield Row(seen_row, (put.patient, put.version))
