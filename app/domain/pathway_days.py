"""The days of a pathway as moments: which stage a moment lies in, and where a stage stands now.

A day is a calendar day of the ward, from midnight to midnight by its clocks; on the day on which
the clocks change it has 23 or 25 hours.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from app.domain.pathways import Anchor, Stage


class StagePlace(enum.Enum):
    """Where a stage stands at a moment."""

    PAST = "past"
    TODAY = "today"
    AHEAD = "ahead"
    UNDATED = "undated"
    """The day its days are counted from is not known."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `begins` until before `ends`, UTC; `first` and `last` are its days in the ward."""

    first: date
    last: date
    begins: datetime
    ends: datetime

    def holds(self, moment: datetime) -> bool:
        return self.begins <= moment < self.ends


@dataclass(frozen=True, slots=True)
class Anchors:
    """The days that days are counted from; None where nobody has recorded one."""

    admission: date | None = None
    operation: date | None = None


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The day the ward calls it."""
    return moment.astimezone(zone).date()


def window_of(stage: Stage, anchors: Anchors, zone: tzinfo) -> Window | None:
    """The days of a stage; None while the day they are counted from is not known."""
    first_day = _first_day(stage, anchors)
    if first_day is None:
        return None
    last_day = first_day + timedelta(days=stage.last - stage.first)
    ends = _midnight(last_day + timedelta(days=1), zone)
    return Window(first_day, last_day, _midnight(first_day, zone), ends)


def place_of(window: Window | None, now: datetime) -> StagePlace:
    """Whether a stage is over, goes on, or is yet to come."""
    if window is None:
        return StagePlace.UNDATED
    if now < window.begins:
        return StagePlace.AHEAD
    return StagePlace.TODAY if now < window.ends else StagePlace.PAST


def days_between(first: date, last: date) -> int:
    """Length of a stay in days (住院日): the day of leaving is not counted, the least is one."""
    return max(1, (last - first).days)


def _first_day(stage: Stage, anchors: Anchors) -> date | None:
    operated = stage.anchor is Anchor.OPERATION
    day, number = (anchors.operation, 0) if operated else (anchors.admission, 1)
    return None if day is None else day + timedelta(days=stage.first - number)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
