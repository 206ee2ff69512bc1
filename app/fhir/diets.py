"""NutritionOrder (R4 nutritionorder.html) as `Order` of class diet, read and written.

R4 gives it no category, priority or reason: those stand in extensions of ours.
"""

from __future__ import annotations

from app.domain.orders import Dosage, Order, OrderClass, OrderKind, Priority
from app.domain.terms import EncounterId, OrderId, PatientId
from app.fhir.building import codeable, person, put, reference, set_extension
from app.fhir.document import Document, Json
from app.fhir.dosages import bound_end, repeat_text, starts, write_timing
from app.fhir.elements import (
    at,
    concept_term,
    dict_at,
    dicts_at,
    display_at,
    extension,
    id_at,
    instant_text,
    list_at,
    moment,
    note_texts,
    practitioner_at,
    term_or_unnamed,
    text_at,
    when,
)
from app.fhir.guards import unknown_modifiers
from app.fhir.order_marks import read_marks
from app.fhir.valuesets import (
    FREQUENCY,
    ORDER_KIND,
    ORDER_PRIORITY,
    ORDER_REASON,
    STOP_REASON,
    STOPPED_AT,
    STOPPED_BY,
)

NUTRITION = "NutritionOrder"
_KINDS = {one.value: one for one in OrderKind}
_PRIORITIES = {one.value: one for one in Priority}


def read_diet(document: Document) -> Order:
    """Read a NutritionOrder; what is given besides the oral diet stays in words."""
    marks = read_marks(document)
    authored_at, authored_text = moment(at(document, "dateTime"))
    encounter = id_at(document, "Encounter", "encounter")
    diet = dict_at(document, "oralDiet")
    timing = at(diet, "schedule", 0)
    return Order(
        id=OrderId(text_at(document, "id")),
        patient=PatientId(id_at(document, "Patient", "patient")),
        encounter=EncounterId(encounter) if encounter else None,
        order_class=OrderClass.DIET,
        kind=_KINDS.get(text_at(extension(document, ORDER_KIND), "valueCode")),
        item=term_or_unnamed(at(diet, "type", 0) or _other_food(document)),
        dosage=Dosage(
            frequency=concept_term(at(timing, "code"), FREQUENCY),
            text=text_at(diet, "instruction") or _beside(document),
        ),
        status=text_at(document, "status") or "unknown",
        priority=_PRIORITIES.get(
            text_at(extension(document, ORDER_PRIORITY), "valueCode"), Priority.ROUTINE
        ),
        reason=text_at(extension(document, ORDER_REASON), "valueString"),
        note=note_texts(document),
        authored_at=authored_at,
        authored_text=authored_text,
        requester=practitioner_at(document, "orderer"),
        requester_name=display_at(document, "orderer"),
        starts_at=starts(timing),
        ends_at=bound_end(timing),
        stopped_at=when(at(extension(document, STOPPED_AT), "valueDateTime")),
        stopped_by=practitioner_at(extension(document, STOPPED_BY), "valueReference"),
        stop_reason=text_at(extension(document, STOP_REASON), "valueString"),
        guarded=bool(unknown_modifiers(document)),
        ending=marks.ending,
        origin=marks.origin,
        replaces=marks.replaces,
        held_at=marks.held_at,
        hold_reason=marks.hold_reason,
        why=marks.why,
    )


def write_diet(document: Document, order: Order, timing: Json) -> None:
    """Write what differs from `order` onto a NutritionOrder that was begun."""
    before = read_diet(document)
    fresh = "status" not in document
    if fresh or order.status != before.status:
        document["status"] = order.status
    document.setdefault("intent", "order")
    if fresh or order.patient != before.patient:
        document["patient"] = reference("Patient", order.patient, onto=document.get("patient"))
    if order.encounter != before.encounter:
        put(document, "encounter", order.encounter and reference("Encounter", order.encounter))
    if order.authored_at != before.authored_at:
        told = None if order.authored_at is None else instant_text(order.authored_at)
        put(document, "dateTime", told)
    asked = (order.requester, order.requester_name)
    if asked != (before.requester, before.requester_name):
        put(document, "orderer", person(*asked, onto=document.get("orderer")))
    _write_food(document, order, before, timing)
    _write_words(document, order, before)


def _write_food(document: Document, order: Order, before: Order, timing: Json) -> None:
    diet = dict(dict_at(document, "oralDiet"))
    kinds = list_at(diet, "type")
    if order.item != before.item or not kinds:
        diet["type"] = [codeable(order.item, at(kinds, 0)), *kinds[1:]]
    schedules = list_at(diet, "schedule")
    made = write_timing(
        at(schedules, 0), order.dosage, order.starts_at, timing, ends_at=order.ends_at
    )
    put(diet, "schedule", [made, *schedules[1:]] if made else schedules[1:])
    if order.dosage.text != before.dosage.text:
        put(diet, "instruction", order.dosage.text)
    document["oralDiet"] = diet


def _write_words(document: Document, order: Order, before: Order) -> None:
    if order.kind != before.kind:
        kind = "" if order.kind is None else order.kind.value
        set_extension(document, ORDER_KIND, "valueCode", kind)
    if order.priority != before.priority:
        usual = order.priority is Priority.ROUTINE
        set_extension(document, ORDER_PRIORITY, "valueCode", "" if usual else order.priority.value)
    if order.reason != before.reason:
        set_extension(document, ORDER_REASON, "valueString", order.reason)
    if order.note != before.note:
        first = next(iter(dicts_at(document, "note")), {})
        put(document, "note", [first | {"text": order.note}] if order.note else None)


def _other_food(document: Document) -> Json:
    return at(document, "enteralFormula", "baseFormulaType") or at(
        document, "supplement", 0, "type"
    )


def _beside(document: Document) -> str:
    """Further kinds, supplements and what is left out: in words, so that nothing is hidden."""
    diet = dict_at(document, "oralDiet")
    found = [concept_term(one) for one in list_at(diet, "type")[1:]]
    found += [concept_term(at(one, "type")) for one in dicts_at(document, "supplement")]
    words = [term.text for term in found if term is not None]
    words += [text_at(one, "productName") for one in dicts_at(document, "supplement")]
    words.append(text_at(document, "enteralFormula", "administrationInstruction"))
    words.append(repeat_text(at(diet, "schedule", 0)))
    left_out = [concept_term(one) for one in list_at(document, "excludeFoodModifier")]
    words += [f"- {term.text}" for term in left_out if term is not None]
    return "; ".join(word for word in words if word)
