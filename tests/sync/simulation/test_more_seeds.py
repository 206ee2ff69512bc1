"""The whole engine under fire, for a night: each seed twice (sync.md §8.1.2)."""

from __future__ import annotations

import pytest

from tests.sync.simulation.__main__ import soak
from tests.sync.simulation.blocks import EVERY_DAY

SEEDS = 2_000


@pytest.mark.soak
def test_every_invariant_holds_and_every_seed_repeats_itself() -> None:
    seeds = range(EVERY_DAY, EVERY_DAY + SEEDS)

    failed = {report.seed: report.wrong for report in soak(seeds, processes=2) if report.wrong}

    assert failed == {}
