"""The whole engine under fire: the second half of the everyday seeds (sync.md §8.1.2)."""

from __future__ import annotations

import pytest

from tests.sync.simulation.blocks import SECOND_HALF, outcome


@pytest.mark.parametrize("first", SECOND_HALF)
def test_every_invariant_holds_in_each_seed(first: int) -> None:
    assert outcome(first).complaints == ()
