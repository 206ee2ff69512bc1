"""The documents whose change elsewhere holds back what was signed here (sync.md §7.6)."""

from __future__ import annotations

from app.fhir.document import Document
from app.fhir.elements import text_at

_CLASS_A = frozenset(
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
        "RequestGroup",
        "ServiceRequest",
    }
)
"""Types that are never merged by themselves."""

_PAPERS = {
    "Composition": "status",
    "DiagnosticReport": "status",
    "DocumentReference": "docStatus",
    "QuestionnaireResponse": "status",
}
"""Papers join them once they are signed; the element says whether they are."""

_UNSIGNED = frozenset({"preliminary", "registered", "partial", "in-progress"})

HOLDING_TYPES = _CLASS_A | frozenset(_PAPERS)
"""The types among which such documents are."""


def holds_back(document: Document) -> bool:
    """Whether what was signed in front of this document waits when it changes."""
    kind = text_at(document, "resourceType")
    element = _PAPERS.get(kind)
    if element is None:
        return kind in _CLASS_A
    return text_at(document, element) not in _UNSIGNED
