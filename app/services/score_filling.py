"""What a chart answers to a score: the newest of each item, with its time and where it stands.

Only what is recorded answers. A problem that is on the list is a yes; one that is not is nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.decision.scores.baseline import Baseline, back_calculated, measured
from app.decision.scores.results import Answer, Incomplete, Result, Scored, Subscore
from app.decision.scores.scoring import score
from app.decision.scores.tables import Answering, Combining, Score, Use, in_unit
from app.decision.scores.wording import Alias, Wording, options_of, plain
from app.domain.chart import Problem
from app.domain.patients import Sex, age
from app.domain.quantities import Quantity
from app.domain.results import Observed
from app.fhir.valuesets import LOINC

KDIGO, CKD_EPI = "KDIGO-AKI", "CKD-EPI-2021"
CREATININE, BASELINE, RULE, LOWEST = (
    "creatinine",
    "creatinine-baseline",
    "baseline-rule",
    "creatinine-lowest-48h",
)
_NOT_MEASURED = frozenset((BASELINE, LOWEST, "creatinine-rise", "age"))
"""Items with a code of their own under which no chart records them."""

_TWO_DAYS = timedelta(hours=48)
_WITHDRAWN = ("entered-in-error", "cancelled")
_REFUTED = ("entered-in-error", "refuted", "differential", "provisional", "unconfirmed")


class Place(enum.Enum):
    """Where an answer comes from."""

    PATIENT = "patient"
    MEASURED = "measured"
    PROBLEM = "problem"
    COMPUTED = "computed"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Found:
    """An answer and where it stands.

    Attributes:
        observed: The measurement; None for what is none.
        problem: The problem of the list; None for what is none.
    """

    answer: Answer
    place: Place
    observed: Observed | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ScoreChart:
    """What scores read of a chart.

    Attributes:
        observed: What was measured, by LOINC code, as `by_code` makes it.
    """

    sex: Sex | None = None
    born: date | None = None
    admitted: datetime | None = None
    observed: Mapping[str, tuple[Observed, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The tables, and how a chart words what they ask."""

    tables: Mapping[str, Score]
    book: Wording


@dataclass(frozen=True, slots=True)
class Standing:
    """How a patient stands with one score."""

    table: Score
    result: Result
    found: Mapping[str, Found]


@dataclass(frozen=True, slots=True)
class Moment:
    """A score as it stood once.

    Attributes:
        at_least: What could be counted of one without a total: it was this or more.
    """

    at: datetime
    result: Result
    at_least: Decimal | None = None


def by_code(observed: Iterable[Observed]) -> dict[str, tuple[Observed, ...]]:
    """What says something and has a time, by LOINC code; withdrawn values are no values."""
    found: dict[str, list[Observed]] = {}
    for one in observed:
        valued = one.value.number is not None or one.value.text
        stands = one.status not in _WITHDRAWN and one.at is not None
        if stands and valued and one.term.system == LOINC:
            found.setdefault(one.term.code, []).append(one)
    return {code: tuple(values) for code, values in found.items()}


def standing(
    chart: ScoreChart,
    table: Score,
    known: Knowledge,
    now: datetime,
    given: Mapping[str, Answer] | None = None,
) -> Standing:
    """Count a score for what the chart says at `now` and what a clinician answered.

    What the clinician answered goes before the chart: they were asked with it in front of them.
    """
    found = filled(chart, table, known, now)
    items = {use.item.code for use in table.uses}
    said = ((item, answer) for item, answer in (given or {}).items() if item in items)
    found |= {item: Found(answer, Place.ASKED) for item, answer in said}
    answers = {item: one.answer for item, one in found.items()}
    return Standing(table, score(table, answers, now), found)


def filled(chart: ScoreChart, table: Score, known: Knowledge, now: datetime) -> dict[str, Found]:
    """What the chart answers, by item."""
    found: dict[str, Found] = {}
    for use in table.uses:
        answer = _patient(chart, use, now) or _observed(chart, table, use, known.book, now)
        answer = answer or _problem(chart, use, known.book, now)
        if answer is not None:
            found[use.item.code] = answer
    if table.code == KDIGO:
        found |= _baseline(chart, table, known, now)
    return found


def trend(
    chart: ScoreChart, table: Score, known: Knowledge, now: datetime, span: timedelta
) -> tuple[Moment, ...]:
    """The score at every time of the last `span` at which something of it was measured."""
    codes = {code for use in table.uses for code in _codes(use, known.book)}
    times = {at for at, _ in _told(chart, codes, now) if now - at <= span}
    made = (_moment(chart, table, known, at) for at in sorted(times))
    return tuple(one for one in made if subscores(one.result))


def subscores(result: Result) -> tuple[Subscore, ...]:
    """What could be counted; nothing of a score that is not for the patient."""
    return result.subscores if isinstance(result, Scored | Incomplete) else ()


def changes(
    before: Result, after: Result
) -> tuple[tuple[str, Decimal | None, Decimal | None], ...]:
    """Parts whose points are not what they were: part, before, after; None for not counted."""
    then = {one.part: one.points for one in subscores(before)}
    now = {one.part: one.points for one in subscores(after)}
    parts = dict.fromkeys((*now, *then))
    return tuple(
        (one, then.get(one), now.get(one)) for one in parts if then.get(one) != now.get(one)
    )


