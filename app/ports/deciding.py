"""What decision support reads of a chart, and where it keeps what it said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.domain.chart import Problem
from app.domain.decision_events import DecisionEvent
from app.domain.orders import Order
from app.domain.patients import Allergy, AllergyState, PatientRecord
from app.domain.quantities import Quantity
from app.domain.skin_tests import SkinResult
from app.domain.terms import PatientId, Term


@dataclass(frozen=True, slots=True)
class Measurement:
    """A value of the chart with its time; `at` is None where the record has only a day."""

    quantity: Quantity
    at: datetime | None


@dataclass(frozen=True, slots=True)
class GivenDrug:
    """A drug of which doses are recorded as given, and when the last of them was."""

    item: Term
    last: datetime


@dataclass(frozen=True, slots=True)
class Stated:
    """The newest answer to a yes-or-no question; None where it is neither, or in words only."""

    answer: bool | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Charted:
    """What the cache has of one patient, from one snapshot.

    Attributes:
        as_of: Until when the chart is complete; None when it never came whole.
        measured: By LOINC code, newest first.
        pregnancy, breastfeeding: None where nobody has been asked.
        orders: Medication orders that hold, and those that ended lately.
        given: Doses that were given before the moment asked for.
    """

    as_of: datetime | None
    patient: PatientRecord | None
    allergy_state: AllergyState
    allergies: tuple[Allergy, ...] = ()
    measured: Mapping[str, tuple[Measurement, ...]] = field(default_factory=dict)
    orders: tuple[Order, ...] = ()
    given: tuple[GivenDrug, ...] = ()
    problems: tuple[Problem, ...] = ()
    skin_tests: tuple[SkinResult, ...] = ()
    pregnancy: Stated | None = None
    breastfeeding: Stated | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a chart.

    Attributes:
        codes: LOINC codes of the measurements.
        ended_since: Orders that ended before this are left out.
        given_before: Doses after this are left out: what was just given proves nothing yet.
    """

    codes: tuple[str, ...]
    ended_since: datetime
    given_before: datetime


class ChartedReads(Protocol):
    def charted(self, patient: PatientId, wanted: Wanted) -> Charted:
        """What is known of the patient; of one who is not here, nothing is."""
        ...


@dataclass(frozen=True, slots=True)
class Reported:
    """A patient for whom results came in, and how many and the newest of them.

    Attributes:
        newest: When the newest was issued.
    """

    patient: PatientId
    newest: datetime
    count: int


class ReportedReads(Protocol):
    def reported(self, since: datetime) -> tuple[Reported, ...]:
        """Patients with results of the laboratory that were issued at `since` or later."""
        ...


@dataclass(frozen=True, slots=True)
class JournalVerdict:
    """Whether the chain of the journal is whole, or where it first breaks."""

    events: int
    intact: bool
    broken_at: int | None = None


class DecisionJournal(Protocol):
    def record(self, events: tuple[DecisionEvent, ...]) -> None:
        """Append; nothing can change or remove an event.

        Events that belong to an act are appended by `Acts`, with it (`Act.decisions`).

        Raises:
            AppError: `STORAGE`.
        """
        ...

    def answered(self, patient: PatientId, since: datetime) -> tuple[DecisionEvent, ...]:
        """What was overridden for the patient since then, hard stops left out; newest last."""
        ...

    def events(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[DecisionEvent, ...]:
        """Everything in a period, oldest first."""
        ...

    def verify(self) -> JournalVerdict: ...
