"""What stands between a nurse and a dose: what refuses it, and what only has to be answered."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.domain.administration_limits import AdministrationLimits
from app.domain.orders import Dosage
from app.domain.quantities import Quantity, convertible, is_positive, same_amount
from app.domain.skin_tests import SkinGate
from app.domain.slots import DoseGiven, DoseSlot, Outcome, SlotState
from app.domain.terms import OrderId, Ref, Term
from app.kernel.faults import Message

TimeOfDay = Callable[[datetime | None], str]
"""How a time is named to a person; it says so when nobody recorded one."""


class Answer(enum.Enum):
    """What lifts a hurdle."""

    NOTHING = "nothing"
    """It stands: the dose may not be given like that."""
    CONFIRM = "confirm"
    """A look and a yes."""
    OTHER_DEVICE = "other-device"
    """A reason, and a yes to having looked at the other workstations (sync.md §7.8)."""
    WITNESS = "witness"
    """A second person."""
    TOLD = "told"
    """It is only said."""


@dataclass(frozen=True, slots=True)
class Hurdle:
    """One thing that stands in the way; `message` says it with its numbers."""

    message: Message
    answer: Answer = Answer.NOTHING


@dataclass(frozen=True, slots=True)
class DoseAsked:
    """A dose about to be given.

    Attributes:
        slot: The due dose it answers; None for one given as needed.
        unit: UCUM code of `dose`.
        at: When; None is now.
    """

    order: OrderId
    slot: Ref | None
    dose: Decimal | None
    unit: str
    unit_text: str = ""
    route: Term | None = None
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How things stand at the moment of giving.

    Attributes:
        online: The server answers.
        mine: I hold a valid claim of the slot, or nobody else can have heard of it.
        chart_age: None when the chart never came whole.
        high_alert: None when nothing here says so of the drug.
    """

    online: bool
    mine: bool
    chart_age: timedelta | None
    high_alert: bool | None


def of_the_slot(slot: DoseSlot, given: DoseGiven | None, told: TimeOfDay) -> Hurdle | None:
    """Why a slot cannot be answered any more.

    Args:
        slot: As it reads.
        given: The administration that answered it. Where it has not come yet, the slot itself
            tells: it is moved in one transaction with its administration.
        told: Names a time of day.
    """
    if given is not None:
        return Hurdle(Message.of("dose.already-given", at=told(given.at), by=given.by_name))
    if slot.state is SlotState.DUE:
        return None
    if slot.state is SlotState.CANCELLED:
        return Hurdle(Message.of("dose.slot-cancelled"))
    at, by = told(slot.done_at), slot.done_by_name
    if slot.outcome is Outcome.GIVEN:
        return Hurdle(Message.of("dose.already-given", at=at, by=by))
    return Hurdle(Message.of("dose.dealt-with", at=at, by=by))


_SKIN = {
    SkinGate.MISSING: "dose.skin-test-missing",
    SkinGate.EXPIRED: "dose.skin-test-expired",
    SkinGate.POSITIVE: "dose.skin-test-positive",
}


def of_the_skin_test(gate: SkinGate) -> Hurdle | None:
    """A drug that needs a skin test is given after a negative one that still holds, or not."""
    code = _SKIN.get(gate)
    return None if code is None else Hurdle(Message.of(code))


def of_the_amount(asked: DoseAsked, ordered: Dosage) -> tuple[Hurdle, ...]:
    """What speaks against the amount and the way, compared with the order.

    Equal amounts in other units (0.5 g, 500 mg) are the same dose. Units that cannot be
    converted into each other are no dose of this order at all.
    """
    if asked.dose is None or not is_positive(Quantity(asked.dose, asked.unit)):
        return (Hurdle(Message.of("order.missing-dose")),)
    if not convertible(asked.unit, ordered.unit):
        return (Hurdle(Message.of("dose.units-differ", unit=asked.unit, limit=ordered.unit)),)
    found = (_dose(Quantity(asked.dose, asked.unit), ordered), _way(asked.route, ordered.route))
    return tuple(Hurdle(said, Answer.CONFIRM) for said in found if said is not None)


def of_the_circumstances(now: Circumstances, limits: AdministrationLimits) -> tuple[Hurdle, ...]:
    """What speaks against giving anything at this moment, at this workstation."""
    found = (_claim(now), _age(now, limits), _alert(now))
    return tuple(one for one in found if one is not None)


def unanswered(
    hurdles: Iterable[Hurdle],
    *,
    confirmed: frozenset[str],
    reason: str,
    other_device: bool,
    witnessed: bool,
) -> Hurdle | None:
    """The first hurdle that still stands."""
    for hurdle in hurdles:
        match hurdle.answer:
            case Answer.NOTHING:
                return hurdle
            case Answer.CONFIRM if hurdle.message.code not in confirmed:
                return hurdle
            case Answer.OTHER_DEVICE if not (reason.strip() and other_device):
                return hurdle
            case Answer.WITNESS if not witnessed:
                return hurdle
            case _:
                pass
    return None


def _dose(asked: Quantity, ordered: Dosage) -> Message | None:
    if ordered.dose is None:
        return Message.of("dose.order-without-amount", asked=asked.text)
    wanted = Quantity(ordered.dose, ordered.unit)
    if same_amount(asked, wanted):
        return None
    return Message.of("dose.not-as-ordered", asked=asked.text, ordered=wanted.text)


def _way(asked: Term | None, ordered: Term | None) -> Message | None:
    """A route that nobody chose is the one of the order."""
    if asked is None:
        return None
    if ordered is None:
        return Message.of("dose.order-without-route", asked=_named(asked))
    coded = asked.code and ordered.code and asked.system == ordered.system
    same = asked.code == ordered.code if coded else asked.text == ordered.text
    if same:
        return None
    return Message.of("dose.route-not-as-ordered", asked=_named(asked), ordered=_named(ordered))


def _named(route: Term) -> str:
    """In both languages: a message is written once and read in either."""
    both = route.display and route.display != route.text
    return f"{route.text} ({route.display})" if both else route.text


def _claim(now: Circumstances) -> Hurdle | None:
    if now.mine:
        return None
    if now.online:
        return Hurdle(Message.of("dose.claim-first"))
    return Hurdle(Message.of("dose.not-claimed-offline"), Answer.OTHER_DEVICE)


def _age(now: Circumstances, limits: AdministrationLimits) -> Hurdle | None:
    if now.chart_age is None:
        return Hurdle(Message.of("dose.chart-not-whole"), Answer.CONFIRM)
    allowed = limits.stale_online if now.online else limits.stale_offline
    if now.chart_age <= allowed:
        return None
    minutes = now.chart_age // timedelta(minutes=1)
    return Hurdle(Message.of("dose.chart-old", minutes=minutes), Answer.CONFIRM)


def _alert(now: Circumstances) -> Hurdle | None:
    if now.high_alert is None:
        return Hurdle(Message.of("dose.high-alert-not-checkable"), Answer.TOLD)
    return Hurdle(Message.of("dose.high-alert"), Answer.WITNESS) if now.high_alert else None
