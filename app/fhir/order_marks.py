"""What this house says of an order beside its dosage: group, ending, hold, test, descent.

R4 has elements for some of it (`groupIdentifier`, `priorPrescription`, `dispenseRequest`) and
nothing for the rest, which stands in extensions of ours (docs/fhir-mapping.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.domain.orders import Ending, Order
from app.domain.terms import PractitionerId, Ref
from app.fhir.building import concept, person, put, quantity_of, set_extension
from app.fhir.document import Document, Json
from app.fhir.elements import (
    at,
    code_of,
    decimal,
    dict_at,
    extension,
    instant_text,
    integer,
    list_at,
    ref_at,
    text_at,
    when,
)
from app.fhir.requests import MEDICATION, SERVICE
from app.fhir.valuesets import (
    HELD_AT,
    HELD_BY,
    HOLD_REASON,
    ORDER_END,
    ORDER_GROUP,
    ORDER_KIND,
    ORDER_PLACE,
    ORDER_SET,
    RENEWED_BY,
    REPLACES,
    SKIN_TEST,
    STATUS_REASON,
    UCUM,
)

_NUTRITION = "NutritionOrder"
_ENDINGS = {one.value: one for one in Ending}


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks as they are read; fields as in `Order`."""

    ending: Ending | None
    group: str
    place: int
    quantity: Decimal | None
    quantity_unit: str
    skin_test: str
    origin: str
    replaces: Ref | None
    held_at: datetime | None
    hold_reason: str
    why: str


def read_marks(document: Document) -> Marks:
    """Read them, of any of the three requests."""
    handed_out = dict_at(document, "dispenseRequest", "quantity")
    return Marks(
        ending=_ENDINGS.get(text_at(extension(document, ORDER_END), "valueCode")),
        group=_group(document),
        place=integer(at(extension(document, ORDER_PLACE), "valueInteger")) or 0,
        quantity=decimal(at(handed_out, "value")),
        quantity_unit=text_at(handed_out, "code") if text_at(handed_out, "system") == UCUM else "",
        skin_test=text_at(extension(document, SKIN_TEST), "valueCode"),
        origin=_origin(document),
        replaces=_replaced(document),
        held_at=when(at(extension(document, HELD_AT), "valueDateTime")),
        hold_reason=text_at(extension(document, HOLD_REASON), "valueString"),
        why=_why(document),
    )


def marks_of(order: Order) -> Marks:
    """The marks an order shall have."""
    return Marks(
        order.ending,
        order.group,
        order.place,
        order.quantity,
        order.quantity_unit,
        order.skin_test,
        order.origin,
        order.replaces,
        order.held_at,
        order.hold_reason,
        order.why,
    )


def write_marks(document: Document, wanted: Marks) -> None:
    """Write what differs; what reads so already stays as it is."""
    before = read_marks(document)
    if (wanted.group, wanted.place) != (before.group, before.place):
        _write_group(document, wanted)
    handed_out = (wanted.quantity, wanted.quantity_unit)
    if handed_out != (before.quantity, before.quantity_unit):
        _write_quantity(document, wanted)
    if wanted.origin != before.origin:
        _write_origin(document, wanted.origin)
    if wanted.replaces != before.replaces:
        _write_replaced(document, wanted.replaces)
    _write_extensions(document, wanted, before)


def _write_extensions(document: Document, wanted: Marks, before: Marks) -> None:
    if wanted.ending != before.ending:
        ending = "" if wanted.ending is None else wanted.ending.value
        set_extension(document, ORDER_END, "valueCode", ending)
    if wanted.skin_test != before.skin_test:
        set_extension(document, SKIN_TEST, "valueCode", wanted.skin_test)
    if wanted.held_at != before.held_at:
        at_text = "" if wanted.held_at is None else instant_text(wanted.held_at)
        set_extension(document, HELD_AT, "valueDateTime", at_text)
    if wanted.hold_reason != before.hold_reason:
        set_extension(document, HOLD_REASON, "valueString", wanted.hold_reason)
    if wanted.why != before.why:
        write_why(document, wanted.why)


