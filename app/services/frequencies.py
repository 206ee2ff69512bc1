"""What the frequencies pack says about when, for the order that names one of its rows."""

from __future__ import annotations

from datetime import time, timedelta
from functools import cache

from app.domain.orders import Dosage
from app.domain.schedule import Rhythm
from app.domain.terms import Term
from app.fhir.document import Document
from app.fhir.frequencies import published_timing
from app.fhir.valuesets import FREQUENCY, ROUTE
from resources.reading import rows

_REGULAR = frozenset({"clock", "interval", "day-pattern", "event", "once"})
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def timing_of(dosage: Dosage) -> Document:
    """The Timing of the dosage's frequency; {} when there is none, or none of ours.

    What is injected takes the injection column of the pack, everything else the times published
    with the row (clinical norm: bid is 08, 16 by mouth and 09, 16 by injection).
    """
    row = _row("frequencies", FREQUENCY, dosage.frequency)
    if row is None:
        return {}
    route = _row("routes", ROUTE, dosage.route)
    injected = route is not None and route["injection"] == "yes"
    clock = tuple(filter(None, row["times_injection"].split(","))) if injected else None
    return published_timing(row["fhir_timing"], clock)


def rhythm_of(
    dosage: Dosage,
    signed: tuple[time, ...] = (),
    weekdays: frozenset[int] = frozenset(),
) -> Rhythm | None:
    """When the dosage's frequency is due; None when the pack cannot say.

    Args:
        dosage: Of the order; its route chooses the column of clock times.
        signed: The clock times the order itself was signed with; they win over the pack.
        weekdays: The days of the week it was signed with, Monday is 0; they win, too. A row
            without any (weekly) keeps the weekday of the start.
    """
    row = _row("frequencies", FREQUENCY, dosage.frequency)
    if row is None or row["kind"] not in _REGULAR:
        return None
    if row["kind"] == "once":
        return Rhythm(once=True)
    route = _row("routes", ROUTE, dosage.route)
    injected = route is not None and route["injection"] == "yes"
    listed = row["times_injection" if injected else "times_oral"]
    clock = signed or tuple(time.fromisoformat(one) for one in listed.split(",") if one)
    minutes = int(row["interval_minutes"] or 0)
    rhythm = Rhythm(
        clock=clock,
        every=timedelta(minutes=minutes) if minutes else None,
        every_days=int(row["period_days"] or 1),
        every_months=int(row["code"] == "qmo"),
        weekdays=weekdays or frozenset(_WEEK.index(day) for day in row["days"].split(",") if day),
    )
    return rhythm if rhythm.is_regular else None


def is_as_needed(dosage: Dosage) -> bool:
    """Whether the pack calls the frequency conditional or continuous: then a ledger is kept."""
    row = _row("frequencies", FREQUENCY, dosage.frequency)
    return row is not None and row["kind"] in ("conditional", "continuous")


def _row(pack: str, system: str, term: Term | None) -> dict[str, str] | None:
    if term is None or term.system != system:
        return None
    return _by_code(pack).get(term.code)


@cache
def _by_code(pack: str) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows(pack, pack)}
