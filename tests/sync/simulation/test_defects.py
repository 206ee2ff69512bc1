"""The simulator has teeth: each known defect, put back into our code, is caught (§8.1.8)."""

from __future__ import annotations

import pytest

from tests.sync.simulation.course import run
from tests.sync.simulation.defects import DEFECTS

MOST_SEEDS = 25


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_caught_and_its_seed_is_clean_without_it(name: str) -> None:
    defect = DEFECTS[name]
    for seed in range(defect.first, defect.first + MOST_SEEDS):
        if run(seed, defect.build, planned=defect.plan).wrong:
            break
    else:
        pytest.fail(f"{name} ({defect.where}) was not caught in {MOST_SEEDS} seeds")

    assert run(seed, planned=defect.plan).wrong == ()
