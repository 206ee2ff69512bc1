"""The whole engine under fire: the second half of the everyday seeds (sync.md §8.1.2)."""

from __future__ import annotations

import pytest

from tests.sync.simulation.blocks import BLOCK, EVERY_DAY, complaints


@pytest.mark.parametrize("first", range(EVERY_DAY // 2, EVERY_DAY, BLOCK))
def test_every_invariant_holds_in_each_seed(first: int) -> None:
    assert complaints(first) == []
