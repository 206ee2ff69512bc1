from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.pathways.periods import Period, days_of

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
MOMENTS = st.integers(0, 15 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.THIS_MONTH, date(2026, 3, 1), date(2026, 3, 1)),
        (Period.LAST_MONTH, date(2026, 2, 1), date(2026, 2, 28)),
        (Period.QUARTER, date(2025, 12, 2), date(2026, 3, 1)),
        (Period.YEAR, date(2026, 1, 1), date(2026, 3, 1)),
    ],
)
def test_a_period_is_of_days_as_the_ward_calls_them(
    period: Period, first: date, last: date
) -> None:
    evening = datetime(2026, 2, 28, 17, 0, tzinfo=UTC)  # past midnight in Shanghai

    found = days_of(period, evening, SHANGHAI)

    assert (found.first, found.last) == (first, last)


def test_days_begin_at_the_midnights_of_the_ward() -> None:
    found = days_of(Period.LAST_MONTH, datetime(2026, 4, 10, tzinfo=UTC), BERLIN)

    assert found.since == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert found.until == datetime(2026, 3, 31, 22, tzinfo=UTC)  # summer time by then


@given(MOMENTS, st.sampled_from(Period), st.sampled_from([SHANGHAI, BERLIN]))
def test_now_is_counted_in_every_period_but_that_of_the_last_month(
    now: datetime, period: Period, zone: ZoneInfo
) -> None:
    found = days_of(period, now, zone)

    inside = found.since <= now < found.until
    assert inside is (period is not Period.LAST_MONTH)
    assert found.first <= found.last
    assert found.since < found.until


@given(MOMENTS)
def test_two_months_that_follow_each_other_meet(now: datetime) -> None:
    last, this = (days_of(p, now, SHANGHAI) for p in (Period.LAST_MONTH, Period.THIS_MONTH))

    assert last.until == this.since
    assert last.last + timedelta(days=1) == this.first