def at_least(table: Score, result: Result) -> Decimal | None:
    """What a score without a total comes to at the least; None where that says nothing.

    Only of a sum without points below nought: what is missing can then but add.
    """
    if not isinstance(result, Incomplete) or table.combining is not Combining.SUM:
        return None
    points = [one.points for one in result.subscores]
    return sum(points, Decimal()) if points and not _may_lose(table) else None


def _may_lose(table: Score) -> bool:
    return any(use.points < 0 for use in table.uses)


def _moment(chart: ScoreChart, table: Score, known: Knowledge, at: datetime) -> Moment:
    result = standing(chart, table, known, at).result
    return Moment(at, result, at_least(table, result))


def _patient(chart: ScoreChart, use: Use, now: datetime) -> Found | None:
    if use.item.code == "sex" and chart.sex in (Sex.MALE, Sex.FEMALE):
        return Found(Answer(chart.sex.value, now), Place.PATIENT)
    if use.item.code != "age" or chart.born is None:
        return None
    lived = age(chart.born, now)
    if lived is None:
        return None
    years = Quantity(Decimal(lived.years or 0), "a")
    if not lived.years:
        years = Quantity(Decimal(lived.months or 0), "mo")
    return Found(Answer(years, now), Place.PATIENT)


def _observed(
    chart: ScoreChart, table: Score, use: Use, book: Wording, now: datetime
) -> Found | None:
    """The newest of all codes the item is charted under."""
    codes = _codes(use, book)
    told = max(_told(chart, codes, now), key=lambda one: (one[0], one[1].id), default=None)
    if told is None:
        return None
    at, newest = told
    value = _value(table, use, book, newest, codes[newest.term.code])
    return Found(Answer(value, at), Place.MEASURED, observed=newest)


def _codes(use: Use, book: Wording) -> dict[str, tuple[Alias, ...]]:
    """LOINC codes an item is charted under, and what their numbers mean where they are options."""
    item = use.item
    found: dict[str, tuple[Alias, ...]] = {}
    if item.loinc and item.code not in _NOT_MEASURED:
        found[item.loinc] = ()
    for one in book.by_item.get(("chart", item.code), ()):
        code = f"{one.alias[:-1]}-{one.alias[-1]}"
        found[code] = (*found.get(code, ()), one)
    return found


def _told(
    chart: ScoreChart, codes: Iterable[str], now: datetime
) -> Iterator[tuple[datetime, Observed]]:
    """What was measured under one of `codes` until `now`, in any order."""
    for code in codes:
        for one in chart.observed.get(code, ()):
            if one.at is not None and one.at <= now:
                yield one.at, one


def _value(
    table: Score, use: Use, book: Wording, one: Observed, meant: tuple[Alias, ...]
) -> Quantity | str:
    """As recorded; words that are no answer stay words, and no score counts them."""
    number, said = one.value.number, one.value
    if use.item.answering is not Answering.NUMBER:
        options = options_of(table, book, use, said.text)
        if number is not None:
            options = tuple(alias.option for alias in meant if alias.holds(number))
        return options[0] if len(options) == 1 else said.text
    if number is None or said.comparator:
        return said.text or f"{said.comparator}{number}"
    return Quantity(number, said.unit_code or book.unit(said.unit) or said.unit)


def _problem(chart: ScoreChart, use: Use, book: Wording, now: datetime) -> Found | None:
    begins = tuple(one.alias for one in book.by_item.get(("problem", use.item.code), ()))
    for one in chart.problems if begins else ():
        stands = one.active is not False and one.verification not in _REFUTED
        if stands and plain(one.term.code).startswith(begins):
            at = one.recorded_at or now
            return Found(Answer("yes", min(at, now)), Place.PROBLEM, problem=one)
    return None


def _baseline(chart: ScoreChart, kdigo: Score, known: Knowledge, now: datetime) -> dict[str, Found]:
    """The baseline with its rule, and the lowest creatinine of two days (KDIGO AKI 2012, 2.1)."""
    use = next(one for one in kdigo.uses if one.item.code == CREATININE)
    codes = _codes(use, known.book)
    past = [
        (Answer(_value(kdigo, use, known.book, one, ()), at), one)
        for at, one in _told(chart, codes, now)
    ]
    admitted = chart.admitted or now
    base = measured(kdigo, [answer for answer, _ in past], admitted, now)
    base = base or _assumed(chart, known, now)
    found = {}
    if base is not None:
        at = base.at or now
        found[BASELINE] = Found(Answer(base.value, at), Place.COMPUTED)
        found[RULE] = Found(Answer(base.rule, at), Place.COMPUTED)
    recent = [
        (value, answer, one)
        for answer, one in past
        if now - answer.at <= _TWO_DAYS and isinstance(answer.value, Quantity)
        if (value := in_unit(answer.value, use.item.unit, use.item.loinc, kdigo.conversions))
    ]
    if recent:
        _, answer, one = min(recent, key=lambda told: (told[0], told[1].at))
        found[LOWEST] = Found(answer, Place.COMPUTED, observed=one)
    return found


def _assumed(chart: ScoreChart, known: Knowledge, now: datetime) -> Baseline | None:
    """Back-calculated, where age and sex are known and the formula is there."""
    kdigo, formula = known.tables.get(KDIGO), known.tables.get(CKD_EPI)
    lived = age(chart.born, now) if chart.born is not None else None
    years = lived.years if lived is not None else None
    if kdigo is None or formula is None or years is None:
        return None
    if chart.sex not in (Sex.MALE, Sex.FEMALE):
        return None
    return back_calculated(kdigo, formula, chart.sex.value, years)
