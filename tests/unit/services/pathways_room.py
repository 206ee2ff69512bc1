"""The services of clinical pathways over documents in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from app.domain.pathways import Enrolment, PathwayBook
from app.domain.patients import Banner, Stay
from app.domain.people import Role, Session
from app.domain.results import Series
from app.domain.terms import PatientId
from app.fhir.pathways import write_enrolment
from app.kernel.faults import AppError, FaultKind, app_error
from app.services.pathway_keeping import ElementAt, PathwayKeeping
from app.services.pathway_standing import PathwayStanding, once_a_day
from app.services.pathways import PathwayReading
from tests.support.fake_pathways import FakePathwayReads
from tests.support.pathway_kit import ADMITTED, BOOK, ENROLLED, PLAN, SHANGHAI, WHOM
from tests.unit.services.kit import WARD, Bench, Numbers, a_banner, clinician, session

HISTORY = ElementAt(PLAN, "first", "history")
BLOOD_AT = ElementAt(PLAN, "first", "blood")
TEACH = ElementAt(PLAN, "first", "teach")
HERE = replace(ADMITTED, ward=WARD)
NURSE = session(clinician(Role.NURSE, "zhao"))
PHYSICIAN = session()
TRAINEE = session(clinician(Role.TRAINEE, "sun"))


@dataclass
class Charts:
    """The chart of one patient; `shut` refuses."""

    shut: bool = False

    def banner(self, session: Session, patient: PatientId) -> Banner:
        del session, patient
        if self.shut:
            raise app_error(FaultKind.REFUSED, "access.not-granted")
        return a_banner()

    def series(self, session: Session, patient: PatientId, code: str) -> Series | None:
        del session, patient, code
        return None


@dataclass
class Room:
    """One workstation, and the day on which books were read."""

    stays: tuple[Stay, ...] = (HERE,)
    book: PathwayBook = BOOK
    bench: Bench = field(default_factory=Bench)
    charts: Charts = field(default_factory=Charts)
    asked: list[date] = field(default_factory=list)

    def __post_init__(self) -> None:
        acts = self.bench.acts
        self.reads = FakePathwayReads(acts, self.stays)
        self.standing = PathwayStanding(
            book_of=once_a_day(self._book),
            reads=self.reads,
            charts=self.charts,
            clock=self.bench.watch,
            zone=SHANGHAI,
        )
        self.reading = PathwayReading(self.standing, Numbers())
        self.keeping = PathwayKeeping(acts, acts, self.bench.maker, self.bench.rules, self.standing)

    def _book(self, today: date) -> PathwayBook:
        self.asked.append(today)
        return replace(self.book, today=today)

    def enrolled(self, enrolment: Enrolment = ENROLLED) -> Room:
        self.bench.acts.download(write_enrolment(enrolment, onto={}))
        return self

    def later(self, days: float) -> Room:
        """Time passes, and everybody signs in anew."""
        self.bench.watch.at += timedelta(days=days)
        return self

    def enrolments(self) -> tuple[Enrolment, ...]:
        return self.reads.patient(WHOM).enrolments


def signed_in(who: Session, room: Room) -> Session:
    """The same person, whose lease holds at the time of the room."""
    return replace(who, lease_until=room.bench.watch.at + timedelta(hours=1))


def refusal(act: Callable[[], object]) -> str:
    """The code of what an act is refused with."""
    with pytest.raises(AppError) as refused:
        act()
    return refused.value.fault.message.code
