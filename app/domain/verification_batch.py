"""What speaks against a batch of orders that a nurse takes over: all of it passes, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.domain.order_verification import (
    NOT_REVIEWED,
    Awaiting,
    Review,
    Second,
    VerificationRules,
    Wait,
)
from app.domain.orders import OrderClass
from app.domain.skin_tests import SkinGate, SkinStanding
from app.domain.terms import Ref
from app.kernel.faults import Message

_UNSENDABLE = ("conflict", "rejected")


@dataclass(frozen=True, slots=True)
class OrderObjection:
    """Why one order of a batch cannot be acknowledged; `ref` is "" where the batch is meant."""

    ref: Ref
    message: Message


OF_THE_BATCH = Ref("")


def objections(
    asked: Sequence[Awaiting],
    waiting: Sequence[Awaiting],
    rules: VerificationRules,
    *,
    has_second: bool,
) -> tuple[OrderObjection, ...]:
    """Everything that speaks against acknowledging `asked` as one batch; nothing lets it pass.

    Args:
        asked: What was marked, as it was shown.
        waiting: Everything that waits now for the same patients.
        rules: The hospital's.
        has_second: A second person stands by.
    """
    if not asked:
        return (OrderObjection(OF_THE_BATCH, Message.of("verifying.none-marked")),)
    found: list[OrderObjection] = []
    if len(asked) > rules.most:
        many = Message.of("verifying.too-many", count=len(asked), most=rules.most)
        found.append(OrderObjection(OF_THE_BATCH, many))
    now = {one.ref: one for one in waiting}
    chosen = {one.ref for one in asked}
    for one in asked:
        current = now.get(one.ref)
        if current is None or _differs(current, one):
            found.append(OrderObjection(one.ref, Message.of("verifying.changed")))
            continue
        said = (*_of_order(current, rules, has_second=has_second), *_of_group(one, waiting, chosen))
        found += [OrderObjection(one.ref, message) for message in said]
    return tuple(found)


def obstacles(one: Awaiting, rules: VerificationRules) -> tuple[Message, ...]:
    """What speaks against this order whoever stands by; the list says it beside the line."""
    return _of_order(one, rules, has_second=True)


def _differs(now: Awaiting, shown: Awaiting) -> bool:
    """Something a nurse would have looked at is not as it was shown."""
    return (now.order, now.wait, now.turn) != (shown.order, shown.wait, shown.turn)


def _of_order(one: Awaiting, rules: VerificationRules, *, has_second: bool) -> tuple[Message, ...]:
    found: list[Message] = []
    if one.order.guarded:
        found.append(Message.of("verifying.not-understood"))
    if one.unsent in _UNSENDABLE:
        found.append(Message.of(f"verifying.order-{one.unsent}"))
    if one.wait is not Wait.NEW:
        return tuple(found)
    found += _of_review(one, rules)
    found += _of_skin(one.skin, rules)
    if one.second is Second.NEEDED and not has_second:
        found.append(Message.of("verifying.second-needed"))
    return tuple(found)


def _of_review(one: Awaiting, rules: VerificationRules) -> list[Message]:
    if one.order.order_class is not OrderClass.MEDICATION:
        return []
    review = one.review.review if one.review is not None else NOT_REVIEWED
    if review is Review.REJECTED:
        return [Message.of("verifying.review-rejected")]
    missing = rules.review_required and review is not Review.PASSED
    return [Message.of("verifying.review-missing")] if missing else []


def _of_skin(skin: SkinStanding, rules: VerificationRules) -> list[Message]:
    match skin.gate:
        case SkinGate.MISSING:
            return [Message.of("verifying.skin-missing")]
        case SkinGate.EXPIRED:
            hours = rules.skin_valid // timedelta(hours=1)
            return [Message.of("verifying.skin-expired", hours=hours)]
        case SkinGate.POSITIVE:
            return [Message.of("verifying.skin-positive")]
        case _:
            return []


def _of_group(one: Awaiting, waiting: Sequence[Awaiting], chosen: set[Ref]) -> tuple[Message, ...]:
    if one.group is None:
        return ()
    mates = (other for other in waiting if other.group == one.group and other.wait is one.wait)
    left = sum(other.ref not in chosen for other in mates)
    return (Message.of("verifying.group-not-whole", count=left),) if left else ()
