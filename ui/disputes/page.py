"""What somebody must decide: the versions side by side, and the ways on."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from app.domain.disputes import Discarding, Way
from app.kernel.faults import Fault, Message
from resources.styles.tokens import Tone
from ui.disputes.presenter import DisputesPresenter, Witnessed
from ui.disputes.sheets import KeepSheet, ReportSheet, TakeBackSheet
from ui.disputes.state import Case, DisputesState, key_of
from ui.disputes.words import DisputeWords
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, ask
from ui.runtime.exporting import Exporting
from ui.runtime.listing import Excuses, Listing, show_listing
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.flow_layout import FlowLayout
from widgets.labels import Title, WrapLabel
from widgets.naming import named
from widgets.state_stack import StateStack
from widgets.table import Table

_WIDE = 280
"""Grid steps below which list and versions do not fit beside each other."""


class DisputesPage(Page):
    """Draws a `DisputesState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "disputes")
        self._words = DisputeWords(desk)
        self._presenter: DisputesPresenter | None = None
        self._state: DisputesState | None = None
        self._asked: Case | None = None
        self._title = named(Title(), self.part("title"))
        self._lead = named(WrapLabel(), self.part("lead"))
        self._lead.setProperty("role", "caption")
        self._notice = BannerLine(self.look, self.part("notice"))
        self._list = Table(self.look, self._words.spec())
        self._list.show_search(shown=False)
        self._about = named(WrapLabel(), self.part("said"))
        self._versions = Table(self.look, self._words.versions_spec(None))
        self._versions.show_search(shown=False)
        grid = self.look.theme.grid  # large letters: both scroll, neither is cut
        self._list.setMinimumHeight(grid(14))
        self._versions.setMinimumHeight(grid(20))
        self._keep = named(KeyButton("keep"), self.part("keep"))
        self._report = named(KeyButton("report"), self.part("report"))
        self._send = named(KeyButton("send"), self.part("send"))
        self._take_back = named(KeyButton("take_back"), self.part("take_back"))
        self._open = named(KeyButton("open"), self.part("open"))
        self._anew = named(KeyButton("anew"), self.part("anew"))
        self._replace = named(KeyButton("replace"), self.part("replace"))
        self._bundle = named(KeyButton("bundle"), self.part("bundle"))
        self._export = named(KeyButton("export"), self.part("export"))
        self._exporting = Exporting(self)
        self._halves = QSplitter(Qt.Orientation.Horizontal)
        self._stack = StateStack(self.look, self.part("state"), self._body())
        self.keep(PageKeys(desk.shortcuts, self, *self._commands()))
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: DisputesPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)

    def focus_on(self, focus: str) -> None:
        """Go to a case, or to the one that an act waits for."""
        cases = self._state.cases if self._state is not None else None
        self._list.go_to(key_of(cases or (), focus) or focus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Three versions need their width: where it lacks, the list stands above them."""
        super().resizeEvent(event)
        narrow = self.width() < self.look.theme.grid(_WIDE)
        way = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self._halves.orientation() is not way:
            self._halves.setOrientation(way)
            self._halves.setSizes([1, 2] if narrow else [420, 760])

    def retranslate(self) -> None:
        super().retranslate()
        self._title.setText(self.text("workspace.disputes"))
        self._lead.setText(self.text("dispute.lead"))
        self._keep.setText(self.text("dispute.keep"))
        self._report.setText(self.text("dispute.report"))
        self._anew.setText(self.text("dispute.anew"))
        self._replace.setText(self.text("dispute.replace"))
        self._bundle.setText(self.text("export.show"))
        self._export.setText(self.text("export.go"))
        self._open.setText(self.text("queue.open"))
        self._list.respell(self._words.spec())
        self._respell_versions()
        if self._state is not None:
            self.show_state(self._state)

    # -- showing

    def show_state(self, state: DisputesState) -> None:
        self._state = state
        case = state.current
        self._keep.setEnabled(state.can_keep_mine)
        self._report.setVisible(case is not None and case.is_duplicate)
        self._report.setEnabled(state.can_report)
        self._keep.setVisible(state.has_versions)
        self._send.setVisible(not state.has_versions)
        self._send.setEnabled(state.can_send)
        self._take_back.setEnabled(state.can_take_back)
        theirs = "dispute.keep_theirs" if state.has_versions else "dispute.take_back"
        self._take_back.setText(self.text(theirs))
        for button, way in ((self._anew, Way.ANEW), (self._replace, Way.REPLACE)):
            button.setVisible(state.comparison is not None and way in state.comparison.ways)
            button.setEnabled(state.can_go(way))
        self._bundle.setEnabled(state.can_export)
        self._export.setEnabled(state.can_export and state.may_decide)
        self._open.setEnabled(case is not None and case.patient is not None)
        refused = case is not None and case.refused is not None
        self._send.setText(self.text("dispute.again" if refused else "dispute.send"))
        listing = Listing(state.cases is not None, len(state.cases or ()), state.fault)
        empty, then = self.text("dispute.empty"), self.text("dispute.empty.then")
        excuses = Excuses(self.text("queue.safe"), empty, then)
        if show_listing(self._stack, self.desk, listing, excuses):
            self._show_cases(state)

    def show_fault(self, fault: Fault) -> None:
        self._notice.show_notice(Notice(ChartWords(self.desk).fault(fault), Tone.CAUTION))

    def ask_to_keep(self, case: Case) -> None:
        sheet = KeepSheet(self.desk, self, case)
        sheet.decided.connect(self._confirm_keep)
        sheet.open()

    def ask_to_report(self, case: Case) -> None:
        sheet = ReportSheet(self.desk, self, case)
        sheet.decided.connect(self._confirm_report)
        sheet.open()

    def ask_to_send(self, case: Case) -> None:
        self._asked = case
        send = Choice("send", self.text("queue.confirm.send"), Tone.ACT)
        choices = (Choice("keep", self.text("queue.confirm.not")), send)
        text = self.text("queue.confirm.text", act=self._words.what(case))
        sheet = ask(self.look, self, self.text("queue.confirm.title"), text, choices)
        sheet.answered.connect(self._confirm_send)

    def ask_to_take_back(self, case: Case, shown: Discarding, way: Way | None) -> None:
        sheet = TakeBackSheet(self.desk, self, case, shown, way)
        sheet.decided.connect(self._confirm_take_back)
        sheet.ordered.connect(self._confirm_anew)
        sheet.open()

    def ask_to_export(self) -> None:
        self._exporting.ask(self._now)

    def show_bundle(self, text: str) -> None:
        self._exporting.show_text(text)

    def show_done(self, message: Message) -> None:
        self._notice.show_notice(Notice(self.desk.languages.render(message), Tone.CAUTION))

    def _show_cases(self, state: DisputesState) -> None:
        self._list.show_rows(self._words.rows(state))
        self._list.go_to(state.selected)
        self._about.setText(self._words.headline(state))
        comparison = state.comparison
        self._respell_versions()
        self._versions.setVisible(comparison is not None)
        self._versions.show_rows(self._words.versions(comparison) if comparison else ())

    def _respell_versions(self) -> None:
        comparison = self._state.comparison if self._state is not None else None
        self._versions.respell(self._words.versions_spec(comparison))

    # -- what the user does

    def _selected(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.select(key)

    def _opened(self, key: str) -> None:
        self._selected(key)
        self._open_patient()

    def keep_mine(self) -> None:
        if self._presenter is not None:
            self._presenter.keep_mine()

    def report(self) -> None:
        if self._presenter is not None:
            self._presenter.report()

    def send(self) -> None:
        if self._presenter is not None:
            self._presenter.send()

    def take_back(self) -> None:
        if self._presenter is not None:
            self._presenter.take_back()

    def order_anew(self) -> None:
        if self._presenter is not None:
            self._presenter.order_anew(Way.ANEW)

    def replace(self) -> None:
        if self._presenter is not None:
            self._presenter.order_anew(Way.REPLACE)

    def read_bundle(self) -> None:
        if self._presenter is not None:
            self._presenter.show_bundle()

    def export(self) -> None:
        if self._presenter is not None:
            self._presenter.export()

    def _now(self) -> datetime:
        if self._state is None:
            raise AssertionError("nothing is exported before something is shown")
        return self._state.now

    def _confirm_export(self, reason: str, file: str) -> None:
        if self._presenter is not None:
            self._presenter.confirm_export(reason, file)

    def _confirm_anew(
        self, case: Case, way: Way, shown: Discarding, reason: str, witnessed: Witnessed
    ) -> None:
        if self._presenter is not None:
            self._presenter.confirm_anew(case, way, shown, reason, witnessed)

    def _open_patient(self) -> None:
        if self._presenter is not None:
            self._presenter.open_patient()

    def _reload(self) -> None:
        if self._presenter is not None:
            self._presenter.reload()

    def _confirm_keep(self, case: Case, reason: str) -> None:
        if self._presenter is not None:
            self._presenter.confirm_keep(case, reason)

    def _confirm_report(self, case: Case, text: str) -> None:
        if self._presenter is not None:
            self._presenter.confirm_report(case, text)

    def _confirm_send(self, key: str) -> None:
        case, self._asked = self._asked, None
        if key == "send" and case is not None and self._presenter is not None:
            self._presenter.confirm_send(case)
        self._list.setFocus()

    def _confirm_take_back(
        self, case: Case, shown: Discarding, reason: str, witnessed: Witnessed
    ) -> None:
        if self._presenter is not None:
            self._presenter.confirm_take_back(case, shown, reason, witnessed)

    # -- inside

    def _commands(self) -> tuple[Command, ...]:
        return (
            Command("dispute.command.keep", self.keep_mine, "K", icon="hard-drive"),
            Command("dispute.command.report", self.report, "R", icon="file-text"),
            Command("dispute.command.take_back", self.take_back, "T", icon="circle-x"),
            Command("dispute.command.anew", self.order_anew, "N", icon="file-pen"),
            Command("dispute.command.replace", self.replace, "S", icon="refresh-cw"),
            Command("export.command.show", self.read_bundle, "V", icon="file-text"),
            Command("export.command", self.export, "X", icon="cloud-upload"),
            Command("queue.command.list", self._list.setFocus, "B", icon="list-checks"),
        )

    @property
    def _ways_on(self) -> tuple[KeyButton, ...]:
        """Every button, decisions first; those that make no sense for a case are not there."""
        return (
            self._keep,
            self._report,
            self._send,
            self._take_back,
            self._anew,
            self._replace,
            self._open,
            self._bundle,
            self._export,
        )

    def _body(self) -> QWidget:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(self.look.theme.px("gap"), 0, 0, 0)
        column.setSpacing(self.look.theme.px("gap"))
        bar = FlowLayout(gap=self.look.theme.px("gap"))
        for button in self._ways_on:
            bar.addWidget(button)
        column.addWidget(self._about)
        column.addLayout(bar)
        column.addWidget(self._versions, 1)
        column.addStretch(0)
        body = self._halves
        body.addWidget(self._list)
        body.addWidget(right)
        body.setStretchFactor(0, 1)
        body.setStretchFactor(1, 2)
        body.setSizes([420, 760])
        body.setChildrenCollapsible(False)
        return body

    def _lay_out(self) -> None:
        theme = self.look.theme
        self._title.setWordWrap(False)
        self._keep.claim(Tone.ACT)
        self._report.claim(Tone.ACT)
        self._take_back.claim(Tone.DANGER)
        head = QHBoxLayout()
        head.setSpacing(theme.px("pad"))
        head.addWidget(self._title)
        head.addWidget(self._lead, 1)
        self.stand(head, self._notice, self._stack)

    def _connect(self) -> None:
        self._list.selected.connect(self._selected)
        self._list.opened.connect(self._opened)
        self._keep.clicked.connect(self.keep_mine)
        self._report.clicked.connect(self.report)
        self._send.clicked.connect(self.send)
        self._take_back.clicked.connect(self.take_back)
        self._open.clicked.connect(self._open_patient)
        self._anew.clicked.connect(self.order_anew)
        self._replace.clicked.connect(self.replace)
        self._bundle.clicked.connect(self.read_bundle)
        self._export.clicked.connect(self.export)
        self._exporting.decided.connect(self._confirm_export)
        self._stack.retry_requested.connect(self._reload)
