"""The orders of a ward that wait for a nurse: marked, and verified as one batch."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout

from app.domain.skin_tests import Reaction
from app.kernel.faults import Fault, Message
from resources.styles.tokens import Tone
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Sheet
from ui.runtime.entering import Entering
from ui.runtime.listing import Excuses, Listing, show_listing
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from ui.runtime.ward_head import WardHead
from ui.verifying.presenter import Checker, VerifyingPresenter
from ui.verifying.sheets import CheckSheet, ReadingSheet
from ui.verifying.state import Line, Marks, VerifyingState
from ui.verifying.words import VerifyingWords
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.naming import named
from widgets.state_stack import StateStack
from widgets.table import Table


class VerifyingPage(Page):
    """Draws a `VerifyingState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "verifying")
        self._words = VerifyingWords(desk)
        self._presenter: VerifyingPresenter | None = None
        self._state: VerifyingState | None = None
        self._asking = False
        self._head = WardHead(self)
        self._verify = named(KeyButton("verify"), self.part("verify"))
        self._verify.claim(Tone.ACT)
        self._patient = named(KeyButton("patient"), self.part("patient"))
        self._unmark = named(KeyButton("unmark"), self.part("unmark"))
        self._test = named(KeyButton("test"), self.part("test"))
        self._open = named(KeyButton("open"), self.part("open"))
        self._notice = BannerLine(self.look, self.part("notice"))
        self._caution = BannerLine(self.look, self.part("caution"))
        self._table = Table(self.look, self._words.spec())
        # A mark that a filter hides would be verified unseen: the list is always whole.
        self._table.show_search(shown=False)
        self._stack = StateStack(self.look, self.part("state"), self._table)
        self._entering = Entering(self, self._table, self._head.wards)
        self.keep(PageKeys(desk.shortcuts, self, *self._commands()))
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: VerifyingPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)

    def focus_on(self, focus: str) -> None:
        """Go to a ward."""
        if self._presenter is not None:
            self._presenter.choose_ward(focus)

    def pass_time(self) -> None:
        if self._presenter is not None:
            self._presenter.pass_time()

    def retranslate(self) -> None:
        super().retranslate()
        self._head.name(self.text("workspace.verifying"), self.text("verifypage.wards"))
        self._patient.setText(self.text("verifypage.patient"))
        self._unmark.setText(self.text("verifypage.unmark"))
        self._test.setText(self.text("verifypage.test"))
        self._open.setText(self.text("verifypage.open"))
        self._verify.setText(self.text("verifypage.verify", count=0))
        self._table.respell(self._words.spec())
        if self._state is not None:
            self.show_state(self._state)

    # -- showing

    def show_state(self, state: VerifyingState) -> None:
        self._state = state
        waiting = state.waiting
        wards = state.seen.wards if state.seen is not None else ()
        self._head.show_wards(wards, waiting.ward.id if waiting is not None else None)
        some = bool(state.lines) and not state.busy
        self._head.say(self._words.counts(state) if waiting is not None else "")
        self._verify.setText(self.text("verifypage.verify", count=len(state.marks)))
        self._verify.setEnabled(state.can_verify)
        self._patient.setEnabled(some)
        self._unmark.setEnabled(state.can_verify)
        self._test.setEnabled(state.can_test)
        self._open.setEnabled(bool(state.lines))
        said = self._words.caution(state)
        self._caution.show_notice(Notice(said, Tone.CAUTION, stays=True) if said else None)
        listing = Listing(state.seen is not None, len(state.lines), state.fault)
        empty = self._words.empty(state)
        then = self.text("verifypage.empty.then")
        excuses = Excuses(self.text("verifypage.safe"), empty, then)
        if show_listing(self._stack, self.desk, listing, excuses):
            self._table.show_rows(self._words.rows(state))
            self._entering.enter()
        self._table.show_marked(tuple(one.ref for one in state.marks))
        line = state.current
        if line is not None and self._table.current != line.one.ref:
            self._table.go_to(line.one.ref)

    def show_fault(self, fault: Fault) -> None:
        self._notice.show_notice(Notice(ChartWords(self.desk).fault(fault), Tone.CAUTION))

    def show_done(self, message: Message) -> None:
        self._notice.show_notice(Notice(self.desk.languages.render(message)))

    def ask_for_checker(self, marks: Marks, to_check: tuple[Line, ...]) -> None:
        sheet = CheckSheet(self.desk, self, marks, to_check)
        sheet.decided.connect(self._confirm_verify)
        self._ask(sheet)

    def ask_for_reading(self, line: Line, *, two_read_positive: bool) -> None:
        sheet = ReadingSheet(self.desk, self, line, two_read_positive=two_read_positive)
        sheet.decided.connect(self._confirm_reading)
        self._ask(sheet)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._state is not None and self._state.lines:
            self._entering.enter()

    def _ask(self, sheet: Sheet) -> None:
        """Keys of the page would reach under the sheet: it is deaf until the sheet has answered."""
        self._asking = True
        sheet.answered.connect(self._answered)
        sheet.open()

    def _answered(self) -> None:
        self._asking = False
        self._table.setFocus()

    # -- hearing

    def _choose_ward(self, ward: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_ward(ward)

    def _select(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.select(key)

    def _mark(self, keys: tuple[str, ...]) -> None:
        if self._presenter is not None:
            self._presenter.mark(keys)

    def _mark_patient(self) -> None:
        if self._presenter is not None and not self._asking:
            self._presenter.mark_patient()

    def _unmark_all(self) -> None:
        if self._presenter is not None:
            self._presenter.unmark()

    def _verify_marked(self) -> None:
        if self._presenter is not None and not self._asking:
            self._presenter.verify()

    def _read_test(self) -> None:
        if self._presenter is not None and not self._asking:
            self._presenter.test()

    def _open_order(self) -> None:
        if self._presenter is not None and not self._asking:
            self._presenter.open_order()

    def _opened(self, key: str) -> None:
        self._select(key)
        self._open_order()

    def _reload(self) -> None:
        if self._presenter is not None:
            self._presenter.reload()

    def _confirm_verify(self, marks: Marks, checker: Checker) -> None:
        if self._presenter is not None:
            self._presenter.confirm_verify(marks, checker)

    def _confirm_reading(self, line: Line, reaction: Reaction, reader: Checker | None) -> None:
        if self._presenter is not None:
            self._presenter.confirm_reading(line, reaction, reader)

    # -- building

    def _commands(self) -> tuple[Command, ...]:
        return (
            Command("verifypage.command.verify", self._verify_marked, "Ctrl+Return", icon="check"),
            Command("verifypage.command.patient", self._mark_patient, "Shift+A", icon="user"),
            Command("verifypage.command.test", self._read_test, "T", icon="syringe"),
            Command("verifypage.command.open", self._open_order, "O", icon="clipboard-list"),
        )

    def _lay_out(self) -> None:
        theme = self.look.theme
        gap = theme.px("gap")
        bar = QHBoxLayout()
        bar.setSpacing(gap)
        for button in (self._verify, self._patient, self._unmark):
            bar.addWidget(button)
        bar.addStretch(1)
        bar.addWidget(self._test)
        bar.addWidget(self._open)
        self.stand(self._head, bar, self._notice, self._caution, self._stack)

    def _connect(self) -> None:
        self._head.chosen.connect(self._choose_ward)
        self._verify.clicked.connect(self._verify_marked)
        self._patient.clicked.connect(self._mark_patient)
        self._unmark.clicked.connect(self._unmark_all)
        self._test.clicked.connect(self._read_test)
        self._open.clicked.connect(self._open_order)
        self._table.selected.connect(self._select)
        self._table.marked.connect(self._mark)
        self._table.opened.connect(self._opened)
        self._stack.retry_requested.connect(self._reload)
