"""An order written anew out of one that could not be sent (R4 pages of the requests)."""

from __future__ import annotations

from dataclasses import replace

from app.domain.orders import Order
from app.domain.terms import Ref
from app.fhir.document import Document, Json
from app.fhir.elements import text_at
from app.fhir.orders import write_order
from app.fhir.valuesets import (
    HELD_AT,
    HELD_BY,
    HOLD_REASON,
    ORDER_END,
    ORDER_PLACE,
    RENEWED_BY,
    REPLACES,
    STATUS_REASON,
    STOP_REASON,
    STOPPED_AT,
    STOPPED_BY,
    VERBAL,
)

_OF_THE_OLD_ONE = frozenset(
    {"id", "meta", "text", "identifier", "groupIdentifier", "statusReason", "priorPrescription"}
    | {"replaces", "extension", "recorder"}
)
_ENDED = (
    STOPPED_AT,
    STOPPED_BY,
    STOP_REASON,
    ORDER_END,
    ORDER_PLACE,
    HELD_AT,
    HELD_BY,
    HOLD_REASON,
    STATUS_REASON,
    RENEWED_BY,
    REPLACES,
    VERBAL,
)


def write_anew(old: Document, order: Order, replaces: Ref | None = None) -> Document:
    """A new order that says what `old` says, in the name and at the time of `order`.

    What belongs to the old one only stays behind: its identifiers, how it ended, what it replaced,
    what was chosen about its first day, by whose word it was given.

    Args:
        old: The order as it was written and could not be sent.
        order: `old` as read, with id, status, author and time of the new one.
        replaces: The order that is stopped in its favour.
    """
    kept: Document = {name: value for name, value in old.items() if name not in _OF_THE_OLD_ONE}
    extensions = old.get("extension")
    lasting: list[Json] = [
        one
        for one in (extensions if isinstance(extensions, list) else [])
        if not (isinstance(one, dict) and one.get("url") in _ENDED)
    ]
    if lasting:
        kept["extension"] = lasting
    fresh = replace(
        order,
        stopped_at=None,
        stopped_by=None,
        stop_reason="",
        ending=None,
        group="",
        place=0,
        replaces=replaces,
        held_at=None,
        hold_reason="",
        first_day=None,
        spoken=None,
        why="",
        record=Ref(f"{text_at(old, 'resourceType')}/{order.id}"),
    )
    return write_order(fresh, onto={**kept, "id": order.id})
