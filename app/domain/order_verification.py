"""Nurse verification of orders (校对, 转抄): what waits, and what speaks against a batch."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.domain.census import Ward
from app.domain.orders import Ending, Order, OrderClass, OrderLine
from app.domain.skin_tests import (
    NOT_NEEDED,
    SkinResult,
    SkinStanding,
    skin_standing,
)
from app.domain.terms import Named, PatientId, PractitionerId, Ref, TaskId, Term

_TASKS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:wardone:order-verification")
_NEVER = datetime.min.replace(tzinfo=UTC)


class Acknowledgement(enum.Enum):
    """What a nurse says of an order; code of `urn:wardone:task`."""

    VERIFY = "verify-orders"
    HOLD = "acknowledge-hold"
    RESUME = "acknowledge-resume"
    STOP = "acknowledge-stop"


class Wait(enum.Enum):
    """Why an order waits for a nurse."""

    NEW = "new"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    """Before anything of it was done, and after a nurse had verified it."""
    WITHDRAWN = "withdrawn"
    """Marked as entered in error after a nurse had verified it."""
    HELD = "held"
    RESUMED = "resumed"

    @property
    def answer(self) -> Acknowledgement:
        """What ends the waiting."""
        return _ANSWERS[self]


_ANSWERS = {
    Wait.NEW: Acknowledgement.VERIFY,
    Wait.STOPPED: Acknowledgement.STOP,
    Wait.CANCELLED: Acknowledgement.STOP,
    Wait.WITHDRAWN: Acknowledgement.STOP,
    Wait.HELD: Acknowledgement.HOLD,
    Wait.RESUMED: Acknowledgement.RESUME,
}


@dataclass(frozen=True, slots=True)
class Verified:
    """One acknowledgement as it is recorded (`Task`).

    Attributes:
        at: By the clock of the workstation.
        second: Who checked with them.
        also: Names of those who said the same at another workstation.
    """

    order: Ref
    patient: PatientId
    what: Acknowledgement
    at: datetime | None
    by: PractitionerId | None = None
    by_name: str = ""
    second: PractitionerId | None = None
    second_name: str = ""
    also: tuple[str, ...] = ()


class Review(enum.Enum):
    """What the pharmacy says; it is their word and only read here."""

    NONE = "none"
    ASKED = "asked"
    PASSED = "passed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review of an order by the pharmacy (审方), as it is recorded."""

    order: Ref
    review: Review
    by_name: str = ""
    at: datetime | None = None
    words: str = ""


NOT_REVIEWED = Review.NONE


class Second(enum.Enum):
    """Whether a second person must check."""

    NOT_NEEDED = "not-needed"
    NEEDED = "needed"
    UNKNOWN = "unknown"
    """The formulary does not say whether the drug is high-alert: that is said, never hidden."""


@dataclass(frozen=True, slots=True)
class VerificationRules:
    """What a hospital decides.

    Attributes:
        most: Orders of one batch.
        review_required: No drug is verified before the pharmacy has passed it.
        skin_valid: How long a negative skin test covers a beginning.
        skin_second_reader: A positive skin test is read by two.
        stops_listed: How long a stop waits of an order that nobody here had verified.
    """

    most: int
    review_required: bool
    skin_valid: timedelta
    skin_second_reader: bool
    stops_listed: timedelta


