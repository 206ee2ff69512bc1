"""How soon the server's whole second is a later one, told from its answers."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from sync.server_second import WHOLE, ServerSecond

BASE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC).timestamp()


def answered(second: ServerSecond, ahead: float, sent: float, took: float = 0.01) -> None:
    """An answer of a server whose clock is `ahead` of ours."""
    written = math.floor(sent + took / 2 + ahead)
    second.seen(datetime.fromtimestamp(written, UTC), sent, sent + took)


def test_nobody_knows_before_the_first_answer() -> None:
    assert ServerSecond().until_next(5.0) == WHOLE


def test_one_answer_says_little() -> None:
    second = ServerSecond()

    answered(second, BASE, 100.5)

    assert second.until_next(100.6) == WHOLE


def test_answers_on_both_sides_of_a_tick_say_when_it_is() -> None:
    second = ServerSecond()
    answered(second, BASE, 100.97)
    answered(second, BASE, 101.0)

    assert 0.2 <= second.until_next(101.8) <= 0.35
    assert second.until_next(102.01) >= 0.99


def test_a_clock_that_was_set_is_learnt_anew() -> None:
    second = ServerSecond()
    answered(second, BASE, 100.97)
    answered(second, BASE, 101.0)

    answered(second, BASE + 0.5, 102.5)
    assert second.until_next(102.6) == WHOLE
    answered(second, BASE + 0.5, 103.47)

    assert 0.2 <= second.until_next(104.3) <= 0.35


def test_what_was_learnt_is_forgotten_in_time() -> None:
    second = ServerSecond()
    answered(second, BASE, 100.97)
    answered(second, BASE, 101.0)

    answered(second, BASE, 300.3)
    assert second.until_next(300.8) < 0.4
    answered(second, BASE, 500.3)

    assert second.until_next(500.4) == WHOLE


@given(
    ahead=st.floats(-2.0, 2.0),
    answers=st.lists(st.tuples(st.floats(0.0, 20.0), st.floats(0.001, 2.0)), max_size=40),
    asked=st.floats(20.0, 30.0),
)
def test_it_is_never_too_early_and_never_more_than_a_second(
    ahead: float, answers: list[tuple[float, float]], asked: float
) -> None:
    second = ServerSecond()
    for sent, took in sorted(answers):
        answered(second, BASE + ahead, sent, took)

    wait = second.until_next(asked)

    assert 0.0 < wait <= WHOLE
    before, after = asked + BASE + ahead, asked + wait + BASE + ahead
    assert math.floor(after + 1e-6) > math.floor(before - 1e-6)
