"""What typing into the patient search means."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from app.kernel.changes import Changed, ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.ports.reading import PatientHit
from app.services.ward_viewing import WardViewing
from ui.finding.state import FindingState
from ui.runtime.visits import Visit

KINDS = frozenset({"patient", "census"})
"""News that may change who is found."""


class FindingView(Protocol):
    def show_state(self, state: FindingState) -> None: ...


class FindingPresenter:
    """Looks for the latest query; what an older one finds is dropped."""

    def __init__(
        self,
        view: FindingView,
        tasks: TaskScope,
        feed: ChangeFeed,
        visit: Visit,
        viewing: WardViewing,
        clock: Clock,
    ) -> None:
        self._view = view
        self._tasks = tasks
        self._visit = visit
        self._viewing = viewing
        self._clock = clock
        self._reading: CancelToken | None = None
        self._entered = ""
        self._state = FindingState(clock.now())
        self._unlisten = feed.listen(self._hear)
        self._view.show_state(self._state)
        if visit.focus:
            self.look_for(visit.focus)

    @property
    def state(self) -> FindingState:
        return self._state

    def close(self) -> None:
        self._unlisten()
        self._tasks.close()

    def look_for(self, query: str) -> None:
        wanted = query.strip()
        if wanted != self._state.query:
            self._entered = ""
            self._show(replace(self._state, query=wanted, fault=None))
            self._look()

    def try_again(self) -> None:
        self._show(replace(self._state, fault=None, answered=""))
        self._look()

    def open(self, patient: str) -> None:
        hit = next((h for h in self._state.hits or () if h.patient.id == patient), None)
        if hit is not None:
            self._visit.navigator.open_patient(hit.patient.superseded_by or hit.patient.id)

    def open_only(self) -> None:
        """Enter in the field opens the one who was found, never the first of several."""
        if self._state.waiting:
            self._entered = self._state.query  # the answer to this very query may still open
            return
        hits = self._state.hits or ()
        if len(hits) == 1:
            self.open(hits[0].patient.id)

    def _look(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        query = self._state.query
        if not query:
            self._show(replace(self._state, hits=None, answered=""))
            return

        def done(result: Result[tuple[PatientHit, ...]]) -> None:
            self._on_found(query, result)

        self._reading = self._tasks.read(
            lambda _: self._viewing.find(self._visit.session(), query), done
        )

    def _on_found(self, query: str, result: Result[tuple[PatientHit, ...]]) -> None:
        now = self._clock.now()
        match result:
            case Ok(hits):
                self._show(replace(self._state, now=now, hits=hits, answered=query, fault=None))
                entered, self._entered = self._entered, ""
                if entered and entered == query:
                    self.open_only()
            case Failed(fault):
                self._show(replace(self._state, now=now, fault=fault))

    def _hear(self, changed: Changed) -> None:
        if changed.kinds & KINDS and self._state.query:
            self._look()

    def _show(self, state: FindingState) -> None:
        self._state = state
        self._view.show_state(state)
