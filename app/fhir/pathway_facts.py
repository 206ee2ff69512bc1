"""Observation (R4 observation.html) of what was recorded of a clinical pathway, as `PathwayFact`.

`basedOn` is the CarePlan, `code` says what sort of fact it is, an extension of ours which element
of which stage, `value` the reason of a variance or the day of the operation. A fact is never
changed: what was wrong becomes `entered-in-error`, and what is true is recorded anew.
"""

from __future__ import annotations

from app.domain.pathways import EnrolmentId, FactKind, PathwayFact
from app.domain.terms import EncounterId, Named, PatientId, Ref, Term
from app.fhir.building import begin, codeable, concept, person, put, reference, set_extension
from app.fhir.document import Document
from app.fhir.elements import (
    at,
    code_of,
    concept_term,
    display_at,
    extension,
    id_at,
    instant_text,
    note_texts,
    practitioner_at,
    refs_at,
    text_at,
    when,
    whole_date,
)
from app.fhir.guards import unknown_modifiers
from app.fhir.valuesets import (
    OBSERVATION_CATEGORY,
    PATHWAY_ELEMENT,
    PATHWAY_FACT,
    PATHWAY_VARIANCE,
)
from app.kernel.faults import FaultKind, app_error

_KINDS = {kind.value: kind for kind in FactKind}
_COUNTED = frozenset({"final", "amended", "corrected"})


def is_pathway_fact(document: Document) -> bool:
    """Whether an Observation belongs to a clinical pathway, and therefore is no result."""
    return bool(code_of(at(document, "code"), PATHWAY_FACT))


def read_pathway_fact(document: Document) -> PathwayFact | None:
    """Read it; None of an Observation that is none.

    Raises:
        AppError: `REFUSED` when it says of no pathway, nothing that is known here, or holds an
            element that may turn its meaning round: it is then kept as not understood.
    """
    if not is_pathway_fact(document):
        return None
    code = code_of(at(document, "code"), PATHWAY_FACT)
    plans = (ref for ref in refs_at(document, "basedOn") if ref.startswith("CarePlan/"))
    plan = next(plans, None)
    if plan is None or code not in _KINDS or unknown_modifiers(document):
        raise app_error(FaultKind.REFUSED, "unread.pathway-fact", code)
    about = concept_term(at(extension(document, PATHWAY_ELEMENT), "valueCodeableConcept"))
    stage, _, element = about.code.partition("/") if about is not None else ("", "", "")
    encounter = id_at(document, "Encounter", "encounter")
    kind = _KINDS[code]
    day = whole_date(at(document, "valueDateTime"))
    if (day is None) is (kind is FactKind.OPERATION_DAY):
        raise app_error(FaultKind.REFUSED, "unread.pathway-fact", code)
    return PathwayFact(
        ref=Ref(f"Observation/{text_at(document, 'id')}"),
        patient=PatientId(id_at(document, "Patient", "subject")),
        enrolment=EnrolmentId(plan.partition("/")[2]),
        kind=kind,
        encounter=EncounterId(encounter) if encounter else None,
        stage=stage,
        element=element,
        element_term=about,
        reason=concept_term(at(document, "valueCodeableConcept"), PATHWAY_VARIANCE),
        text=note_texts(document),
        at=when(at(document, "effectiveDateTime")),
        by=practitioner_at(document, "performer", 0),
        by_name=display_at(document, "performer", 0),
        day=day,
        void=text_at(document, "status") not in _COUNTED,
    )


def element_term(stage: str, element: str, name: Named) -> Term:
    """How a fact names the element it is about."""
    return Term(name.name, PATHWAY_ELEMENT, f"{stage}/{element}", name.english)


def write_pathway_fact(fact: PathwayFact) -> Document:
    """A fact as it was recorded."""
    document = begin({}, "Observation", fact.ref.partition("/")[2])
    document["status"] = "final"
    document["category"] = [concept(OBSERVATION_CATEGORY, "activity")]
    document["code"] = concept(PATHWAY_FACT, fact.kind.value)
    document["subject"] = reference("Patient", fact.patient)
    stay = fact.encounter
    put(document, "encounter", None if stay is None else reference("Encounter", stay))
    document["basedOn"] = [reference("CarePlan", fact.enrolment)]
    if fact.at is not None:
        document["effectiveDateTime"] = document["issued"] = instant_text(fact.at)
    by = person(fact.by, fact.by_name)
    put(document, "performer", [by] if by else None)
    if fact.reason is not None:
        document["valueCodeableConcept"] = codeable(fact.reason)
    if fact.day is not None:
        document["valueDateTime"] = fact.day.isoformat()
    put(document, "note", [{"text": fact.text}] if fact.text else None)
    if fact.element_term is not None:
        about = codeable(fact.element_term)
        set_extension(document, PATHWAY_ELEMENT, "valueCodeableConcept", about)
    return document


def take_back_fact(document: Document) -> Document:
    """The same fact as entered in error; what it said stays readable."""
    return {**document, "status": "entered-in-error"}
