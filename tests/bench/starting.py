"""Cold start: from the start of the process to the painted board of an enrolled workstation."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from app.commands.demo import repository
from tests.bench import machine
from tests.bench.figures import Figure, Target
from tests.bench.stage import Stage, station_at, synchronise_whole


def cold_start(stage: Stage) -> Iterator[Figure]:
    """New processes over a synchronised cache; the server is up, and the passphrase is given."""
    folder = stage.folder / "station"
    totals: list[float] = []
    used: list[float] = []
    steps: dict[str, float] = {}
    with repository(stage.cdr(stage.size(20_000, 3_000))) as base_url:
        with station_at(base_url, folder) as station:
            synchronise_whole(station)
            size = {"documents in the cache": station.documents()}
        for _ in range(stage.size(8, 2)):
            told = _started(base_url, folder)
            used.append(told.pop("processor"))
            totals.append(told.pop("board painted"))
            steps = told
    yield Figure(
        "cold start: process to painted ward board",
        "s",
        tuple(totals),
        (Target("median", 2.5, source="issue: cold start"),),
        size,
        aside={f"last run, {name} at": at for name, at in steps.items()},
        processor=tuple(used),
    )


def _started(base_url: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.cold", base_url, str(folder)]
    began = time.monotonic()
    done = subprocess.run(command, cwd=machine.ROOT, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"the start failed: {done.stderr[-900:]}")
    told: dict[str, float] = json.loads(done.stdout)
    return {name: at if name == "processor" else at - began for name, at in told.items()}
