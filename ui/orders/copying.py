"""What of an order is written again, and why it cannot be just now."""

from __future__ import annotations

import enum

from app.domain.orders import Following, OrderLine
from app.kernel.faults import Message


class Copying(enum.Enum):
    """How an order comes into the basket again; of an infusion group the whole group comes."""

    REORDER = "reorder"
    RENEW = "renew"
    REVISE = "revise"

    @property
    def following(self) -> Following | None:
        """What becomes of the order it is copied from."""
        return None if self is Copying.REORDER else Following(self.value)


def copy_hindrance(copying: Copying, line: OrderLine | None, *, allowed: bool) -> Message | None:
    """Why it cannot be done; None when it can be tried. What only the service knows, it says."""
    if line is None:
        return Message.of("orders.hindered.none")
    if not allowed:
        return Message.of("orders.hindered.role")
    order = line.order
    if order.guarded:
        return Message.of("order.not-understood")
    if copying is Copying.REVISE and not order.current:
        return Message.of("orders.hindered.ended")
    if copying is Copying.RENEW and order.current and order.ends_at is None:
        return Message.of("order.no-end")
    return None
