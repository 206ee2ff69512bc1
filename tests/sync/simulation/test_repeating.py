"""A seed is a seed: the same course every time, in this process and in any other."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.sync.simulation.course import run

ROOT = Path(__file__).parents[3]
ALONE = (
    "import sys; from tests.sync.simulation.course import run; print(run(int(sys.argv[1])).sha256)"
)


@cache
def digest(seed: int) -> str:
    return run(seed).sha256


def test_another_seed_takes_another_course() -> None:
    assert digest(7) != digest(2)


def test_another_process_with_another_hash_seed_gives_the_same_trace() -> None:
    other = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    said = subprocess.run(
        [sys.executable, "-c", ALONE, "7"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": other},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert said.stdout.strip() == digest(7)
