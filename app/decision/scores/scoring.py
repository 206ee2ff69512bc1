"""Counts a score. What is missing makes it incomplete; it is never counted as 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    counted, unbanded = _counted(table, answers, readings)
    without = tuple(_without(table, readings))
    lacking = tuple(_lacking(table, readings, answers)) or unbanded
    if not counted and table.combining is not Combining.FORMULA:
        lacking = lacking or without
    if lacking:
        return Incomplete(table.code, table.origin, lacking, counted, inputs)
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


def _counted(
    table: Score, answers: Mapping[str, Answer], readings: Readings
) -> tuple[tuple[Subscore, ...], tuple[Problem, ...]]:
    """The most points of each part, and the items that no band fits."""
    parts: dict[str, Subscore] = {}
    unbanded: list[Problem] = []
    for use in table.uses:
        if not use.part or not readings.has(use.item.code):
            continue
        points = points_of(use, answers.get(use.item.code), readings)
        before = parts.get(use.part)
        if points is None:
            unbanded.append(Problem(use.item.code, Lack.UNBANDED))
        elif before is None or points > before.points:
            parts[use.part] = Subscore(use.part, points, use.item.code)
    return tuple(parts.values()), tuple(unbanded)


def points_of(use: Use, answer: Answer | None, readings: Readings) -> Decimal | None:
    """Points of an item that has been read; None where the table has no band for it.

    None also where the band depends on an answer that is not known: that one is lacking itself.
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
    fitting = (b for b in use.bands if b.unit == unit and readings.hold(b.when))
    return next((band.points for band in fitting if band.span.holds(value)), None)


def _lacking(table: Score, readings: Readings, answers: Mapping[str, Answer]) -> Iterator[Problem]:
    for use in table.uses:
        item = use.item.code
        told = not use.computing or item in readings.problems
        if told and not readings.has(item) and is_needed(table, use, readings, answers):
            yield readings.problem(item)


def _without(table: Score, readings: Readings) -> Iterator[Problem]:
    """Items that could have counted: not those under a condition that does not hold."""
    for use in table.uses:
        item = use.item.code
        told = not use.computing or item in readings.problems
        idle = use.needed_when or any(readings.has(one.item.code) for one in _made(table, use))
        if told and not readings.has(item) and not idle:
            yield readings.problem(item)


def is_needed(table: Score, use: Use, readings: Readings, answers: Mapping[str, Answer]) -> bool:
    """Whether there is no total without this item, given what else is known.

    What a needed number is computed from is needed too, unless that number itself is given.
    """
    if not use.operand and use.needed and readings.hold(use.needed_when):
        return True
    return any(
        is_needed(table, one, readings, answers)
        for one in _made(table, use)
        if one.item.code not in answers
    )


def _made(table: Score, use: Use) -> Iterator[Use]:
    """What is computed from an item and from nothing less. It stands further down."""
    return (one for one in table.uses if use.item.code in one.operands)


def _total(table: Score, value: Fraction) -> Decimal:
    """The total as the publication rounds it."""
    total = rounded(value, table.step, down=False)
    return Decimal(total.numerator) / Decimal(total.denominator)
