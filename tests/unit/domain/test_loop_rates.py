"""Figures of many strips."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.loop_rates import LoopFigures, figures, slowest
from app.domain.loop_strips import strip
from tests.unit.domain.loop_kit import a_limit, a_loop, after, done, minutes

LOOP = a_loop("SIGN", "VERIFY", "GIVE", limits=(a_limit("SIGN", "GIVE", 30),))


def test_rates_are_of_nodes_and_limits_not_means_of_means() -> None:
    whole = strip(LOOP, (done("SIGN"), done("VERIFY", 5), done("GIVE", 20)), after(60))
    late = strip(LOOP, (done("SIGN", 9), done("VERIFY", 5), done("GIVE", 50)), after(60))
    empty = strip(LOOP, (), after(60))

    found = figures((whole, late, empty))

    assert found == LoopFigures(3, 6, 9, 1, 2, 1)
    assert (found.completion, found.timeliness) == (6 / 9, 0.5)


def test_of_nothing_there_are_no_rates() -> None:
    assert (figures(()).completion, figures(()).timeliness) == (None, None)


def test_the_slowest_step_comes_first_with_its_spread() -> None:
    strips = [
        strip(LOOP, (done("SIGN"), done("VERIFY", 1), done("GIVE", 1 + n)), after(99))
        for n in (10, 20, 60)
    ]
    backwards = strip(LOOP, (done("SIGN", 50), done("VERIFY", 1)), after(99))

    found = slowest((*strips, backwards), 5)

    assert [one.step for one in found] == ["GIVE", "VERIFY"]
    slow = found[0]
    assert (slow.times, slow.middle, slow.nine_tenths) == (3, minutes(20), minutes(60))
    assert slow.over_limit == 1
    assert found[1].times == 3
    assert slowest(strips, 1) == found[:1]


@given(st.lists(st.lists(st.integers(0, 90), min_size=3, max_size=3), max_size=5))
def test_rates_stay_between_nothing_and_everything(times: list[list[int]]) -> None:
    strips = [
        strip(
            LOOP,
            [done(s, at) for s, at in zip(("SIGN", "VERIFY", "GIVE"), some, strict=True)],
            after(95),
        )
        for some in times
    ]

    found = figures(strips)

    for rate in (found.completion, found.timeliness):
        assert rate is None or 0 <= rate <= 1
