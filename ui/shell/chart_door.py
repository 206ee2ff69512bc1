"""Opens charts in the window: asks for a reason, for room, and comes back to what is open."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject

from app.domain.patients import Banner
from app.domain.terms import PatientId
from app.kernel.faults import Fault
from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from ui.runtime.workspaces import Workspace
from ui.shell.chart_presenter import ChartPresenter, Wish
from ui.shell.companions import Companions
from ui.shell.frame import Frame
from ui.shell.sheets import ReasonSheet, WhichChartSheet
from widgets.banner_line import Notice

_UNSAID = "overview"
"""What `Navigator.open_patient` passes when nobody asked for a page."""


class Opens(Protocol):
    """What the door needs of the window."""

    @property
    def chart_pages(self) -> tuple[Workspace, ...]: ...

    @property
    def first_chart_page(self) -> str: ...

    def open_chart_page(self, patient: PatientId, workspace: Workspace, focus: str) -> Page: ...


class ChartDoor(QObject):
    """The one way into a chart. It is the view of the `ChartPresenter`."""

    def __init__(self, desk: Desk, frame: Frame, companions: Companions, window: Opens) -> None:
        super().__init__(frame)
        self._desk = desk
        self._frame = frame
        self._charts = frame.charts
        self._companions = companions
        self._window = window
        self._presenter: ChartPresenter | None = None
        self._charts.close_requested.connect(self.close)
        self._charts.draft_kept.connect(self._say_draft_kept)
        self._charts.reason_requested.connect(self._open_again)
        self._charts.fetched.connect(self._fetch)

    def attend(self, presenter: ChartPresenter) -> None:
        self._presenter = presenter

    def open(self, wish: Wish) -> None:
        """Open a chart, or come back to it; a third one asks which of the two goes."""
        if self._charts.of(wish.patient) is not None:
            self._come_back(wish)
        elif self._charts.is_full:
            open_now = tuple((str(p), self._charts.title_of(p)) for p in self._charts.patients)
            sheet = WhichChartSheet(self._desk, self._charts.room, open_now, wish)
            sheet.chosen.connect(self._replace)
            sheet.open()
        else:
            self._ask(wish)

    def close(self, key: str) -> None:
        """Close a chart; its pages in other windows come home first, its drafts are kept."""
        patient = PatientId(key)
        view = self._charts.of(patient)
        if view is None:
            return
        self._companions.bring_home(view.host)
        if view.host.draft_is_open:
            self._say_draft_kept(self._charts.title_of(patient))
        self._charts.drop(patient)
        self._follow()

    # -- ChartView

    def show_chart(self, banner: Banner, wish: Wish) -> None:
        patient = banner.patient.id
        view = self._charts.of(patient)
        if view is None:
            opener = _PageOpener(self._window, patient)
            self._charts.add(banner, self._window.chart_pages, opener)
            self._follow()
        else:
            view.show_notice(None)
            self._charts.show_banner(banner)
        self._come_back(wish)

    def ask_reason(self, wish: Wish) -> None:
        if self._charts.view is not None:
            self._charts.view.banner.close_list()
        sheet = ReasonSheet(self._desk, self._charts.room, wish)
        sheet.reasoned.connect(self._break_glass)
        sheet.open()

    def show_denied(self, wish: Wish) -> None:
        del wish
        said = self._desk.languages.text("shell.denied")
        self._frame.say("denied", Notice(said, Tone.CAUTION))

    def show_fault(self, fault: Fault) -> None:
        self._frame.say_fault(fault)

    def show_banner(self, banner: Banner) -> None:
        self._charts.show_banner(banner)
        self._companions.show_banner(banner)

    def show_unreadable(self, patient: PatientId, count: int) -> None:
        self._charts.show_unreadable(patient, count)
        self._companions.show_unreadable(patient, count)

    def show_access_ended(self, patient: PatientId) -> None:
        view, text = self._charts.of(patient), self._desk.languages.text
        if view is not None:
            said, action = text("shell.access_ended"), text("shell.reason_again")
            view.show_notice(Notice(said, Tone.CAUTION, action, stays=True))

    # -- inside

    def _ask(self, wish: Wish) -> None:
        if self._presenter is not None:
            self._presenter.open_chart(wish)

    def _break_glass(self, wish: Wish, reason: str) -> None:
        if self._presenter is not None:
            self._presenter.break_glass(wish, reason)

    def _follow(self) -> None:
        if self._presenter is not None:
            self._presenter.follow(self._charts.patients)

    def _replace(self, key: str, wish: Wish) -> None:
        self.close(key)
        self.open(wish)

    def _open_again(self, key: str) -> None:
        self._ask(Wish(PatientId(key), _UNSAID))

    def _come_back(self, wish: Wish) -> None:
        """Show the chart; without a wish for a page, the one that was in front last."""
        view = self._charts.of(wish.patient)
        if view is None:
            return
        self._charts.show_chart(wish.patient)
        unsaid = wish.workspace == _UNSAID and not wish.focus
        if unsaid:
            view.go(view.host.current or self._window.first_chart_page)
        else:
            view.go(wish.workspace, wish.focus)

    def _say_draft_kept(self, whose: str) -> None:
        said = self._desk.languages.text("shell.draft_kept", chart=whose)
        self._frame.say("draft", Notice(said, Tone.LOCAL))

    def _fetch(self, key: str) -> None:
        self._companions.fetch(self._charts.host, key)


class _PageOpener:
    """Opens pages of one patient and of no other."""

    def __init__(self, window: Opens, patient: PatientId) -> None:
        self._window = window
        self._patient = patient

    def __call__(self, workspace: Workspace, focus: str) -> Page:
        return self._window.open_chart_page(self._patient, workspace, focus)
