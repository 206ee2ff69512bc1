"""Waiting: in full jitter, never earlier than asked, never for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.backoff import Backoff, retry_after_seconds
from tests.sync.pure.cases import MANY, NOON

PACE = Backoff()


def test_the_ceiling_doubles_from_two_seconds_to_five_minutes() -> None:
    assert [PACE.ceiling(n) for n in (0, 1, 2, 3, 8, 9, 5_000)] == [2, 2, 4, 8, 256, 300, 300]


def test_the_draw_spreads_workstations_over_the_whole_span() -> None:
    assert [PACE.delay(3, draw) for draw in (0.0, 0.5, 1.0, 7.0, -1.0)] == [0, 4, 8, 8, 0]


def test_a_servers_wish_is_a_floor_below_the_jitter() -> None:
    assert PACE.delay(1, 0.5, retry_after=30) == 31
    assert PACE.delay(1, 0.5, retry_after=-30) == 1
    assert PACE.delay(1, 0.0, retry_after=1e12) == 3_600


@MANY
@given(st.integers(), st.floats(0, 1), st.none() | st.floats(0, 1e9))
def test_no_wait_is_negative_or_endless(attempt: int, draw: float, asked: float | None) -> None:
    assert 0 <= PACE.delay(attempt, draw, asked) <= 3_900


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 30, 1e9),
        ("Mon, 02 Mar 2026 12:01:00 GMT", 60.0),
        ("Mon, 02 Mar 2026 12:01:00 -0000", 60.0),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("Mon, 99 Mar 2026 12:01:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str, seconds: float | None) -> None:
    assert retry_after_seconds(header, NOON) == seconds


@given(st.integers(1, 60), st.floats(0, 1), st.none() | st.floats(0, 1e9))
def test_nothing_is_postponed_for_longer_than_the_most(
    attempt: int, draw: float, asked: float | None
) -> None:
    assert 0 <= PACE.delay(attempt, draw, asked) <= PACE.most
