"""The charts that are open: two at most, none changes by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.patients import Banner
from app.domain.terms import PatientId
from app.kernel.clock import Clock
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from ui.runtime.workspaces import FollowsTime, Workspace
from ui.shell.chart_strip import ChartStrip, OpenChart
from ui.shell.page_host import Opener, PageHost
from ui.shell.patient_view import PatientView

MOST = 2
"""More than two charts at a time would be confused with each other."""

_SHEET_ROWS = 10


class Charts(QWidget):
    """The strip of open charts over the pages; the pages of places lie in the same stack.

    Signals:
        shown: What is in front has changed.
        detach_requested: The page in front wants a window of its own.
        draft_kept: The user turned away from a chart with an open draft; who it is about.
        reason_requested: The chart that has closed itself and needs a reason again.
        workspace_shown: The page of a chart that came to the front.
    """

    shown = Signal()
    detach_requested = Signal()
    draft_kept = Signal(str)
    reason_requested = Signal(str)
    fetched = Signal(str)
    close_requested = Signal(str)

    def __init__(self, desk: Desk, clock: Clock, place_opener: Opener) -> None:
        super().__init__()
        self._desk = desk
        self._clock = clock
        self._views: dict[PatientId, PatientView] = {}
        self._current: PatientId | None = None
        self._minute: datetime | None = None
        self._strip = ChartStrip(desk)
        self._strip.chosen.connect(self._choose)
        self._strip.close_requested.connect(self.close_requested)
        self.places = PageHost(desk, "places", place_opener)
        self.places.fetched.connect(self.fetched)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.places)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._strip)
        column.addWidget(self._stack, 1)

    @property
    def patients(self) -> tuple[PatientId, ...]:
        return tuple(self._views)

    @property
    def current(self) -> PatientId | None:
        """Whose chart is in front; None for a place."""
        return self._current

    @property
    def view(self) -> PatientView | None:
        return self._views.get(self._current) if self._current else None

    @property
    def host(self) -> PageHost:
        """The pages in front: what a sheet may cover."""
        view = self.view
        return view.host if view is not None else self.places

    @property
    def room(self) -> QWidget:
        """What a sheet lies over: the page under the banner.

        Only where that is too low to read a sheet in, as at 200 % on a small screen, the whole
        column: a sheet whose text is cut would be worse than a covered banner.
        """
        enough = _SHEET_ROWS * self._desk.look.theme.row
        seen = self.view.area if self.view is not None else self.places
        return seen if seen.height() >= enough else self

    @property
    def is_full(self) -> bool:
        return len(self._views) >= MOST

    @property
    def draft_is_open(self) -> bool:
        return self.places.draft_is_open or any(
            view.host.draft_is_open for view in self._views.values()
        )

    def of(self, patient: PatientId) -> PatientView | None:
        return self._views.get(patient)

    def add(
        self,
        banner: Banner,
        workspaces: tuple[Workspace, ...],
        opener: Callable[[Workspace, str], Page],
    ) -> PatientView:
        """Open a chart behind what is in front."""
        patient = banner.patient.id
        view = PatientView(self._desk, patient, workspaces, opener)
        view.show_banner(banner, self._clock.now())
        view.detach_requested.connect(self.detach_requested)
        view.notice_acted.connect(self.reason_requested)
        view.host.fetched.connect(self.fetched)
        view.workspace_shown.connect(self._tell)
        self._views[patient] = view
        self._stack.addWidget(view)
        return view

    def show_place(self, workspace: Workspace, focus: str = "") -> None:
        self._turn_away(None)
        self._stack.setCurrentWidget(self.places)
        self.places.go(workspace, focus)
        self._tell()

    def show_chart(self, patient: PatientId) -> None:
        view = self._views[patient]
        self._turn_away(patient)
        self._stack.setCurrentWidget(view)
        self._tell()

    def show_banner(self, banner: Banner) -> None:
        view = self._views.get(banner.patient.id)
        if view is not None:
            view.show_banner(banner, self._clock.now())
            self.refresh()

    def show_unreadable(self, patient: PatientId, count: int) -> None:
        view = self._views.get(patient)
        if view is not None:
            view.banner.show_unreadable(count)

    def show_next(self) -> None:
        """The other chart, or the first one from a place."""
        patients = list(self._views)
        if patients:
            at = patients.index(self._current) + 1 if self._current in patients else 0
            self.show_chart(patients[at % len(patients)])

    def drop(self, patient: PatientId) -> None:
        """Close a chart; what was typed stays in the drafts."""
        view = self._views.pop(patient, None)
        if view is None:
            return
        if self._current == patient:
            self._current = None
            self._stack.setCurrentWidget(self.places)
        self._stack.removeWidget(view)
        view.leave()
        view.deleteLater()
        self._tell()

    def leave(self) -> None:
        for view in self._views.values():
            view.leave()
        self._views.clear()
        self.places.leave()

    def beat(self) -> None:
        """Once a second: the strip; once a minute the ages on the pages that are seen."""
        self.refresh()
        minute = self._clock.now().replace(second=0, microsecond=0)
        if minute == self._minute:
            return
        self._minute = minute
        pages = (*self.places.pages, *(p for v in self._views.values() for p in v.host.pages))
        for page in pages:
            if page.isVisible() and isinstance(page, FollowsTime):
                page.pass_time()

    def retranslate(self) -> None:
        now = self._clock.now()
        for view in self._views.values():
            view.retranslate()
            if view.banner.banner is not None:
                view.show_banner(view.banner.banner, now)
        self.refresh()

    def refresh(self) -> None:
        """Draw the strip again: a name, a draft, or which one is in front has changed."""
        shown = tuple(
            OpenChart(str(patient), self.title_of(patient), draft=view.host.draft_is_open)
            for patient, view in self._views.items()
        )
        self._strip.show_charts(shown, str(self._current or ""))

    def title_of(self, patient: PatientId) -> str:
        """Name and admission number together (CUI carry-over: namesakes are common)."""
        view = self._views.get(patient)
        banner = view.banner.banner if view else None
        if banner is None:
            return ""
        number = banner.stay.admission_number if banner.stay else ""
        name = banner.patient.name or self._desk.languages.text("banner.name_unknown")
        return " · ".join(part for part in (name, number or banner.patient.record_number) if part)

    def _turn_away(self, to: PatientId | None) -> None:
        """Say that what is typed on the chart that is left is kept."""
        left = self._current
        self._current = to
        view = self._views.get(left) if left is not None and left != to else None
        if left is not None and view is not None and view.host.draft_is_open:
            self.draft_kept.emit(self.title_of(left))

    def _choose(self, key: str) -> None:
        self.show_chart(PatientId(key))

    def _tell(self) -> None:
        self.refresh()
        self.shown.emit()
