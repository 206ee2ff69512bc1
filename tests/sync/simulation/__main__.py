"""The soak: `python -m tests.sync.simulation --seeds 50000`, and one seed again with its trace."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.sync.simulation.course import Report, run

FAILED = Path("simulation-failures.jsonl")


def twice(seed: int) -> Report:
    """Run a seed two times; a trace that differs is a finding like any other."""
    first, second = run(seed), run(seed)
    if first.sha256 == second.sha256:
        return first
    return Report(
        seed,
        first.sha256,
        first.events,
        first.requests,
        first.acts,
        first.drained_in,
        (*first.wrong, "the same seed took another course"),
    )


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
    began, events, acts, failed = time.monotonic(), 0, 0, 0
    seeds = range(asked.start, asked.start + asked.seeds)
    for done, report in enumerate(soak(seeds, asked.processes), start=1):
        events, acts = events + report.events, acts + report.acts
        if report.wrong:
            failed += 1
            _keep(asked.failed, report)
        if done % 500 == 0 or done == len(seeds):
            took = time.monotonic() - began
            sums = f"{acts} acts, {events} events, {failed} failed"
            _say(f"{done} seeds, each twice: {sums}, {took:.0f} s")
    return 1 if failed else 0


def _keep(path: Path, report: Report) -> None:
    """Save a failing seed, and how to see it again."""
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"seed": report.seed, "wrong": report.wrong}) + "\n")
    _say(f"seed {report.seed}: {report.wrong[0]}")
    _say(f"    python -m tests.sync.simulation --seed {report.seed} --trace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.sync.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many, each run twice")
    parser.add_argument("--from", type=int, default=0, dest="start", help="the first of them")
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
