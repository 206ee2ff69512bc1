"""What the frequencies pack says about when, for the order that names one of its rows."""

from __future__ import annotations

from functools import cache

from app.domain.orders import Dosage
from app.domain.terms import Term
from app.fhir.document import Document
from app.fhir.frequencies import published_timing
from app.fhir.valuesets import FREQUENCY, ROUTE
from resources.reading import rows


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


def _row(pack: str, system: str, term: Term | None) -> dict[str, str] | None:
    if term is None or term.system != system:
        return None
    return _by_code(pack).get(term.code)


@cache
def _by_code(pack: str) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows(pack, pack)}