@dataclass(frozen=True, slots=True)
class Bedside:
    """Whom an order is for, as a list must name them: name and two identifiers.

    Attributes:
        as_of: Until when the chart is whole; None when it never came whole.
    """

    id: PatientId
    name: Named
    bed: str = ""
    admission_number: str = ""
    record_number: str = ""
    birth_date_text: str = ""
    namesake: bool = False
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the record says of the orders of one patient.

    Attributes:
        orders: Where each is recorded, and how it reads.
    """

    bedside: Bedside
    orders: tuple[tuple[Ref, OrderLine], ...] = ()
    done: tuple[Verified, ...] = ()
    reviews: tuple[Reviewed, ...] = ()
    skin: tuple[SkinResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Awaiting:
    """An order that waits, with everything a nurse looks at.

    Attributes:
        turn: How often the order has been acknowledged until now.
        unsent: Of the order; as `OrderLine`.
        verified: The last verification, where there was one.
    """

    ref: Ref
    order: Order
    wait: Wait
    turn: int = 0
    unsent: str = ""
    second: Second = Second.NOT_NEEDED
    review: Reviewed | None = None
    skin: SkinStanding = NOT_NEEDED
    verified: Verified | None = None

    @property
    def group(self) -> tuple[PatientId, str] | None:
        """The infusion it belongs to: verified whole or not at all."""
        return (self.order.patient, self.order.group) if self.order.group else None


@dataclass(frozen=True, slots=True)
class WaitingPatient:
    """What waits of one patient."""

    bedside: Bedside
    orders: tuple[Awaiting, ...]


@dataclass(frozen=True, slots=True)
class WaitingWard:
    """What waits in a ward.

    Attributes:
        patients: Those of whom something waits, in bed order.
        partial: Patients whose chart never came whole: more may wait of them than anybody here
            knows.
        as_of: Until when the census is complete; None when it never came whole.
        rules: What the hospital decided, for what is said beside a line.
    """

    ward: Ward
    patients: tuple[WaitingPatient, ...]
    partial: tuple[Bedside, ...]
    as_of: datetime | None
    rules: VerificationRules


def task_id(order: Ref, what: Acknowledgement, turn: int) -> TaskId:
    """UUIDv5 of order, act and turn: two nurses who say the same make the same Task."""
    return TaskId(str(uuid.uuid5(_TASKS, f"{order}|{what.value}|{turn}")))


HighAlert = Callable[[Term], bool | None]
"""Whether the formulary calls a drug high-alert; None where it does not say."""


def awaiting(
    recorded: Recorded, now: datetime, rules: VerificationRules, high_alert: HighAlert
) -> tuple[Awaiting, ...]:
    """Everything of one patient that waits for a nurse at `now`, in the order of the record."""
    found: list[Awaiting] = []
    for ref, line in recorded.orders:
        done = [one for one in recorded.done if one.order == ref]
        wait = wait_of(line.order, done, now, rules.stops_listed)
        if wait is not None:
            order = line.order
            drug = order.order_class is OrderClass.MEDICATION
            found.append(
                Awaiting(
                    ref=ref,
                    order=order,
                    wait=wait,
                    turn=len(done),
                    unsent=line.unsent,
                    second=second_of(order, high_alert(order.item) if drug else None),
                    review=newest_review([one for one in recorded.reviews if one.order == ref]),
                    skin=skin_standing(order, ref, recorded.skin, now, rules.skin_valid),
                    verified=verification_of(done),
                )
            )
    return tuple(found)


def newest_review(reviews: Sequence[Reviewed]) -> Reviewed | None:
    """What the pharmacy said last."""
    return max(reviews, key=lambda one: one.at or _NEVER, default=None)


def wait_of(
    order: Order, done: Sequence[Verified], now: datetime, stops_listed: timedelta
) -> Wait | None:
    """What a nurse has to acknowledge of `order`; None when nothing.

    An unsigned order (`draft`) is never offered. What ended before anybody had verified it need
    not be taken note of, but for a stop: doses are due from the signing on, and somebody may have
    prepared one.
    """
    known = _known(done)
    if order.prohibited:
        return None
    match order.status:
        case "active":
            return _wait_of_active(known)
        case "on-hold":
            return Wait.HELD if known in _GOING else None
        case "stopped" | "cancelled" | "revoked" | "entered-in-error":
            return _wait_of_ended(order, known, now, stops_listed)
        case _:
            return None


_GOING = (Acknowledgement.VERIFY, Acknowledgement.RESUME)


def _wait_of_active(known: Acknowledgement | None) -> Wait | None:
    if known is None:
        return Wait.NEW
    return None if known in _GOING else Wait.RESUMED


def _wait_of_ended(
    order: Order, known: Acknowledgement | None, now: datetime, stops_listed: timedelta
) -> Wait | None:
    if known is Acknowledgement.STOP or order.ending is Ending.LAPSED:
        return None
    wait = _ended_how(order)
    if known is not None:
        return wait
    stopped = order.stopped_at
    fresh = stopped is not None and now - stopped <= stops_listed
    return wait if wait is Wait.STOPPED and fresh else None


def _ended_how(order: Order) -> Wait:
    if order.status == "entered-in-error":
        return Wait.WITHDRAWN
    cancelled = order.status == "cancelled" or order.ending is Ending.CANCELLED
    return Wait.CANCELLED if cancelled else Wait.STOPPED


def _known(done: Sequence[Verified]) -> Acknowledgement | None:
    """What the nurses last said. Of two at once the earlier step: then more is left to be said."""
    return last.what if (last := _last(done)) is not None else None


def _last(done: Iterable[Verified]) -> Verified | None:
    ranks = list(Acknowledgement)
    key = {one: ranks.index(one) for one in ranks}
    return max(done, key=lambda one: (one.at or _NEVER, -key[one.what]), default=None)


def verification_of(done: Iterable[Verified]) -> Verified | None:
    """The last time the order itself was verified."""
    return _last(one for one in done if one.what is Acknowledgement.VERIFY)


def second_of(order: Order, high_alert: bool | None) -> Second:  # noqa: FBT001 - three answers
    """Whether a second person checks: blood always, and high-alert drugs (ISMP).

    Args:
        order: As it reads.
        high_alert: What the formulary says of the drug; None where it says nothing.
    """
    if order.order_class is OrderClass.TRANSFUSION:
        return Second.NEEDED
    if order.order_class is not OrderClass.MEDICATION:
        return Second.NOT_NEEDED
    if high_alert is None:
        return Second.UNKNOWN
    return Second.NEEDED if high_alert else Second.NOT_NEEDED
