"""MedicationAdministration (R4 medicationadministration.html) as `Administration`, both ways."""

from __future__ import annotations

from app.domain.orders import Administration
from app.domain.slots import DoseGiven
from app.domain.terms import EncounterId, OrderId, PatientId, PractitionerId, Ref, Term
from app.fhir.building import (
    begin,
    codeable,
    concept,
    person,
    put,
    quantity_of,
    reference,
    set_extension,
)
from app.fhir.document import Document, Json
from app.fhir.elements import (
    at,
    concept_term,
    decimal,
    dict_at,
    display_at,
    extension,
    id_at,
    instant_text,
    list_at,
    moment,
    note_texts,
    practitioner_at,
    quantity_text,
    ref_at,
    refs_at,
    text_at,
    when,
)
from app.fhir.medications import medication
from app.fhir.valuesets import OVERRIDE, PERFORMER_FUNCTION, UCUM

GIVEN = frozenset({"in-progress", "on-hold", "completed", "stopped"})
"""`medication-admin-status` of which something has reached the patient."""


def read_administration(document: Document) -> Administration:
    """Read a MedicationAdministration; `status` says whether anything was given at all."""
    given_at, given_text = moment(at(document, "effectiveDateTime"))
    if given_at is None and not given_text:
        given_at, given_text = moment(at(document, "effectivePeriod", "start"))
    dosage = dict_at(document, "dosage")
    dose = dict_at(dosage, "dose")
    order = id_at(document, "MedicationRequest", "request")
    encounter = id_at(document, "Encounter", "context")
    item, ref = medication(document)
    return Administration(
        id=text_at(document, "id"),
        patient=PatientId(id_at(document, "Patient", "subject")),
        encounter=EncounterId(encounter) if encounter else None,
        order=OrderId(order) if order else None,
        item=item,
        status=text_at(document, "status") or "unknown",
        at=given_at,
        ends_at=when(at(document, "effectivePeriod", "end")),
        dose=decimal(at(dose, "value")),
        unit=text_at(dose, "code") if text_at(dose, "system") == UCUM else "",
        unit_text=text_at(dose, "unit"),
        route=concept_term(at(dosage, "route")),
        text=", ".join(part for part in (text_at(dosage, "text"), *_rates(dosage)) if part),
        performer=display_at(document, "performer", 0, "actor"),
        performer_ref=ref_at(document, "performer", 0, "actor"),
        reason=_reason(document),
        at_text=given_text,
        medication=ref,
        slot=next((one for one in refs_at(document, "supportingInformation") if _task(one)), None),
        override=text_at(extension(document, OVERRIDE), "valueString"),
        note=note_texts(document),
    )


def read_given(document: Document) -> DoseGiven | None:
    """What a second dose must look at; None when nothing was given, or no order is named."""
    read = read_administration(document)
    if read.status not in GIVEN or read.order is None:
        return None
    return DoseGiven(
        ref=Ref(f"MedicationAdministration/{read.id}"),
        patient=read.patient,
        order=read.order,
        slot=read.slot,
        at=read.at,
        dose=read.dose,
        unit=read.unit,
        by=practitioner_at(document, "performer", 0, "actor"),
        by_name=read.performer,
    )


def write_administration(
    made: Administration,
    order: Document,
    *,
    by: PractitionerId,
    witness: tuple[PractitionerId, str] | None = None,
    not_given: Term | None = None,
) -> Document:
    """A new administration of `order`; `made.status` says whether anything was given.

    What was ordered is copied from the order, so that both name the same drug.

    Args:
        made: As it shall read; its medication, performer and reason are written from the others.
        order: The MedicationRequest.
        by: Who gave it, or decided not to; `made.performer` is the name.
        witness: The second person, with the name.
        not_given: Why not, coded.
    """
    document = begin({}, "MedicationAdministration", made.id)
    document["status"] = made.status
    put(document, "statusReason", [codeable(not_given)] if not_given is not None else None)
    for key in ("medicationCodeableConcept", "medicationReference"):
        put(document, key, order.get(key))
    put(document, "contained", order.get("contained") if "medicationReference" in order else None)
    document["subject"] = reference("Patient", made.patient)
    stay = made.encounter and reference("Encounter", made.encounter)
    put(document, "context", stay or None)
    put(document, "supportingInformation", [{"reference": made.slot}] if made.slot else None)
    put(document, "effectiveDateTime", instant_text(made.at) if made.at is not None else None)
    second = [] if witness is None else [_performer("verifier", *witness)]
    document["performer"] = [_performer("performer", by, made.performer), *second]
    request = made.order and reference("MedicationRequest", made.order)
    put(document, "request", request or None)
    put(document, "note", [{"text": made.note}] if made.note else None)
    dosage: Document = {}
    put(dosage, "text", made.text)
    put(dosage, "route", codeable(made.route) if made.route is not None else None)
    if made.dose is not None:
        dosage["dose"] = quantity_of(made.dose, made.unit_text or made.unit, made.unit)
    put(document, "dosage", dosage)
    set_extension(document, OVERRIDE, "valueString", made.override)
    return document


def _performer(function: str, who: PractitionerId, name: str) -> Json:
    return {"function": concept(PERFORMER_FUNCTION, function), "actor": person(who, name)}


def _task(ref: Ref) -> bool:
    return ref.startswith("Task/")


def _rates(dosage: Document) -> tuple[str, str]:
    """How fast it ran, in signs alone; `dose` says how much and has no place for it."""
    ratio = dict_at(dosage, "rateRatio")
    ends = [quantity_text(at(ratio, end)) for end in ("numerator", "denominator")]
    return quantity_text(at(dosage, "rateQuantity")), " / ".join(end for end in ends if end)


def _reason(document: Document) -> str:
    terms = (concept_term(one) for one in list_at(document, "statusReason"))
    return "; ".join(term.text for term in terms if term is not None)
