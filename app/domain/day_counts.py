"""How many doses on which day: the points of the ward's list after the start and before the stop.

A dose at 24:00 is counted on the day that ends with it, as the ward's sheet shows it
(clinical norm: it belongs to the earlier chart day visually, to the next date in storage).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from app.domain.schedule import Rhythm, day_over, due_times, first_day_times
from app.kernel.faults import Message

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)

LONGEST = timedelta(days=366)
"""A longer plan is not laid out day by day: nobody would read it, and it is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """The doses of one ward day; `times` are UTC, rising."""

    day: date
    times: tuple[datetime, ...]

    @property
    def count(self) -> int:
        return len(self.times)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the form shows of both ends of an order.

    Attributes:
        natural: Points of the ward's list on the first day, after the start and before the end.
        least: The fewest doses the first day may be given.
        most: The most: with "first dose now" one more than natural, where that adds one.
        first: As chosen, or `natural`.
        last: Doses of the last day; None while the order has no end.
        most_last: The most the last day may be given; None while the order has no end.
    """

    natural: int
    least: int
    most: int
    first: int
    last: int | None = None
    most_last: int | None = None


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The doses of an order with an end, day by day.

    Attributes:
        days: From the day of the start to the day of the stop, also those without a dose.
        full_first: Doses of the first day, had the order held all day long.
        gap: From "first dose now" to the dose after it; None without either.
    """

    days: tuple[DayCount, ...]
    full_first: int
    gap: timedelta | None = None

    @property
    def total(self) -> int:
        return sum(day.count for day in self.days)

    @property
    def first(self) -> DayCount:
        return self.days[0]

    @property
    def last(self) -> DayCount:
        return self.days[-1]

    @property
    def said(self) -> tuple[Message, ...]:
        """For the form: both ends and the sum, and what is worth a second look."""
        first, *rest = self.said_of_first
        whole = Message.of(
            "arithmetic.days", last=self.last.count, total=self.total, days=len(self.days)
        )
        return (first, whole, *rest)

    @property
    def said_of_first(self) -> tuple[Message, ...]:
        """The same of the first day alone: for an order that holds until somebody stops it."""
        found = [Message.of("arithmetic.first-day", first=self.first.count, full=self.full_first)]
        if self.first.count > self.full_first:
            found.append(
                Message.of(
                    "arithmetic.first-day-over", first=self.first.count, full=self.full_first
                )
            )
        if self.gap is not None:
            minutes = self.gap // timedelta(minutes=1)
            found.append(Message.of("arithmetic.now-and-next", minutes=minutes))
        return tuple(found)


