"""The shifts of a ward: every instant belongs to one of them, also at the border and at DST."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from app.domain.terms import Named

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift of the day, in ward time; `ends` is `begins` of the next one.

    One that ends at or before the time it begins goes over midnight.
    """

    code: str
    name: Named
    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class Turn:
    """A shift on one day, in instants (UTC): `begins` belongs to it, `ends` to the next."""

    shift: Shift
    begins: datetime
    ends: datetime


def turn_of(at: datetime, shifts: Sequence[Shift], zone: tzinfo) -> Turn:
    """The shift in which something was done at `at`.

    15:29 is in the shift that ends at 15:30, and 15:30 in the next one. On the night the clock
    changes a shift has an hour more or less, and nothing of it falls between two shifts.

    Args:
        at: When.
        shifts: That together make a day (`are_a_day`).
        zone: The ward's time zone.

    Raises:
        ValueError: The shifts are not a day.
    """
    here = at.astimezone(zone).date()
    for day in (here, here - _DAY, here + _DAY):
        for shift in shifts:
            turn = _turn(shift, day, zone)
            if turn.begins <= at < turn.ends:
                return turn
    raise ValueError("the shifts leave a gap")


def are_a_day(shifts: Sequence[Shift]) -> bool:
    """Whether each begins when the one before it ends, round the clock, and none overlap."""
    if not shifts:
        return False
    following = [*shifts[1:], shifts[0]]
    joined = all(one.ends == other.begins for one, other in zip(shifts, following, strict=True))
    return joined and sum((_length(one) for one in shifts), timedelta()) == _DAY


def _turn(shift: Shift, day: date, zone: tzinfo) -> Turn:
    last = day if shift.begins < shift.ends else day + _DAY
    return Turn(shift, _instant(day, shift.begins, zone), _instant(last, shift.ends, zone))


def _instant(day: date, at: time, zone: tzinfo) -> datetime:
    """The instant of a ward time; one that the spring change leaves out is where the clock jumps.

    Otherwise a border within the hour that is left out would lie behind the one after it.
    """
    wall = datetime.combine(day, at, zone)
    found = wall.astimezone(UTC)
    if found.astimezone(zone).time() == at:
        return found
    before = wall.replace(fold=1).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while found - before > _SECOND:
        middle = before + (found - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            found = middle
    return found.replace(microsecond=0)


def _length(shift: Shift) -> timedelta:
    begins, ends = (datetime.combine(date.min, at) for at in (shift.begins, shift.ends))
    return ends - begins if begins < ends else ends + _DAY - begins
