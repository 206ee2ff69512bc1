"""Skin tests (皮试) before a drug: what was read, and whether it still covers a dose."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.orders import Order
from app.domain.terms import EncounterId, PatientId, PractitionerId, Ref, Term

REQUIRED = "required"


class Reaction(enum.Enum):
    """What the skin showed; written (-) and (+) on the order sheet."""

    NEGATIVE = "negative"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class SkinResult:
    """A skin test that was read (`Observation`).

    Attributes:
        drug: What was tested.
        orders: What it was made for: the order of the drug, and of the test where there is one.
        at: When it was read; None where the record does not say: then it covers nothing.
        second: Who read it with them.
    """

    ref: Ref
    patient: PatientId
    drug: Term
    reaction: Reaction
    at: datetime | None
    orders: tuple[str, ...] = ()
    encounter: EncounterId | None = None
    by: PractitionerId | None = None
    by_name: str = ""
    second: PractitionerId | None = None
    second_name: str = ""


class SkinGate(enum.Enum):
    """What a skin test says to a drug."""

    NOT_NEEDED = "not-needed"
    MISSING = "missing"
    NEGATIVE = "negative"
    EXPIRED = "expired"
    POSITIVE = "positive"

    @property
    def lets_pass(self) -> bool:
        return self in (SkinGate.NOT_NEEDED, SkinGate.NEGATIVE)


@dataclass(frozen=True, slots=True)
class SkinStanding:
    """The gate of one order, and the result that decided it."""

    gate: SkinGate
    result: SkinResult | None = None


NOT_NEEDED = SkinStanding(SkinGate.NOT_NEEDED)


def belongs(result: SkinResult, ref: Ref, order: Order) -> bool:
    """Whether a result is about this order: made for it, or of the same drug by its code."""
    if result.patient != order.patient:
        return False
    if ref in result.orders:
        return True
    drug, item = result.drug, order.item
    return bool(item.code) and (drug.system, drug.code) == (item.system, item.code)


def skin_standing(
    order: Order,
    ref: Ref,
    results: Iterable[SkinResult],
    now: datetime,
    valid: timedelta,
    given: Iterable[datetime] = (),
) -> SkinStanding:
    """What the skin tests of a patient say to this order at `now`.

    A positive result that stands closes the gate however old it is, also for an order that asks
    for no test; only marking it as entered in error opens it again. A negative one covers what
    begins within `valid`, and what goes on without a longer break since (皮试有效期, 24-72 h as
    the hospital says).

    Args:
        order: The drug.
        ref: Where it is recorded.
        results: What was read of this patient.
        now: When the drug would be verified or given.
        valid: How long a negative result covers a beginning.
        given: When doses of the order were given.
    """
    mine = [one for one in results if belongs(one, ref, order)]
    positive = [one for one in mine if one.reaction is Reaction.POSITIVE]
    if positive:
        return SkinStanding(SkinGate.POSITIVE, max(positive, key=_age))
    if order.skin_test != REQUIRED:
        return NOT_NEEDED
    if not mine:
        return SkinStanding(SkinGate.MISSING)
    newest = max(mine, key=_age)
    if newest.at is None or not covers(newest.at, sorted(given), now, valid):
        return SkinStanding(SkinGate.EXPIRED, newest)
    return SkinStanding(SkinGate.NEGATIVE, newest)


def covers(read: datetime, given: list[datetime], now: datetime, valid: timedelta) -> bool:
    """Whether a negative test read then still covers a dose now; `given` in order of time."""
    reached = read
    for at in (one for one in given if read <= one <= now):
        if at - reached > valid:
            return False
        reached = at
    return read <= now and now - reached <= valid


def _age(result: SkinResult) -> tuple[bool, float, str]:
    at = result.at
    return at is not None, at.timestamp() if at is not None else 0.0, result.ref
