"""How many doses the first and the last day have, as the doctor chooses them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.day_counts import Counts, DayPlan, as_chosen, counts, day_plan, end_for, ends_after
from app.domain.schedule import Rhythm, due_times, first_day_times
from app.kernel.faults import Message

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
TID = Rhythm(clock=(time(8), time(12), time(16)))
Q8H = Rhythm(clock=(time(8), time(16), time(0)), every=timedelta(hours=8))
EVERY_5H = Rhythm(every=timedelta(hours=5))
MONDAYS = Rhythm(clock=(time(9),), weekdays=frozenset({0}))


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def walls(
    rhythm: Rhythm, starts: str, first: int, days: float = 2, zone: ZoneInfo = SHANGHAI
) -> list[str]:
    begins = local(starts, zone).astimezone(UTC)
    chosen = as_chosen(rhythm, begins, None, zone, first)
    assert isinstance(chosen, Rhythm), chosen
    found = due_times(chosen, begins, begins, begins + timedelta(days=days), zone)
    return [f"{at.astimezone(zone):%d %H:%M}" for at in found]


def test_fewer_than_the_list_gives_leaves_out_the_earliest() -> None:
    whole = ["02 08:00", "02 12:00", "02 16:00", "03 08:00"]

    assert walls(TID, "2026-03-02T07:00", 3, 1.1) == whole
    assert walls(TID, "2026-03-02T07:00", 1, 1.1) == whole[2:]
    assert walls(TID, "2026-03-02T07:00", 0, 1.1) == whole[3:]


def test_one_more_than_the_list_gives_is_the_first_dose_now() -> None:
    assert walls(TID, "2026-03-02T14:07", 2, 1) == ["02 14:07", "02 16:00", "03 08:00", "03 12:00"]


def test_a_dose_now_is_possible_on_a_day_the_list_leaves_out() -> None:
    tuesday = "2026-03-03T10:00"

    assert walls(MONDAYS, tuesday, 1, 7) == ["03 10:00", "09 09:00"]
    assert walls(MONDAYS, tuesday, 0, 7) == ["09 09:00"]


def test_24_00_is_a_dose_of_the_first_day() -> None:
    assert walls(Q8H, "2026-03-02T15:00", 1, 1) == ["03 00:00", "03 08:00"]
    assert walls(Q8H, "2026-03-02T15:00", 3, 0.5) == ["02 15:00", "02 16:00", "03 00:00"]


@pytest.mark.parametrize(
    ("rhythm", "starts", "wanted", "least", "most"),
    [
        (TID, "2026-03-02T14:00", 3, 0, 2),
        (TID, "2026-03-02T14:00", -1, 0, 2),
        (TID, "2026-03-02T12:00", 3, 0, 2),  # the list gives one at the start: now is that one
        (EVERY_5H, "2026-03-02T14:00", 4, 0, 3),  # an interval without a grid begins at the start
        (Rhythm(once=True), "2026-03-02T14:00", 0, 1, 1),
        (Rhythm(once=True), "2026-03-02T14:00", 2, 1, 1),
    ],
)
def test_what_the_list_cannot_give_is_said_with_what_it_can(
    rhythm: Rhythm, starts: str, wanted: int, least: int, most: int
) -> None:
    said = as_chosen(rhythm, local(starts), None, SHANGHAI, wanted)

    expected = Message.of("arithmetic.first-day-not", number=wanted, least=least, most=most)
    assert said == expected
    assert counts(rhythm, local(starts), None, SHANGHAI, wanted) == expected
    plan = day_plan(
        rhythm, local(starts), local(starts) + timedelta(days=3), SHANGHAI, first_day=wanted
    )
    assert plan == expected


def test_an_order_that_ends_on_its_first_day_keeps_a_dose() -> None:
    begins, ends = local("2026-03-02T07:00"), local("2026-03-02T13:00")

    assert isinstance(as_chosen(TID, begins, ends, SHANGHAI, 1), Rhythm)
    said = as_chosen(TID, begins, ends, SHANGHAI, 0)

    assert said == Message.of("arithmetic.first-day-not", number=0, least=1, most=3)


def test_without_an_end_there_is_no_last_day() -> None:
    found = counts(TID, local("2026-03-02T14:00"), None, SHANGHAI)

    assert found == Counts(natural=1, least=0, most=2, first=1)


def test_both_ends_are_counted_as_the_ward_counts_them() -> None:
    begins, ends = local("2026-03-02T14:00"), local("2026-03-05T14:00")

    found = counts(TID, begins, ends, SHANGHAI, 2)

    assert found == Counts(natural=1, least=0, most=2, first=2, last=2, most_last=3)
    before = Message.of("order.ends-before-start")
    assert counts(TID, begins, begins, SHANGHAI) == before
    assert end_for(TID, begins, begins, SHANGHAI, 1) == before


@pytest.mark.parametrize(
    ("wanted", "end"), [(0, "05T08:00"), (1, "05T12:00"), (2, "05T16:00"), (3, "06T00:00")]
)
def test_a_wished_last_day_is_an_end_on_that_day(wanted: int, end: str) -> None:
    found = end_for(TID, local("2026-03-02T14:00"), local("2026-03-05T14:00"), SHANGHAI, wanted)

    assert found == local(f"2026-03-{end}")


def test_a_last_day_that_is_the_first_one_has_a_dose() -> None:
    begins, ends = local("2026-03-02T07:00"), local("2026-03-02T13:00")

    assert end_for(TID, begins, ends, SHANGHAI, 1) == local("2026-03-02T12:00")
    said = end_for(TID, begins, ends, SHANGHAI, 0)

    assert said == Message.of("arithmetic.last-day-not", number=0, least=1, most=3)


def test_the_last_day_counts_its_midnight_neither_twice_nor_at_all() -> None:
    """00:00 belongs to the day before, and what is due at 24:00 is the stop's own instant."""
    begins, ends = local("2026-03-02T07:00"), local("2026-03-05T20:00")

    assert end_for(Q8H, begins, ends, SHANGHAI, 0) == local("2026-03-05T08:00")
    assert end_for(Q8H, begins, ends, SHANGHAI, 2) == local("2026-03-06T00:00")
    assert isinstance(end_for(Q8H, begins, ends, SHANGHAI, 3), Message)


