"""Opening a chart and reading it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.domain.chart import Overview
from app.domain.notes import Note
from app.domain.orders import OrderLine
from app.domain.patients import Banner
from app.domain.people import Privilege, Session
from app.domain.results import Report, ResultRow, Series
from app.domain.terms import PatientId
from app.kernel.clock import Clock
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import ReadSet
from app.ports.reading import ChartReads
from app.services.access import Access, AccessPolicy
from app.services.authority import needs

_OVERVIEW_SPAN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Opening:
    """The answer to "open this chart". `banner` is None unless access was granted."""

    access: Access
    banner: Banner | None


class ChartReading:
    """Reads one patient's chart for a session that may.

    Every opening is on the access audit; the pages that follow ask again, because a broken glass
    closes by itself.
    """

    def __init__(self, reads: ChartReads, policy: AccessPolicy, clock: Clock) -> None:
        self._reads = reads
        self._policy = policy
        self._clock = clock

    @needs(Privilege.OPEN_CHART)
    def open(self, session: Session, patient: PatientId) -> Opening:
        """Open the chart, or say what is missing for it.

        Raises:
            AppError: `REFUSED` when no such patient is on this workstation.
        """
        banner = self._banner(patient)
        access = self._policy.decide(session, banner)
        if access is not Access.GRANTED:
            self._policy.write_down(session, "chart.refused", patient)
            return Opening(access, None)
        self._policy.write_down(session, "chart.open", patient)
        return Opening(access, banner)

    @needs(Privilege.BREAK_GLASS)
    def break_glass(self, session: Session, patient: PatientId, reason: str) -> Opening:
        """Open a chart for a stated reason; the reason is reviewed later.

        Raises:
            AppError: `REFUSED` without a proper reason, or when there is no such patient.
        """
        banner = self._banner(patient)
        self._policy.break_glass(session, patient, reason)
        return Opening(Access.GRANTED, banner)

    @needs(Privilege.OPEN_CHART)
    def banner(self, session: Session, patient: PatientId) -> Banner:
        return self._allowed(session, patient)

    @needs(Privilege.OPEN_CHART)
    def overview(self, session: Session, patient: PatientId) -> Overview:
        """The first page: seven days of vitals and events."""
        self._allowed(session, patient)
        found = self._reads.overview(patient, self._clock.now() - _OVERVIEW_SPAN)
        if found is None:
            raise app_error(FaultKind.REFUSED, "chart.not-here", "overview of unknown patient")
        return found

    @needs(Privilege.OPEN_CHART)
    def vitals(self, session: Session, patient: PatientId, days: int) -> tuple[Series, ...]:
        self._allowed(session, patient)
        return self._reads.vitals(patient, self._clock.now() - timedelta(days=days))

    @needs(Privilege.OPEN_CHART)
    def results(self, session: Session, patient: PatientId) -> tuple[ResultRow, ...]:
        self._allowed(session, patient)
        return self._reads.results(patient)

    @needs(Privilege.OPEN_CHART)
    def series(self, session: Session, patient: PatientId, code: str) -> Series | None:
        self._allowed(session, patient)
        return self._reads.series(patient, code)

    @needs(Privilege.OPEN_CHART)
    def reports(self, session: Session, patient: PatientId) -> tuple[Report, ...]:
        self._allowed(session, patient)
        return self._reads.reports(patient)

    @needs(Privilege.OPEN_CHART)
    def notes(self, session: Session, patient: PatientId) -> tuple[Note, ...]:
        self._allowed(session, patient)
        return self._reads.notes(patient)

    @needs(Privilege.OPEN_CHART)
    def orders(self, session: Session, patient: PatientId) -> tuple[OrderLine, ...]:
        self._allowed(session, patient)
        return self._reads.orders(patient)

    @needs(Privilege.OPEN_CHART)
    def seen(self, session: Session, patient: PatientId) -> ReadSet:
        """What the clinician has in front of them now: the read-set of what they sign next."""
        self._allowed(session, patient)
        return self._reads.read_set(patient)

    @needs(Privilege.OPEN_CHART)
    def unreadable(self, session: Session, patient: PatientId) -> tuple[tuple[str, str], ...]:
        """Documents that were kept and not understood: (reference, reason)."""
        self._allowed(session, patient)
        return tuple((str(ref), reason) for ref, reason in self._reads.unreadable(patient))

    def _allowed(self, session: Session, patient: PatientId) -> Banner:
        banner = self._banner(patient)
        if self._policy.decide(session, banner) is not Access.GRANTED:
            raise app_error(FaultKind.REFUSED, "access.not-granted", "chart access ended")
        return banner

    def _banner(self, patient: PatientId) -> Banner:
        banner = self._reads.banner(patient)
        if banner is None:
            raise app_error(FaultKind.REFUSED, "chart.not-here", "no such patient in the cache")
        return banner
