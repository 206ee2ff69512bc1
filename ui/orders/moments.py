"""Reads a date and time as it is typed in a hurry; what can be meant in two ways is not read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from app.kernel.faults import Message

_NOW = frozenset({"", "now", "现在", "立即"})
_DAYS = {
    "today": 0, "今天": 0, "今日": 0,
    "tomorrow": 1, "tmr": 1, "明天": 1, "明日": 1,
    "后天": 2,
}  # fmt: skip
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_AFTER_NOON = frozenset({"pm", "下午", "晚上"})
_LATER = re.compile(
    r"\+\s*(?:(?P<days>\d{1,2})\s*d)?\s*(?:(?P<hours>\d{1,3})\s*h)?\s*(?:(?P<minutes>\d{1,3})\s*min)?"
)
_LATER_ZH = re.compile(
    r"(?:(?P<days>\d{1,2})天)?(?:(?P<hours>\d{1,3})个?小时)?(?:(?P<minutes>\d{1,3})分钟)?(?:以?后)"
)
_CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?:\s*(?P<half>am|pm))?")
_CLOCK_EN = re.compile(r"(?P<hour>\d{1,2})\s*(?P<half>am|pm)")
_CLOCK_ZH = re.compile(
    r"(?P<half>上午|下午|晚上)?(?P<hour>\d{1,2})[点时](?:(?P<minute>\d{1,2})分?|(?P<thirty>半))?"
)
_HOUR = re.compile(r"(?P<hour>\d{1,2})")
_WORD = re.compile("|".join(sorted(_DAYS, key=len, reverse=True)))
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_ENGLISH = re.compile(r"(?P<day>\d{1,2})-(?P<name>[a-z]{3})(?:-(?P<year>\d{4}))?")
_CHINESE = re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]")

Parts = dict[str, str | None]


def moment_of(typed: str, now: datetime, zone: tzinfo) -> datetime | Message | None:
    """The moment in UTC; None is now; a message says why it cannot be read.

    Read are `14:00`, `2pm`, `下午2点`, `14点半`; with a day before it `tomorrow 8`, `明天8点`,
    `25-Nov 08:00`, `2026-11-25 08:00`, `11月25日8点`; and `+2h`, `+1d`, `+90min`, `2小时后`.
    A time without a day is of today, also when it has passed: it is not turned into tomorrow.

    Args:
        typed: As it stands in the field.
        now: When it was typed.
        zone: The ward's time zone.
    """
    text = " ".join(typed.casefold().replace("：", ":").split())
    if text in _NOW:
        return None
    later = _LATER.fullmatch(text) or _LATER_ZH.fullmatch(text.replace(" ", ""))
    if later is not None and any(later.groupdict().values()):
        return _minute(now + timedelta(**_numbers(later.groupdict()))).astimezone(UTC)
    here = now.astimezone(zone)
    day, rest = _day(text, here.date())
    if isinstance(day, Message):
        return day
    if day is not None and not rest:
        return Message.of("order_times.no_time")
    clock = _clock(rest, with_day=day is not None)
    return clock if isinstance(clock, Message) else _at(day or here.date(), clock, zone)


def typed_form(at: datetime, zone: tzinfo) -> str:
    """The moment as it can be typed and is read again, in every language: `2026-11-25 08:00`."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _minute(at: datetime) -> datetime:
    """Orders are timed to the minute (病历书写基本规范, Art. 28)."""
    return at.replace(second=0, microsecond=0)


def _day(text: str, today: date) -> tuple[date | Message | None, str]:
    """The day that stands first, and what follows it; None when none is said."""
    word = _WORD.match(text)
    if word is not None:
        return today + timedelta(days=_DAYS[word.group()]), text[word.end() :].strip()
    for pattern, month in ((_ISO, _numbered), (_ENGLISH, _named), (_CHINESE, _numbered)):
        found = pattern.match(text)
        if found is not None:
            return _dated(found.groupdict(), month, today), text[found.end() :].strip()
    return None, text


def _dated(parts: Parts, month: Callable[[Parts], int], today: date) -> date | Message:
    try:
        return date(int(parts["year"] or today.year), month(parts), int(parts["day"] or 0))
    except ValueError:
        return Message.of("order_times.no_such_day")


def _numbered(parts: Parts) -> int:
    return int(parts["month"] or 0)


def _named(parts: Parts) -> int:
    """Raises `ValueError` for what is no month."""
    return _MONTHS.index(parts["name"] or "") + 1


def _clock(text: str, *, with_day: bool) -> tuple[int, int] | Message:
    """Hour, up to 24, and minute. A bare number is an hour only behind a day: `tomorrow 8`."""
    patterns = (_CLOCK, _CLOCK_EN, _CLOCK_ZH, *((_HOUR,) if with_day else ()))
    found = next((one for pattern in patterns if (one := pattern.fullmatch(text))), None)
    if found is None:
        return Message.of("order_times.not_read")
    parts = found.groupdict()
    hour = int(parts["hour"])
    minute = 30 if parts.get("thirty") else int(parts.get("minute") or 0)
    half = parts.get("half")
    if half is not None:
        # 12 am and 下午12点 mean two things to two people.
        if not 1 <= hour <= 11:
            return Message.of("order_times.not_read")
        hour += 12 * (half in _AFTER_NOON)
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        return Message.of("order_times.not_read")
    return hour, minute


def _at(day: date, clock: tuple[int, int], zone: tzinfo) -> datetime | Message:
    """24:00 is 00:00 of the next date. An hour that the clock skips or brings twice is not read."""
    hour, minute = clock
    day += timedelta(days=hour // 24)
    local = datetime.combine(day, time(hour % 24, minute), zone)
    found = local.astimezone(UTC)
    again = found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)
    if not again or local.utcoffset() != local.replace(fold=1).utcoffset():
        return Message.of("order_times.clock_changes")
    return found


def _numbers(parts: Parts) -> dict[str, int]:
    return {name: int(value) for name, value in parts.items() if value}
