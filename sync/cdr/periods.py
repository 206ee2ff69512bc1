"""Dates of any precision as closed ranges of microseconds (R4 §3.1.1.5.6)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

FOREVER = 2**62
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?"
    r"(Z|[+-]\d\d:\d\d)?)?)?)?"
)
Range = tuple[int, int]


def span(text: str) -> Range | None:
    """First and last microsecond of a FHIR date, dateTime or instant; None if it is none.

    A time without a zone is read as UTC.
    """
    form = _FORM.fullmatch(text.strip().replace(" ", "+"))
    if form is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = form.groups()
    try:
        start = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=_zone(zone),
        )
        end = _end(start, month, day, hour, second)
    except (ValueError, OverflowError):
        return None
    if fraction:
        width = 10 ** max(0, 6 - len(fraction))
        low = _micro(start) + int(fraction[:6].ljust(6, "0"))
        return low, low + width - 1
    return _micro(start), _micro(end) - 1


def _end(
    start: datetime, month: str | None, day: str | None, hour: str | None, second: str | None
) -> datetime:
    if month is None:
        return start.replace(year=start.year + 1)
    if day is None:
        following = start.replace(day=28) + timedelta(days=4)
        return following.replace(day=1)
    if hour is None:
        return start + timedelta(days=1)
    return start + (timedelta(minutes=1) if second is None else timedelta(seconds=1))


def _zone(text: str | None) -> timezone:
    if not text or text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[4:6])))


def _micro(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
