"""Critical values: what each waits for, until when, who is asked next, and what was repeated."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.critical_values import (
    CriticalRules,
    CriticalValue,
    Escalation,
    Level,
    ReadBack,
    Stage,
    heard_right,
    written,
)
from app.domain.patients import PatientRecord, Stay
from app.domain.people import Role
from app.domain.results import Acknowledged, Observed, Value
from app.domain.terms import EncounterId, PatientId, Ref, ResultId, Term

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = CriticalRules(
    read_back=15 * MINUTE,
    handled=10 * MINUTE,
    listed=timedelta(hours=12),
    unflagged=timedelta(hours=24),
    levels=(Level(1, Role.ATTENDING, 0 * MINUTE), Level(2, Role.CHIEF, 10 * MINUTE)),
)
POTASSIUM = Value(Decimal("6.9"), "mmol/L", "mmol/L")
PATIENT = PatientId("p")
FOUND = CriticalValue(
    PatientRecord(PATIENT, "某某"),
    Stay(EncounterId("s"), PATIENT, "in-progress"),
    Observed(ResultId("k"), PATIENT, "laboratory", Term("钾"), POTASSIUM, NOW, issued=NOW),
)
HEARD = replace(FOUND, read_back=ReadBack("李护士", NOW + 5 * MINUTE, "检验科 张", "6.9 mmol/L"))
DONE = replace(HEARD, acknowledged=Acknowledged("王医生", NOW + 9 * MINUTE))


def test_it_waits_for_a_read_back_then_for_a_physician_then_for_nobody() -> None:
    assert [one.stage for one in (FOUND, HEARD, DONE)] == [
        Stage.READ_BACK,
        Stage.PHYSICIAN,
        Stage.DONE,
    ]
    assert [one.due(RULES) for one in (FOUND, HEARD, DONE)] == [
        NOW + 15 * MINUTE,
        NOW + 15 * MINUTE,
        None,
    ]


def test_what_a_physician_has_taken_note_of_needs_no_read_back_any_more() -> None:
    assert replace(DONE, read_back=None).stage is Stage.DONE


def test_a_limit_is_passed_after_its_minute_and_not_in_it() -> None:
    assert not FOUND.is_overdue(RULES, NOW + 15 * MINUTE)
    assert FOUND.is_overdue(RULES, NOW + 15 * MINUTE + timedelta(seconds=1))
    assert not DONE.is_overdue(RULES, NOW + timedelta(days=1))


def test_what_nobody_dated_is_overdue_at_once() -> None:
    undated = replace(FOUND, observed=replace(FOUND.observed, at=None, issued=None))

    assert undated.due(RULES) is None
    assert undated.is_overdue(RULES, NOW)
    assert undated.next_level(RULES, NOW) == RULES.levels[0]


def test_without_a_time_of_issue_it_counts_from_the_specimen() -> None:
    observed = replace(FOUND.observed, issued=None, at=NOW - MINUTE)

    assert replace(FOUND, observed=observed).known_since == NOW - MINUTE


@pytest.mark.parametrize(
    ("minutes", "asked", "role"),
    [
        (15, (), None),
        (16, (), Role.ATTENDING),
        (16, ("attending",), None),
        (24, ("attending",), None),
        (25, ("attending",), Role.CHIEF),
        (25, (), Role.ATTENDING),
        (99, ("attending", "chief"), None),
    ],
)
def test_the_next_level_is_asked_when_its_time_has_come(
    minutes: int, asked: tuple[str, ...], role: Role | None
) -> None:
    told = tuple(Escalation(Ref(f"Task/{one}"), one, NOW, "", open=True) for one in asked)

    level = replace(FOUND, escalations=told).next_level(RULES, NOW + minutes * MINUTE)

    assert (level.role if level else None) is role


def test_what_is_older_than_the_program_may_ask_about_is_overdue_and_asks_nobody() -> None:
    day = timedelta(hours=24)

    assert FOUND.next_level(RULES, NOW + day) == RULES.levels[0]
    assert FOUND.next_level(RULES, NOW + day + MINUTE) is None
    assert FOUND.is_overdue(RULES, NOW + day + MINUTE)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (POTASSIUM, "6.9 mmol/L"),
        (Value(Decimal("1E+1"), "×10⁹/L"), "10 ×10⁹/L"),
        (Value(Decimal("0.10"), comparator="<"), "<0.1"),
        (Value(text="阳性"), "阳性"),
    ],
)
def test_a_value_is_written_as_it_is_read_aloud(value: Value, text: str) -> None:
    assert written(value) == text
    assert heard_right(value, text)


@pytest.mark.parametrize("heard", ["6.9", "6,9", " 6.90 mmol/l ", "6.9mmol/L"])
def test_the_same_number_is_heard_right_with_or_without_its_unit(heard: str) -> None:
    assert heard_right(POTASSIUM, heard)


@pytest.mark.parametrize("heard", ["9.6", "6.8", "6.9 mg/dL", ">6.9", "", "six point nine", "69"])
def test_anything_else_is_not(heard: str) -> None:
    assert not heard_right(POTASSIUM, heard)


def test_beyond_a_border_is_another_thing_than_on_it() -> None:
    beyond = Value(Decimal(40), "mmol/L", "mmol/L", comparator=">")

    assert heard_right(beyond, "> 40")
    assert not heard_right(beyond, "40")


@pytest.mark.parametrize(("heard", "right"), [("阳性", True), (" 阳性 ", True), ("阴性", False)])
def test_words_are_the_same_words(heard: str, right: bool) -> None:  # noqa: FBT001 - a table
    assert heard_right(Value(text="阳性"), heard) is right


def test_a_value_without_words_is_never_heard_right() -> None:
    assert not heard_right(Value(), "")


@given(
    st.decimals("-999", "999", places=2, allow_nan=False),
    st.decimals("-999", "999", places=2, allow_nan=False),
)
def test_two_numbers_are_the_same_only_when_they_are(one: Decimal, other: Decimal) -> None:
    assert heard_right(Value(one, "mmol/L", "mmol/L"), f"{other}") == (one == other)