def ends_after(starts: datetime, days: int, zone: tzinfo) -> datetime:
    """The same ward time `days` later: a day is a day, also when the clock changes in it.

    Raises:
        ValueError: Fewer than one day, or beyond the end of time.
    """
    if days < 1:
        raise ValueError("a course lasts a day at least")
    try:
        return (starts.astimezone(zone) + timedelta(days=days)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a course ends before the year 10000") from error


def as_chosen(
    rhythm: Rhythm,
    starts: datetime,
    stops: datetime | None,
    zone: tzinfo,
    first_day: int | None,
) -> Rhythm | Message:
    """The rhythm with `first_day` doses on the first day, or why it cannot have so many.

    Fewer than the list gives leaves out the earliest ones; one more is "first dose now", given at
    the start (clinical norm: the doctor may raise the first-day count). More has no time of day,
    and a dose without one is nobody's.

    Args:
        rhythm: What the frequency says.
        starts: When the order begins to hold.
        stops: When it ends by itself; None holds until it is stopped.
        zone: The ward's time zone.
        first_day: Doses of the first day; None is as listed.
    """
    if first_day is None:
        return rhythm
    natural = len(first_day_times(rhythm, starts, zone, stops))
    least, most = _bounds(rhythm, starts, stops, zone)
    if not least <= first_day <= most:
        return Message.of("arithmetic.first-day-not", number=first_day, least=least, most=most)
    return replace(rhythm, skipped=max(0, natural - first_day), at_start=first_day > natural)


def counts(
    rhythm: Rhythm,
    starts: datetime,
    stops: datetime | None,
    zone: tzinfo,
    first_day: int | None = None,
) -> Counts | Message:
    """Both ends of an order in numbers, or why they cannot be as chosen. Arguments: `as_chosen`."""
    chosen = as_chosen(rhythm, starts, stops, zone, first_day)
    if isinstance(chosen, Message):
        return chosen
    natural = len(first_day_times(rhythm, starts, zone, stops))
    least, most = _bounds(rhythm, starts, stops, zone)
    first = natural if first_day is None else first_day
    if stops is None:
        return Counts(natural, least, most, first)
    if stops <= starts:
        return Message.of("order.ends-before-start")
    points = _last_points(chosen, starts, stops, zone)
    given = [at for at in points if at < stops]
    return Counts(natural, least, most, first, len(given), len(points))


def end_for(
    rhythm: Rhythm,
    starts: datetime,
    stops: datetime,
    zone: tzinfo,
    last_day: int,
) -> datetime | Message:
    """When an order must end for its last day to have so many doses; the day itself stays.

    It is the point of the list that is given no more, or 24:00 of that day: what is due at 24:00
    is the stop's own instant and counts no more.

    Args:
        rhythm: What the frequency says, with what was chosen about the first day.
        starts: When the order begins to hold.
        stops: When it ends as yet; its day is the last one.
        zone: The ward's time zone.
        last_day: Doses of that day.
    """
    if stops <= starts:
        return Message.of("order.ends-before-start")
    points = _last_points(rhythm, starts, stops, zone)
    day = max(starts.astimezone(zone).date(), _chart_day(stops, zone))
    # On a day that is the first one, too, an order without a dose would be none.
    least = int(day == starts.astimezone(zone).date() and bool(points))
    if not least <= last_day <= len(points):
        return Message.of("arithmetic.last-day-not", number=last_day, least=least, most=len(points))
    return points[last_day] if last_day < len(points) else _midnight(day + _DAY, zone)


def day_plan(
    rhythm: Rhythm,
    starts: datetime,
    stops: datetime,
    zone: tzinfo,
    first_day: int | None = None,
) -> DayPlan | Message:
    """The doses from `starts` to before `stops`, or why they are not what was chosen.

    Args:
        rhythm: What the frequency says.
        starts: When the order begins to hold; a point of the list at this instant counts.
        stops: When it ends; a point of the list at this instant does not count.
        zone: The ward's time zone.
        first_day: Doses of the first day; None is as listed.
    """
    if stops <= starts:
        return Message.of("order.ends-before-start")
    if stops - starts > LONGEST:
        return Message.of("arithmetic.plan-too-long", days=LONGEST.days)
    chosen = as_chosen(rhythm, starts, stops, zone, first_day)
    if isinstance(chosen, Message):
        return chosen
    first = starts.astimezone(zone).date()
    times = due_times(chosen, starts, starts, stops, zone)
    last = max(first, _chart_day(stops, zone))
    days = [DayCount(first + n * _DAY, ()) for n in range((last - first).days + 1)]
    for at in times:
        place = max(0, (_chart_day(at, zone) - first).days)
        days[place] = DayCount(days[place].day, (*days[place].times, at))
    gap = times[1] - times[0] if chosen.at_start and len(times) > 1 else None
    return DayPlan(tuple(days), full_day(rhythm, first, zone), gap)


def full_day(rhythm: Rhythm, day: date, zone: tzinfo) -> int:
    """Doses of a first day on which the order holds from its beginning to 24:00, both counted."""
    begins, ends = (_midnight(one, zone) for one in (day, day + _DAY))
    found = due_times(rhythm, begins, begins, ends + _INSTANT, zone)
    # 00:00 and 24:00 of one day are the same point of the list.
    return len(found) - int(len(found) > 1 and (found[0], found[-1]) == (begins, ends))


def _bounds(
    rhythm: Rhythm, starts: datetime, stops: datetime | None, zone: tzinfo
) -> tuple[int, int]:
    """The fewest and the most doses of the first day.

    None at all is possible where a later day has some: an order without a dose is none.
    """
    listed = first_day_times(rhythm, starts, zone, stops)
    over = day_over(starts, zone) + _INSTANT
    later = stops is None or bool(due_times(rhythm, starts, over, stops, zone))
    goes_on = later and not rhythm.once
    now_is_more = starts.astimezone(UTC) not in listed
    return min(len(listed), int(not goes_on)), len(listed) + int(now_is_more)


def _last_points(
    rhythm: Rhythm, starts: datetime, stops: datetime, zone: tzinfo
) -> tuple[datetime, ...]:
    """The points of the ward day in which an order ends, those before its 24:00."""
    first = starts.astimezone(zone).date()
    last = max(first, _chart_day(stops, zone))
    begins = starts if last == first else _midnight(last, zone) + _INSTANT
    return due_times(rhythm, starts, begins, _midnight(last + _DAY, zone), zone)


def _chart_day(at: datetime, zone: tzinfo) -> date:
    """The day of the ward's sheet: midnight is 24:00 of the day before."""
    return (at.astimezone(zone) - _INSTANT).date()


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
