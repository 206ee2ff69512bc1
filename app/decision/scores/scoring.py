"""Counts a score. What is missing makes it incomplete; it is never counted as 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from app.decision.scores.formulas import FORMULAS, Figures
from app.decision.scores.reading import Readings, read
from app.decision.scores.results import (
    Answer,
    Incomplete,
    Lack,
    NotApplicable,
    Problem,
    Result,
    Scored,
    Subscore,
)
from app.decision.scores.spans import rounded
from app.decision.scores.tables import YES, Answering, Combining, Grade, Limit, Score, Use
from app.domain.quantities import Quantity
from app.domain.terms import Named


def score(table: Score, answers: Mapping[str, Answer], now: datetime) -> Result:
    """Count `table` for what is known at `now`; answers by code of the item, in any order."""
    readings = read(table, answers, now)
    inputs = tuple(readings.used)
    why = tuple(_outside(table.limits, readings))
    if why:
        return NotApplicable(table.code, table.origin, why, inputs)
    counting = _Counting(table, answers, readings)
    counting.count()
    counted, without = tuple(counting.parts.values()), tuple(_without(table, readings))
    lacking = tuple(counting.lacking()) or tuple(counting.unbanded)
    if not counted and table.combining is not Combining.FORMULA:
        lacking = lacking or without
    taken = tuple(readings.taken)
    if lacking:
        return Incomplete(table.code, table.origin, lacking, counted, inputs, taken)
    if table.combining is Combining.FORMULA:
        outcome = FORMULAS[table.formula].compute(Figures(table, readings))
        total, counted = _total(table, outcome.total), outcome.steps
    elif table.combining is Combining.SUM:
        total = sum((one.points for one in counted), Decimal())
    else:
        total = max(one.points for one in counted)
    return Scored(
        score=table.code,
        origin=table.origin,
        total=total,
        unit=table.unit,
        subscores=counted,
        band=grade(table, total, counted),
        inputs=inputs,
        without=without,
        taken=taken,
    )


def grade(table: Score, total: Decimal, subscores: Iterable[Subscore] = ()) -> Grade | None:
    """What a total means; a grade for a single sub-score goes before the one of the total."""
    highest = max((one.points for one in subscores), default=Decimal())
    fitting = [one for one in table.grades if one.span.holds(Fraction(total))]
    single = [one for one in fitting if one.single is not None and highest >= one.single]
    plain = [one for one in fitting if one.single is None]
    return next(iter((*single, *plain)), None)


def _outside(limits: Iterable[Limit], readings: Readings) -> Iterator[Named]:
    for one in limits:
        number, word = readings.numbers.get(one.item), readings.words.get(one.item)
        out_of_span = number is not None and one.span is not None and not one.span.holds(number)
        if out_of_span or word in one.answers:
            yield one.why


@dataclass(frozen=True, slots=True)
class _Counting:
    """One count: the most points of each part, and what stands in the way of a total.

    Attributes:
        unbanded: Items that no band fits.
        undecided: Items on which the points of another depend, and which are not known.
    """

    table: Score
    answers: Mapping[str, Answer]
    readings: Readings
    parts: dict[str, Subscore] = field(default_factory=dict)
    unbanded: list[Problem] = field(default_factory=list)
    undecided: set[str] = field(default_factory=set)

    def count(self) -> None:
        for use in self.table.uses:
            if use.part and self.readings.has(use.item.code):
                self._count(use)

    def _count(self, use: Use) -> None:
        item, readings = use.item.code, self.readings
        points = points_of(use, self.answers.get(item), readings)
        before = self.parts.get(use.part)
        if points is None:
            asked = {one for band in use.bands for one, _ in band.when}
            self.undecided.update(one for one in asked if not readings.has(one))
            self.unbanded.append(Problem(item, Lack.UNBANDED))
        elif before is None or points > before.points:
            self.parts[use.part] = Subscore(use.part, points, item)

    def lacking(self) -> Iterator[Problem]:
        for use in self.table.uses:
            item = use.item.code
            told = not use.computing or item in self.readings.problems
            asked = item in self.undecided or self.needs(use)
            if told and asked and not self.readings.has(item):
                yield self.readings.problem(item)

    def needs(self, use: Use) -> bool:
        """Whether there is no total without this item, given what else is known.

        What a needed number is computed from is needed too, unless that number itself is given.
        """
        if not use.operand and use.needed and self._counts(use):
            return True
        return any(
            self.needs(one) for one in _made(self.table, use) if one.item.code not in self.answers
        )

    def _counts(self, use: Use) -> bool:
        """Not what something else stands in for, nor what can add nothing to its part any more."""
        if use.unless and all(self.readings.has(one) for one in use.unless):
            return False
        part = self.parts.get(use.part)
        moot = part is not None and _most(use) <= part.points
        return self.readings.hold(use.needed_when) and not moot


def _most(use: Use) -> Decimal:
    """The most points an item can have."""
    options = (one.points for one in use.options if one.points is not None)
    return max((use.points, *(band.points for band in use.bands), *options))


def points_of(use: Use, answer: Answer | None, readings: Readings) -> Decimal | None:
    """Points of an item that has been read; None where the table has no band for it.

    Where the band depends on an answer that is not known, None unless every answer to it would
    give the same.
    """
    if use.item.answering is Answering.FLAG:
        return use.points if readings.words[use.item.code] == YES else Decimal()
    if use.item.answering is Answering.OPTION:
        word = readings.words[use.item.code]
        return next(one.points for one in use.options if one.code == word)
    value, unit = readings.numbers[use.item.code], use.unit
    if answer is not None and isinstance(answer.value, Quantity):
        own = answer.value.unit
        if any(band.unit == own for band in use.bands):
            value, unit = Fraction(answer.value.value), own
    if use.step is not None and unit == use.unit:
        value = rounded(value, use.step, down=use.down)
    fitting = (b for b in use.bands if b.unit == unit and readings.may_hold(b.when))
    found = {band.points for band in fitting if band.span.holds(value)}
    return found.pop() if len(found) == 1 else None


def _without(table: Score, readings: Readings) -> Iterator[Problem]:
    """Items that could have counted.

    Not those under a condition, those that stand in for another or have one that does, and those
    that only choose between bands: where the choice mattered, there is no total.
    """
    idle = {one for use in table.uses for one in use.unless}
    idle |= {item for use in table.uses for band in use.bands for item, _ in band.when}
    for use in table.uses:
        item = use.item.code
        told = not use.computing or item in readings.problems
        known = any(readings.has(one.item.code) for one in _made(table, use))
        spare = use.needed_when or use.unless or known or item in idle
        if told and not readings.has(item) and (item in readings.problems or not spare):
            yield readings.problem(item)


def _made(table: Score, use: Use) -> Iterator[Use]:
    """What is computed from an item and from nothing less. It stands further down."""
    return (one for one in table.uses if use.item.code in one.operands)


def _total(table: Score, value: Fraction) -> Decimal:
    """The total as the publication rounds it."""
    total = rounded(value, table.step, down=False)
    return Decimal(total.numerator) / Decimal(total.denominator)
