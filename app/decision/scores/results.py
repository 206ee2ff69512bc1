"""What is put into a score, and what comes out: a total, what is lacking, or why it is not for."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.decision.scores.tables import Grade, Origin
from app.domain.quantities import Quantity
from app.domain.terms import Named


@dataclass(frozen=True, slots=True)
class Answer:
    """What the chart or a clinician says to an item.

    Attributes:
        value: A quantity as recorded, or the code of an option; `yes` or `no` for a flag.
        at: When it was true: the time of the measurement, not of its recording.
    """

    value: Quantity | str
    at: datetime


class Lack(enum.Enum):
    """Why an item gives nothing to count."""

    MISSING = "missing"
    STALE = "stale"
    LATER = "later"
    """Its time lies after now: a clock or an entry is wrong."""
    UNIT = "unit"
    IMPLAUSIBLE = "implausible"
    UNKNOWN_ANSWER = "unknown-answer"
    UNTESTABLE = "untestable"
    UNBANDED = "unbanded"
    """The table has no band for it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An item that could not be counted.

    Attributes:
        at: Time of the answer, None where there is none.
        mark: In place of the points: `T` for a tube.
    """

    item: str
    lack: Lack
    at: datetime | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Used:
    """An input as it was counted, with the answer it was read from."""

    item: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Taken:
    """What holds by the publication where nobody says otherwise: scale 1 of NEWS2."""

    item: str
    answer: str
    why: Named


@dataclass(frozen=True, slots=True)
class Subscore:
    """Points of a part.

    Attributes:
        by: The item that decided; "" for a step of a formula.
    """

    part: str
    points: Decimal
    by: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """A total.

    Attributes:
        band: What it means; None where the publication says nothing.
        without: Items that may be left out and were; they could have raised it.
    """

    score: str
    origin: Origin
    total: Decimal
    unit: str
    subscores: tuple[Subscore, ...]
    band: Grade | None
    inputs: tuple[Used, ...]
    without: tuple[Problem, ...] = ()
    taken: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class Incomplete:
    """No total, because of `problems`; what could be counted is shown."""

    score: str
    origin: Origin
    problems: tuple[Problem, ...]
    subscores: tuple[Subscore, ...]
    inputs: tuple[Used, ...]
    taken: tuple[Taken, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        return self.lacking(Lack.MISSING)

    @property
    def stale(self) -> tuple[str, ...]:
        return self.lacking(Lack.STALE)

    def lacking(self, lack: Lack) -> tuple[str, ...]:
        """Items with this kind of problem."""
        return tuple(one.item for one in self.problems if one.lack is lack)


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The score is not for this patient."""

    score: str
    origin: Origin
    why: tuple[Named, ...]
    inputs: tuple[Used, ...]


Result = Scored | Incomplete | NotApplicable