def test_the_day_the_clock_changes_counts_its_own_hours() -> None:
    hourly = Rhythm(clock=tuple(time(h) for h in range(24)), every=timedelta(hours=1))
    begins = local("2026-10-25T00:30", BERLIN)

    found = counts(hourly, begins, None, BERLIN)

    assert isinstance(found, Counts)
    assert (found.natural, found.most) == (25, 26)
    assert walls(hourly, "2026-10-25T00:30", 24, 0.11, BERLIN) == ["25 02:00", "25 02:00"]
    spring = counts(hourly, local("2026-03-29T00:30", BERLIN), None, BERLIN)
    assert isinstance(spring, Counts)
    assert spring.natural == 23


_ZONES = st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/New_York")])
_STARTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)
_CLOCKS = st.lists(
    st.times().map(lambda at: at.replace(second=0, microsecond=0)), min_size=1, max_size=6
).map(tuple)
_RHYTHMS = (
    st.builds(Rhythm, clock=_CLOCKS, every_days=st.integers(1, 3))
    | st.builds(Rhythm, every=st.sampled_from([timedelta(hours=5), timedelta(minutes=90)]))
    | st.sampled_from([Q8H, Rhythm(once=True)])
)


@given(_RHYTHMS, _STARTS, st.integers(1, 5), _ZONES, st.integers(0, 8))
def test_a_first_day_is_as_chosen_and_no_other_day_is_touched(
    rhythm: Rhythm, starts: datetime, days: int, zone: ZoneInfo, first: int
) -> None:
    stops = ends_after(starts, days, zone)
    listed = day_plan(rhythm, starts, stops, zone)
    assert isinstance(listed, DayPlan)

    found = day_plan(rhythm, starts, stops, zone, first)

    if isinstance(found, DayPlan):
        assert found.first.count == first
        assert found.days[1:] == listed.days[1:]
        assert found.total == listed.total + first - listed.first.count
        assert sum(day.count for day in found.days) == found.total >= 1 or listed.total == 0
        assert set(found.first.times) <= {*listed.first.times, starts}
        kept = [at for at in listed.first.times if at in found.first.times]
        assert tuple(kept) == listed.first.times[len(listed.first.times) - len(kept) :]
    else:
        natural = len(first_day_times(rhythm, starts, zone, stops))
        assert not 1 <= first <= natural
        assert first != natural + 1 or starts in listed.first.times


@given(_RHYTHMS, _STARTS, st.integers(1, 5), _ZONES, st.none() | st.integers(0, 4))
def test_whoever_looks_from_later_on_sees_the_same_doses(
    rhythm: Rhythm, starts: datetime, days: int, zone: ZoneInfo, first: int | None
) -> None:
    """Two workstations lay out from different times on: what they lay out is the same."""
    chosen = as_chosen(rhythm, starts, None, zone, first)
    if isinstance(chosen, Message):
        return
    until = starts + timedelta(days=days)
    whole = due_times(chosen, starts, starts, until, zone)

    for since in (starts + timedelta(hours=1), starts + timedelta(hours=30)):
        later = due_times(chosen, starts, since, until, zone)
        assert later == tuple(at for at in whole if at >= since)


@given(_RHYTHMS, _STARTS, st.integers(0, 5), _ZONES, st.integers(0, 8))
def test_the_end_for_a_last_day_gives_it_exactly_that_many(
    rhythm: Rhythm, starts: datetime, days: int, zone: ZoneInfo, last: int
) -> None:
    stops = starts + timedelta(days=days, hours=1)

    ends = end_for(rhythm, starts, stops, zone, last)

    if isinstance(ends, datetime):
        assert ends > starts
        found, before = counts(rhythm, starts, ends, zone), counts(rhythm, starts, stops, zone)
        assert isinstance(found, Counts)
        assert isinstance(before, Counts)
        assert (found.last, found.most_last) == (last, before.most_last)
    else:
        assert ends.code == "arithmetic.last-day-not"
