"""The journal of decision support on the command line, for the review of prescriptions."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import date, datetime, time, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from app.config import Settings


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `decisions` and its acts."""
    decisions = verbs.add_parser("decisions", help="what decision support said, and the answers")
    acts = decisions.add_subparsers(required=True, metavar="ACT")
    export = acts.add_parser(
        "export",
        help="write the journal as CSV",
        description="One rule a line. Asks for the passphrase; it is noted in the access audit. "
        "The exit code is 1 when the journal has been tampered with.",
    )
    export.add_argument("file", type=Path, metavar="FILE.csv")
    export.add_argument("--username", required=True)
    export.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="from this day on")
    export.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="before this day")
    export.set_defaults(command=_export)


def _export(asked: argparse.Namespace, settings: Settings) -> int:
    from app.main import Workstation

    zone = ZoneInfo(settings.string("time_zone"))
    station = Workstation(settings)
    try:
        session = station.signing_in.offline(asked.username, getpass.getpass("passphrase: "))
        services = station.services()
        try:
            verdict = services.deciding.exporting.export(
                session, asked.file, _start(asked.since, zone), _start(asked.until, zone)
            )
        finally:
            services.close()
    finally:
        station.close()
    if not verdict.intact:
        print(f"the journal is broken at line {verdict.broken_at}", file=sys.stderr)
        return 1
    print(f"{asked.file}: the journal has {verdict.events} lines and is whole")
    return 0


def _start(day: date | None, zone: tzinfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone)
