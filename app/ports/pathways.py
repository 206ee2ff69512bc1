"""What the clinical pathways read of the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.chart import Problem
from app.domain.orders import OrderLine
from app.domain.pathways import Enrolment, PathwayFact
from app.domain.patients import Banner, Stay
from app.domain.people import Session
from app.domain.results import Series
from app.domain.terms import EncounterId, Named, PatientId, WardId


@dataclass(frozen=True, slots=True)
class PathwayRecord:
    """Everything of one patient, from one snapshot.

    Attributes:
        current: The stay that goes on, or None.
        stays: Every inpatient stay, the current one first, then the newest.
        orders: Newest first.
        enrolments: The newest first; those entered in error are left out.
        facts: Of all enrolments, those taken back included.
        as_of: When the data of this patient last came from the server whole, or None if never.
    """

    patient: PatientId
    current: Stay | None
    stays: tuple[Stay, ...]
    problems: tuple[Problem, ...]
    orders: tuple[OrderLine, ...]
    enrolments: tuple[Enrolment, ...]
    facts: tuple[PathwayFact, ...]
    as_of: datetime | None

    def stay(self, encounter: EncounterId | None) -> Stay | None:
        return next((one for one in self.stays if one.id == encounter), None)


@dataclass(frozen=True, slots=True)
class WardPathways:
    """The patients of a ward with an enrolment that began in a period.

    Attributes:
        enrolled: (patient's record, enrolment) in the order in which they began.
        as_of: Until when the census of the ward is complete, or None if it never was.
        partial: How many of these patients never came whole: what is counted of them may lack
            something.
    """

    ward: WardId
    name: Named
    enrolled: tuple[tuple[PathwayRecord, Enrolment], ...]
    as_of: datetime | None
    partial: int


@dataclass(frozen=True, slots=True)
class LyingPathways:
    """Somebody who lies in a ward and is in a pathway."""

    record: PathwayRecord
    name: Named
    bed: str


@dataclass(frozen=True, slots=True)
class PathwaysOfNow:
    """Who lies in a ward now and is in a pathway, in bed order.

    Attributes:
        as_of: Until when the census of the ward is complete, or None if it never was.
        partial: Of how many of all who lie there the data never came whole: whether they are in
            a pathway is not known.
    """

    ward: WardId
    name: Named
    patients: tuple[LyingPathways, ...]
    as_of: datetime | None
    partial: int


class PathwayCharts(Protocol):
    """What is asked of a chart; raises unless the session may see it."""

    def banner(self, session: Session, patient: PatientId) -> Banner: ...

    def series(self, session: Session, patient: PatientId, code: str) -> Series | None: ...


class PathwayReads(Protocol):
    def patient(self, patient: PatientId) -> PathwayRecord:
        """What is on record of the patient; all empty of one that is not here."""
        ...

    def ward(self, ward: WardId, since: datetime, until: datetime) -> WardPathways:
        """Enrolments that began from `since` and before `until`.

        They count to the ward in which the stay has its last recorded place.
        """
        ...

    def lying(self, ward: WardId) -> PathwaysOfNow:
        """Who lies in `ward` now with an enrolment that goes on."""
        ...
