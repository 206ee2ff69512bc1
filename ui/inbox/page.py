"""Tasks and messages of a person and their role."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.chart import WorkItem
from app.kernel.faults import Fault
from resources.styles.tokens import Tone
from ui.inbox.letter_form import LetterForm
from ui.inbox.presenter import InboxPresenter
from ui.inbox.state import InboxState, Letter, Part
from ui.inbox.words import InboxWords
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, ask
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.labels import Caption, Title, WrapLabel
from widgets.naming import named
from widgets.segmented import Segment, Segmented
from widgets.state_stack import StateStack
from widgets.table import Table


class InboxPage(Page):
    """Draws an `InboxState`.

    Signals:
        csv_requested: The shown rows as CSV text, to be saved by whoever may.
    """

    csv_requested = Signal(str)

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
        self._details = _Details(self)
        self._letter = LetterForm(desk, self.part("letter"))
        self._side = QStackedWidget()
        self._side.addWidget(self._details)
        self._side.addWidget(self._letter)
        self._keys = PageKeys(desk.shortcuts, self, *self._commands())
        self._lay_out()
        self._connect()
        self.retranslate()

    @property
    def draft_is_open(self) -> bool:
        """Something is typed that has not been sent."""
        writing = self._state is not None and self._state.letter is not None
        return writing and self._letter.has_text

    def attend(self, presenter: InboxPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)

    def focus_on(self, focus: str) -> None:
        """Go to a task or message."""
        self._table.go_to(focus)

    def leave(self) -> None:
        self._keys.close()
        super().leave()

    def retranslate(self) -> None:
        super().retranslate()
        self._title.setText(self.text("workspace.inbox"))
        self._open.setText(self.text("inbox.open"))
        self._write.setText(self.text("inbox.write"))
        self._table.respell(self._words.spec())
        self._letter.respell()
        self._details.respell()
        if self._state is not None:
            self.show_state(self._state)

    # -- showing

    def show_state(self, state: InboxState) -> None:
        before, self._state = self._state, state
        segments = tuple(
            Segment(one.value, self.text(f"inbox.part.{one.value}"), f"{state.count(one):,}")
            for one in Part
        )
        self._parts.show_segments(segments, state.part.value)
        item = state.current
        reads = item is not None and item.kind != "task"
        self._complete.setText(self.text("inbox.read" if reads else "inbox.complete"))
        self._complete.setEnabled(state.can_complete)
        self._open.setEnabled(item is not None and item.patient is not None)
        self._write.setVisible(state.may_send)
        self._write.setEnabled(state.letter is None)
        self._show_body(state)
        self._show_side(before, self._presenter.state if self._presenter else state)

    def show_fault(self, fault: Fault) -> None:
        self._notice.show_notice(Notice(ChartWords(self.desk).fault(fault), Tone.CAUTION))

    def say_sent(self) -> None:
        self._notice.show_notice(Notice(self.text("inbox.sent"), Tone.LOCAL))
        self._table.setFocus()

    def _show_body(self, state: InboxState) -> None:
        if state.items is None:
            if state.fault is None:
                self._stack.show_loading()
            else:
                said = ChartWords(self.desk).fault(state.fault)
                self._stack.show_failed(said, self.text("inbox.safe"))
            return
        if not state.listed:
            why = self.text(f"inbox.empty.{state.part.value}")
            self._stack.show_empty(why, self.text("inbox.empty.then"))
            return
        self._table.show_rows(self._words.rows(state))
        if not state.selected:
            self._select(self._table.current)
        if state.fault is not None:
            self._stack.show_partial(ChartWords(self.desk).fault(state.fault), can_retry=True)
        else:
            self._stack.show_content()

    def _show_side(self, before: InboxState | None, state: InboxState) -> None:
        if state.letter is None:
            self._details.show_item(state.current, state)
            self._side.setCurrentWidget(self._details)
            return
        begins = before is None or before.letter is None
        self._side.setCurrentWidget(self._letter)
        if begins:
            self._letter.begin()
        self._letter.show_letter(state.letter, state)

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

    def _forget_patient(self) -> None:
        if self._presenter is not None:
            self._presenter.forget_patient()

    def _ask_discard(self) -> None:
        """What is typed is thrown away only after a question."""
        if not self._letter.has_text:
            self._discard("discard")
            return
        choices = (
            Choice("keep", self.text("inbox.discard.keep"), Tone.ACT),
            Choice("discard", self.text("inbox.discard.yes"), Tone.DANGER),
        )
        title, text = self.text("inbox.discard.title"), self.text("inbox.discard.text")
        ask(self.look, self, title, text, choices).answered.connect(self._discard)

    def _discard(self, key: str) -> None:
        if key == "discard" and self._presenter is not None:
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
        column = QVBoxLayout(self)
        pad = theme.px("pad")
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(theme.px("gap"))
        column.addLayout(bar)
        column.addWidget(self._notice)
        column.addWidget(body, 1)

    def _connect(self) -> None:
        self._parts.chosen.connect(self._choose_part)
        self._complete.clicked.connect(self._ask_complete)
        self._open.clicked.connect(self._open_patient)
        self._write.clicked.connect(self._begin_letter)
        self._table.selected.connect(self._select)
        self._table.opened.connect(self._opened)
        self._table.csv_requested.connect(self.csv_requested)
        self._letter.edited.connect(self._edit_letter)
        self._letter.send_requested.connect(self._send_letter)
        self._letter.discard_requested.connect(self._ask_discard)
        self._letter.patient_refused.connect(self._forget_patient)
        self._stack.retry_requested.connect(self._reload)


class _Details(QScrollArea):
    """One task or message, whole."""

    def __init__(self, page: InboxPage) -> None:
        super().__init__()
        self._words = InboxWords(page.desk)
        self.setObjectName(page.part("details"))
        inside = QWidget()
        self._head = named(Title(), page.part("details.title"))
        self._body = named(WrapLabel(), page.part("details.body"))
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        self._form.setVerticalSpacing(page.look.theme.grid(1))
        column = QVBoxLayout(inside)
        column.addWidget(self._head)
        column.addWidget(self._body)
        column.addLayout(self._form)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def respell(self) -> None:
        self.setAccessibleName(self._words.text("inbox.details"))

    def show_item(self, item: WorkItem | None, state: InboxState) -> None:
        while self._form.rowCount():
            self._form.removeRow(0)
        text = self._words.text
        self._head.setText(self._words.title(item) if item else text("inbox.details.none"))
        body = item.body if item and item.body != self._words.title(item) else ""
        self._body.setText(body)
        self._body.setVisible(bool(body))
        for label, value in self._words.details(item, state) if item else ():
            self._form.addRow(Caption(label), WrapLabel(value))
