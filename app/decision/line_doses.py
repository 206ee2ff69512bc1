"""What a line comes to of one substance: at once, in a day, per kilogram; or why nobody can say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.decision.expressions import Unknown
from app.decision.findings import Saying
from app.decision.knowledge.rules import FactKnowledge
from app.decision.situation import Line
from app.domain.quantities import Quantity, convertible, decimal_of, measure, ratio
from app.domain.terms import Named

PER_DAY = "/d"
PER_KG = "/kg"
CONTINUOUS = "cont"
"""Code of what runs without a break (`resources/packs/frequencies`)."""
_SCALE = 10**24
_WEEK = 7


def quantity(value: Fraction, unit: str) -> Quantity:
    """The value in `unit`; one without an end is cut off, so that it never exceeds itself."""
    whole = decimal_of(value)
    if whole is None:
        whole = decimal_of(Fraction(value.numerator * _SCALE // value.denominator, _SCALE))
    return Quantity(whole or Decimal(0), unit)


@dataclass(frozen=True, slots=True)
class Dosing:
    """The doses of one substance, as its rules count them.

    Attributes:
        code: Of the substance.
        kilograms: The body weight, or why it is not known.
        whole: The dose of a product with several ingredients stands for that of one.
    """

    code: str
    knowledge: FactKnowledge
    kilograms: Decimal | Unknown
    whole: bool = False

    def product(self, line: Line) -> Quantity | Unknown:
        """One administration of everything that is in the drug, as its rules count it."""
        told = line.substance_dose
        if told is None:
            return _unknown("rules.why.no-dose", line)
        if not told.unit:
            return _unknown("rules.why.no-unit", line)
        if told.unit.startswith("{"):
            return _unknown("rules.why.pieces", line)
        return self.counted(self._whole(told))

    def single(self, line: Line) -> Quantity | Unknown:
        """One administration; unknown of one ingredient among several."""
        if line.drug is None or (len(line.drug.substances) > 1 and not self.whole):
            return _unknown("rules.why.combination", line)
        return self.product(line)

    def single_per_kilogram(self, line: Line) -> Quantity | Unknown:
        """One administration for a kilogram; ordered so, it needs no weight."""
        told = line.substance_dose
        if told is not None and told.unit.endswith(PER_KG):
            return self.counted(told)
        return self.per_kilogram(self.single(line))

    def in_a_day(self, line: Line, at_once: Quantity | Unknown) -> Quantity | Unknown:
        """What a line comes to in a day, `at_once` being one administration."""
        if line.once:
            return _per_day(at_once, Fraction(1))
        if self._runs(line):
            return self._running(line)
        if line.per_day is None:
            return _unknown("rules.why.no-frequency", line)
        return _per_day(at_once, line.per_day)

    def of_all(self, lines: Iterable[Line], *, least: bool) -> Quantity | Unknown:
        """What all lines come to in a day; with `least` what those do that are known."""
        total: Quantity | None = None
        for line in lines:
            one = self.in_a_day(line, self.single(line))
            if isinstance(one, Unknown):
                if least:
                    continue
                return one
            joined = one if total is None else _sum(total, one)
            if joined is None:
                return _unknown("rules.why.other-unit", line)
            total = joined
        return Unknown(Saying.of("rules.why.nothing")) if total is None else total

    def rate(self, line: Line) -> Quantity | Unknown:
        """How fast a line runs, per time."""
        if line.rate is None:
            return _unknown("rules.why.no-rate", line)
        return self.counted(self._whole(line.rate))

    def per_kilogram(self, told: Quantity | Unknown) -> Quantity | Unknown:
        """The same for a kilogram of body weight."""
        if isinstance(told, Unknown):
            return told
        if isinstance(self.kilograms, Unknown):
            return self.kilograms
        head, slash, below = told.unit.partition("/")
        share = Fraction(told.value) / Fraction(self.kilograms)
        return quantity(share, f"{head}{PER_KG}{slash}{below}")

    def counted(self, told: Quantity | Unknown) -> Quantity | Unknown:
        """In the unit the rules of this substance are written in, where the pack knows one."""
        if isinstance(told, Unknown):
            return told
        head, slash, below = told.unit.partition("/")
        for step in self.knowledge.units.get(self.code, ()):
            share = ratio(Quantity(told.value, head), Quantity(Decimal(1), step.unit))
            if share is not None:
                return quantity(share * step.factor, f"{step.into}{slash}{below}")
        return told

    def _whole(self, told: Quantity) -> Quantity | Unknown:
        """A dose for each kilogram as the dose it is."""
        parts = told.unit.split("/")
        if "kg" not in parts[1:]:
            return told
        if isinstance(self.kilograms, Unknown):
            return self.kilograms
        parts.remove("kg")
        return quantity(Fraction(told.value) * Fraction(self.kilograms), "/".join(parts))

    def _runs(self, line: Line) -> bool:
        """Without a break; a bag that runs in is given once, or as often as it is ordered."""
        if line.rate is None:
            return False
        no_bag = line.per_day is None and line.substance_dose is None
        return line.frequency == CONTINUOUS or no_bag

    def _running(self, line: Line) -> Quantity | Unknown:
        rate = self.rate(line)
        if isinstance(rate, Unknown):
            return rate
        known = measure(rate)
        head = rate.unit.partition("/")[0]
        share = None if known is None else known.into(f"{head}{PER_DAY}")
        if share is None:
            return _unknown("rules.why.other-unit", line)
        return quantity(share, f"{head}{PER_DAY}")


def _per_day(at_once: Quantity | Unknown, times: Fraction) -> Quantity | Unknown:
    if isinstance(at_once, Unknown):
        return at_once
    value = Fraction(at_once.value) * times
    if decimal_of(value) is None and decimal_of(value * _WEEK) is not None:
        return quantity(value * _WEEK, f"{at_once.unit}/wk")
    return quantity(value, f"{at_once.unit}{PER_DAY}")


def _sum(one: Quantity, other: Quantity) -> Quantity | None:
    if one.unit == other.unit:
        return quantity(Fraction(one.value) + Fraction(other.value), one.unit)
    if not convertible(one.unit, other.unit):
        return None
    known = measure(other)
    share = None if known is None else known.into(one.unit)
    return None if share is None else quantity(Fraction(one.value) + share, one.unit)


def _unknown(code: str, line: Line) -> Unknown:
    name: Named = line.named if line.drug is None else line.drug.name
    return Unknown(Saying.of(code, drug=name))
