"""What the overview shows, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.chart import Overview
from app.domain.results import Flag, ResultRow, Series
from app.domain.terms import Ref
from app.kernel.faults import Fault

MOST_RESULTS = 16
MOST_NOTES = 6


@dataclass(frozen=True, slots=True)
class ChartState:
    """The first page of one chart.

    Attributes:
        overview: None until it was read once.
        now: When it was read, or when the clock last moved on; None before that.
        unreadable: How many documents were kept and not understood.
        fault: Why the last reading failed; an older overview may still be shown.
    """

    loading: bool = True
    overview: Overview | None = None
    now: datetime | None = None
    unreadable: int = 0
    fault: Fault | None = None


def latest(rows: tuple[ResultRow, ...]) -> tuple[ResultRow, ...]:
    """The newest value of each test, critical ones first, then abnormal ones, then by time.

    A critical value that nobody has acknowledged is never hidden by a newer normal one.
    """
    seen: set[tuple[str, str, str]] = set()
    kept: list[ResultRow] = []
    for row in rows:
        term = row.observed.term
        key = (term.system, term.code or term.text, row.observed.component)
        if key not in seen or row.needs_acknowledgement:
            kept.append(row)
        seen.add(key)
    return tuple(sorted(kept, key=_urgency))


def _urgency(row: ResultRow) -> tuple[int, float]:
    flag, at = row.observed.flag, row.observed.at
    if row.needs_acknowledgement:
        level = 0
    elif flag is not None and flag.critical:
        level = 1
    else:
        level = 3 if flag in (None, Flag.NORMAL) else 2
    return level, -at.timestamp() if at is not None else 0.0


@dataclass(frozen=True, slots=True)
class VitalPanel:
    """One scale of the stacked plot: LOINC codes from the pack, and its usual ends."""

    title: str
    codes: tuple[str, ...]
    low: float
    high: float


PANELS = (
    VitalPanel("overview.vital.temperature", ("8310-5",), 35, 41),
    VitalPanel("overview.vital.pulse", ("8867-4",), 40, 160),
    VitalPanel("overview.vital.pressure", ("8480-6", "8462-4"), 40, 200),
    VitalPanel("overview.vital.saturation", ("59408-5", "2708-6"), 80, 100),
    VitalPanel("overview.vital.breaths", ("9279-1",), 5, 40),
)


def series_of(series: tuple[Series, ...], code: str) -> Series | None:
    """The numbers of one code."""
    return next((one for one in series if one.term.code == code), None)


def target_of(ref: Ref) -> tuple[str, str]:
    """The workspace that shows a document, and what it is to show first."""
    kind = ref.partition("/")[0]
    workspace = {
        "MedicationRequest": "orders",
        "ServiceRequest": "orders",
        "DocumentReference": "notes",
        "Composition": "notes",
        "Observation": "results",
        "DiagnosticReport": "results",
        "ImagingStudy": "results",
    }.get(kind, "")
    return workspace, str(ref)
