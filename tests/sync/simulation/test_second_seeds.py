"""The whole engine under fire, seeds 250 to 499 (sync.md §8.1.2)."""

from __future__ import annotations

import pytest

from tests.sync.simulation.blocks import BLOCK, complaints


@pytest.mark.parametrize("first", range(250, 500, BLOCK))
def test_every_invariant_holds_in_each_seed(first: int) -> None:
    assert complaints(first) == []
