"""Days of a pathway are calendar days of the ward, whatever its clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pathway_days import (
    Anchors,
    StagePlace,
    days_between,
    local_day,
    place_of,
    window_of,
)
from app.domain.pathways import Anchor, Stage
from app.domain.terms import Named
from tests.support.pathway_kit import FIRST, SHANGHAI, THEATRE, THEN

MIDNIGHT = datetime(2026, 11, 23, 16, tzinfo=UTC)
"""When the 24th begins in Shanghai."""
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Australia/Lord_Howe",
)
zones = st.sampled_from([ZoneInfo(name) for name in ZONES])
moments = st.integers(1_262_390_400, 1_924_905_600).map(lambda s: datetime.fromtimestamp(s, UTC))
"""From 2010 to 2030."""
days = st.dates(date(2010, 1, 1), date(2030, 12, 31))


def a_stage(first: int, last: int, anchor: Anchor = Anchor.ADMISSION) -> Stage:
    return Stage("s", Named("s"), anchor, first, last)


def test_the_first_day_is_that_of_the_admission() -> None:
    window = window_of(FIRST, Anchors(admission=date(2026, 11, 24)), SHANGHAI)

    assert window is not None
    assert (window.first, window.last) == (date(2026, 11, 24), date(2026, 11, 24))
    assert (window.begins, window.ends) == (MIDNIGHT, MIDNIGHT + timedelta(days=1))


def test_days_about_an_operation_count_from_none() -> None:
    anchors = Anchors(operation=date(2026, 11, 24))
    before = window_of(a_stage(-1, -1, Anchor.OPERATION), anchors, SHANGHAI)
    on_the_day = window_of(THEATRE, anchors, SHANGHAI)
    after = window_of(a_stage(2, 4, Anchor.OPERATION), anchors, SHANGHAI)

    assert before is not None
    assert on_the_day is not None
    assert after is not None
    assert [before.first.day, on_the_day.first.day, after.first.day, after.last.day] == [
        *(23, 24, 26, 28)
    ]


@pytest.mark.parametrize("stage", [FIRST, THEATRE])
def test_a_day_nobody_recorded_gives_no_window(stage: Stage) -> None:
    assert window_of(stage, Anchors(), SHANGHAI) is None
    assert place_of(None, MIDNIGHT) is StagePlace.UNDATED


def test_a_stage_begins_at_midnight_and_is_over_at_midnight() -> None:
    window = window_of(FIRST, Anchors(admission=date(2026, 11, 24)), SHANGHAI)
    second = timedelta(microseconds=1)

    assert window is not None
    assert place_of(window, MIDNIGHT - second) is StagePlace.AHEAD
    assert place_of(window, MIDNIGHT) is StagePlace.TODAY
    assert place_of(window, window.ends - second) is StagePlace.TODAY
    assert place_of(window, window.ends) is StagePlace.PAST


@given(zones, days, st.integers(1, 30), st.integers(0, 5))
def test_stages_in_a_row_leave_no_moment_out_and_share_none(
    zone: ZoneInfo, admission: date, first: int, more: int
) -> None:
    anchors = Anchors(admission=admission)
    one = window_of(a_stage(first, first + more), anchors, zone)
    next_one = window_of(a_stage(first + more + 1, first + more + 1), anchors, zone)

    assert one is not None
    assert next_one is not None
    assert one.begins < one.ends == next_one.begins
    assert (one.last - one.first).days == more


@given(zones, moments)
def test_a_moment_lies_in_the_stage_of_its_day_in_the_ward_and_in_no_other(
    zone: ZoneInfo, moment: datetime
) -> None:
    anchors = Anchors(admission=local_day(moment, zone) - timedelta(days=1))
    yesterday, today, tomorrow = (window_of(a_stage(day, day), anchors, zone) for day in (1, 2, 3))

    assert yesterday is not None
    assert today is not None
    assert tomorrow is not None
    assert [one.holds(moment) for one in (yesterday, today, tomorrow)] == [False, True, False]


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_the_day_the_clocks_change_is_one_day(day: date, hours: int) -> None:
    window = window_of(a_stage(1, 1), Anchors(admission=day), ZoneInfo("Europe/Berlin"))

    assert window is not None
    assert window.ends - window.begins == timedelta(hours=hours)


@pytest.mark.parametrize(("last", "length"), [(24, 1), (25, 1), (26, 2), (30, 6)])
def test_a_stay_is_as_long_as_its_nights_and_never_less_than_a_day(last: int, length: int) -> None:
    assert days_between(date(2026, 11, 24), date(2026, 11, last)) == length


def test_a_stage_of_two_days_is_over_after_the_second() -> None:
    window = window_of(THEN, Anchors(admission=date(2026, 11, 24)), SHANGHAI)

    assert window is not None
    assert (window.first.day, window.last.day) == (25, 26)
