"""All five hundred seeds, and that everything there is has happened in them (sync.md §8.1.2)."""

from __future__ import annotations

import pytest

from tests.sync.simulation.blocks import ALL_BLOCKS, LATER, outcome, tally_of
from tests.sync.simulation.happenings import ALL

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("first", LATER)
def test_every_invariant_holds_in_each_seed(first: int) -> None:
    assert outcome(first).complaints == ()


def test_everything_that_can_happen_happens() -> None:
    assert ALL - tally_of(ALL_BLOCKS).keys() == frozenset()
