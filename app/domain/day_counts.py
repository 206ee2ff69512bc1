"""How many doses on which day: the points of the ward's list after the start and before the stop.

A dose at 24:00 is counted on the day that ends with it, as the ward's sheet shows it
(clinical norm: it belongs to the earlier chart day visually, to the next date in storage).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from app.domain.schedule import Rhythm, due_times
from app.kernel.faults import Message

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)

LONGEST = timedelta(days=366)
"""A longer plan is not laid out day by day: nobody would read it, and it is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """The doses of one ward day.

    Attributes:
        times: That have a time; UTC, rising.
        without_time: Raised by hand beyond the list: the ward decides when.
    """

    day: date
    times: tuple[datetime, ...]
    without_time: int = 0

    @property
    def count(self) -> int:
        return len(self.times) + self.without_time


@dataclass(frozen=True, slots=True)
class Choice:
    """What the doctor says about the ends of a plan.

    Attributes:
        first_now: One dose at the start, whatever the list says.
        first_day: Doses of the first day, more than the list gives; None is as listed.
        last_day: Doses of the last day, fewer than the list gives; None is as listed.
    """

    first_now: bool = False
    first_day: int | None = None
    last_day: int | None = None


AS_LISTED = Choice()


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
        if self.first.without_time:
            found.append(Message.of("arithmetic.first-day-untimed", number=self.first.without_time))
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


def day_plan(
    rhythm: Rhythm,
    starts: datetime,
    stops: datetime,
    zone: tzinfo,
    choice: Choice = AS_LISTED,
) -> DayPlan | Message:
    """The doses from `starts` to before `stops`, or why they are not what was chosen.

    Args:
        rhythm: What the frequency says.
        starts: When the order begins to hold; a point of the list at this instant counts.
        stops: When it ends; a point of the list at this instant does not count.
        zone: The ward's time zone.
        choice: What the doctor says about the first and the last day.
    """
    if stops <= starts:
        return Message.of("order.ends-before-start")
    if stops - starts > LONGEST:
        return Message.of("arithmetic.plan-too-long", days=LONGEST.days)
    first = starts.astimezone(zone).date()
    listed = due_times(rhythm, starts, starts, stops, zone)
    times = listed
    if choice.first_now:
        times = tuple(sorted({starts.astimezone(UTC), *listed}))
    last = max(first, _chart_day(stops, zone))
    days = [DayCount(first + n * _DAY, ()) for n in range((last - first).days + 1)]
    for at in times:
        place = max(0, (_chart_day(at, zone) - first).days)
        days[place] = DayCount(days[place].day, (*days[place].times, at))
    gap = times[1] - times[0] if choice.first_now and len(times) > 1 else None
    return _chosen(DayPlan(tuple(days), full_day(rhythm, first, zone), gap), choice)


def full_day(rhythm: Rhythm, day: date, zone: tzinfo) -> int:
    """Doses of a first day on which the order holds from its beginning to 24:00, both counted."""
    begins, ends = (_midnight(one, zone) for one in (day, day + _DAY))
    found = due_times(rhythm, begins, begins, ends + _INSTANT, zone)
    # 00:00 and 24:00 of one day are the same point of the list.
    return len(found) - int(len(found) > 1 and (found[0], found[-1]) == (begins, ends))


def _chosen(plan: DayPlan, choice: Choice) -> DayPlan | Message:
    days = list(plan.days)
    if choice.first_day is not None:
        listed = days[0].count
        most = max(plan.full_first, listed)
        if not listed <= choice.first_day <= most:
            return Message.of(
                "arithmetic.first-day-not", number=choice.first_day, least=listed, most=most
            )
        days[0] = DayCount(days[0].day, days[0].times, choice.first_day - listed)
    if choice.last_day is not None:
        listed = days[-1].count
        if len(days) == 1 or not 0 <= choice.last_day <= listed:
            return Message.of("arithmetic.last-day-not", number=choice.last_day, most=listed)
        days[-1] = DayCount(days[-1].day, days[-1].times[: choice.last_day])
    return DayPlan(tuple(days), plan.full_first, plan.gap)


def _chart_day(at: datetime, zone: tzinfo) -> date:
    """The day of the ward's sheet: midnight is 24:00 of the day before."""
    return (at.astimezone(zone) - _INSTANT).date()


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
