"""What a click on the overview means."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from app.domain.chart import Overview
from app.domain.people import Session
from app.domain.terms import PatientId, Ref
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.chart_reading import ChartReading
from ui.chart.state import ChartState, target_of
from ui.runtime.visits import Visit

_KINDS = (
    "patient", "census", "order", "note", "result", "vital", "allergy", "problem", "task", "outbox",
)  # fmt: skip


class ChartView(Protocol):
    def show_state(self, state: ChartState) -> None: ...


class ChartPresenter:
    """Reads the first page, again when something of this patient changes, and leads on."""

    def __init__(  # noqa: PLR0913, PLR0917 - a view, a service, and what every presenter stands on
        self,
        view: ChartView,
        visit: Visit,
        patient: PatientId,
        charts: ChartReading,
        tasks: TaskScope,
        feed: ChangeFeed,
        clock: Clock,
    ) -> None:
        self._view = view
        self._visit = visit
        self._patient = patient
        self._charts = charts
        self._tasks = tasks
        self._clock = clock
        self._reading: CancelToken | None = None
        self._state = ChartState()
        self._unlisten = feed.listen(self._on_news)
        self._view.show_state(self._state)
        self.load()

    @property
    def state(self) -> ChartState:
        return self._state

    def close(self) -> None:
        self._unlisten()
        self._tasks.close()

    def load(self) -> None:
        """Read again; what is shown stays until the answer."""
        if self._reading is not None:
            self._reading.cancel()
        session = self._visit.session()
        self._show(replace(self._state, loading=True))
        self._reading = self._tasks.read(lambda _: self._read(session), self._on_read)

    def pass_time(self) -> None:
        """Draw "now" where it is now."""
        if self._state.overview is not None:
            self._show(replace(self._state, now=self._clock.now()))

    def open_ref(self, ref: str) -> None:
        """Go to the workspace that shows `ref`; what has none stays where it is."""
        workspace, focus = target_of(Ref(ref))
        if workspace:
            self._visit.navigator.open_patient(self._patient, workspace, focus)

    def open_workspace(self, workspace: str) -> None:
        self._visit.navigator.open_patient(self._patient, workspace)

    def _read(self, session: Session) -> tuple[Overview, int]:
        overview = self._charts.overview(session, self._patient)
        return overview, len(self._charts.unreadable(session, self._patient))

    def _on_read(self, result: Result[tuple[Overview, int]]) -> None:
        match result:
            case Ok((overview, unreadable)):
                now = self._clock.now()
                state = replace(self._state, overview=overview, now=now, unreadable=unreadable)
                self._show(replace(state, loading=False, fault=None))
            case Failed(fault):
                self._show(replace(self._state, loading=False, fault=fault))

    def _on_news(self, changed: Changed) -> None:
        if any(changed.touches(kind, self._patient) for kind in _KINDS):
            self.load()

    def _show(self, state: ChartState) -> None:
        self._state = state
        self._view.show_state(state)
