"""How soon and how much again: limits of an order given as needed, and what speaks against a dose.

Amounts are Decimal with their UCUM code. Two amounts are added or compared only where one converts
exactly into the unit of the other; anything else is "cannot be checked", never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.domain.quantities import Quantity, converted, number
from app.domain.slots import DoseGiven
from app.domain.terms import OrderId, PatientId, Ref
from app.kernel.faults import Message

_DAY = timedelta(hours=24)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DoseLimits:
    """What the order allows, as far as it says so.

    Attributes:
        interval: Least time between two doses.
        most: Largest sum within `within`, in `unit` (UCUM).
        within: The rolling period of `most`.
    """

    interval: timedelta | None = None
    most: Decimal | None = None
    unit: str = ""
    within: timedelta = _DAY

    @property
    def stated(self) -> bool:
        return self.interval is not None or self.most is not None


NO_LIMITS = DoseLimits()


def limit_objections(
    limits: DoseLimits, dose: Decimal | None, unit: str
) -> tuple[tuple[str, Message], ...]:
    """Why `most` is no limit of doses of this amount, with the field: `most` or `most_unit`."""
    if limits.most is None or dose is None or not unit or not dose.is_finite() or dose <= 0:
        return ()
    one = converted(Quantity(dose, unit), limits.unit)
    if one is None:
        return (("most_unit", Message.of("order_limits.units_differ")),)
    if one.value > limits.most:
        return (("most", Message.of("order_limits.below_one_dose")),)
    return ()


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One dose in the ledger of an order.

    Attributes:
        administration: The record of the act itself; a line only repeats it.
    """

    administration: Ref
    at: datetime
    dose: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The doses of one order given as needed: last one, and the sum of a day.

    Attributes:
        lines: Oldest first.
    """

    id: str
    order: OrderId
    patient: PatientId
    lines: tuple[LedgerLine, ...] = ()

    @property
    def ref(self) -> Ref:
        return Ref(f"Basic/{self.id}")

    @property
    def last_at(self) -> datetime | None:
        return self.lines[-1].at if self.lines else None


def with_line(lines: Iterable[LedgerLine], line: LedgerLine) -> tuple[LedgerLine, ...]:
    """The lines with `line` among them, oldest first, each administration once."""
    known = {one.administration: one for one in lines} | {line.administration: line}
    return tuple(sorted(known.values(), key=lambda one: (one.at, one.administration)))


def lines_of(doses: Iterable[DoseGiven]) -> tuple[LedgerLine, ...]:
    """Administrations with a time as lines of a ledger, oldest first."""
    lines: tuple[LedgerLine, ...] = ()
    for dose in doses:
        if dose.at is not None:
            lines = with_line(lines, LedgerLine(dose.ref, dose.at, dose.dose, dose.unit))
    return lines


def total(
    lines: Iterable[LedgerLine], after: datetime, upto: datetime, unit: str
) -> Decimal | None:
    """The sum of what was given in (`after`, `upto`]; None when a dose cannot be added."""
    found = Decimal(0)
    for line in lines:
        if not after < line.at <= upto:
            continue
        known = None if line.dose is None else converted(Quantity(line.dose, line.unit), unit)
        if known is None:
            return None
        found += known.value
    return found


def speaks_against(
    limits: DoseLimits, lines: Iterable[LedgerLine], at: datetime, dose: Decimal, unit: str
) -> tuple[Message, ...]:
    """Why a dose at `at` may not be given under these limits; with the numbers.

    The interval is looked at both ways: a dose entered late stands between two others.
    """
    known = tuple(lines)
    return (*_too_close(limits, known, at), *_too_much(limits, known, at, dose, unit))


def _too_close(
    limits: DoseLimits, lines: tuple[LedgerLine, ...], at: datetime
) -> tuple[Message, ...]:
    if limits.interval is None or not lines:
        return ()
    apart = min(abs(at - line.at) for line in lines)
    if apart >= limits.interval:
        return ()
    least = limits.interval // _MINUTE
    return (Message.of("dose.too-soon", passed=apart // _MINUTE, least=least),)


def _too_much(
    limits: DoseLimits, lines: tuple[LedgerLine, ...], at: datetime, dose: Decimal, unit: str
) -> tuple[Message, ...]:
    if limits.most is None:
        return ()
    asked = converted(Quantity(dose, unit), limits.unit)
    if asked is None:
        return (Message.of("dose.units-differ", unit=unit, limit=limits.unit),)
    worst = Decimal(0)
    # A dose entered late counts in every period that holds it, not only in the one ending now.
    ends = [at, *(line.at for line in lines if at < line.at < at + limits.within)]
    for end in ends:
        given = total(lines, end - limits.within, end, limits.unit)
        if given is None:
            return (Message.of("dose.sum-not-checkable", unit=limits.unit),)
        worst = max(worst, given)
    if worst + asked.value <= limits.most:
        return ()
    return (
        Message.of(
            "dose.too-much",
            given=number(worst),
            dose=number(asked.value),
            most=number(limits.most),
            unit=limits.unit,
            hours=limits.within // timedelta(hours=1),
        ),
    )
