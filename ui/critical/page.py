"""Critical values of a ward: read back, taken note of, and handed up."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout

from app.domain.critical_values import CriticalValue
from app.domain.people import Role
from app.kernel.faults import Fault, Message
from resources.styles.tokens import Tone
from ui.critical.presenter import CriticalPresenter
from ui.critical.sheets import AskSheet, ReadBackSheet
from ui.critical.state import CriticalState
from ui.critical.words import CriticalWords
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Sheet
from ui.runtime.entering import Entering
from ui.runtime.listing import Excuses, Listing, show_listing
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from ui.runtime.ward_head import WardHead
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.naming import named
from widgets.state_stack import StateStack
from widgets.table import Table


class CriticalPage(Page):
    """Draws a `CriticalState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "critical")
        self._words = CriticalWords(desk)
        self._presenter: CriticalPresenter | None = None
        self._state: CriticalState | None = None
        self._asking = False
        self._head = WardHead(self)
        self._read_back = named(KeyButton("read-back"), self.part("read-back"))
        self._read_back.claim(Tone.ACT)
        self._acknowledge = named(KeyButton("acknowledge"), self.part("acknowledge"))
        self._escalate = named(KeyButton("escalate"), self.part("escalate"))
        self._open = named(KeyButton("open"), self.part("open"))
        self._notice = BannerLine(self.look, self.part("notice"))
        self._caution = BannerLine(self.look, self.part("caution"))
        self._table = Table(self.look, self._words.spec())
        self._stack = StateStack(self.look, self.part("state"), self._table)
        self._entering = Entering(self, self._table, self._head.wards)
        self.keep(PageKeys(desk.shortcuts, self, *self._commands()))
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: CriticalPresenter) -> None:
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
        self._head.name(self.text("workspace.critical"), self.text("criticalpage.wards"))
        self._read_back.setText(self.text("criticalpage.read-back"))
        self._acknowledge.setText(self.text("criticalpage.acknowledge"))
        self._escalate.setText(self.text("criticalpage.escalate"))
        self._open.setText(self.text("criticalpage.open"))
        self._table.respell(self._words.spec())
        if self._state is not None:
            self.show_state(self._state)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._state is not None and self._state.values:
            self._entering.enter()

    # -- showing

    def show_state(self, state: CriticalState) -> None:
        self._state = state
        found = state.seen.found if state.seen is not None else None
        wards = state.seen.wards if state.seen is not None else ()
        self._head.show_wards(wards, found.ward.id if found is not None else None)
        self._head.say(self._words.counts(state) if found is not None else "")
        self._read_back.setEnabled(state.can_read_back)
        self._acknowledge.setEnabled(state.can_acknowledge)
        self._escalate.setEnabled(bool(state.roles_to_ask))
        self._open.setEnabled(state.current is not None)
        said = self._words.caution(state)
        self._caution.show_notice(Notice(said, Tone.CAUTION, stays=True) if said else None)
        listing = Listing(state.seen is not None, len(state.values), state.fault)
        empty, then = self._words.empty(state), self.text("criticalpage.empty.then")
        excuses = Excuses(self.text("criticalpage.safe"), empty, then)
        if show_listing(self._stack, self.desk, listing, excuses):
            self._table.show_rows(self._words.rows(state))
            self._entering.enter()
        current = state.current
        if current is not None and self._table.current != current.ref:
            self._table.go_to(current.ref)

    def show_fault(self, fault: Fault) -> None:
        self._notice.show_notice(Notice(ChartWords(self.desk).fault(fault), Tone.CAUTION))

    def show_done(self, message: Message) -> None:
        self._notice.show_notice(Notice(self.desk.languages.render(message), Tone.LOCAL))

    def ask_for_read_back(self, found: CriticalValue) -> None:
        sheet = ReadBackSheet(self.desk, self, found)
        sheet.repeated.connect(self._confirm_read_back)
        self._ask(sheet)

    def ask_whom(self, found: CriticalValue, roles: tuple[Role, ...]) -> None:
        sheet = AskSheet(self.desk, self, found, roles)
        sheet.decided.connect(self._confirm_escalate)
        self._ask(sheet)

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

    def _opened(self, key: str) -> None:
        self._select(key)
        self._open_chart()

    def _open_chart(self) -> None:
        if self._presenter is not None and not self._asking:
            self._presenter.open_chart()

    def _ask_read_back(self) -> None:
        if self._presenter is not None and not self._asking:
            self._presenter.read_back()

    def _take_note(self) -> None:
        if self._presenter is not None and not self._asking:
            self._presenter.acknowledge()

    def _ask_escalate(self) -> None:
        if self._presenter is not None and not self._asking:
            self._presenter.escalate()

    def _confirm_read_back(self, found: CriticalValue, heard: str, reporter: str) -> None:
        if self._presenter is not None:
            self._presenter.confirm_read_back(found, heard, reporter)

    def _confirm_escalate(self, found: CriticalValue, role: Role, why: str) -> None:
        if self._presenter is not None:
            self._presenter.confirm_escalate(found, role, why)

    def _reload(self) -> None:
        if self._presenter is not None:
            self._presenter.reload()

    # -- building

    def _commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "criticalpage.command.read-back", self._ask_read_back, "R", icon="message-square"
            ),
            Command("criticalpage.command.acknowledge", self._take_note, "A", icon="check"),
            Command("criticalpage.command.escalate", self._ask_escalate, "E", icon="arrow-up"),
            Command("criticalpage.command.open", self._open_chart, "O", icon="flask-conical"),
        )

    def _lay_out(self) -> None:
        theme = self.look.theme
        bar = QHBoxLayout()
        bar.setSpacing(theme.px("gap"))
        for button in (self._read_back, self._acknowledge, self._escalate):
            bar.addWidget(button)
        bar.addStretch(1)
        bar.addWidget(self._open)
        self.stand(self._head, bar, self._notice, self._caution, self._stack)

    def _connect(self) -> None:
        self._head.chosen.connect(self._choose_ward)
        self._read_back.clicked.connect(self._ask_read_back)
        self._acknowledge.clicked.connect(self._take_note)
        self._escalate.clicked.connect(self._ask_escalate)
        self._open.clicked.connect(self._open_chart)
        self._table.selected.connect(self._select)
        self._table.opened.connect(self._opened)
        self._stack.retry_requested.connect(self._reload)
