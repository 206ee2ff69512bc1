"""When the long-term orders of a patient were written anew as a whole (重整医嘱)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from app.domain.orders import Ending, Order
from app.domain.terms import Ref

_NEVER = datetime.max.replace(tzinfo=UTC)


def began(order: Order) -> datetime | None:
    """When it stands on the sheet: its start, else its signing."""
    return order.starts_at or order.authored_at


def reissues(orders: Sequence[Order]) -> tuple[datetime, ...]:
    """Moments at which the long-term orders were written anew as a whole (重整医嘱).

    All that held ended together, two at least, and one that began then took the place of one of
    them. A single order that was revised while others went on is none.
    """
    signed = [one for one in orders if one.status != "draft" and not one.prohibited]
    ends = (one.stopped_at for one in signed if one.ending is Ending.REPLACED)
    moments = sorted({at for at in ends if at is not None})
    return tuple(at for at in moments if _is_reissue(at, signed))


def _is_reissue(at: datetime, orders: Sequence[Order]) -> bool:
    held = [one for one in orders if (start := began(one)) is not None and start < at]
    over = [one for one in held if one.stopped_at == at]
    going = [one for one in held if (one.stopped_at or _NEVER) > at and not _is_void(one)]
    fresh = {_id_of(one.replaces) for one in orders if began(one) == at}
    return len(over) > 1 and not going and any(one.id in fresh for one in over)


def _is_void(order: Order) -> bool:
    return order.status in ("entered-in-error", "completed")


def _id_of(ref: Ref | None) -> str:
    return (ref or "").partition("/")[2]
