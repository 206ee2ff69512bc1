"""Condition (R4 condition.html) as `Problem`."""

from __future__ import annotations

from app.domain.chart import Problem
from app.domain.terms import PatientId
from app.fhir.document import Document
from app.fhir.elements import (
    at,
    codings,
    date_text,
    id_at,
    list_at,
    moment,
    quantity_text,
    span_text,
    term_or_unnamed,
    text_at,
)
from app.fhir.valuesets import ALLERGY_VOID, CONDITION_ACTIVE, CONDITION_OVER


def read_problem(document: Document) -> Problem:
    """Read a Condition. Refuted and entered in error, it is not active, whatever else it says."""
    recorded_at, recorded_text = moment(at(document, "recordedDate"))
    verification = _code(document, "verificationStatus")
    categories = (_code({"category": one}, "category") for one in list_at(document, "category"))
    return Problem(
        id=text_at(document, "id"),
        patient=PatientId(id_at(document, "Patient", "subject")),
        term=term_or_unnamed(at(document, "code")),
        active=_active(document, verification),
        category=next((category for category in categories if category), ""),
        verification=verification,
        onset_text=_onset(document),
        recorded_at=recorded_at,
        recorded_text=recorded_text,
    )


def _active(document: Document, verification: str) -> bool | None:
    clinical = _code(document, "clinicalStatus")
    if verification in ALLERGY_VOID or clinical in CONDITION_OVER:
        return False
    if clinical in CONDITION_ACTIVE:
        return True
    ended = (key for key in document if key.startswith("abatement") and document[key])
    return False if next(ended, "") else None


def _code(document: Document, key: str) -> str:
    return next((coding.code for coding in codings(at(document, key)) if coding.code), "")


def _onset(document: Document) -> str:
    start = date_text(at(document, "onsetPeriod", "start"))
    return (
        date_text(at(document, "onsetDateTime"))
        or start
        or text_at(document, "onsetString")
        or quantity_text(at(document, "onsetAge"))
        or span_text(at(document, "onsetRange", "low"), at(document, "onsetRange", "high"))
    )
