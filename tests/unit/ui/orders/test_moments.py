"""A date and time typed in a hurry: read as it is meant, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.faults import Message
from ui.orders.moments import moment_of, typed_form

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 6, 2, 33, tzinfo=UTC)
"""14:02 in Shanghai."""


def read(typed: str) -> str:
    found = moment_of(typed, NOW, SHANGHAI)
    assert isinstance(found, datetime), typed
    return typed_form(found, SHANGHAI)


@pytest.mark.parametrize("typed", ["", "  ", "now", "Now", "现在"])
def test_nothing_and_now_are_the_moment_of_the_signature(typed: str) -> None:
    assert moment_of(typed, NOW, SHANGHAI) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14:00", "2026-11-24 14:00"),
        ("14：30", "2026-11-24 14:30"),
        ("2pm", "2026-11-24 14:00"),
        ("下午3点半", "2026-11-24 15:30"),
        ("24:00", "2026-11-25 00:00"),
        ("+2h", "2026-11-24 16:02"),
        ("+1d 2h", "2026-11-25 16:02"),
        ("+90min", "2026-11-24 15:32"),
        ("2小时后", "2026-11-24 16:02"),
        ("tomorrow 8", "2026-11-25 08:00"),
        ("Tomorrow 8:30", "2026-11-25 08:30"),
        ("明天8点", "2026-11-25 08:00"),
        ("后天 下午3点", "2026-11-26 15:00"),
        ("今天晚上8点", "2026-11-24 20:00"),
        ("25-Nov 08:00", "2026-11-25 08:00"),
        ("2026-12-01 8:00", "2026-12-01 08:00"),
        ("11月25日8点", "2026-11-25 08:00"),
        ("2027年1月2日 08:15", "2027-01-02 08:15"),
    ],
)
def test_what_is_typed_in_a_hurry_is_read(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("8", "order_times.not_read"),
        ("1400", "order_times.not_read"),
        ("12pm", "order_times.not_read"),
        ("下午12点", "order_times.not_read"),
        ("25:00", "order_times.not_read"),
        ("24:30", "order_times.not_read"),
        ("8:75", "order_times.not_read"),
        ("+2", "order_times.not_read"),
        ("+", "order_times.not_read"),
        ("soon", "order_times.not_read"),
        ("04-05 8:00", "order_times.not_read"),
        ("tomorrow", "order_times.no_time"),
        ("明天", "order_times.no_time"),
        ("31-Feb 8:00", "order_times.no_such_day"),
        ("12-Foo 8:00", "order_times.no_such_day"),
        ("2月30日8点", "order_times.no_such_day"),
    ],
)
def test_what_can_be_meant_in_two_ways_is_not_read(typed: str, why: str) -> None:
    found = moment_of(typed, NOW, SHANGHAI)

    assert isinstance(found, Message)
    assert found.code == why


def test_a_time_that_has_passed_is_not_turned_into_tomorrow() -> None:
    assert read("8:00") == "2026-11-24 08:00"


@pytest.mark.parametrize(
    "typed", ["2026-03-29 02:30", "2026-10-25 02:30"], ids=["left out", "twice"]
)
def test_an_hour_that_the_clock_skips_or_brings_twice_is_not_read(typed: str) -> None:
    found = moment_of(typed, NOW, BERLIN)

    assert isinstance(found, Message)
    assert found.code == "order_times.clock_changes"
    assert isinstance(moment_of(typed.replace("02:", "04:"), NOW, BERLIN), datetime)


@given(st.integers(min_value=0, max_value=60 * 24 * 900))
def test_what_the_form_writes_it_reads_again(minutes: int) -> None:
    at = NOW.replace(second=0) + timedelta(minutes=minutes)

    assert moment_of(typed_form(at, SHANGHAI), NOW, SHANGHAI) == at