def write_hold(
    document: Document, *, at: datetime, by: PractitionerId, reason: str, by_name: str = ""
) -> None:
    """Say since when, by whom and why an order is on hold (`status` `on-hold`)."""
    document["status"] = "on-hold"
    set_extension(document, HELD_AT, "valueDateTime", instant_text(at))
    set_extension(document, HELD_BY, "valueReference", person(by, by_name))
    set_extension(document, HOLD_REASON, "valueString", reason)
    write_why(document, "", reason)


def write_resumed(document: Document) -> None:
    """Take an order off its hold."""
    document["status"] = "active"
    for url in (HELD_AT, HELD_BY, HOLD_REASON):
        set_extension(document, url, "valueString", "")
    write_why(document, "")


def write_why(document: Document, code: str, words: str = "") -> None:
    """Say, coded and in words, why the order has the status it has; nothing said takes it out.

    Only MedicationRequest has an element for it (R4 `statusReason`); the words given here replace
    those that stood there. The others have an extension of ours for the code.
    """
    if not _is_drug(document):
        coding: Document = {"system": STATUS_REASON, "code": code} if code else {}
        set_extension(document, STATUS_REASON, "valueCoding", coding)
        return
    before = text_at(document, "statusReason", "text") if code else ""
    told: Document = concept(STATUS_REASON, code) if code else {}
    put(told, "text", words or before)
    put(document, "statusReason", told)


def write_renewed(document: Document, by: Ref) -> None:
    """Say which order follows this one: two renewals at two workstations meet here."""
    set_extension(document, RENEWED_BY, "valueReference", {"reference": by})


def is_of_our_kind(document: Document) -> bool:
    """Whether the order says its kind in our words: then what its end means is ours to say."""
    if text_at(document, "resourceType") == _NUTRITION:
        return bool(extension(document, ORDER_KIND))
    return bool(code_of(at(document, "category"), ORDER_KIND))


def read_renewed(document: Document) -> Ref | None:
    """The order that follows this one, if it was renewed."""
    return ref_at(extension(document, RENEWED_BY), "valueReference")


def _why(document: Document) -> str:
    if _is_drug(document):
        return code_of(at(document, "statusReason"), STATUS_REASON)
    return code_of(at(extension(document, STATUS_REASON), "valueCoding"), STATUS_REASON)


def _group(document: Document) -> str:
    told = dict_at(document, "groupIdentifier" if _is_drug(document) else "requisition")
    return text_at(told, "value") if text_at(told, "system") == ORDER_GROUP else ""


def _write_group(document: Document, wanted: Marks) -> None:
    name = "groupIdentifier" if _is_drug(document) else "requisition"
    told: Document = {"system": ORDER_GROUP, "value": wanted.group} if wanted.group else {}
    put(document, name, told)
    place: Json = wanted.place if wanted.group else None
    set_extension(document, ORDER_PLACE, "valueInteger", place)


def _write_quantity(document: Document, wanted: Marks) -> None:
    unit = wanted.quantity_unit
    request = dict(dict_at(document, "dispenseRequest"))
    put(request, "quantity", quantity_of(wanted.quantity, unit, unit, request.get("quantity")))
    put(document, "dispenseRequest", request)


def _origin(document: Document) -> str:
    told = (text_at(one) for one in list_at(document, "instantiatesUri"))
    return next((one.removeprefix(ORDER_SET) for one in told if one.startswith(ORDER_SET)), "")


def _write_origin(document: Document, origin: str) -> None:
    others = [
        one
        for one in list_at(document, "instantiatesUri")
        if not text_at(one).startswith(ORDER_SET)
    ]
    mine: list[Json] = [f"{ORDER_SET}{origin}"] if origin else []
    put(document, "instantiatesUri", [*others, *mine])


def _replaced(document: Document) -> Ref | None:
    if _is_drug(document):
        return ref_at(document, "priorPrescription")
    if document.get("resourceType") == SERVICE:
        return ref_at(document, "replaces", 0)
    return ref_at(extension(document, REPLACES), "valueReference")


def _write_replaced(document: Document, replaced: Ref | None) -> None:
    told: Document = {"reference": replaced} if replaced else {}
    if _is_drug(document):
        put(document, "priorPrescription", told)
    elif document.get("resourceType") == SERVICE:
        put(document, "replaces", [told] if told else None)
    else:
        set_extension(document, REPLACES, "valueReference", told)


def _is_drug(document: Document) -> bool:
    return document.get("resourceType") == MEDICATION
