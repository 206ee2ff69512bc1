"""Critical values (危急值): reported, read back, taken note of, and handed up when nobody does.

The times are those of the pack. Nothing here says that a value is critical: the laboratory did, or
it lies outside the limits of the hospital's own table, and then that is what is said.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.domain.patients import PatientRecord, Stay
from app.domain.people import Role
from app.domain.quantities import spelled
from app.domain.results import Acknowledged, Observed, Value
from app.domain.terms import Ref


class Stage(enum.Enum):
    """What it waits for."""

    READ_BACK = "read-back"
    PHYSICIAN = "physician"
    """Somebody who may take note of a result."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Somebody repeated the value to whoever reported it.

    Attributes:
        reporter: Who reported it, in the words of who heard it.
        heard: The value as it was repeated.
    """

    by: str
    at: datetime
    reporter: str
    heard: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """Somebody else was asked.

    Attributes:
        task: The question.
        role: Whose.
        by: Who asked; "" for the program.
        open: It is not answered.
    """

    task: Ref
    role: str
    at: datetime | None
    by: str
    open: bool


@dataclass(frozen=True, slots=True)
class Level:
    """Who is asked, and how long after a time has passed."""

    number: int
    role: Role
    after: timedelta


@dataclass(frozen=True, slots=True)
class CriticalRules:
    """The times of the pack.

    Attributes:
        handed_up: What is known for longer than this is listed as overdue, and nobody is asked by
            the program: what came before it was installed would ask about everybody at once.
    """

    read_back: timedelta
    handled: timedelta
    listed: timedelta
    unflagged: timedelta
    handed_up: timedelta = timedelta(hours=24)
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class CriticalValue:
    """One critical result of one patient, and what became of it.

    Attributes:
        flagged: The laboratory said that it is critical; else it lies outside the hospital's table.
        task: The task in which somebody is asked to take note of it, if any.
        unsent: Something of it exists on this workstation only.
    """

    patient: PatientRecord
    stay: Stay
    observed: Observed
    flagged: bool = True
    read_back: ReadBack | None = None
    acknowledged: Acknowledged | None = None
    task: Ref | None = None
    escalations: tuple[Escalation, ...] = ()
    unsent: bool = False

    @property
    def ref(self) -> Ref:
        return Ref(f"Observation/{self.observed.id}")

    @property
    def known_since(self) -> datetime | None:
        """When the laboratory made it known: from then on the time runs."""
        return self.observed.issued or self.observed.at

    @property
    def stage(self) -> Stage:
        """What was taken note of needs no read-back any more: somebody acts on it already."""
        if self.acknowledged is not None:
            return Stage.DONE
        return Stage.PHYSICIAN if self.read_back is not None else Stage.READ_BACK

    def due(self, rules: CriticalRules) -> datetime | None:
        """Until when what it waits for shall be done; None when it is done or has no time."""
        if self.acknowledged is not None:
            return None
        if self.read_back is not None:
            return self.read_back.at + rules.handled
        since = self.known_since
        return since + rules.read_back if since is not None else None

    def is_overdue(self, rules: CriticalRules, now: datetime) -> bool:
        """Also when nobody knows since when it is known: that is no reason to wait."""
        due = self.due(rules)
        return self.stage is not Stage.DONE and (due is None or due < now)

    def next_level(self, rules: CriticalRules, now: datetime) -> Level | None:
        """The highest level whose time has come and that was not asked yet."""
        known = self.known_since
        if not self.is_overdue(rules, now) or (known and known < now - rules.handed_up):
            return None
        since = self.due(rules) or now
        asked = {one.role for one in self.escalations}
        reached = [one for one in rules.levels if since + one.after <= now]
        return next((one for one in reached if one.role.value not in asked), None)


def written(value: Value) -> str:
    """The value as it is read aloud: `>` 6.9 mmol/L, or its words."""
    if value.number is None:
        return value.text
    unit = value.unit or spelled(value.unit_code)
    return f"{value.comparator}{value.number.normalize():f} {unit}".strip()


_HEARD = re.compile(r"([<>]=?)?\s*([+-]?\d+(?:[.,]\d+)?)\s*(.*)")


def heard_right(value: Value, heard: str) -> bool:
    """Whether somebody repeated what was recorded.

    A number must be the same number, with the same `<` or `>`; a unit may be left out and must not
    be another one. Words must be the same words. A decimal comma is one.
    """
    text = " ".join(heard.split())
    if value.number is None:
        return bool(text) and text.casefold() == " ".join(value.text.split()).casefold()
    found = _HEARD.fullmatch(text)
    if found is None or (found[1] or "") != value.comparator:
        return False
    number = Decimal(found[2].replace(",", "."))
    known = {value.unit, value.unit_code, spelled(value.unit_code)}
    return number == value.number and (not found[3] or _plain(found[3]) in map(_plain, known))


def _plain(unit: str) -> str:
    return unit.replace("μ", "u").replace("µ", "u").replace(" ", "").casefold()
