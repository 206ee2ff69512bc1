"""What a click on the results page means."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from app.domain.people import Privilege, Session
from app.domain.results import Report, ResultRow
from app.domain.terms import PatientId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.ports.acts import ReadSet
from app.services.chart_reading import ChartReading
from app.services.results_review import ResultsReview
from ui.results.state import ResultsState, Segment, key_of
from ui.runtime.visits import Visit

_KINDS = ("result", "task", "outbox")

Read = tuple[tuple[ResultRow, ...], tuple[Report, ...], ReadSet]


class ResultsView(Protocol):
    def show_state(self, state: ResultsState) -> None: ...


class ResultsPresenter:
    """Reads, filters, acknowledges."""

    def __init__(  # noqa: PLR0913, PLR0917 - a view, two services, and what every presenter stands on
        self,
        view: ResultsView,
        visit: Visit,
        patient: PatientId,
        charts: ChartReading,
        results: ResultsReview,
        tasks: TaskScope,
        feed: ChangeFeed,
        clock: Clock,
    ) -> None:
        self._view = view
        self._clock = clock
        self._visit = visit
        self._patient = patient
        self._charts = charts
        self._results = results
        self._tasks = tasks
        self._focus = visit.focus
        self._reading: CancelToken | None = None
        may = visit.session().can(Privilege.ACKNOWLEDGE_RESULT)
        self._state = ResultsState(may_acknowledge=may)
        self._unlisten = feed.listen(self._on_news)
        self._view.show_state(self._state)
        self.load()

    @property
    def state(self) -> ResultsState:
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
        if self._state.now is not None:
            self._show(replace(self._state, now=self._clock.now()))

    def choose_segment(self, key: str) -> None:
        state = replace(self._state, segment=Segment(key))
        self._show(_on_a_row(state))

    def choose(self, key: str) -> None:
        """The user is on this row now."""
        if key and key != self._state.current:
            self._show(replace(self._state, current=key))

    def choose_report(self, key: str) -> None:
        if key and key != self._state.report:
            self._show(replace(self._state, report=key))

    def focus_on(self, focus: str) -> None:
        """Go to an observation, a report, or the newest result of a code."""
        self._focus = focus
        if not self._state.loading:
            self._show(self._focused(self._state))

    def acknowledge(self) -> None:
        """Record that the user has taken note of the row they are on."""
        row = self._state.chosen
        if row is None or not self._state.can_acknowledge:
            return
        session, seen = self._visit.session(), self._state.seen
        self._show(replace(self._state, busy=True, act_fault=None, notice=None))
        self._tasks.write(
            lambda: self._results.acknowledge(session, row, seen), self._on_acknowledged
        )

    def read_notice(self) -> None:
        self._show(replace(self._state, notice=None, act_fault=None))

    def _read(self, session: Session) -> Read:
        # The read-set first: what changes between the two reads is held back, never missed.
        seen = self._charts.seen(session, self._patient)
        rows = self._charts.results(session, self._patient)
        return rows, self._charts.reports(session, self._patient), seen

    def _on_read(self, result: Result[Read]) -> None:
        match result:
            case Ok((rows, reports, seen)):
                read = replace(self._state, loading=False, fault=None, now=self._clock.now())
                state = replace(read, rows=rows, reports=reports, seen=seen)
                self._show(self._focused(_on_a_row(state)))
            case Failed(fault):
                self._show(replace(self._state, loading=False, fault=fault))

    def _on_acknowledged(self, result: Result[None]) -> None:
        match result:
            case Ok():
                notice = Message.of("results.acknowledged")
                self._show(replace(self._state, busy=False, notice=notice))
            case Failed(fault):
                self._show(replace(self._state, busy=False, act_fault=fault))
        self.load()

    def _on_news(self, changed: Changed) -> None:
        if any(changed.touches(kind, self._patient) for kind in _KINDS):
            self.load()

    def _focused(self, state: ResultsState) -> ResultsState:
        focus, self._focus = self._focus, ""
        kind, _, name = focus.rpartition("/")
        if kind == "DiagnosticReport" and any(one.id == name for one in state.reports):
            return replace(state, segment=Segment.REPORTS, report=name)
        for row in state.rows:
            if name and name in (row.observed.id, row.observed.term.code):
                return replace(state, segment=Segment.ALL, current=key_of(row))
        return state

    def _show(self, state: ResultsState) -> None:
        self._state = state
        self._view.show_state(state)


def _on_a_row(state: ResultsState) -> ResultsState:
    """Keep the place where it is still shown; else the first row."""
    keys = [key_of(row) for row in state.shown]
    current = state.current if state.current in keys else (keys[0] if keys else "")
    ids = [one.id for one in state.reports]
    report = state.report if state.report in ids else (ids[0] if ids else "")
    return replace(state, current=current, report=report)
