"""Documents of a patient that no page shows yet: counted, so that nobody misses them."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject
from localdb.projections.tables import unplaced_row, unplaced_unread

NO_PAGE = frozenset(
    {
        "AdverseEvent",
        "CarePlan",
        "ClinicalImpression",
        "Consent",
        "DetectedIssue",
        "DeviceRequest",
        "DeviceUseStatement",
        "FamilyMemberHistory",
        "Goal",
        "Immunization",
        "MedicationDispense",
        "MedicationStatement",
        "QuestionnaireResponse",
        "RiskAssessment",
    }
)
"""Kinds that are followed; whoever gives one a page takes it out of here."""


class Unplaced(Subject):
    kinds = frozenset({"event"})
    rtypes = NO_PAGE
    sheets = (unplaced_row,)
    unread = unplaced_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        del document  # that it is there is all that is said of it
        yield Row(unplaced_row, (put.patient, put.rtype))
