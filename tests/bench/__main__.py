"""Measures how fast the product is; nothing here passes or fails.

`python -m tests.bench [--quick] [--only NAME…] [--out FILE.json] [--list]`. Every group of
measurements runs in a fresh process. The JSON goes to FILE, or to the terminal; progress and a
short table go to stderr. docs/performance.md says what the fields mean.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import machine
from tests.bench.figures import Json
from tests.bench.groups import GROUPS


def main(arguments: list[str]) -> int:
    """Run what was asked for; the exit code says only whether the measuring itself worked."""
    asked = _parser().parse_args(arguments)
    if asked.list:
        for name, group in GROUPS.items():
            print(f"{name:<12}{group.does}")
        return 0
    names = asked.only or list(GROUPS)
    report: dict[str, Json] = {
        "schema": 1,
        "date": machine.today(),
        "commit": machine.commit(),
        "machine": machine.described(),
        "quick": asked.quick,
    }
    figures: list[Json] = []
    failed: dict[str, Json] = {}
    loads: dict[str, Json] = {}
    with tempfile.TemporaryDirectory(prefix="wardone-bench-") as scratch:
        for name in names:
            began, busy = time.monotonic(), machine.load()
            found, trouble = _measured(name, Path(scratch), quick=asked.quick)
            _say(name, found, trouble, time.monotonic() - began)
            figures += found
            loads[name] = [busy, machine.load()]
            if trouble:
                failed[name] = trouble
    report |= {"load": loads, "measurements": figures, "failed": failed}
    _write(report, asked.out)
    return int(bool(failed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="Measure speed on synthetic data")
    parser.add_argument("--quick", action="store_true", help="small sizes, under a minute")
    parser.add_argument("--only", nargs="+", choices=list(GROUPS), metavar="NAME")
    parser.add_argument("--out", default="", metavar="FILE.json")
    parser.add_argument("--list", action="store_true", help="name the groups and leave")
    return parser


def _measured(name: str, scratch: Path, *, quick: bool) -> tuple[list[Json], str]:
    """The figures of a group, measured by a process of its own, and what went wrong."""
    answer = scratch / f"{name}.json"
    command = [sys.executable, "-m", "tests.bench.one", name, str(scratch), str(answer)]
    done = subprocess.run(
        [*command, "--quick"] if quick else command,
        cwd=machine.ROOT,
        check=False,
        stdout=sys.stderr,
    )
    if done.returncode != 0 or not answer.exists():
        return [], f"ended with code {done.returncode}"
    found: list[Json] = json.loads(answer.read_text("utf-8"))
    return found, ""


def _say(name: str, found: list[Json], trouble: str, seconds: float) -> None:
    print(f"--- {name} ({seconds:.0f} s) {trouble}", file=sys.stderr)
    for one in found:
        assert isinstance(one, dict)
        print(f"    {one['name']:<52} {_numbers(one)}", file=sys.stderr, flush=True)


def _numbers(one: dict[str, Json]) -> str:
    said = f"median {one['median']:>8} p95 {one['p95']:>8} max {one['max']:>8} {one['unit']:<12}"
    for target in one["targets"]:  # type: ignore[union-attr]  # what `Figure.to_json` wrote
        assert isinstance(target, dict)
        said += " met" if target["met"] else f" MISSED({target['statistic']})"
    for beside in one["alternatives"]:  # type: ignore[union-attr]  # what `Figure.to_json` wrote
        assert isinstance(beside, dict)
        said += f" x{beside['times better']}"
    return said


def _write(report: dict[str, Json], out: str) -> None:
    text = json.dumps(report, indent=1, ensure_ascii=False)
    if out:
        Path(out).write_text(text + "\n", encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
