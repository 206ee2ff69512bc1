"""The whole engine under fire: the first half of the everyday seeds (sync.md §8.1.2)."""

from __future__ import annotations

import pytest

from tests.sync.simulation.blocks import BLOCK, EVERY_DAY, complaints


@pytest.mark.parametrize("first", range(0, EVERY_DAY // 2, BLOCK))
def test_every_invariant_holds_in_each_seed(first: int) -> None:
    assert complaints(first) == []
