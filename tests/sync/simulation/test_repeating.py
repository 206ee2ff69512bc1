"""A seed is a seed: the same course every time, in this process and in any other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sync.simulation.course import run

ROOT = Path(__file__).parents[3]
ALONE = (
    "import sys; from tests.sync.simulation.course import run; print(run(int(sys.argv[1])).sha256)"
)


def test_other_seeds_take_other_courses() -> None:
    assert len({run(seed).sha256 for seed in range(4)}) == 4


@pytest.mark.parametrize("hashing", ["1", "2"])
def test_another_process_with_another_hash_seed_gives_the_same_trace(hashing: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", ALONE, "7"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hashing},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert said.stdout.strip() == run(7).sha256
