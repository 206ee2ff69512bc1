"""What the order form is told in numbers: pieces a dose and a course, doses a day, how it runs.

It says; it changes nothing in the draft, and it chooses no product.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction

from app.domain.day_counts import Counts, DayPlan, as_chosen, counts, day_plan, end_for, ends_after
from app.domain.infusion_rates import Running, rate_in, rate_over, runs_for
from app.domain.orders import Dosage, OrderClass, OrderDraft, OrderKind
from app.domain.portions import Course, Portion, amount, course, portion
from app.domain.quantities import (
    Quantity,
    convertible,
    decimal_of,
    figure,
    is_positive,
    number,
    ratio,
    spelled,
)
from app.domain.schedule import Rhythm
from app.kernel.faults import Message, Parameter
from app.services.authority import open_door
from app.services.first_days import counted_rhythm
from app.services.frequencies import rhythm_of
from app.services.products import Stock, stock_of

_ALWAYS = "sums over what is on the screen and the packs that ship: nothing of a record is read"
_ONCE = (OrderKind.STAT, OrderKind.TEMPORARY, OrderKind.SOS, OrderKind.VERBAL)
_FLOW, _DROPS = "mL/h", "{drop}/min"
_ML = Quantity(Decimal(1), "mL")


@dataclass(frozen=True, slots=True)
class Sums:
    """What can be said of an order in numbers.

    Attributes:
        portions: Of every product that makes the dose exactly.
        plan: The doses day by day; None where the frequency does not say when, or nothing ends.
        courses: Of each of `portions`, when there is a plan.
        said: Everything for the form, in reading order.
    """

    portions: tuple[Portion, ...] = ()
    plan: DayPlan | None = None
    courses: tuple[Course, ...] = ()
    said: tuple[Message, ...] = ()


class OrderArithmetic:
    """Computes what an order form shows beside its fields."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    @open_door(_ALWAYS)
    def sums(self, draft: OrderDraft, now: datetime) -> Sums:
        """The sums of one draft, as far as it says what they need.

        Args:
            draft: As the form holds it.
            now: When it would begin if it names no start.
        """
        if draft.order_class is not OrderClass.MEDICATION:
            return Sums()
        portions, said = _portions(draft.dosage, stock_of(draft.item))
        rhythm = _rhythm(draft)
        if rhythm is None:
            return Sums(portions, said=said)
        plan = self._plan(draft, rhythm, now)
        if isinstance(plan, Message):
            return Sums(portions, said=(*said, plan))
        if draft.ends_at is None and not rhythm.once:
            return Sums(portions, said=(*said, *plan.said_of_first))
        courses = tuple(course(one, plan.total) for one in portions)
        totals = tuple(one.said for one in courses)
        odd = _quantity_differs(draft, courses)
        # What is given once and does not say when it ends has no last day to speak of.
        days = plan.said_of_first if draft.ends_at is None else plan.said
        return Sums(portions, plan, courses, (*said, *days, *totals, *odd))

    @open_door(_ALWAYS)
    def running(self, drafts: tuple[OrderDraft, ...], known: Running) -> tuple[Message, ...]:
        """How an infusion group runs: mL/h, how long, drops, and each medicine in time.

        Args:
            drafts: One bag: its members share the rate.
            known: Weight and drop factor; amount and volume are read from the drafts.
        """
        rated = next((one.dosage for one in drafts if one.dosage.rate is not None), None)
        rate = None if rated is None else _quantity(rated.rate, rated.rate_unit)
        if rate is None:
            return ()
        bag = replace(known, volume=_volume(drafts))
        found = [] if rate.unit == _FLOW else [_rate_said(rate, _FLOW, bag)]
        found.append(_lasting(rate, bag))
        if known.drop_factor is not None:
            found.append(_rate_said(rate, _DROPS, bag))
        for one in drafts:
            dose = _dose(one.dosage)
            if dose is not None and not convertible(dose.unit, "mL"):
                found += _in_time(one, rate, replace(bag, amount=dose))
        return tuple(dict.fromkeys(found))

    @open_door(_ALWAYS)
    def day_counts(self, draft: OrderDraft, now: datetime) -> Counts | Message | None:
        """Doses of the first and the last day: as listed, as chosen, and between what.

        Answers why the first day cannot have as many as `draft.first_day` says; None where the
        draft has no doses at times that are known (as needed, at home, no frequency yet).

        Args:
            draft: As the form holds it.
            now: When it would begin if it names no start.
        """
        rhythm = counted_rhythm(draft)
        if rhythm is None:
            return None
        starts = draft.starts_at or now
        return counts(rhythm, starts, draft.ends_at, self._zone, draft.first_day)

    @open_door(_ALWAYS)
    def end_with(self, draft: OrderDraft, now: datetime, last_day: int) -> datetime | Message:
        """The `ends_at` with which the last day has so many doses, or why it cannot have them.

        Args:
            draft: With an end, whose day stays; one without has no last day.
            now: When it would begin if it names no start.
            last_day: Doses of the last day.
        """
        rhythm, starts = counted_rhythm(draft), draft.starts_at or now
        if rhythm is None or draft.ends_at is None:
            return Message.of("arithmetic.no-last-day")
        chosen = as_chosen(rhythm, starts, draft.ends_at, self._zone, draft.first_day)
        if isinstance(chosen, Message):
            return chosen
        return end_for(chosen, starts, draft.ends_at, self._zone, last_day)

    @open_door(_ALWAYS)
    def rate_over(self, drafts: tuple[OrderDraft, ...], lasts: timedelta) -> Quantity | Message:
        """The rate at which a bag runs for `lasts`, or why there is none that can be ordered.

        A rate without an end (250 mL in 45 min) is not rounded: the author says which one is set.

        Args:
            drafts: One bag: the members that are ordered as a volume make it.
            lasts: How long it is to run.
        """
        share = rate_over(Running(volume=_volume(drafts)), lasts, _FLOW)
        if isinstance(share, Message):
            return share
        rate = decimal_of(share)
        if rate is None:
            return Message.of("arithmetic.rate-without-end", same=figure(share).text, unit=_FLOW)
        return Quantity(rate, _FLOW)

    def _plan(self, draft: OrderDraft, rhythm: Rhythm, now: datetime) -> DayPlan | Message:
        starts = draft.starts_at or now
        # Without an end only the first day is told; two days hold it and its 24:00.
        stops = draft.ends_at or ends_after(starts, 2, self._zone)
        return day_plan(rhythm, starts, stops, self._zone, draft.first_day)


