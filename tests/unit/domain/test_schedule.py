"""When something is due: the ward's clock, never an interval made of a count."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders import Dosage
from app.domain.schedule import Rhythm, due_times
from app.domain.terms import Term
from app.fhir.valuesets import FREQUENCY, ROUTE
from app.services.frequencies import rhythm_of
from resources.reading import rows

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
APIA = ZoneInfo("Pacific/Apia")
ROWS = rows("frequencies", "frequencies")
REGULAR = ("clock", "interval", "day-pattern", "event", "once")


def the_rhythm(code: str, route: str = "po", signed: tuple[time, ...] = ()) -> Rhythm | None:
    dosage = Dosage(route=Term(route, ROUTE, route), frequency=Term(code, FREQUENCY, code))
    return rhythm_of(dosage, signed)


def walls(
    code: str, starts: datetime, days: float, zone: ZoneInfo = SHANGHAI, route: str = "po"
) -> list[str]:
    rhythm = the_rhythm(code, route)
    assert rhythm is not None
    found = due_times(rhythm, starts, starts, starts + timedelta(days=days), zone)
    return [f"{at.astimezone(zone):%d %H:%M}" for at in found]


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_tid_follows_the_ward_list_and_is_not_q8h() -> None:
    starts = local("2026-03-02T07:00")

    assert walls("tid", starts, 1) == ["02 08:00", "02 12:00", "02 16:00"]
    assert walls("q8h", starts, 1) == ["02 08:00", "02 16:00", "03 00:00"]


def test_what_is_injected_follows_its_own_list() -> None:
    starts = local("2026-03-02T07:00")

    assert walls("bid", starts, 1) == ["02 08:00", "02 16:00"]
    assert walls("bid", starts, 1, route="iv") == ["02 09:00", "02 16:00"]


def test_the_first_day_has_what_is_left_of_it() -> None:
    assert walls("tid", local("2026-03-02T12:00"), 1)[0] == "02 12:00"
    assert walls("tid", local("2026-03-02T12:01"), 1)[0] == "02 16:00"


def test_midnight_belongs_to_the_next_date() -> None:
    assert walls("12mn", local("2026-03-02T23:59"), 1) == ["03 00:00"]


def test_an_interval_without_a_grid_steps_from_the_start() -> None:
    assert walls("q30m", local("2026-03-02T07:07"), 0.05) == ["02 07:07", "02 07:37", "02 08:07"]


def test_every_other_day_keeps_the_parity_of_the_start_over_the_end_of_a_month() -> None:
    assert walls("qod", local("2026-01-29T07:00"), 6) == ["29 08:00", "31 08:00", "02 08:00"]


def test_week_days_and_months() -> None:
    assert walls("biw", local("2026-03-02T07:00"), 7) == ["02 08:00", "05 08:00"]
    assert walls("q2w", local("2026-03-02T07:00"), 29) == ["02 08:00", "16 08:00", "30 08:00"]
    assert walls("qmo", local("2026-01-31T07:00"), 60) == ["31 08:00", "28 08:00", "31 08:00"]


def test_weekly_keeps_the_weekday_of_the_start() -> None:
    """2 March 2026 is a Monday; a weekly order of a Thursday is due on Thursdays."""
    assert walls("qw", local("2026-03-02T07:00"), 8) == ["02 08:00", "09 08:00"]
    assert walls("qw", local("2026-03-05T07:00"), 8) == ["05 08:00", "12 08:00"]
    assert walls("qw", local("2026-03-05T10:00"), 8) == ["12 08:00"]


@pytest.mark.parametrize("day", range(1, 8))
def test_weekly_is_due_once_in_every_seven_days_whatever_the_weekday(day: int) -> None:
    starts = local(f"2026-03-0{day}T08:00")
    rhythm = the_rhythm("qw")
    assert rhythm is not None

    found = due_times(rhythm, starts, starts, starts + timedelta(days=28), SHANGHAI)

    assert [at.astimezone(SHANGHAI).weekday() for at in found] == [starts.weekday()] * 4


def test_the_weekdays_an_order_was_signed_with_win_over_the_pack() -> None:
    dosage = Dosage(frequency=Term("qw", FREQUENCY, "qw"))
    rhythm = rhythm_of(dosage, weekdays=frozenset({0}))
    assert rhythm is not None
    starts = local("2026-03-05T07:00")

    found = due_times(rhythm, starts, starts, starts + timedelta(days=12), SHANGHAI)

    assert [f"{at.astimezone(SHANGHAI):%a %d}" for at in found] == ["Mon 09", "Mon 16"]


def test_what_is_given_once_is_due_at_its_start() -> None:
    assert walls("st", local("2026-03-02T10:11"), 2) == ["02 10:11"]


def test_the_times_an_order_was_signed_with_win_over_the_pack() -> None:
    rhythm = the_rhythm("bid", signed=(time(7), time(19)))

    assert rhythm is not None
    assert rhythm.clock == (time(7), time(19))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_every_row_of_the_pack_is_understood_or_refused(row: dict[str, str]) -> None:
    rhythm = the_rhythm(row["code"])

    assert (rhythm is not None) == (row["kind"] in REGULAR)


def test_an_event_without_times_for_injections_is_not_understood() -> None:
    assert the_rhythm("ac", "iv") is None
    assert the_rhythm("ac", "po") is not None


def test_no_frequency_and_a_foreign_one_are_not_understood() -> None:
    assert rhythm_of(Dosage()) is None
    assert rhythm_of(Dosage(frequency=Term("BID", "http://other", "BID"))) is None


def test_a_rhythm_that_says_nothing_is_never_due() -> None:
    silent = Rhythm()

    assert not silent.is_regular
    assert due_times(silent, NOW, NOW, NOW + timedelta(days=3), SHANGHAI) == ()


NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_time_that_a_spring_change_leaves_out_is_due_when_the_clock_has_jumped() -> None:
    rhythm = Rhythm(clock=(time(2, 30),))
    starts = local("2026-03-29T00:00", BERLIN)

    found = due_times(rhythm, starts, starts, starts + timedelta(days=1), BERLIN)

    assert [f"{at.astimezone(BERLIN):%H:%M}" for at in found] == ["03:30"]


def test_a_time_that_an_autumn_change_brings_twice_is_due_once() -> None:
    rhythm = Rhythm(clock=(time(2, 30),))
    starts = local("2026-10-25T00:00", BERLIN)

    found = due_times(rhythm, starts, starts, starts + timedelta(days=1), BERLIN)

    assert found == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC),)


def test_an_hourly_dose_is_hourly_on_every_day_of_the_year() -> None:
    for day in ("2026-03-28", "2026-10-24", "2026-06-01"):
        starts = local(f"{day}T12:00", BERLIN)
        rhythm = the_rhythm("q1h")
        assert rhythm is not None
        found = due_times(rhythm, starts, starts, starts + timedelta(days=2), BERLIN)
        gaps = {later - earlier for earlier, later in pairwise(found)}
        assert gaps == {timedelta(hours=1)}


def test_a_window_before_the_start_or_turned_round_is_empty() -> None:
    rhythm = the_rhythm("qd")
    assert rhythm is not None
    day = timedelta(days=1)

    assert due_times(rhythm, NOW, NOW - 3 * day, NOW, SHANGHAI) == ()
    assert due_times(rhythm, NOW, NOW + day, NOW, SHANGHAI) == ()


_ZONES = st.sampled_from([SHANGHAI, BERLIN, APIA, ZoneInfo("America/New_York")])
_MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda n: NOW + timedelta(minutes=n))
_HOURS = st.integers(0, 96).map(lambda hours: timedelta(hours=hours))
_RHYTHMS = st.builds(
    Rhythm,
    clock=st.lists(
        st.times().map(lambda at: at.replace(second=0, microsecond=0)), min_size=1, max_size=6
    ).map(tuple),
    every=st.sampled_from([None, timedelta(hours=1), timedelta(hours=8)]),
    every_days=st.integers(1, 4),
    weekdays=st.frozensets(st.integers(0, 6), max_size=3),
) | st.builds(Rhythm, every=st.sampled_from([timedelta(minutes=30), timedelta(hours=5)]))


@given(_RHYTHMS, _MOMENTS, _HOURS, _HOURS, _HOURS, _ZONES)
def test_two_windows_side_by_side_are_one(
    rhythm: Rhythm, starts: datetime, a: timedelta, b: timedelta, c: timedelta, zone: ZoneInfo
) -> None:
    since = starts + a - timedelta(hours=24)
    middle, until = since + b, since + b + c

    whole = due_times(rhythm, starts, since, until, zone)

    parts = due_times(rhythm, starts, since, middle, zone)
    assert whole == parts + due_times(rhythm, starts, middle, until, zone)
    assert list(whole) == sorted(set(whole))
    assert all(max(starts, since) <= at < until for at in whole)


@given(_MOMENTS, _ZONES, st.sampled_from([r["code"] for r in ROWS if r["kind"] == "clock"]))
def test_a_clock_frequency_is_due_so_often_on_every_whole_day(
    starts: datetime, zone: ZoneInfo, code: str
) -> None:
    row = next(one for one in ROWS if one["code"] == code)
    rhythm = the_rhythm(code)
    assert rhythm is not None

    found = due_times(rhythm, starts, starts, starts + timedelta(days=5), zone)

    first = starts.astimezone(zone).date()
    counts = {day: 0 for day in (first + timedelta(days=n) for n in (1, 2, 3)) if _has(day, zone)}
    for at in found:
        day = at.astimezone(zone).date()
        if day in counts:
            counts[day] += 1
    assert set(counts.values()) <= {int(row["per_day"])}


def _has(day: date, zone: ZoneInfo) -> bool:
    """A zone may leave a whole date out."""
    noon = datetime.combine(day, time(12), zone).astimezone(UTC).astimezone(zone)
    return noon.date() == day
