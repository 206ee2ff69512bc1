"""The soak: `python -m tests.sync.simulation --seeds 50000`, and one seed again with its trace.

A soak that is interrupted goes on with `--resume` where it stood.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.sync.simulation.blocks import WHOLE, twice
from tests.sync.simulation.course import Report, run
from tests.sync.simulation.happenings import ALL, POINTS

FAILED = Path("build/simulation/failures.jsonl")
PROGRESS = Path("build/simulation/progress.json")
_SAVED_EVERY = 100


def soak(seeds: range, processes: int) -> Iterator[Report]:
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(twice, seeds, chunksize=8)


def replay(seed: int, *, trace: bool) -> int:
    """Run one seed and say what came of it."""
    report = run(seed, keep=trace)
    for line in (*report.lines, *report.wrong, f"trace {report.sha256}"):
        _say(line)
    return 1 if report.wrong else 0


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    if asked.seed is not None:
        return replay(asked.seed, trace=asked.trace)
    end = asked.start + asked.seeds
    start, failed = asked.start, 0
    if asked.resume and PROGRESS.exists():
        start, failed = _read_progress()
    failed = _run_all(range(min(start, end), end), asked.processes, asked.failed, failed)
    PROGRESS.unlink(missing_ok=True)
    return 1 if failed else 0


def _run_all(seeds: range, processes: int, failures: Path, failed: int) -> int:
    """Run all seeds, say now and then how far it is, and note it; how many failed by now."""
    began, events, acts = time.monotonic(), 0, 0
    tally: Counter[str] = Counter()
    for done, report in enumerate(soak(seeds, processes), start=1):
        events, acts = events + report.events, acts + report.acts
        tally += report.tally
        if report.wrong:
            failed += 1
            _keep(failures, report)
        if done % _SAVED_EVERY == 0:
            _note_progress(report.seed + 1, failed)
        if done % 500 == 0 or done == len(seeds):
            took = time.monotonic() - began
            sums = f"{acts} acts, {events} events, {failed} failed"
            _say(f"{done} seeds from {seeds.start} on, each twice: {sums}, {took:.0f} s")
    _say("; ".join(f"{what} {tally[what]}" for what in sorted(ALL | POINTS)))
    return failed


def _read_progress() -> tuple[int, int]:
    """The next seed, and how many have failed before it."""
    noted = json.loads(PROGRESS.read_text(encoding="utf-8"))
    return int(noted["next"]), int(noted["failed"])


def _note_progress(seed: int, failed: int) -> None:
    PROGRESS.parent.mkdir(parents=True, exist_ok=True)
    PROGRESS.write_text(json.dumps({"next": seed, "failed": failed}), encoding="utf-8")


def _keep(path: Path, report: Report) -> None:
    """Save a failing seed, and how to see it again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"seed": report.seed, "wrong": report.wrong}) + "\n")
    _say(f"seed {report.seed}: {report.wrong[0]}")
    _say(f"    python -m tests.sync.simulation --seed {report.seed} --trace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.sync.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many, each run twice")
    parser.add_argument("--from", type=int, default=WHOLE, dest="start", help="the first of them")
    parser.add_argument("--resume", action="store_true", help="go on where the last one stood")
    parser.add_argument("--seed", type=int, help="run this one only, once")
    parser.add_argument("--trace", action="store_true", help="print everything that happened")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--failed", type=Path, default=FAILED, help="failing seeds are kept here")
    return parser


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
