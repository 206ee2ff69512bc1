"""Dates, times, ages, durations, numbers and units as they are read on the screen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from resources.catalogue import Catalogue

Day = date
"""The type; within `Formats` the name `date` is a way of writing."""

NO_BREAK = "\N{NO-BREAK SPACE}"
"""Between a number and its unit, so that a line never ends between them (CUI MEDi-041, 021)."""

DASH = "—"
"""Unknown in a table; the reason stands in the hover."""

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_NEONATE_DAYS = 28
_HOURS_UNTIL = timedelta(hours=48)
_YEARS_AND_MONTHS_UNTIL = 6

_UNIT_CODES: Final = {
    "ug": "unit.microgram", "mcg": "unit.microgram", "µg": "unit.microgram",
    "μg": "unit.microgram", "ng": "unit.nanogram",
    "U": "unit.unit", "[U]": "unit.unit", "IU": "unit.international",
    "[IU]": "unit.international", "[iU]": "unit.international", "k[IU]": "unit.kilo_international",
    "{tbl}": "unit.tablet", "{tablet}": "unit.tablet", "{capsule}": "unit.capsule",
    "{drop}": "unit.drop", "[drp]": "unit.drop", "{puff}": "unit.puff", "{patch}": "unit.patch",
    "{ampule}": "unit.ampoule", "{vial}": "unit.vial", "{bag}": "unit.bag", "{dose}": "unit.dose",
}  # fmt: skip
_UNIT_SIGNS: Final = {
    "cc": "mL", "ml": "mL", "cm3": "mL", "l": "L", "mm[Hg]": "mmHg", "cm[H2O]": "cmH2O",
    "Cel": "°C", "10*9/L": "\u00d710⁹/L", "10*12/L": "\u00d710¹²/L", "10*6/L": "\u00d710⁶/L",
    "10*3/uL": "\u00d710³/µL", "umol/L": "µmol/L", "uL": "µL", "{score}": "", "1": "",
}  # fmt: skip
_TIME_CODES: Final = {
    "s": "unit.second", "min": "unit.minute", "h": "unit.hour", "d": "unit.day", "wk": "unit.week",
}  # fmt: skip
_LABORATORY_DENOMINATORS = frozenset({"L", "l", "mL", "ml", "dL", "dl", "mmol", "mol", "g{creat}"})
_MOST_DAYS = 4096
_UNITS_OF_ACTIVITY = frozenset({"U", "[U]", "IU", "[IU]", "[iU]"})


@dataclass(frozen=True, slots=True)
class Formats:
    """Writes values for the eye, in one language and one time zone.

    The forms are those of the NHS Common User Interface (D+T, MEDi) with the hospital's
    adaptations for Chinese: `24-Nov-2026 14:02` and `2026-11-24 14:02`, always 24 hours.
    """

    words: Catalogue
    zone: ZoneInfo
    _written: dict[tuple[str, Day], str] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    # -- dates and times

    def date(self, day: Day | datetime) -> str:
        """`24-Nov-2026`, `2026-11-24`; an aware datetime is taken in the configured zone."""
        return self._kept("date.full", day)

    def day(self, day: Day | datetime) -> str:
        """`24-Nov`, `11-24`: only where the year stands beside it."""
        return self._kept("date.day", day)

    def _kept(self, code: str, day: Day | datetime) -> str:
        """A long list says the same few days a thousand times."""
        local = self.local(day).date() if isinstance(day, datetime) else day
        found = self._written.get((code, local))
        if found is None:
            if len(self._written) >= _MOST_DAYS:
                self._written.clear()
            found = self._written[code, local] = self._write_day(code, local)
        return found

    def _write_day(self, code: str, local: Day) -> str:
        return self.words.text(
            code,
            year=f"{local.year:04d}",
            month=f"{local.month:02d}",
            **{"@name": f"month.{local.month}"},
            day=f"{local.day:02d}",
        )

    def time(self, at: datetime, *, seconds: bool = False) -> str:
        """`14:02`, or `14:02:11`."""
        local = self.local(at)
        said = f"{local.hour:02d}:{local.minute:02d}"
        return f"{said}:{local.second:02d}" if seconds else said

    def moment(self, at: datetime | None, *, seconds: bool = False) -> str:
        """Date and time; nothing recorded is said in words (CUI D+Tb-0011)."""
        if at is None:
            return self.words.text("value.not_recorded")
        return f"{self.date(at)} {self.time(at, seconds=seconds)}"

    def partial(self, text: str | None) -> str:
        """A FHIR date of any precision (R4 §2.24.0.1 `date`): no day is invented."""
        found = _PARTIAL.match(text or "")
        if found is None:
            return self.words.text("value.not_recorded")
        year, month, day = found.groups()
        if month is None:
            return year
        if day is None:
            return self.words.text(
                "date.month", year=year, month=month, **{"@name": f"month.{int(month)}"}
            )
        return self.date(Day(int(year), int(month), int(day)))

    def local(self, at: datetime) -> datetime:
        """`at` in the configured zone.

        Raises:
            ValueError: `at` has no time zone; guessing one would move a dose.
        """
        if at.tzinfo is None:
            raise ValueError("a time without a zone cannot be shown")
        return at.astimezone(self.zone)

    def ago(self, at: datetime, now: datetime) -> str:
        """`4 min ago`; show the moment itself on hover."""
        if at > now:
            return self.words.text("time.in", span=self.span(at - now))
        return self.words.text("time.ago", span=self.span(now - at))

    def span(self, length: timedelta) -> str:
        """A duration in whole units, largest first, two at most (CUI D+Tb-0018)."""
        minutes = int(abs(length).total_seconds() // 60)
        days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
        if minutes == 0:
            return self.words.text("span.under_a_minute")
        pairs = (("span.days", days), ("span.hours", hours), ("span.minutes", rest))
        first = next(i for i, (_, n) in enumerate(pairs) if n)
        return self._joined(*pairs[first : first + 2])

    # -- ages

    def age(self, born: Day | datetime | str | None, at: datetime) -> str:
        """The age in at most two units (CUI MPB-0032 and its carry-over).

        Newborns in hours (when the hour is known) and days, then months and days, under six years
        years and months, then years. A birth date of which only the year or month is known gives
        an age marked as approximate.
        """
        if born is None:
            return self.words.text("value.not_recorded")
        if isinstance(born, str):
            return self._age_of_partial(born, at)
        if isinstance(born, datetime):
            lived = at - born
            if timedelta(0) <= lived < _HOURS_UNTIL:
                return self._joined(("age.hours", int(lived.total_seconds() // 3600)))
            born = self.local(born).date()
        return self._age_of_day(born, self.local(at).date())

    def _age_of_partial(self, text: str, at: datetime) -> str:
        found = _PARTIAL.fullmatch(text)
        if found is None:
            return self.words.text("value.not_recorded")
        year, month, day = (int(part) if part else None for part in found.groups())
        if year is not None and month is not None and day is not None:
            return self._age_of_day(Day(year, month, day), self.local(at).date())
        years = self.local(at).year - int(year or 0)
        return self.words.text("age.approximate", age=self._joined(("age.years", years)))

    def _age_of_day(self, born: Day, today: Day) -> str:
        if born > today:
            return self.words.text("age.impossible")
        lived = (today - born).days
        if lived < _NEONATE_DAYS:
            return self._joined(("age.days", lived))
        months, days = _months_and_days(born, today)
        years = months // 12
        if years >= _YEARS_AND_MONTHS_UNTIL:
            return self._joined(("age.years", years))
        if years:
            return self._joined(("age.years", years), ("age.months", months % 12))
        if not months:
            return self._joined(("age.days", lived))
        return self._joined(("age.months", months), ("age.days", days))

    def _joined(self, *parts: tuple[str, int]) -> str:
        said = [self.words.text(code, count=n) for code, n in parts if n]
        if not said:
            code, n = parts[0]
            return self.words.text(code, count=n)
        return self.words.text("span.joint").join(said)

    # -- numbers and units

    def number(self, value: Decimal | float) -> str:
        """No trailing zero, a leading zero, a comma from 1,000 (CUI MEDi-042, 043, 044)."""
        exact = _exact(value)
        text = f"{exact:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def measured(self, value: Decimal | float) -> str:
        """A result in the precision it was recorded with (CUI GTAB-054)."""
        return f"{_exact(value):,f}"

    def unit(self, unit: str) -> str:
        """`unit` (UCUM or as written) in the spelling that cannot be misread.

        Microgram, units and international units are spelled out (CUI do-not-use list); the
        official slash of a laboratory unit stays.
        """
        if unit in _UNIT_SIGNS:
            return _UNIT_SIGNS[unit]
        over, *under = unit.split("/")
        if over in _UNITS_OF_ACTIVITY and under and under[0] in _LABORATORY_DENOMINATORS:
            return unit.replace("[iU]", "IU").replace("[IU]", "IU").replace("[U]", "U")
        return "/".join((self._unit_word(over), *(_UNIT_SIGNS.get(part, part) for part in under)))

    def quantity(self, value: Decimal | float | None, unit: str) -> str:
        """A number with its unit; an amount in 万单位 keeps the plain number beside it."""
        if value is None:
            return self.words.text("value.not_recorded")
        return self._with_unit(self.number(value), value, unit, self.unit(unit))

    def result(self, value: Decimal | float | None, unit: str) -> str:
        """A measured value with its unit, in its recorded precision."""
        if value is None:
            return self.words.text("value.not_recorded")
        return self._with_unit(self.measured(value), value, unit, self.unit(unit))

    def dose(self, value: Decimal | float | None, unit: str) -> str:
        """An amount for a medication line: no slash, no abbreviation of a unit of activity.

        `5 microgram per kg per minute`, `5 微克每kg每分钟` (CUI MEDi-026, MEDi-046).
        """
        if value is None:
            return self.words.text("value.not_recorded")
        over, *under = unit.split("/")
        per = self.words.text("unit.per")
        spelled = [self._unit_word(over)]
        spelled += [
            self.words.text(_TIME_CODES[p]) if p in _TIME_CODES else self._unit_word(p)
            for p in under
        ]
        return self._with_unit(self.number(value), value, unit, per.join(spelled))

    def _with_unit(self, number: str, value: Decimal | float, unit: str, spelled: str) -> str:
        if not spelled:
            return number
        joint = "" if spelled == "%" else NO_BREAK
        plain = f"{number}{joint}{spelled}"
        if unit in _UNITS_OF_ACTIVITY and _exact(value) >= 10_000:
            wan = self.number(_exact(value) / 10_000)
            return self.words.text("unit.wan", plain=plain, wan=wan, unit=spelled)
        return plain

    def _unit_word(self, unit: str) -> str:
        if unit in _UNIT_CODES:
            return self.words.text(_UNIT_CODES[unit])
        return _UNIT_SIGNS.get(unit, unit)


def _exact(value: Decimal | float) -> Decimal:
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return abs(exact) if exact.is_zero() else exact


def _months_and_days(born: Day, today: Day) -> tuple[int, int]:
    months = (today.year - born.year) * 12 + today.month - born.month
    if today.day < born.day:
        months -= 1
    return months, (today - _after_months(born, months)).days


def _after_months(born: date, months: int) -> date:
    year, month = divmod(born.year * 12 + born.month - 1 + months, 12)
    first_of_next = datetime(year + month // 11, (month + 1) % 12 + 1, 1, tzinfo=UTC)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(born.day, last))
