"""What a click on the alert budget page means."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from app.domain.alert_budget import AlertReport
from app.kernel.changes import ChangeFeed
from app.kernel.faults import Failed, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.alert_reviewing import AlertReviewing
from ui.alerts.state import PERIODS, AlertsState
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

KINDS = frozenset({"decision", "order"})
"""News after which there is more to count."""


class AlertsView(Protocol):
    def show_state(self, state: AlertsState) -> None: ...


class AlertsPresenter:
    """Counts a period of the journal."""

    def __init__(
        self,
        view: AlertsView,
        tasks: TaskScope,
        feed: ChangeFeed,
        visit: Visit,
        reviewing: AlertReviewing,
    ) -> None:
        self._view = view
        self._visit = visit
        self._reviewing = reviewing
        self._state = AlertsState(reviewing.budget)
        self._reading = Rereading(tasks, News(feed, KINDS), self._read, self._on_read)
        self._view.show_state(self._state)
        self.reload()

    @property
    def state(self) -> AlertsState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def reload(self) -> None:
        self._reading.again()

    def choose_period(self, days: str) -> None:
        if days.isdigit() and int(days) in PERIODS and int(days) != self._state.days:
            self._show(replace(self._state, days=int(days), found=None))
            self.reload()

    def select(self, key: str) -> None:
        if key != self._state.selected:
            self._show(replace(self._state, selected=key))

    def _read(self, _: CancelToken) -> AlertReport:
        return self._reviewing.report(self._visit.session(), self._state.days)

    def _on_read(self, result: Result[AlertReport]) -> None:
        match result:
            case Ok(found):
                self._show(replace(self._state, found=found, fault=None))
            case Failed(fault):
                self._show(replace(self._state, fault=fault))

    def _show(self, state: AlertsState) -> None:
        self._state = state
        self._view.show_state(state)
