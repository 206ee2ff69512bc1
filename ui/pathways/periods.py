"""The periods that figures are asked for: whole days of the ward, by its clocks."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo


class Period(enum.Enum):
    """Which enrolments are counted: those that began in it."""

    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    QUARTER = "quarter"
    """The last 90 days, today included."""
    YEAR = "year"
    """This calendar year."""


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` to `last`, both included; the moments are UTC, `until` is not included."""

    first: date
    last: date
    since: datetime
    until: datetime


def days_of(period: Period, now: datetime, zone: tzinfo) -> Days:
    """The days of a period, as the ward calls them at `now`."""
    today = now.astimezone(zone).date()
    month = today.replace(day=1)
    match period:
        case Period.THIS_MONTH:
            first, last = month, today
        case Period.LAST_MONTH:
            last = month - timedelta(days=1)
            first = last.replace(day=1)
        case Period.QUARTER:
            first, last = today - timedelta(days=89), today
        case Period.YEAR:
            first, last = today.replace(month=1, day=1), today
    after = last + timedelta(days=1)
    return Days(first, last, _midnight(first, zone), _midnight(after, zone))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
