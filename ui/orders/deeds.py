"""What can be done to a signed order, and why it cannot be done just now."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.orders import Order, OrderLine
from app.domain.people import Session
from app.kernel.faults import Message
from app.ports.acts import ReadSet
from app.services.order_changing import OrderChanging


class Deed(enum.Enum):
    """An act on a signed order; of an infusion group it is done to the whole group."""

    STOP = "stop"
    HOLD = "hold"
    RESUME = "resume"
    CANCEL = "cancel"
    ERROR = "error"

    @property
    def needs_reason(self) -> bool:
        return self is not Deed.RESUME


@dataclass(frozen=True, slots=True)
class Why:
    """Why something is done: in words, and coded where a reason of the pack was chosen."""

    words: str = ""
    code: str = ""


NO_REASON = Why()

_NEEDED = {
    Deed.HOLD: ("active", "order.not-active"),
    Deed.RESUME: ("on-hold", "order.not-on-hold"),
}
"""The status an order must have for it, and what is said when it has another."""


def hindrance(deed: Deed, line: OrderLine | None, *, allowed: bool) -> Message | None:
    """Why the deed cannot be done; None when it can be tried.

    Whether anything of the order was done already is known to the service that cancels it, not
    to the list: that refusal comes in words when it is tried.
    """
    if line is None:
        return Message.of("orders.hindered.none")
    if not allowed:
        return Message.of("orders.hindered.role")
    if line.order.guarded:
        return Message.of("order.not-understood")
    code = _out_of_place(deed, line.order)
    return Message.of(code) if code else None


def _out_of_place(deed: Deed, order: Order) -> str:
    """Why the order is not in a state for it; "" when it is."""
    if deed is Deed.ERROR:
        return "orders.hindered.struck" if order.status == "entered-in-error" else ""
    if not order.current:
        return "orders.hindered.ended"
    needed, otherwise = _NEEDED.get(deed, (order.status, ""))
    return "" if order.status == needed else otherwise


def group_of(lines: Iterable[OrderLine], order: Order) -> tuple[Order, ...]:
    """The order with the rest of its infusion group, as the list shows them."""
    if not order.group:
        return (order,)
    members = [line.order for line in lines if line.order.group == order.group]
    return tuple(sorted(members, key=lambda one: one.place))


def perform(
    deed: Deed,
    changing: OrderChanging,
    session: Session,
    order: Order,
    why: Why,
    seen: ReadSet,
) -> tuple[Order, ...]:
    """Do it; answers with the orders it was done to.

    Raises:
        AppError: As `OrderChanging`.
    """
    match deed:
        case Deed.RESUME:
            return changing.resume(session, order, seen)
        case Deed.STOP:
            return changing.stop(session, order, why.words, seen, why.code)
        case Deed.HOLD:
            return changing.hold(session, order, why.words, seen, why.code)
        case Deed.CANCEL:
            return changing.cancel(session, order, why.words, seen, why.code)
        case Deed.ERROR:
            return changing.mark_in_error(session, order, why.words, seen, why.code)
