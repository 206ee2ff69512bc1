"""Documents of a patient that no page shows yet: counted, so that nobody misses them."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.basics import is_ours
from app.fhir.document import Document
from app.fhir.pathways import read_enrolment
from app.kernel.faults import FaultKind, app_error
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject
from localdb.projections.tables import unplaced_row, unplaced_unread

NO_PAGE = frozenset(
    {
        "AdverseEvent",
        "Basic",
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
    version = 2
    about_a_patient = False  # machinery is about nobody; of the rest each must be

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        if put.rtype == "CarePlan" and read_enrolment(document) is not None:
            return  # a clinical pathway of ours has its page
        if put.rtype == "Basic" and (is_ours(document) or put.patient is None):
            return  # machinery, not the record
        if put.patient is None:
            raise app_error(FaultKind.REFUSED, "unread.no-patient", put.rtype)
        yield Row(unplaced_row, (put.patient, put.rtype))
