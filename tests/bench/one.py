"""One group of measurements, in this process: `python -m tests.bench.one NAME SCRATCH ANSWER`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.bench.groups import GROUPS
from tests.bench.stage import Stage, isolate


def main(arguments: list[str]) -> int:
    """Measure, and write the figures to the file ANSWER."""
    parser = argparse.ArgumentParser(prog="bench.one")
    parser.add_argument("name", choices=list(GROUPS))
    parser.add_argument("scratch", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args(arguments)
    folder = asked.scratch / asked.name
    folder.mkdir(parents=True)
    isolate(folder)
    stage = Stage(folder, asked.scratch, asked.quick)
    figures = [figure.to_json() for figure in GROUPS[asked.name].measure(stage)]
    asked.answer.write_text(json.dumps(figures, ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
