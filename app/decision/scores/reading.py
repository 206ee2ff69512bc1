"""Answers read for one score: numbers in its units, and why an answer does not count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from app.decision.scores.computing import COMPUTINGS
from app.decision.scores.results import Answer, Lack, Problem, Taken, Used
from app.decision.scores.tables import NO, YES, Answering, Condition, Score, Use, in_unit
from app.domain.quantities import Quantity

OPTIONAL = "?"


@dataclass(frozen=True, slots=True)
class Readings:
    """What could be read of the answers.

    Attributes:
        numbers: In the unit of the use, not rounded; also the computed ones.
        words: Options and flags.
        problems: For items whose answer does not count; an item nobody answered has none here.
        taken: What the publication says holds where nothing is said.
    """

    numbers: dict[str, Fraction] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    used: list[Used] = field(default_factory=list)
    problems: dict[str, Problem] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)

    def may_hold(self, when: Condition) -> bool:
        """Whether nothing that is known speaks against it."""
        return all(self.words.get(item) in (None, *allowed) for item, allowed in when)

    def hold(self, when: Condition) -> bool:
        return all(self.words.get(item) in allowed for item, allowed in when)

    def has(self, item: str) -> bool:
        return item in self.numbers or item in self.words

    def problem(self, item: str) -> Problem:
        return self.problems.get(item) or Problem(item, Lack.MISSING)


def read(score: Score, answers: Mapping[str, Answer], now: datetime) -> Readings:
    """Read the answers the score asks for; others are left alone.

    What is computed from others is computed last, in the order of the table, unless its own
    answer is given.
    """
    found = Readings()
    for use in score.uses:
        answer = answers.get(use.item.code)
        default = score.defaults.get(use.item.code)
        if answer is not None:
            _read(found, score, use, answer, now)
        elif default is not None:
            found.words[use.item.code] = default.answer
            found.taken.append(Taken(use.item.code, default.answer, default.why))
    for use in score.uses:
        if use.computing and use.item.code not in answers:
            _compute(found, score, use)
    return found


def _read(found: Readings, score: Score, use: Use, answer: Answer, now: datetime) -> None:
    item = use.item.code
    value = _age(use, answer, now) or _value(score, use, answer)
    if isinstance(value, Lack):
        found.problems[item] = Problem(item, value, answer.at, _mark(use, answer, value))
        return
    found.used.append(Used(item, answer))
    if isinstance(value, Fraction):
        found.numbers[item] = value
    else:
        found.words[item] = value


def _age(use: Use, answer: Answer, now: datetime) -> Lack | None:
    if answer.at > now:
        return Lack.LATER
    is_stale = use.stale is not None and now - answer.at > use.stale
    return Lack.STALE if is_stale else None


def _value(score: Score, use: Use, answer: Answer) -> Fraction | str | Lack:
    if use.item.answering is Answering.NUMBER:
        return _number(score, use, answer.value)
    if use.item.answering is Answering.FLAG:
        return answer.value if answer.value in (YES, NO) else Lack.UNKNOWN_ANSWER
    option = next((one for one in use.options if one.code == answer.value), None)
    if option is None:
        return Lack.UNKNOWN_ANSWER
    return Lack.UNTESTABLE if option.points is None else option.code


def _number(score: Score, use: Use, value: Quantity | str) -> Fraction | Lack:
    item = use.item
    if isinstance(value, str):
        return Lack.UNKNOWN_ANSWER
    plain = in_unit(value, item.unit, item.loinc, score.conversions)
    number = in_unit(value, use.unit, item.loinc, score.conversions)
    if plain is None or number is None:
        return Lack.UNIT
    return number if item.plausible.holds(plain) else Lack.IMPLAUSIBLE


def _mark(use: Use, answer: Answer, lack: Lack) -> str:
    if lack is not Lack.UNTESTABLE:
        return ""
    return next(one.mark for one in use.options if one.code == answer.value)


def _compute(found: Readings, score: Score, use: Use) -> None:
    known = [found.numbers.get(one) for one in use.operands if not one.endswith(OPTIONAL)]
    maybe = [one.rstrip(OPTIONAL) for one in use.operands if one.endswith(OPTIONAL)]
    numbers = [one for one in known if one is not None]
    if len(numbers) < len(known):
        return
    extra = found.numbers.get(maybe[0]) if maybe else None
    try:
        value = COMPUTINGS[use.computing].compute(score, numbers, extra)
    except ZeroDivisionError:
        found.problems[use.item.code] = Problem(use.item.code, Lack.IMPLAUSIBLE)
        return
    if use.item.plausible.holds(value):
        found.numbers[use.item.code] = value
    else:
        found.problems[use.item.code] = Problem(use.item.code, Lack.IMPLAUSIBLE)
