"""AllergyIntolerance (R4 allergyintolerance.html) as `Allergy`."""

from __future__ import annotations

from app.domain.patients import Allergy
from app.domain.terms import PatientId, Term
from app.fhir.document import Document
from app.fhir.elements import (
    UNNAMED,
    at,
    codings,
    concept_term,
    dicts_at,
    display_at,
    id_at,
    list_at,
    moment,
    ref_at,
    text_at,
)
from app.fhir.valuesets import (
    ABSENT_UNKNOWN,
    ALLERGY_SPENT,
    ALLERGY_VOID,
    IPS_NONE_KNOWN,
    IPS_NONE_KNOWN_OF_SORT,
    NONE_KNOWN,
    NONE_KNOWN_OF_SORT,
    SNOMED,
)

_SEVERITIES = ("mild", "moderate", "severe")
_WHOLE = {(SNOMED, c) for c in NONE_KNOWN} | {(ABSENT_UNKNOWN, c) for c in IPS_NONE_KNOWN}
_PART = {(SNOMED, c) for c in NONE_KNOWN_OF_SORT} | {
    (ABSENT_UNKNOWN, c) for c in IPS_NONE_KNOWN_OF_SORT
}


def read_allergy(document: Document) -> Allergy:
    """Read an AllergyIntolerance.

    "No known allergy" is the same statement whatever its clinicalStatus: one JP feed calls it
    `resolved`. Refuted, it says nothing. A missing status leaves an allergy active: to doubt one
    is not to refute it.
    """
    code = at(document, "code")
    coded = {(coding.system, coding.code) for coding in codings(code)}
    verification = _status(document, "verificationStatus")
    clinical = _status(document, "clinicalStatus")
    whole, part = bool(coded & _WHOLE), bool(coded & _PART)
    recorded_at, recorded_text = moment(at(document, "recordedDate"))
    return Allergy(
        id=text_at(document, "id"),
        patient=PatientId(id_at(document, "Patient", "patient")),
        agent=_agent(document),
        checkable=any(system and value for system, value in coded),
        none_known=(whole or part) and verification != "refuted",
        active=clinical not in ALLERGY_SPENT and verification not in ALLERGY_VOID,
        criticality=text_at(document, "criticality"),
        verification=verification,
        reactions=_reactions(document),
        severity=_severity(document),
        recorded_at=recorded_at,
        recorded_by=display_at(document, "recorder"),
        partial=part and not whole,
        recorded_text=recorded_text,
        recorder=ref_at(document, "recorder"),
    )


def _status(document: Document, key: str) -> str:
    return next((coding.code for coding in codings(at(document, key)) if coding.code), "")


def _agent(document: Document) -> Term:
    substances = (at(one, "substance") for one in dicts_at(document, "reaction"))
    terms = (concept_term(value) for value in (at(document, "code"), *substances))
    return next((term for term in terms if term is not None), UNNAMED)


def _reactions(document: Document) -> tuple[str, ...]:
    found: list[str] = []
    for reaction in dicts_at(document, "reaction"):
        terms = [concept_term(one) for one in list_at(reaction, "manifestation")]
        words = [term.text for term in terms if term is not None]
        found.extend(words or [text for text in (text_at(reaction, "description"),) if text])
    return tuple(dict.fromkeys(found))


def _severity(document: Document) -> str:
    """The worst reaction that was recorded."""
    found = {text_at(one, "severity") for one in dicts_at(document, "reaction")}
    return next((level for level in reversed(_SEVERITIES) if level in found), "")
