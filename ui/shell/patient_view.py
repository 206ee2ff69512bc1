"""One open chart: its banner, its tabs, its pages."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.patients import Banner
from app.domain.terms import PatientId
from ui.runtime.desk import Desk
from ui.runtime.workspaces import Workspace
from ui.shell.banner import PatientBanner
from ui.shell.page_host import Opener, PageHost
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import IconButton
from widgets.naming import named
from widgets.segmented import Segment, Segmented


class PatientView(QWidget):
    """A chart; it is of one patient for as long as it lives.

    The banner is never cut: where large text leaves a page too little room, the page scrolls.

    Signals:
        workspace_shown: The key of the page that is in front now.
        detach_requested: The user wants the page in a window of its own.
        notice_acted: The user pressed the button of the notice.
    """

    workspace_shown = Signal(str)
    detach_requested = Signal()
    notice_acted = Signal(str)

    def __init__(
        self,
        desk: Desk,
        patient: PatientId,
        workspaces: tuple[Workspace, ...],
        opener: Opener,
    ) -> None:
        super().__init__()
        self.setObjectName("chart_view")
        self.patient = patient
        self._desk = desk
        self._workspaces = workspaces
        self.banner = PatientBanner(desk)
        self.host = PageHost(desk, "chart_view.pages", opener)
        self.area = named(QScrollArea(), "chart_view.area")
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.host)
        self._notice = BannerLine(desk.look, "chart_view.notice")
        self._notice.acted.connect(self._act)
        self._tabs = Segmented(desk.look, "chart_view.tabs")
        self._tabs.chosen.connect(self.go)
        self._detach = named(IconButton(desk.look, "detach", "external-link"), "chart_view.detach")
        self._detach.clicked.connect(self.detach_requested)
        self._strip = QHBoxLayout()
        self._strip.setContentsMargins(desk.look.theme.grid(2), 0, desk.look.theme.grid(2), 0)
        self._strip.addWidget(self._tabs, 1)
        self._strip.addWidget(self._detach)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self._notice)
        column.addLayout(self._strip)
        column.addWidget(self.area, 1)
        self.retranslate()

    @property
    def workspaces(self) -> tuple[Workspace, ...]:
        return self._workspaces

    def show_banner(self, banner: Banner, now: datetime) -> None:
        self.banner.show_banner(banner, now)

    def show_notice(self, notice: Notice | None) -> None:
        self._notice.show_notice(notice)

    def arrange(self, workspaces: tuple[Workspace, ...]) -> None:
        """Offer the tabs in another order; the page in front stays in front."""
        self._workspaces = workspaces
        self.retranslate()

    def go(self, key: str, focus: str = "") -> None:
        """Show the page `key`; one that the session may not use is passed over."""
        found = next((w for w in self._workspaces if w.key == key), None)
        if found is None:
            return
        self.host.go(found, focus)
        self.retranslate()
        self.workspace_shown.emit(key)

    def retranslate(self) -> None:
        segments = tuple(
            Segment(w.key, self._desk.languages.text(w.title)) for w in self._workspaces
        )
        self._tabs.show_segments(segments, self.host.current)
        self._detach.name(self._desk.languages.text("shell.detach"))

    def _act(self) -> None:
        self.notice_acted.emit(str(self.patient))

    def leave(self) -> None:
        """Close every page of the chart."""
        self.host.leave()
