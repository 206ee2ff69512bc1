"""What others must have said about an order before a dose of it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.administration_hurdles import Answer, Hurdle
from app.domain.order_verification import Review, Reviewed, Verified
from app.domain.orders import Order, OrderClass, OrderKind
from app.kernel.faults import Message


@dataclass(frozen=True, slots=True)
class Gate:
    """What a hospital asks for before the first dose.

    Attributes:
        verify: A nurse has taken the order over (校对).
        review: The pharmacy has passed it.
    """

    verify: bool = False
    review: bool = False


Gates = Mapping[tuple[OrderClass, OrderKind], Gate]
"""By class and kind, as the verification pack says it."""

NO_GATES: Gates = {}
"""Nothing is asked for."""


def gate_of(order: Order, gates: Gates) -> Gate:
    """What is asked for before a dose of `order`.

    An order whose feed does not say its kind is asked for everything that any kind of its class
    is asked for: nothing is assumed to be urgent.
    """
    if order.kind is not None:
        return gates.get((order.order_class, order.kind), Gate())
    same = [gate for (one, _), gate in gates.items() if one is order.order_class]
    return Gate(any(gate.verify for gate in same), any(gate.review for gate in same))


def of_the_gate(
    gate: Gate, verified: Verified | None, review: Reviewed | None
) -> tuple[Hurdle, ...]:
    """What is missing.

    A rejection by the pharmacy is said in any case: where no review is required it has to be
    looked at, where one is it stands.

    Args:
        gate: What is asked for.
        verified: The last verification of the order, where there was one.
        review: What the pharmacy said last.
    """
    found: list[Hurdle] = []
    if gate.verify and verified is None:
        found.append(Hurdle(Message.of("dose.not-verified")))
    rejected = review is not None and review.review is Review.REJECTED
    if rejected:
        answer = Answer.NOTHING if gate.review else Answer.CONFIRM
        found.append(Hurdle(Message.of("dose.review-rejected"), answer))
    elif gate.review and (review is None or review.review is not Review.PASSED):
        found.append(Hurdle(Message.of("dose.not-reviewed")))
    return tuple(found)
