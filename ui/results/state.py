"""What the results page shows, as values."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from app.domain.results import Flag, Report, ResultRow
from app.kernel.faults import Fault, Message
from app.ports.acts import ReadSet


class Segment(enum.Enum):
    ALL = "all"
    NEEDS = "needs"
    ABNORMAL = "abnormal"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class ResultsState:
    """One patient's results.

    Attributes:
        now: When they were read, or when the clock last moved on; None before that.
        fault: Why they could not be read; None while they can be shown.
        act_fault: Why the last acknowledgement was not recorded.
        notice: What has just been done.
        current: Key of the row the user is on.
        seen: The read-set of what is shown, read together with it.
    """

    loading: bool = True
    now: datetime | None = None
    rows: tuple[ResultRow, ...] = ()
    reports: tuple[Report, ...] = ()
    seen: ReadSet = ()
    segment: Segment = Segment.ALL
    current: str = ""
    report: str = ""
    may_acknowledge: bool = False
    busy: bool = False
    fault: Fault | None = None
    act_fault: Fault | None = None
    notice: Message | None = None

    @property
    def shown(self) -> tuple[ResultRow, ...]:
        """The rows of the chosen segment."""
        return tuple(row for row in self.rows if belongs(row, self.segment))

    @property
    def chosen(self) -> ResultRow | None:
        """The row the user is on."""
        return next((row for row in self.shown if key_of(row) == self.current), None)

    @property
    def chosen_report(self) -> Report | None:
        return next((one for one in self.reports if one.id == self.report), None)

    @property
    def can_acknowledge(self) -> bool:
        row = self.chosen
        return (
            row is not None and row.needs_acknowledgement and self.may_acknowledge and not self.busy
        )

    @property
    def trend(self) -> tuple[ResultRow, ...]:
        """Every number of the chosen code in its unit, oldest first.

        Another unit is another scale: those values are not drawn on this one.
        """
        row = self.chosen
        if row is None or row.observed.value.number is None:
            return ()
        same = [one for one in self.rows if _is_same(one, row) and one.observed.at is not None]
        return tuple(reversed(same))

    def count(self, segment: Segment) -> int:
        if segment is Segment.REPORTS:
            return len(self.reports)
        return sum(belongs(row, segment) for row in self.rows)


def key_of(row: ResultRow) -> str:
    """Identity of a row: an observation, or a component of one."""
    seen = row.observed
    return f"{seen.id}/{seen.component}" if seen.component else seen.id


def belongs(row: ResultRow, segment: Segment) -> bool:
    """Whether the segment shows the row."""
    if segment is Segment.NEEDS:
        return row.needs_acknowledgement
    if segment is Segment.ABNORMAL:
        return row.observed.flag not in (None, Flag.NORMAL)
    return segment is Segment.ALL


def _is_same(one: ResultRow, row: ResultRow) -> bool:
    mine, other = row.observed, one.observed
    if other.value.number is None or other.status == "entered-in-error":
        return False
    unit = (mine.value.unit_code, mine.value.unit) == (other.value.unit_code, other.value.unit)
    if mine.term.code:
        named = (mine.term.system, mine.term.code) == (other.term.system, other.term.code)
    else:
        named = mine.term.text == other.term.text
    return unit and named
