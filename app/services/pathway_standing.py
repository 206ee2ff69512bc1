"""How a patient stands in a pathway, for the services that read and keep pathways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import lru_cache

from app.domain.pathway_days import local_day
from app.domain.pathway_grid import Evidence, Grid, grid
from app.domain.pathways import Enrolment, EnrolmentId, PathwayBook
from app.domain.patients import Stay
from app.domain.people import Session
from app.domain.terms import PatientId
from app.kernel.clock import Clock
from app.kernel.faults import FaultKind, app_error
from app.ports.pathways import PathwayCharts, PathwayReads, PathwayRecord


@dataclass(frozen=True, slots=True)
class PathwayStanding:
    """Pathways beside the record.

    Attributes:
        book_of: The pathways as they are valid on a day.
        zone: By whose clocks a day of the ward begins.
    """

    book_of: Callable[[date], PathwayBook]
    reads: PathwayReads
    charts: PathwayCharts
    clock: Clock
    zone: tzinfo

    def book(self) -> PathwayBook:
        """Of today, as the ward calls it."""
        return self.book_of(local_day(self.clock.now(), self.zone))

    def record(self, session: Session, patient: PatientId) -> PathwayRecord:
        """What is on record.

        Raises:
            AppError: `REFUSED` when the session may not see the chart.
        """
        self.charts.banner(session, patient)
        return self.reads.patient(patient)

    def grid(self, record: PathwayRecord, enrolment: Enrolment) -> Grid:
        """How the enrolment stands now, or stood when it ended."""
        evidence = Evidence(
            enrolment=enrolment,
            stay=record.stay(enrolment.encounter),
            orders=record.orders,
            facts=tuple(one for one in record.facts if one.enrolment == enrolment.id),
        )
        pathway = self.book().by_origin(enrolment.origin)
        return grid(pathway, evidence, self.clock.now(), self.zone)


def once_a_day(book: Callable[[date], PathwayBook]) -> Callable[[date], PathwayBook]:
    """Read once for each day; the day of the ward and that of UTC may be asked in turn."""
    return lru_cache(maxsize=2)(book)


def active_of(record: PathwayRecord, stay: Stay) -> Enrolment | None:
    """The active enrolment of a stay; where two were made at once, the first."""
    found = (one for one in reversed(record.enrolments) if one.active and one.encounter == stay.id)
    return next(found, None)


def enrolment_in(record: PathwayRecord, wanted: EnrolmentId) -> Enrolment:
    """One of the enrolments of the patient.

    Raises:
        AppError: `REFUSED` when it is not among them.
    """
    found = next((one for one in record.enrolments if one.id == wanted), None)
    if found is None:
        raise app_error(FaultKind.REFUSED, "pathways.not-here", "no such enrolment")
    return found


def active_in(record: PathwayRecord, wanted: EnrolmentId) -> Enrolment:
    """As `enrolment_in`, and it goes on.

    Raises:
        AppError: `REFUSED` also when it has ended, or is not understood whole.
    """
    found = enrolment_in(record, wanted)
    if found.guarded:
        raise app_error(FaultKind.REFUSED, "pathways.guarded", "modifierExtension")
    if not found.active:
        raise app_error(FaultKind.REFUSED, "pathways.not-active", found.status)
    return found
