"""MedicationAdministration (R4 medicationadministration.html) as `Administration`."""

from __future__ import annotations

from app.domain.orders import Administration
from app.domain.terms import EncounterId, OrderId, PatientId
from app.fhir.document import Document
from app.fhir.elements import (
    at,
    concept_term,
    decimal,
    dict_at,
    display_at,
    id_at,
    list_at,
    moment,
    quantity_text,
    ref_at,
    text_at,
    when,
)
from app.fhir.medications import medication
from app.fhir.valuesets import UCUM


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
    )


def _rates(dosage: Document) -> tuple[str, str]:
    """How fast it ran, in signs alone; `dose` says how much and has no place for it."""
    ratio = dict_at(dosage, "rateRatio")
    ends = [quantity_text(at(ratio, end)) for end in ("numerator", "denominator")]
    return quantity_text(at(dosage, "rateQuantity")), " / ".join(end for end in ends if end)


def _reason(document: Document) -> str:
    terms = (concept_term(one) for one in list_at(document, "statusReason"))
    return "; ".join(term.text for term in terms if term is not None)
