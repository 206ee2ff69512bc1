"""The three requests of R4 (Medication-, Service-, NutritionOrder) as `Order`, read and written."""

from __future__ import annotations

from datetime import datetime

from app.domain.orders import Ending, Order, OrderClass, OrderKind, Priority
from app.domain.terms import EncounterId, OrderId, PatientId, PractitionerId, Ref
from app.fhir.building import begin, codeable, person, put, reference, set_code, set_extension
from app.fhir.diets import NUTRITION, read_diet, write_diet
from app.fhir.document import Document, Json
from app.fhir.dosages import as_needed
from app.fhir.elements import (
    at,
    bool_at,
    codings,
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
from app.fhir.first_days import read_first_day, write_first_day
from app.fhir.guards import unknown_modifiers
from app.fhir.medications import medication
from app.fhir.order_marks import marks_of, read_marks, write_marks, write_why
from app.fhir.overrides import read_overrides, write_overrides
from app.fhir.requests import (
    MEDICATION,
    SERVICE,
    read_end,
    read_request_dosage,
    read_start,
    write_request_dosage,
)
from app.fhir.spoken import read_spoken, write_spoken
from app.fhir.valuesets import (
    AS_NEEDED_KINDS,
    ORDER_CLASS,
    ORDER_END,
    ORDER_KIND,
    REQUEST_CLASSES,
    REQUEST_INTENTS,
    SERVICE_SYSTEMS,
    STOP_REASON,
    STOPPED_AT,
    STOPPED_BY,
    STOPPED_STATUSES,
    service_group,
)
from app.kernel.faults import FaultKind, app_error

REQUESTS = (MEDICATION, SERVICE, NUTRITION)
_CLASSES = {one.value: one for one in OrderClass}
_KINDS = {one.value: one for one in OrderKind}
_PRIORITIES = {one.value: one for one in Priority} | {"asap": Priority.URGENT}
_GROUPS = {"laboratory": OrderClass.LABORATORY, "imaging": OrderClass.IMAGING}


def read_order(document: Document) -> Order | None:
    """Read a request; None when it asks for nothing (a proposal, a plan) or is none.

    One that forbids (`doNotPerform`, a modifier) is `prohibited` and guarded: never current.
    """
    if document.get("resourceType") not in REQUESTS:
        return None
    return _order(document) if text_at(document, "intent") in REQUEST_INTENTS else None


def order_ref(order: Order) -> Ref:
    """Where the order is recorded: R4 splits medication and diets from every other service."""
    return order.record or Ref(f"{_kind_of(order.order_class)}/{order.id}")


def write_order(order: Order, onto: Document, timing: Json = None) -> Document:
    """Write `order` onto one of the requests and leave the rest as it was.

    An element that reads as `order` has it already is not touched. `prohibited`, `guarded`,
    `medication` and `authored_text` are read only.

    Args:
        order: As it shall read.
        onto: The document as it is; {} for a new order.
        timing: R4 Timing of the frequency, as the frequencies pack has it (`fhir_timing`).
    """
    kind = order_ref(order).partition("/")[0]
    document = begin(onto, kind, order.id)
    before = _order(document)
    if kind == NUTRITION:
        write_diet(document, order, timing)
        _write_end(document, order, before)
        write_marks(document, marks_of(order))
        return document
    _write_kind(document, order, before)
    _write_item(document, order, before)
    _write_who(document, order, before)
    write_spoken(document, order.spoken)
    _write_words(document, order, before)
    write_request_dosage(document, order.dosage, order.starts_at, timing, order.ends_at)
    write_first_day(document, order.first_day)
    _write_needed(document, order, before)
    _write_end(document, order, before)
    write_marks(document, marks_of(order))
    if kind == MEDICATION:
        write_overrides(document, order.overrides)
    return document


def write_stop(
    onto: Document,
    *,
    at: datetime,
    by: PractitionerId | None,
    reason: str,
    by_name: str = "",
    ending: Ending = Ending.STOPPED,
) -> Document:
    """End an order: `stopped` (medicationrequest-status), `revoked` (request-status).

    A medication that was cancelled before anything was done is `cancelled`; the request-status
    of the others has no such code, so an extension says how every order ended.

    Raises:
        AppError: `BUG` when `onto` is no order.
    """
    kind = text_at(onto, "resourceType")
    if kind not in REQUESTS:
        raise app_error(FaultKind.BUG, "fhir.wrong-target", kind)
    document = begin(onto, kind, text_at(onto, "id"))
    cancelled = ending is Ending.CANCELLED
    drug_status = "cancelled" if cancelled else "stopped"
    document["status"] = drug_status if kind == MEDICATION else "revoked"
    set_extension(document, ORDER_END, "valueCode", ending.value)
    set_extension(document, STOPPED_AT, "valueDateTime", instant_text(at))
    set_extension(document, STOPPED_BY, "valueReference", person(by, by_name))
    set_extension(document, STOP_REASON, "valueString", reason)
    write_why(document, "", reason)
    return document


def write_error(
    onto: Document, *, at: datetime, by: PractitionerId, reason: str, by_name: str = ""
) -> Document:
    """Mark an order as entered in error (R4 request-status); what was written stays readable.

    Raises:
        AppError: `BUG` when `onto` is no order.
    """
    document = write_stop(onto, at=at, by=by, reason=reason, by_name=by_name)
    set_extension(document, ORDER_END, "valueCode", "")
    document["status"] = "entered-in-error"
    return document


def _kind_of(order_class: OrderClass) -> str:
    if order_class is OrderClass.MEDICATION:
        return MEDICATION
    return NUTRITION if order_class is OrderClass.DIET else SERVICE


def _order(document: Document) -> Order:
    if document["resourceType"] == NUTRITION:
        return read_diet(document)
    drug = document["resourceType"] == MEDICATION
    order_class = OrderClass.MEDICATION if drug else _class(document)
    marks = read_marks(document)
    elsewhere = not drug and order_class is OrderClass.DIET
    item, ref = medication(document) if drug else (term_or_unnamed(at(document, "code")), None)
    prohibited = bool_at(document, "doNotPerform") is True
    authored_at, authored_text = moment(at(document, "authoredOn"))
    encounter = id_at(document, "Encounter", "encounter")
    return Order(
        id=OrderId(text_at(document, "id")),
        patient=PatientId(id_at(document, "Patient", "subject")),
        encounter=EncounterId(encounter) if encounter else None,
        order_class=order_class,
        kind=_kind(document),
        item=item,
        dosage=read_request_dosage(document),
        status=text_at(document, "status") or "unknown",
        priority=_PRIORITIES.get(text_at(document, "priority"), Priority.ROUTINE),
        reason=_reason(document),
        note=note_texts(document),
        authored_at=authored_at,
        requester=practitioner_at(document, "requester"),
        requester_name=display_at(document, "requester"),
        starts_at=read_start(document),
        stopped_at=when(at(extension(document, STOPPED_AT), "valueDateTime")),
        guarded=prohibited or bool(unknown_modifiers(document)),
        prohibited=prohibited,
        medication=ref,
        authored_text=authored_text,
        stopped_by=practitioner_at(extension(document, STOPPED_BY), "valueReference"),
        stop_reason=_stop_reason(document),
        ending=marks.ending,
        group=marks.group,
        place=marks.place,
        ends_at=read_end(document),
        quantity=marks.quantity,
        quantity_unit=marks.quantity_unit,
        skin_test=marks.skin_test,
        origin=marks.origin,
        replaces=marks.replaces,
        held_at=marks.held_at,
        hold_reason=marks.hold_reason,
        why=marks.why,
        record=Ref(f"{SERVICE}/{text_at(document, 'id')}") if elsewhere else None,
        first_day=read_first_day(document),
        spoken=read_spoken(document),
        overrides=read_overrides(document) if drug else (),
    )


def _class(document: Document) -> OrderClass:
    found = codings(at(document, "category"))
    for coding in found:
        if coding.system == ORDER_CLASS and coding.code in _CLASSES:
            return _CLASSES[coding.code]
    for coding in found:
        if known := REQUEST_CLASSES.get((coding.system, coding.code)):
            return known
        group = service_group(coding.code) if coding.system in SERVICE_SYSTEMS else ""
        if group in _GROUPS:
            return _GROUPS[group]
    return OrderClass.OTHER


def _kind(document: Document) -> OrderKind | None:
    """How long it holds, where the feed says so. Whether a course is long is not asked of R4."""
    found = codings(at(document, "category"))
    for coding in found:
        if coding.system == ORDER_KIND and coding.code in _KINDS:
            return _KINDS[coding.code]
    if any(coding.code == "discharge" for coding in found):
        return OrderKind.DISCHARGE
    rows = (document, *dicts_at(document, "dosageInstruction"))
    return OrderKind.PRN if any(as_needed(row) for row in rows) else None


def _reason(document: Document) -> str:
    terms = (concept_term(one) for one in list_at(document, "reasonCode"))
    texts = (term.text for term in terms if term is not None)
    return "; ".join(dict.fromkeys(texts))


def _stop_reason(document: Document) -> str:
    if told := text_at(extension(document, STOP_REASON), "valueString"):
        return told
    if text_at(document, "status") not in STOPPED_STATUSES:
        return ""
    term = concept_term(at(document, "statusReason"))
    return "" if term is None else term.text


def _write_kind(document: Document, order: Order, before: Order) -> None:
    fresh = "status" not in document
    if fresh or order.status != before.status:
        document["status"] = order.status
    if fresh:
        document.setdefault("intent", "order")
    service = order.order_class is not OrderClass.MEDICATION
    if service and (fresh or order.order_class != before.order_class):
        set_code(document, "category", ORDER_CLASS, order.order_class.value)
    if order.kind != before.kind:
        kind = "" if order.kind is None else order.kind.value
        set_code(document, "category", ORDER_KIND, kind, beside=ORDER_CLASS)
    if fresh or order.priority != before.priority:
        document["priority"] = order.priority.value


def _write_item(document: Document, order: Order, before: Order) -> None:
    key = "medicationCodeableConcept" if document["resourceType"] == MEDICATION else "code"
    if order.item != before.item or not (key in document or "medicationReference" in document):
        document[key] = codeable(order.item, document.get(key))
        document.pop("medicationReference", None)


def _write_who(document: Document, order: Order, before: Order) -> None:
    if order.patient != before.patient or "subject" not in document:
        document["subject"] = reference("Patient", order.patient, onto=document.get("subject"))
    if order.encounter != before.encounter:
        encounter = order.encounter and reference("Encounter", order.encounter)
        put(document, "encounter", encounter or None)
    if order.authored_at != before.authored_at:
        at_text = None if order.authored_at is None else instant_text(order.authored_at)
        put(document, "authoredOn", at_text)
    asked = (order.requester, order.requester_name)
    if asked != (before.requester, before.requester_name):
        put(document, "requester", person(*asked, onto=document.get("requester")))


def _write_words(document: Document, order: Order, before: Order) -> None:
    if order.reason != before.reason:
        put(document, "reasonCode", [{"text": order.reason}] if order.reason else None)
    if order.note != before.note:
        first = next(iter(dicts_at(document, "note")), {})
        put(document, "note", [first | {"text": order.note}] if order.note else None)


def _write_needed(document: Document, order: Order, before: Order) -> None:
    """`asNeededBoolean`, where the kind of the order says so and no condition is named already."""
    if order.kind == before.kind:
        return
    needed = order.kind is not None and order.kind.value in AS_NEEDED_KINDS
    rows = dicts_at(document, "dosageInstruction")
    holders = rows if document["resourceType"] == MEDICATION else [document]
    for holder in holders:
        if not needed:
            holder.pop("asNeededBoolean", None)
        elif not dict_at(holder, "asNeededCodeableConcept"):
            holder["asNeededBoolean"] = True


def _write_end(document: Document, order: Order, before: Order) -> None:
    if order.stopped_at != before.stopped_at:
        at_text = "" if order.stopped_at is None else instant_text(order.stopped_at)
        set_extension(document, STOPPED_AT, "valueDateTime", at_text)
    if order.stopped_by != before.stopped_by:
        by = reference("Practitioner", order.stopped_by) if order.stopped_by else None
        set_extension(document, STOPPED_BY, "valueReference", by)
    if order.stop_reason != before.stop_reason:
        set_extension(document, STOP_REASON, "valueString", order.stop_reason)
