"""How many doses on which day; the sum of the days is the plan."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.day_counts import LONGEST, DayPlan, day_plan, ends_after, full_day
from app.domain.schedule import Rhythm, due_times
from app.kernel.faults import Message

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
TID = Rhythm(clock=(time(8), time(12), time(16)))
Q8H = Rhythm(clock=(time(8), time(16), time(0)), every=timedelta(hours=8))
NIGHT = Rhythm(clock=(time(0),))


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def plan(
    rhythm: Rhythm, starts: str, days: int, first: int | None = None, zone: ZoneInfo = SHANGHAI
) -> DayPlan:
    begins = local(starts, zone)
    found = day_plan(rhythm, begins, ends_after(begins, days, zone), zone, first)
    assert isinstance(found, DayPlan), found
    return found


def counts(found: DayPlan) -> list[int]:
    return [day.count for day in found.days]


def codes(found: DayPlan) -> list[str]:
    return [one.code for one in found.said]


def test_a_day_with_24_00_counts_it_on_the_day_that_ends() -> None:
    found = plan(Q8H, "2026-03-02T07:00", 2)

    assert counts(found) == [3, 3, 0]
    assert found.first.times[-1] == local("2026-03-03T00:00").astimezone(UTC)
    assert full_day(Q8H, date(2026, 3, 2), SHANGHAI) == 3


def test_a_dose_at_midnight_alone_is_one_of_each_day() -> None:
    assert counts(plan(NIGHT, "2026-03-02T10:00", 2)) == [1, 1, 0]
    assert full_day(NIGHT, date(2026, 3, 2), SHANGHAI) == 1


def test_a_dose_at_the_very_start_belongs_to_the_first_day_even_at_midnight() -> None:
    found = plan(NIGHT, "2026-03-02T00:00", 2)

    assert found.first.day == date(2026, 3, 2)
    assert counts(found) == [2, 0]
    assert found.total == 2


def test_first_dose_now_comes_on_top_of_the_list_and_says_how_soon_the_next_is() -> None:
    found = plan(TID, "2026-03-02T14:00", 3, first=2)

    assert counts(found) == [2, 3, 3, 2]
    assert found.gap == timedelta(hours=2)
    assert Message.of("arithmetic.now-and-next", minutes=120) in found.said


def test_more_on_the_first_day_than_on_a_whole_one_is_said() -> None:
    found = plan(TID, "2026-03-02T07:00", 1, first=4)

    assert counts(found) == [4, 0]
    assert "arithmetic.first-day-over" in codes(found)
    assert "arithmetic.first-day-over" not in codes(plan(TID, "2026-03-02T07:00", 1))


def test_a_dose_now_without_another_after_it_has_no_gap() -> None:
    found = plan(Rhythm(clock=(time(8),), every_days=9), "2026-03-02T10:00", 2, 1)

    assert (counts(found), found.gap) == ([1, 0, 0], None)


def test_an_order_that_ends_before_it_begins_or_lasts_for_years_has_no_plan() -> None:
    begins = local("2026-03-02T07:00")

    assert day_plan(TID, begins, begins, SHANGHAI) == Message.of("order.ends-before-start")
    longest = begins + LONGEST
    assert isinstance(day_plan(TID, begins, longest, SHANGHAI), DayPlan)
    over = day_plan(TID, begins, longest + timedelta(seconds=1), SHANGHAI)
    assert over == Message.of("arithmetic.plan-too-long", days=366)


def test_a_course_needs_a_day_and_an_end_before_the_end_of_time() -> None:
    begins = local("2026-03-02T07:00")

    assert ends_after(begins, 1, SHANGHAI) == begins + timedelta(days=1)
    for days in (0, 10**7):
        with pytest.raises(ValueError, match="a course"):
            ends_after(begins, days, SHANGHAI)


def test_an_order_for_once_is_one_dose_on_its_day() -> None:
    assert counts(plan(Rhythm(once=True), "2026-03-02T14:07", 1)) == [1, 0]


def test_an_hourly_dose_has_23_or_25_on_the_day_the_clock_changes() -> None:
    hourly = Rhythm(clock=tuple(time(h) for h in range(24)), every=timedelta(hours=1))

    assert full_day(hourly, date(2026, 3, 28), BERLIN) == 24
    assert full_day(hourly, date(2026, 3, 29), BERLIN) == 23
    assert full_day(hourly, date(2026, 10, 25), BERLIN) == 25
    assert full_day(Rhythm(every=timedelta(minutes=30)), date(2026, 10, 25), BERLIN) == 50


_ZONES = st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/New_York")])
_STARTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)
_CLOCKS = st.lists(
    st.times().map(lambda at: at.replace(second=0, microsecond=0)), min_size=1, max_size=6
).map(tuple)
_RHYTHMS = st.builds(Rhythm, clock=_CLOCKS, every_days=st.integers(1, 3)) | st.builds(
    Rhythm, every=st.sampled_from([timedelta(hours=5), timedelta(minutes=90)])
)


@given(_RHYTHMS, _STARTS, st.integers(1, 12), _ZONES)
def test_the_days_add_up_to_the_doses_of_the_schedule(
    rhythm: Rhythm, starts: datetime, days: int, zone: ZoneInfo
) -> None:
    stops = ends_after(starts, days, zone)

    found = day_plan(rhythm, starts, stops, zone)

    assert isinstance(found, DayPlan)
    due = set(due_times(rhythm, starts, starts, stops, zone))
    assert tuple(at for day in found.days for at in day.times) == tuple(sorted(due))
    assert found.total == len(due)
    assert [day.day - found.first.day for day in found.days] == [
        timedelta(days=n) for n in range(len(found.days))
    ]
    local_days = {(at.astimezone(zone) - timedelta(microseconds=1)).date() for at in due}
    assert local_days - {day.day for day in found.days} <= {found.first.day - timedelta(days=1)}


@given(_CLOCKS, _STARTS, st.integers(1, 12))
def test_so_many_days_have_so_many_times_the_doses_of_a_day(
    clock: tuple[time, ...], starts: datetime, days: int
) -> None:
    """Where the clock never changes, no dose is lost between the first and the last day."""
    found = day_plan(Rhythm(clock=clock), starts, ends_after(starts, days, SHANGHAI), SHANGHAI)

    assert isinstance(found, DayPlan)
    assert found.total == days * len(set(clock))
    assert found.full_first == len(set(clock))
