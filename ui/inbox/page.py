"""Tasks and messages of a person and their role."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget

from app.kernel.faults import Fault
from resources.styles.tokens import Tone
from ui.inbox.letter_form import LetterForm
from ui.inbox.presenter import InboxPresenter
from ui.inbox.state import InboxState, Letter, Part
from ui.inbox.words import InboxWords
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.discarding import Discarding
from ui.runtime.fact_sheet import FactSheet
from ui.runtime.listing import Excuses, Listing, show_listing
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.labels import Title, WrapLabel
from widgets.naming import named
from widgets.segmented import Segment, Segmented
from widgets.state_stack import StateStack
from widgets.table import Table


class InboxPage(Page):
    """Draws an `InboxState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "inbox")
        self._words = InboxWords(desk)
        self._presenter: InboxPresenter | None = None
        self._state: InboxState | None = None
        self._title = named(Title(), self.part("title"))
        self._parts = Segmented(self.look, self.part("parts"))
        self._complete = named(KeyButton("complete"), self.part("complete"))
        self._open = named(KeyButton("open"), self.part("open"))
        self._write = named(KeyButton("write"), self.part("write"))
        self._notice = BannerLine(self.look, self.part("notice"))
        self._table = Table(self.look, self._words.spec())
        self._stack = StateStack(self.look, self.part("state"), self._table)
        self._head = named(Title(), self.part("details.title"))
        self._body = named(WrapLabel(), self.part("details.body"))
        self._details = FactSheet(self.look, self.part("details"), (self._head, self._body))
        self._discarding = Discarding(self, self._discard)
        self._letter = LetterForm(desk, self.part("letter"))
        self._side = QStackedWidget()
        self._side.addWidget(self._details)
        self._side.addWidget(self._letter)
        self.keep(PageKeys(desk.shortcuts, self, *self._commands()))
        self._lay_out()
        self._connect()
        self.retranslate()

    @property
    def draft_is_open(self) -> bool:
        """Something is typed that has not been sent."""
        letter = self._state.letter if self._state is not None else None
        return letter is not None and not letter.blank

    def attend(self, presenter: InboxPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)

    def focus_on(self, focus: str) -> None:
        """Go to a task or message."""
        self._table.go_to(focus)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._letter.flush()

    def leave(self) -> None:
        self._letter.flush()
        super().leave()

    def retranslate(self) -> None:
        super().retranslate()
        self._title.setText(self.text("workspace.inbox"))
        self._open.setText(self.text("inbox.open"))
        self._table.respell(self._words.spec())
        self._letter.respell()
        self._details.setAccessibleName(self.text("inbox.details"))
        if self._state is not None:
            self.show_state(self._state)

    # -- showing

    def show_state(self, state: InboxState) -> None:
        before, self._state = self._state, state
        known = state.items is not None
        segments = tuple(
            Segment(
                one.value,
                self.text(f"inbox.part.{one.value}"),
                f"{state.count(one):,}" if known else "",
            )
            for one in Part
        )
        self._parts.show_segments(segments, state.part.value)
        item = state.current
        reads = item is not None and item.kind != "task"
        self._complete.setText(self.text("inbox.read" if reads else "inbox.complete"))
        self._complete.setEnabled(state.can_complete)
        self._open.setEnabled(item is not None and item.patient is not None)
        self._write.setVisible(state.may_send)
        self._write.setText(self.text("inbox.write.go_on" if state.aside else "inbox.write"))
        self._write.setEnabled(not state.writing)
        self._show_body(state)
        self._show_side(before, self._presenter.state if self._presenter else state)

    def show_fault(self, fault: Fault) -> None:
        self._notice.show_notice(Notice(ChartWords(self.desk).fault(fault), Tone.CAUTION))

    def say_sent(self) -> None:
        self._notice.show_notice(Notice(self.text("inbox.sent"), Tone.LOCAL))
        self._table.setFocus()

    def _show_body(self, state: InboxState) -> None:
        listing = Listing(state.items is not None, len(state.listed), state.fault)
        empty = self.text(f"inbox.empty.{state.part.value}")
        excuses = Excuses(self.text("inbox.safe"), empty, self.text("inbox.empty.then"))
        if show_listing(self._stack, self.desk, listing, excuses):
            self._table.show_rows(self._words.rows(state))
            if not state.selected:
                self._select(self._table.current)

    def _show_side(self, before: InboxState | None, state: InboxState) -> None:
        letter = state.letter
        if letter is None or not state.writing:
            self._show_item(state)
            self._side.setCurrentWidget(self._details)
            return
        self._side.setCurrentWidget(self._letter)
        if before is None or not before.writing:
            self._letter.begin(letter)
        self._letter.show_letter(letter, state)

    def _show_item(self, state: InboxState) -> None:
        item, words = state.current, self._words
        self._head.setText(words.title(item) if item else "")
        self._head.setVisible(item is not None)
        body = self.text("inbox.details.none") if item is None else item.body
        body = "" if item is not None and body == words.title(item) else body
        self._body.setText(body)
        self._body.setVisible(bool(body))
        self._details.show_facts(words.details(item, state) if item else ())

    # -- what the user does

    def _select(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.select(key)

    def _ask_complete(self) -> None:
        if self._presenter is not None:
            self._presenter.complete()

    def _open_patient(self) -> None:
        if self._presenter is not None:
            self._presenter.open_patient()

    def _opened(self, key: str) -> None:
        self._select(key)
        self._open_patient()

    def _begin_letter(self) -> None:
        if self._presenter is not None:
            self._presenter.write()

    def _edit_letter(self, letter: Letter) -> None:
        if self._presenter is not None:
            self._presenter.edit(letter)

    def _send_letter(self) -> None:
        if self._presenter is not None:
            self._presenter.send()

    def _concern_patient(self, concerns: bool) -> None:  # noqa: FBT001 - what Qt's signal carries
        if self._presenter is not None:
            self._presenter.concern_patient(concerns=concerns)

    def _settle_letter(self, letter: Letter) -> None:
        if self._presenter is not None:
            self._presenter.settle(letter)

    def _put_aside(self) -> None:
        if self._presenter is not None:
            self._presenter.put_aside()
            self._table.setFocus()

    def _ask_discard(self) -> None:
        """What is typed is thrown away only after a question."""
        if self._letter.letter.blank:
            self._discard()
        else:
            self._discarding.ask()

    def _discard(self) -> None:
        if self._presenter is not None:
            self._presenter.discard()
            self._table.setFocus()

    def _choose_part(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.list_part(Part(key))

    def _reload(self) -> None:
        if self._presenter is not None:
            self._presenter.reload()

    # -- inside

    def _commands(self) -> tuple[Command, ...]:
        return (
            Command("inbox.command.complete", self._ask_complete, "D", icon="check"),
            Command("inbox.command.write", self._begin_letter, "N", icon="pencil"),
            Command("inbox.command.list", self._table.setFocus, "B", icon="inbox"),
        )

    def _lay_out(self) -> None:
        theme = self.look.theme
        bar = QHBoxLayout()
        bar.setSpacing(theme.px("gap"))
        bar.addWidget(self._title)
        bar.addWidget(self._parts)
        bar.addStretch(1)
        for button in (self._complete, self._open, self._write):
            bar.addWidget(button)
        self._title.setWordWrap(False)
        self._complete.claim(Tone.ACT)
        body = QSplitter(Qt.Orientation.Horizontal)
        body.addWidget(self._stack)
        body.addWidget(self._side)
        body.setSizes([820, 340])
        body.setStretchFactor(0, 3)
        body.setStretchFactor(1, 1)
        body.setChildrenCollapsible(False)
        self._side.setMinimumWidth(theme.px("rail_wide") + theme.grid(22))
        self.stand(bar, self._notice, body)

    def _connect(self) -> None:
        self._parts.chosen.connect(self._choose_part)
        self._complete.clicked.connect(self._ask_complete)
        self._open.clicked.connect(self._open_patient)
        self._write.clicked.connect(self._begin_letter)
        self._table.selected.connect(self._select)
        self._table.opened.connect(self._opened)
        self._letter.edited.connect(self._edit_letter)
        self._letter.settled.connect(self._settle_letter)
        self._letter.aside_requested.connect(self._put_aside)
        self._letter.send_requested.connect(self._send_letter)
        self._letter.discard_requested.connect(self._ask_discard)
        self._letter.patient_chosen.connect(self._concern_patient)
        self._stack.retry_requested.connect(self._reload)
