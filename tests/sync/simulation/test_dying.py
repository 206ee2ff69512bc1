"""A process dies at every step of a write there is, and nothing is lost (sync.md §8.1.2)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.sync.simulation.course import run
from tests.sync.simulation.happenings import POINTS
from tests.sync.simulation.plan import Plan

MOST_SEEDS = 60

pytestmark = pytest.mark.soak


def dying(plan: Plan) -> Plan:
    return replace(plan, troubles=(("kill-at-step", 1),), most_troubles=8, harm=0.1)


def test_every_invariant_holds_wherever_the_process_dies() -> None:
    tally: Counter[str] = Counter()
    wrong: dict[int, tuple[str, ...]] = {}
    for seed in range(MOST_SEEDS):
        report = run(seed, planned=dying)
        tally += report.tally
        if report.wrong:
            wrong[seed] = report.wrong
        if tally.keys() >= POINTS:
            break

    assert wrong == {}
    assert tally.keys() >= POINTS, f"never died: {sorted(POINTS - tally.keys())}"
