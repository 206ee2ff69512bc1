"""Writes the table of docs/servers.md from the reports of contract runs.

python -m tests.cdr.contract.table            rewrites the table in place
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.cdr.contract.recorded import OURS
from tests.cdr.contract.required import CASES

RESULTS = Path(__file__).parent / "results"
DOCUMENT = Path(__file__).parents[3] / "docs" / "servers.md"
BEGIN, END = "<!-- contract table begins -->", "<!-- contract table ends -->"


def table() -> str:
    """One column for each server, required cases first."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(RESULTS.glob("*.json")):
        found |= json.loads(file.read_text("utf-8"))
    lines = ["| | " + " | ".join(found) + " |", "|---" * (len(found) + 1) + "|"]
    lines.append("| **required** |" + " |" * len(found))
    lines += [_row(case.__name__, found) for case in CASES]
    lines.append("| **recorded** |" + " |" * len(found))
    lines += [_row(case.__name__, found) for case in OURS]
    return "\n".join(lines)


def rewritten(document: str) -> str:
    """The document with the table as the results now give it."""
    head, _, rest = document.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


def _row(case: str, found: dict[str, dict[str, str]]) -> str:
    cells = (results.get(case, "not run").replace("|", "\\|") for results in found.values())
    return f"| {case.replace('_', ' ')} | {' | '.join(cells)} |"


if __name__ == "__main__":
    DOCUMENT.write_text(rewritten(DOCUMENT.read_text("utf-8")), "utf-8")
