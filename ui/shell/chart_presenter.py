"""What opening a chart means, and what keeps its banner true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.domain.patients import Banner
from app.domain.people import Session
from app.domain.terms import PatientId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Failed, Fault, Ok, Result
from app.kernel.tasks import TaskScope
from app.services.access import Access
from app.services.chart_reading import ChartReading, Opening

SHORTEST_REASON = 10
"""Characters of a reason for opening a chart of another ward (`AccessPolicy.break_glass`)."""

_BANNER_KINDS = frozenset({"patient", "allergy", "vital", "order", "census", "flag"})

_NO_DOCUMENT = frozenset({"draft", "audit", "session", "user"})


@dataclass(frozen=True, slots=True)
class Wish:
    """A chart somebody wants to open, and where on it to begin."""

    patient: PatientId
    workspace: str
    focus: str = ""


class ChartView(Protocol):
    def show_chart(self, banner: Banner, wish: Wish) -> None: ...

    def ask_reason(self, wish: Wish) -> None: ...

    def show_denied(self, wish: Wish) -> None: ...

    def show_fault(self, fault: Fault) -> None: ...

    def show_banner(self, banner: Banner) -> None: ...

    def show_unreadable(self, patient: PatientId, count: int) -> None:
        """Say on every page of the chart how many of its documents were not understood."""
        ...

    def show_access_ended(self, patient: PatientId) -> None: ...


class ChartPresenter:
    """Opens charts for the session of the moment and re-reads the banners of the open ones."""

    def __init__(
        self,
        view: ChartView,
        charts: ChartReading,
        session: Callable[[], Session],
        tasks: TaskScope,
        feed: ChangeFeed,
    ) -> None:
        self._view = view
        self._charts = charts
        self._session = session
        self._tasks = tasks
        self._open: tuple[PatientId, ...] = ()
        self._unlisten = feed.listen(self._heard)

    def close(self) -> None:
        self._unlisten()
        self._tasks.close()

    def open_chart(self, wish: Wish) -> None:
        session = self._session()
        self._tasks.read(
            lambda _: self._charts.open(session, wish.patient),
            lambda result: self._on_opening(result, wish),
        )

    def break_glass(self, wish: Wish, reason: str) -> None:
        """Open it for a reason, on the record."""
        session = self._session()
        self._tasks.write(
            lambda: self._charts.break_glass(session, wish.patient, reason),
            lambda result: self._on_opening(result, wish),
        )

    def follow(self, patients: tuple[PatientId, ...]) -> None:
        """Keep the banners of `patients` true to the record."""
        new = [patient for patient in patients if patient not in self._open]
        self._open = patients
        for patient in new:
            self._count_unreadable(patient)

    def _on_opening(self, result: Result[Opening], wish: Wish) -> None:
        match result:
            case Ok(Opening(banner=Banner() as banner)):
                self._view.show_chart(banner, wish)
            case Ok(Opening(access=Access.NEEDS_REASON)):
                self._view.ask_reason(wish)
            case Ok(_):
                self._view.show_denied(wish)
            case Failed(fault):
                self._view.show_fault(fault)

    def _heard(self, changed: Changed) -> None:
        for patient in self._open:
            if changed.kinds - _NO_DOCUMENT and patient in (changed.patients or {patient}):
                self._count_unreadable(patient)
            if any(changed.touches(kind, patient) for kind in _BANNER_KINDS):
                self._read_banner(patient)

    def _read_banner(self, patient: PatientId) -> None:
        session = self._session()
        self._tasks.read(
            lambda _: self._charts.banner(session, patient),
            lambda result: self._on_banner(result, patient),
        )

    def _count_unreadable(self, patient: PatientId) -> None:
        session = self._session()
        self._tasks.read(
            lambda _: len(self._charts.unreadable(session, patient)),
            lambda result: self._on_unreadable(result, patient),
        )

    def _on_unreadable(self, result: Result[int], patient: PatientId) -> None:
        """A count that could not be read stands as it was; why is said with the banner."""
        if isinstance(result, Ok):
            self._view.show_unreadable(patient, result.value)

    def _on_banner(self, result: Result[Banner], patient: PatientId) -> None:
        match result:
            case Ok(banner):
                self._view.show_banner(banner)
            case Failed(fault) if fault.message.code == "access.not-granted":
                self._view.show_access_ended(patient)
            case Failed(fault):
                self._view.show_fault(fault)
