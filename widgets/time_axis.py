"""A linear time axis: where a moment stands, which moments get a mark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from widgets.look import Look

_STEPS = tuple(
    timedelta(minutes=minutes)
    for minutes in (5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10080, 20160, 40320)
)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Maps moments to pixels, proportionally (CUI GTAB-066).

    Attributes:
        start: The moment at `left`.
        end: The moment at `left + width`.
        zone: In which marks stand on round hours and midnights.
        left: Pixels.
        width: Pixels.
    """

    start: datetime
    end: datetime
    zone: tzinfo
    left: float
    width: float

    def x(self, at: datetime) -> float:
        length = (self.end - self.start).total_seconds() or 1.0
        return self.left + self.width * (at - self.start).total_seconds() / length

    def at(self, x: float) -> datetime:
        share = (x - self.left) / (self.width or 1.0)
        return self.start + (self.end - self.start) * share

    def holds(self, at: datetime) -> bool:
        return self.start <= at <= self.end

    def step(self, room: float) -> timedelta:
        """The smallest round step whose marks stand at least `room` pixels apart."""
        length = (self.end - self.start).total_seconds() or 1.0
        for step in _STEPS:
            if self.width * step.total_seconds() / length >= room:
                return step
        return _STEPS[-1]

    def marks(self, room: float) -> tuple[datetime, ...]:
        """Round local moments within the axis, `room` pixels apart or more."""
        step = self.step(room)
        local = self.start.astimezone(self.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        found, mark = [], midnight
        while mark <= self.end:
            if mark >= self.start:
                found.append(mark)
            mark += step  # wall time: marks stay on round hours across a change of clocks
        return tuple(found)


def mark_text(look: Look, mark: datetime, step: timedelta) -> str:
    """The word at a mark: the day at midnight, else the hour."""
    if step >= _DAY or (mark.hour == 0 and mark.minute == 0):
        return day_text(look, mark)
    return f"{mark:%H:%M}"


def day_text(look: Look, local: datetime) -> str:
    """`24-Nov`, `11-24`."""
    return look.text("date.day", **_parts(local))


def moment_text(look: Look, at: datetime, zone: tzinfo) -> str:
    """`24-Nov-2026 14:02`, `2026-11-24 14:02`."""
    local = at.astimezone(zone)
    date = look.text("date.full", year=f"{local.year:04d}", **_parts(local))
    return f"{date} {local:%H:%M}"


def _parts(local: datetime) -> dict[str, str]:
    return {
        "day": f"{local.day:02d}",
        "month": f"{local.month:02d}",
        "@name": f"month.{local.month}",
    }
