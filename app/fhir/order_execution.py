"""The R4 documents by which an order was carried out, wholly or in part."""

from __future__ import annotations

EXECUTING_TYPES = frozenset(
    {
        "DiagnosticReport",
        "ImagingStudy",
        "MedicationAdministration",
        "MedicationDispense",
        "Observation",
        "Procedure",
        "Specimen",
    }
)
"""Types that refer to an order (`basedOn`, `request`, `authorizingPrescription`) when done."""
