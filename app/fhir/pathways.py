"""CarePlan (R4 careplan.html) of a patient in a clinical pathway, as `Enrolment`, both ways.

`instantiatesUri` names the pathway and its version, a category says what it is called. R4 has no
reason for a plan that was revoked: an extension of ours has it, and a note the author's words.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.pathways import Enrolment, EnrolmentId
from app.domain.terms import EncounterId, PatientId, Ref, Term
from app.fhir.building import begin, codeable, concept, person, put, reference, set_extension
from app.fhir.document import Document, Json
from app.fhir.elements import (
    UNNAMED,
    at,
    code_of,
    concept_term,
    dicts_at,
    display_at,
    extension,
    id_at,
    instant_text,
    list_at,
    period,
    practitioner_at,
    text_at,
)
from app.fhir.guards import unknown_modifiers
from app.fhir.valuesets import PATHWAY, PATHWAY_EXIT, PATHWAY_PLAN

_PLAN = "pathway"
_URI = f"{PATHWAY}:"


def enrolment_ref(enrolment: EnrolmentId) -> Ref:
    """As resources refer to it."""
    return Ref(f"CarePlan/{enrolment}")


def read_enrolment(document: Document) -> Enrolment | None:
    """Read it; None of a CarePlan that names no pathway as this house does."""
    origin = _origin(document)
    if not origin:
        return None
    began, ended = period(at(document, "period"))
    encounter = id_at(document, "Encounter", "encounter")
    left = extension(document, PATHWAY_EXIT)
    return Enrolment(
        id=EnrolmentId(text_at(document, "id")),
        patient=PatientId(id_at(document, "Patient", "subject")),
        encounter=EncounterId(encounter) if encounter else None,
        origin=origin,
        title=_title(document),
        status=text_at(document, "status") or "unknown",
        began_at=began,
        ended_at=ended,
        by=practitioner_at(document, "author"),
        by_name=display_at(document, "author"),
        exit_reason=concept_term(at(left, "valueCodeableConcept"), PATHWAY_EXIT),
        exit_text=text_at(document, "note", 0, "text") if left else "",
        guarded=bool(unknown_modifiers(document)),
    )


def write_enrolment(enrolment: Enrolment, onto: Mapping[str, Json]) -> Document:
    """Write it; who enrolled and what others added stay as they were."""
    document = begin(onto, "CarePlan", enrolment.id)
    document["status"] = enrolment.status
    document["intent"] = "plan"
    put(document, "instantiatesUri", _with_origin(document, enrolment.origin))
    document["category"] = _categories(document, enrolment.title)
    document["title"] = enrolment.title.text
    document["subject"] = reference("Patient", enrolment.patient, onto=at(document, "subject"))
    stay = enrolment.encounter
    put(
        document,
        "encounter",
        None if stay is None else reference("Encounter", stay, onto=at(document, "encounter")),
    )
    begins, ends = enrolment.began_at, enrolment.ended_at
    put(
        document,
        "period",
        {
            **({} if begins is None else {"start": instant_text(begins)}),
            **({} if ends is None else {"end": instant_text(ends)}),
        },
    )
    put(document, "created", "" if begins is None else instant_text(begins))
    put(document, "author", person(enrolment.by, enrolment.by_name, at(document, "author")))
    left = enrolment.exit_reason
    set_extension(
        document, PATHWAY_EXIT, "valueCodeableConcept", None if left is None else codeable(left)
    )
    if left is not None and enrolment.exit_text:
        told = list_at(document, "note")
        others = [one for one in told if text_at(one, "text") != enrolment.exit_text]
        document["note"] = [{"text": enrolment.exit_text}, *others]
    return document


def _origin(document: Document) -> str:
    told = (one for one in list_at(document, "instantiatesUri") if isinstance(one, str))
    return next((one.removeprefix(_URI) for one in told if one.startswith(_URI)), "")


def _with_origin(document: Document, origin: str) -> list[Json]:
    told = list_at(document, "instantiatesUri")
    others = [one for one in told if not (isinstance(one, str) and one.startswith(_URI))]
    return [f"{_URI}{origin}", *others]


def _categories(document: Document, title: Term) -> list[Json]:
    told = list_at(document, "category")
    others = [one for one in told if not (code_of(one, PATHWAY_PLAN) or code_of(one, PATHWAY))]
    return [concept(PATHWAY_PLAN, _PLAN), codeable(title), *others]


def _title(document: Document) -> Term:
    named = (one for one in dicts_at(document, "category") if code_of(one, PATHWAY))
    found = concept_term(next(named, None), PATHWAY)
    words = text_at(document, "title")
    return found or (Term(words) if words else UNNAMED)