def _rhythm(draft: OrderDraft) -> Rhythm | None:
    if draft.kind is OrderKind.PRN:
        return None
    if draft.dosage.frequency is not None:
        return rhythm_of(draft.dosage)
    return Rhythm(once=True) if draft.kind in _ONCE else None


def _portions(dosage: Dosage, stock: Stock) -> tuple[tuple[Portion, ...], tuple[Message, ...]]:
    dose = _dose(dosage)
    if dose is None:
        return (), ()
    tried = [(product, portion(dose, product)) for product in stock.products]
    exact = tuple(one for _, one in tried if isinstance(one, Portion))
    said = [one.said for one in exact]
    for one in exact:
        held = amount(dose, one.product)
        if held is not None:
            parameters = {"@piece": one.product.word, "number": number(dose.value)}
            told = one.product.strength.written
            said.append(
                Message.of("arithmetic.amount", **parameters, strength=told, amount=held.text)
            )
    if stock.products and not exact:
        said.append(Message.of("arithmetic.no-product-exact", dose=dose.text))
        said += dict.fromkeys(one for _, one in tried if isinstance(one, Message))
    if stock.unread:
        said.append(Message.of("arithmetic.strengths-unread", strengths="; ".join(stock.unread)))
    return exact, tuple(said)


def _quantity_differs(draft: OrderDraft, courses: tuple[Course, ...]) -> tuple[Message, ...]:
    """What is handed out, where it is another number of pieces than the course needs."""
    told = _quantity(draft.quantity, draft.quantity_unit)
    counted = [one for one in courses if told and told.unit in one.portion.product.pieces]
    if told is None or not counted or any(c.least <= told.value <= c.most for c in counted):
        return ()
    least, most = min(one.least for one in counted), max(one.most for one in counted)
    said: dict[str, Parameter] = {
        "told": number(told.value),
        "between": str(least) if least == most else f"{least}–{most}",
        "@piece": counted[0].portion.product.word,
    }
    return (Message.of("arithmetic.quantity-differs", **said),)


def _dose(dosage: Dosage) -> Quantity | None:
    return _quantity(dosage.dose, dosage.unit)


def _quantity(value: Decimal | None, unit: str) -> Quantity | None:
    """An amount with its unit; None while one of the two is not said, or it is no amount."""
    if value is None or not unit:
        return None
    found = Quantity(value, unit)
    return found if is_positive(found) else None


def _volume(drafts: tuple[OrderDraft, ...]) -> Quantity | None:
    """What the members that are ordered as a volume have together; None where there is none.

    The volume of a medicine ordered by its substance is not known here, and not assumed.
    """
    doses = [dose for one in drafts if (dose := _dose(one.dosage)) is not None]
    shares = [ratio(dose, _ML) for dose in doses if convertible(dose.unit, _ML.unit)]
    value = decimal_of(sum((one for one in shares if one is not None), Fraction()))
    return Quantity(value, _ML.unit) if value else None


def _rate_said(rate: Quantity, unit: str, bag: Running) -> Message:
    found = rate_in(rate, unit, bag)
    if isinstance(found, Message):
        return found
    same = figure(found).equals
    return Message.of("arithmetic.rate", rate=rate.text, same=same, unit=spelled(unit))


def _lasting(rate: Quantity, bag: Running) -> Message:
    lasts = runs_for(rate, bag)
    if isinstance(lasts, Message):
        return lasts
    hours, rest = divmod(lasts, timedelta(hours=1))
    minutes = rest // timedelta(minutes=1)
    volume = "" if bag.volume is None else bag.volume.text
    return Message.of("arithmetic.bag-lasts", volume=volume, hours=hours, minutes=minutes)


def _in_time(draft: OrderDraft, rate: Quantity, bag: Running) -> list[Message]:
    """A medicine of the bag as a dose in time, and by weight where that is known."""
    item, dose = draft.item, _dose(draft.dosage)
    name = draft.dosage.text if item is None else item.text
    base = "" if dose is None else dose.unit
    mass = convertible(base, "mg")
    units = ["mg/h" if mass else f"{base}/h"]
    if bag.weight is not None:
        units.append("ug/kg/min" if mass else f"{base}/kg/h")
    found: list[Message] = []
    for unit in units:
        share = rate_in(rate, unit, bag)
        if isinstance(share, Message):
            found.append(share)
        else:
            rated = figure(share).text
            found.append(
                Message.of("arithmetic.dose-rate", item=name, rate=rated, unit=spelled(unit))
            )
    return found
