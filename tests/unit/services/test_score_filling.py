"""What a chart answers: the newest, with its time, as recorded; nothing that is not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest

from app.decision.scores.results import Answer, Incomplete, NotApplicable, Scored
from app.domain.chart import Problem
from app.domain.patients import Sex
from app.domain.quantities import Quantity
from app.domain.results import Observed, Value
from app.domain.terms import PatientId, ResultId, Term
from app.services.score_filling import (
    Knowledge,
    Place,
    ScoreChart,
    Standing,
    at_least,
    by_code,
    changes,
    standing,
    subscores,
    trend,
)
from app.services.score_pack import read_scores
from app.services.score_words import read_wording
from resources.reading import path

LI = PatientId("li")
NOW = datetime.fromisoformat("2026-11-25T08:00:00+08:00")
HOUR = timedelta(hours=1)
CODES = {
    "breaths": "9279-1", "saturation": "2708-6", "systolic": "8480-6", "pulse": "8867-4",
    "temperature": "8310-5", "acvpu": "80288-4", "flow": "3151-8", "crea": "14682-9",
    "weight": "29463-7",
}  # fmt: skip
UNITS = {"saturation": "%", "systolic": "mm[Hg]", "temperature": "Cel", "crea": "umol/L"}


@cache
def known() -> Knowledge:
    pack, today = path("packs/scores"), NOW.date()
    return Knowledge(read_scores(pack, None, today), read_wording(pack, None, today))


def seen(what: str, text: str, hours: float = 1, **more: object) -> Observed:
    number = Decimal(text) if text[0].isdigit() else None
    unit = UNITS.get(what, "/min") if number is not None else ""
    recorded = Value(number, unit, unit, "" if number is not None else text)
    term = Term(what, "http://loinc.org", CODES[what])
    at = NOW - hours * HOUR
    one = Observed(ResultId(f"{what}-{hours}"), LI, "vital-signs", term, recorded, at)
    return replace(one, **more)  # type: ignore[arg-type]  # checked by dataclasses at run time


ROUND = (
    seen("breaths", "22"),
    seen("saturation", "93"),
    seen("systolic", "104"),
    seen("pulse", "112"),
    seen("temperature", "38.4"),
    seen("acvpu", "清醒"),
)
OXYGEN = seen("flow", "2")


def chart(*observed: Observed, **more: object) -> ScoreChart:
    born = {"sex": Sex.MALE, "born": date(1959, 3, 2)} | more
    return ScoreChart(observed=by_code(observed), **born)  # type: ignore[arg-type]


def stand(of: ScoreChart, code: str = "NEWS2", given: dict[str, Answer] | None = None) -> Standing:
    return standing(of, known().tables[code], known(), NOW, given)


def test_a_round_of_vital_signs_is_a_news2() -> None:
    found = stand(chart(*ROUND, OXYGEN))

    assert isinstance(found.result, Scored)
    assert found.result.total == 10
    assert [one.item for one in found.result.taken] == ["saturation-scale"]
    breaths = found.found["breaths"]
    assert (breaths.place, breaths.answer.at) == (Place.MEASURED, NOW - HOUR)
    assert breaths.observed == ROUND[0]
    assert found.found["age"].answer.value == Quantity(Decimal(67), "a")


def test_oxygen_that_nobody_recorded_is_asked_and_never_air() -> None:
    asked = stand(chart(*ROUND))
    told = stand(chart(*ROUND), given={"oxygen": Answer("air", NOW), "killip": Answer("I", NOW)})
    stopped = stand(chart(*ROUND, seen("flow", "0")))

    assert isinstance(asked.result, Incomplete)
    assert asked.result.missing == ("oxygen",)
    assert at_least(asked.table, asked.result) == 8
    for one in (told, stopped):
        assert isinstance(one.result, Scored)
        assert one.result.total == 8
    assert told.found["oxygen"].place is Place.ASKED
    assert "killip" not in told.found


def test_the_newest_counts_and_an_old_one_does_not() -> None:
    newer = stand(chart(*ROUND, OXYGEN, seen("breaths", "16", 0.5), seen("breaths", "9", 3)))
    old = stand(chart(*ROUND[1:], OXYGEN, seen("breaths", "16", 13)))

    assert newer.found["breaths"].answer.value == Quantity(Decimal(16), "/min")
    assert isinstance(old.result, Incomplete)
    assert old.result.stale == ("breaths",)


@pytest.mark.parametrize(
    "more",
    [
        {"status": "entered-in-error"},
        {"at": None},
        {"at": NOW + HOUR},
        {"value": Value()},
        {"term": Term("breaths", "urn:x", "9279-1")},
    ],
)
def test_what_was_withdrawn_or_has_no_time_is_no_answer(more: dict[str, object]) -> None:
    found = stand(chart(*ROUND[1:], OXYGEN, seen("breaths", "16", **more)))

    assert isinstance(found.result, Incomplete)
    assert found.result.missing == ("breaths",)


@pytest.mark.parametrize(
    ("what", "value", "item"),
    [
        ("breaths", Value(text="fast"), "breaths"),
        ("breaths", Value(Decimal(30), "/min", "/min", comparator=">"), "breaths"),
        ("acvpu", Value(text="asleep"), "consciousness"),
        ("breaths", Value(Decimal(16), "stone", ""), "breaths"),
    ],
)
def test_what_cannot_be_counted_is_a_problem_and_not_passed_over(
    what: str, value: Value, item: str
) -> None:
    older = seen("breaths", "16", 2)
    found = stand(chart(*ROUND, OXYGEN, older, seen(what, "1", 0.1, value=value)))

    assert isinstance(found.result, Incomplete)
    assert [one.item for one in found.result.problems] == [item]


def test_a_unit_in_words_is_read() -> None:
    value = Value(Decimal(16), "次/分")

    assert stand(chart(seen("breaths", "1", value=value))).found[
        "breaths"
    ].answer.value == Quantity(Decimal(16), "/min")


def test_a_child_has_no_news2_and_an_infant_has_months() -> None:
    infant = stand(chart(*ROUND, born=date(2026, 5, 2)))

    assert isinstance(infant.result, NotApplicable)
    assert infant.found["age"].answer.value == Quantity(Decimal(6), "mo")
    assert subscores(infant.result) == ()
    assert at_least(infant.table, infant.result) is None
    for born in (None, date(2027, 1, 1)):
        assert "age" not in stand(chart(born=born)).found
    assert "sex" not in stand(chart(sex=Sex.UNKNOWN), "CKD-EPI-2021").found


def a_problem(code: str, **more: object) -> Problem:
    one = Problem("p", LI, Term("x", "icd", code), active=True)
    return replace(one, **more)  # type: ignore[arg-type]  # checked by dataclasses at run time


def test_a_problem_on_the_list_is_a_yes_and_none_is_nothing() -> None:
    of = chart(problems=(a_problem("I10.x01", recorded_at=NOW - HOUR), a_problem("E11.900")))
    found = stand(of, "CHA2DS2-VASc").found

    assert found["hypertension"].answer == Answer("yes", NOW - HOUR)
    assert found["hypertension"].place is Place.PROBLEM
    assert found["diabetes"].answer == Answer("yes", NOW)
    assert "heart-failure" not in found


@pytest.mark.parametrize("more", [{"active": False}, {"verification": "refuted"}])
def test_a_problem_that_does_not_stand_is_none(more: dict[str, object]) -> None:
    of = chart(problems=(a_problem("I10", **more), a_problem("Z00")))

    assert "hypertension" not in stand(of, "CHA2DS2-VASc").found


def test_the_baseline_is_the_lowest_of_the_year_and_says_so() -> None:
    past = (seen("crea", "80", 24 * 30), seen("crea", "70", 24 * 60), seen("crea", "120", 40))
    found = stand(chart(*past, seen("crea", "150")), "KDIGO-AKI")

    assert isinstance(found.result, Scored)
    assert found.result.total == 2
    assert found.found["creatinine-baseline"].answer.value == Quantity(Decimal(70), "umol/L")
    assert found.found["baseline-rule"].answer.value == "lowest-7-365-days"
    assert found.found["creatinine-lowest-48h"].answer.value == Quantity(Decimal(120), "umol/L")


def test_without_an_older_value_the_baseline_is_assumed_where_age_and_sex_are_known() -> None:
    only = seen("crea", "300", 1)
    assumed = stand(chart(only), "KDIGO-AKI").found

    assert assumed["baseline-rule"].answer.value == "back-calculated"
    admitted = stand(chart(only, admitted=NOW - 2 * HOUR), "KDIGO-AKI").found
    assert admitted["baseline-rule"].answer.value == "admission"
    for missing in ({"born": None}, {"sex": None}):
        assert "baseline-rule" not in stand(chart(only, **missing), "KDIGO-AKI").found
    assert "creatinine-lowest-48h" not in stand(chart(), "KDIGO-AKI").found


def test_a_creatinine_of_an_unknown_unit_is_no_lowest() -> None:
    value = Value(Decimal(3), "stone", "stone")
    found = stand(chart(seen("crea", "1", value=value)), "KDIGO-AKI").found

    assert "creatinine-lowest-48h" not in found


def test_without_the_formula_nothing_is_assumed() -> None:
    bare = replace(known(), tables={"KDIGO-AKI": known().tables["KDIGO-AKI"]})
    found = standing(chart(seen("crea", "90")), bare.tables["KDIGO-AKI"], bare, NOW)

    assert "creatinine-baseline" not in found.found


def test_the_trend_has_every_round_and_says_what_is_not_whole() -> None:
    before = [replace(one, at=NOW - 7 * HOUR, id=ResultId(f"{one.id}b")) for one in ROUND]
    of = chart(*ROUND, OXYGEN, *before, seen("pulse", "70", 24 * 9))
    first, last = trend(of, known().tables["NEWS2"], known(), NOW, timedelta(days=3))

    assert (first.at, last.at) == (NOW - 7 * HOUR, NOW - HOUR)
    assert (first.at_least, last.at_least) == (8, None)
    assert changes(first.result, last.result) == (("oxygen", None, Decimal(2)),)
    assert changes(last.result, first.result) == (("oxygen", Decimal(2), None),)


def test_at_least_says_nothing_of_a_score_that_can_fall() -> None:
    vein = stand(chart(), "Wells-DVT", {"pitting-oedema": Answer("yes", NOW)})
    kidney = stand(chart(), "MELD")

    assert at_least(vein.table, vein.result) is None
    assert at_least(kidney.table, kidney.result) is None
    empty = stand(chart())
    assert at_least(empty.table, empty.result) is None
