"""From a frequency to due times: the ward's clock, the days of a pattern, the steps of an interval.

Clock frequencies use the ward's lists: tid is not q8h, bid is not q12h. Interval frequencies run
round the clock on the ward's grid, or from the start where the pack gives no grid.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When something is due again and again, in ward time.

    Attributes:
        clock: Ward times of a day that has any; empty where only `every` says when.
        every: Distance of an interval frequency; None for every other kind.
        every_days: Every so many days from the day of the start on; 1 is daily.
        every_months: The day of the start in every such month, its last day if there is none.
        weekdays: Monday is 0; empty is every day.
        once: Due at the start and never again.
        skipped: So many points of the first day, its earliest ones, are not due.
        at_start: The start itself is due, too ("first dose now").
    """

    clock: tuple[time, ...] = ()
    every: timedelta | None = None
    every_days: int = 1
    every_months: int = 0
    weekdays: frozenset[int] = frozenset()
    once: bool = False
    skipped: int = 0
    at_start: bool = False

    @property
    def is_regular(self) -> bool:
        """Whether it says when at all."""
        return self.once or bool(self.clock) or self.every is not None


def due_times(
    rhythm: Rhythm, starts: datetime, since: datetime, until: datetime, zone: tzinfo
) -> tuple[datetime, ...]:
    """Every due time from `starts` on with `since` ≤ time < `until`; UTC, rising, none twice.

    A ward time that a spring change leaves out is due when the clock has jumped; one that an
    autumn change brings twice is due the first time, except that an hourly interval is due in
    both hours. 24:00 is 00:00 of the next date.

    Args:
        rhythm: What the frequency says.
        starts: When the order begins to hold; its ward day is the first of a day pattern.
        since: First time that is asked for.
        until: The end of what is asked for, itself left out.
        zone: The ward's time zone.
    """
    first = max(starts, since)
    if first >= until:
        return ()
    if rhythm.once:
        found = {starts}
    elif rhythm.clock:
        found = set(_on_the_clock(rhythm, starts, first, until, zone))
    elif rhythm.every is not None:
        found = set(_stepping(rhythm.every, starts, first, until))
    else:
        found = set()
    if rhythm.skipped:
        found -= set(first_day_times(rhythm, starts, zone)[: rhythm.skipped])
    if rhythm.at_start:
        found.add(starts)
    return tuple(sorted(at.astimezone(UTC) for at in found if first <= at < until))


def first_day_times(
    rhythm: Rhythm, starts: datetime, zone: tzinfo, stops: datetime | None = None
) -> tuple[datetime, ...]:
    """The points of the list on the ward day of the start, as `due_times` gives them.

    24:00 is among them, as the ward's sheet shows it; a start at 00:00 is that dose itself. What
    was chosen about the first day (`skipped`, `at_start`) is left out of account.

    Args:
        rhythm: What the frequency says.
        starts: When the order begins to hold.
        zone: The ward's time zone.
        stops: When it ends by itself, itself left out.
    """
    listed = replace(rhythm, skipped=0, at_start=False)
    over = day_over(starts, zone) + _INSTANT
    return due_times(listed, starts, starts, over if stops is None else min(over, stops), zone)


def day_over(at: datetime, zone: tzinfo) -> datetime:
    """24:00 of the ward day in which `at` is."""
    return datetime.combine(at.astimezone(zone).date() + _DAY, time(), zone).astimezone(UTC)


def _stepping(
    every: timedelta, starts: datetime, first: datetime, until: datetime
) -> Iterator[datetime]:
    at = starts + every * ((first - starts) // every)
    while at < until:
        yield at
        at += every


def _on_the_clock(
    rhythm: Rhythm, starts: datetime, first: datetime, until: datetime, zone: tzinfo
) -> Iterator[datetime]:
    began = starts.astimezone(zone).date()
    day = max(began, first.astimezone(zone).date() - _DAY)
    last = until.astimezone(zone).date()
    hourly = rhythm.every is not None and rhythm.every <= _HOUR
    while day <= last:
        if _has(rhythm, began, day):
            for at in rhythm.clock:
                local = datetime.combine(day, at, zone)
                yield local.astimezone(UTC)
                if hourly:
                    yield local.replace(fold=1).astimezone(UTC)
        day += _DAY


def _has(rhythm: Rhythm, began: date, day: date) -> bool:
    """Whether a day of the pattern; counted from the ward day of the start."""
    if rhythm.weekdays:
        return day.weekday() in rhythm.weekdays
    if rhythm.every_months:
        months = (day.year - began.year) * 12 + day.month - began.month
        last = calendar.monthrange(day.year, day.month)[1]
        return months % rhythm.every_months == 0 and day.day == min(began.day, last)
    return (day - began).days % rhythm.every_days == 0
