"""The doses of an order's first day: what a draft may say, and what becomes of it later."""

from __future__ import annotations

from datetime import datetime, tzinfo

from app.domain.day_counts import as_chosen
from app.domain.orders import UNPLANNED, Order, OrderClass, OrderDraft, OrderKind
from app.domain.schedule import Rhythm, first_day_times
from app.kernel.faults import AppError, Fault, FaultKind, Message
from app.services.frequencies import rhythm_of

_ONCE = (OrderKind.STAT, OrderKind.TEMPORARY, OrderKind.VERBAL)


def counted_rhythm(asked: OrderDraft | Order) -> Rhythm | None:
    """When a medicine is due; None where its doses are not counted by days."""
    if asked.order_class is not OrderClass.MEDICATION or asked.kind in UNPLANNED:
        return None
    if asked.dosage.frequency is not None:
        return rhythm_of(asked.dosage)
    return Rhythm(once=True) if asked.kind in _ONCE else None


def refuse_impossible(draft: OrderDraft, now: datetime, zone: tzinfo) -> None:
    """Refuse a first day with more or fewer doses than it can have when signed at `now`.

    Raises:
        AppError: `REFUSED` with the numbers that are possible; the field is `first_day`.
    """
    if draft.first_day is None:
        return
    rhythm = counted_rhythm(draft)
    if rhythm is None:
        raise _refused(Message.of("order.first-day-of-doses"))
    found = as_chosen(rhythm, draft.starts_at or now, draft.ends_at, zone, draft.first_day)
    if isinstance(found, Message):
        raise _refused(found)


def carried(order: Order, starts: datetime, zone: tzinfo) -> int | None:
    """The first-day count of `order` when it begins at `starts` instead of when it was written.

    "First dose now" stays that. Doses that were left out are left out on that day only: on another
    day the list holds again. None is as listed.
    """
    rhythm, began = counted_rhythm(order), order.starts_at or order.authored_at
    if order.first_day is None or rhythm is None or began is None:
        return None
    written = len(first_day_times(rhythm, began, zone, order.ends_at))
    listed = first_day_times(rhythm, starts, zone, order.ends_at)
    if order.first_day > written:
        return len(listed) + int(starts not in listed)
    same_day = began.astimezone(zone).date() == starts.astimezone(zone).date()
    return min(order.first_day, len(listed)) if same_day else None


def _refused(message: Message) -> AppError:
    return AppError(Fault(FaultKind.REFUSED, message, "first_day"))
