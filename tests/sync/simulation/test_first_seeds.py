"""The whole engine under fire: the first half of the everyday seeds (sync.md §8.1.2)."""

from __future__ import annotations

import pytest

from tests.sync.simulation.blocks import FIRST_HALF, outcome


@pytest.mark.parametrize("first", FIRST_HALF)
def test_every_invariant_holds_in_each_seed(first: int) -> None:
    assert outcome(first).complaints == ()
