"""What was measured, as a table at the end of the run and as a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).parents[2] / "build" / "netfaults.json"


@dataclass(frozen=True, slots=True)
class Measured:
    """One fault.

    Attributes:
        rounds: Rounds while the fault lasted.
        requests: Requests while it lasted.
        unanswered: Those of them without a usable answer.
        lost: Packets that the cable did not deliver.
        transactions: Beginnings of transactions that reached the server from the fault on.
        drained: Seconds until the outbox was empty: from the mending, or from the signing if the
            fault only slowed the work down.
        drained_rounds: Rounds in that time.
        drained_requests: Requests in that time.
        same: Seconds, from the same moment, until workstation and server held the same.
        within: The bound on `drained`.
    """

    fault: str
    stops: bool
    rounds: int
    requests: int
    unanswered: int
    lost: int
    transactions: int
    drained: float
    drained_rounds: int
    drained_requests: int
    same: float
    within: float


_COLUMNS = (
    "rounds",
    "requests",
    "unanswered",
    "lost",
    "transactions",
    "drained",
    "drained_rounds",
    "drained_requests",
    "same",
    "within",
)


def keep(rows: Sequence[Measured]) -> None:
    """Write the file."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", "utf-8")


def table(rows: Sequence[Measured]) -> list[str]:
    """The lines of a Markdown table."""
    lines = [f"| fault | {' | '.join(_COLUMNS)} |", "|---" * (len(_COLUMNS) + 1) + "|"]
    for row in rows:
        values = (getattr(row, name) for name in _COLUMNS)
        told = (f"{value:.1f}" if isinstance(value, float) else str(value) for value in values)
        lines.append(f"| {row.fault} | {' | '.join(told)} |")
    return lines
