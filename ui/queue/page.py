"""Everything that has not reached the server, and what was confirmed last."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.domain.sending import QueueItem
from app.kernel.faults import Fault
from resources.styles.tokens import Tone
from ui.queue.presenter import QueuePresenter
from ui.queue.state import Part, QueueState
from ui.queue.words import QueueWords
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


class QueuePage(Page):
    """Draws a `QueueState`.

    Signals:
        csv_requested: The shown rows as CSV text, to be saved by whoever may.
    """

    csv_requested = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "queue")
        self._words = QueueWords(desk)
        self._presenter: QueuePresenter | None = None
        self._state: QueueState | None = None
        self._asked = ""
        self._title = named(Title(), self.part("title"))
        self._headline = BannerLine(self.look, self.part("headline"))
        self._contact = named(WrapLabel(), self.part("contact"))
        self._contact.setProperty("role", "caption")
        self._parts = Segmented(self.look, self.part("parts"))
        self._retry = named(KeyButton("retry"), self.part("retry"))
        self._open = named(KeyButton("open"), self.part("open"))
        self._notice = BannerLine(self.look, self.part("notice"))
        self._table = Table(self.look, self._words.spec())
        self._details = _Details(self)
        body = QSplitter(Qt.Orientation.Horizontal)
        body.addWidget(self._table)
        body.addWidget(self._details)
        body.setStretchFactor(0, 3)
        body.setStretchFactor(1, 1)
        body.setSizes([820, 320])
        body.setChildrenCollapsible(False)
        self._stack = StateStack(self.look, self.part("state"), body)
        self._keys = PageKeys(desk.shortcuts, self, *self._commands())
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: QueuePresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)

    def focus_on(self, focus: str) -> None:
        """Go to a change group."""
        self._table.go_to(focus)

    def leave(self) -> None:
        self._keys.close()
        super().leave()

    def retranslate(self) -> None:
        super().retranslate()
        self._title.setText(self.text("workspace.queue"))
        self._retry.setText(self.text("queue.retry"))
        self._open.setText(self.text("queue.open"))
        self._table.respell(self._words.spec())
        self._details.respell()
        if self._state is not None:
            self.show_state(self._state)

    # -- showing

    def show_state(self, state: QueueState) -> None:
        self._state = state
        said, tone = self._words.headline(state)
        self._headline.show_notice(Notice(said, tone, stays=True))
        self._contact.setText(self._words.contact(state))
        segments = tuple(
            Segment(one.value, self.text(f"queue.part.{one.value}"), f"{state.count(one):,}")
            for one in Part
        )
        self._parts.show_segments(segments, state.part.value)
        self._retry.setEnabled(state.can_retry)
        item = state.current
        self._open.setEnabled(item is not None and item.patient is not None)
        self._show_body(state)

    def show_fault(self, fault: Fault) -> None:
        self._notice.show_notice(Notice(ChartWords(self.desk).fault(fault), Tone.CAUTION))

    def ask_to_confirm(self, item: QueueItem) -> None:
        self._asked = item.group
        send = Choice("send", self.text("queue.confirm.send"), Tone.ACT)
        choices = (Choice("keep", self.text("queue.confirm.not")), send)
        text = self.text("queue.confirm.text", act=self._words.act(item))
        sheet = ask(self.look, self, self.text("queue.confirm.title"), text, choices)
        sheet.answered.connect(self._answer)

    def _show_body(self, state: QueueState) -> None:
        if state.items is None:
            if state.fault is None:
                self._stack.show_loading()
            else:
                said = ChartWords(self.desk).fault(state.fault)
                self._stack.show_failed(said, self.text("queue.safe"))
            return
        if not state.listed:
            self._stack.show_empty(
                self.text(f"queue.empty.{state.part.value}"), self.text("queue.empty.then")
            )
            return
        self._table.show_rows(self._words.rows(state))
        if state.selected is None:
            self._select(self._table.current)
        item = self._presenter.state.current if self._presenter else state.current
        self._details.show_item(item, state)
        if state.fault is not None:
            self._stack.show_partial(ChartWords(self.desk).fault(state.fault), can_retry=True)
        else:
            self._stack.show_content()

    # -- what the user does

    def _select(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.select(key)

    def _ask_retry(self) -> None:
        if self._presenter is not None:
            self._presenter.retry()

    def _answer(self, key: str) -> None:
        group, self._asked = self._asked, ""
        if key == "send" and self._presenter is not None:
            self._presenter.confirm(group)
        self._table.setFocus()

    def _open_patient(self) -> None:
        if self._presenter is not None:
            self._presenter.open_patient()

    def _choose_part(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.list_part(Part(key))

    def _reload(self) -> None:
        if self._presenter is not None:
            self._presenter.reload()

    def _opened(self, key: str) -> None:
        self._select(key)
        self._open_patient()

    # -- inside

    def _commands(self) -> tuple[Command, ...]:
        return (
            Command("queue.command.retry", self._ask_retry, "R", icon="refresh-cw"),
            Command("queue.command.list", self._table.setFocus, "B", icon="list-checks"),
        )

    def _lay_out(self) -> None:
        theme = self.look.theme
        head = QHBoxLayout()
        head.setSpacing(theme.px("pad"))
        head.addWidget(self._title)
        head.addWidget(self._contact, 1)
        bar = QHBoxLayout()
        bar.setSpacing(theme.px("gap"))
        bar.addWidget(self._parts)
        bar.addStretch(1)
        bar.addWidget(self._retry)
        bar.addWidget(self._open)
        self._title.setWordWrap(False)
        self._retry.claim(Tone.ACT)
        column = QVBoxLayout(self)
        pad = theme.px("pad")
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(theme.px("gap"))
        column.addLayout(head)
        column.addWidget(self._headline)
        column.addLayout(bar)
        column.addWidget(self._notice)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._parts.chosen.connect(self._choose_part)
        self._retry.clicked.connect(self._ask_retry)
        self._open.clicked.connect(self._open_patient)
        self._table.selected.connect(self._select)
        self._table.opened.connect(self._opened)
        self._table.csv_requested.connect(self.csv_requested)
        self._stack.retry_requested.connect(self._reload)


class _Details(QScrollArea):
    """Every fact of one group; the server's own words can be copied for IT."""

    def __init__(self, page: QueuePage) -> None:
        super().__init__()
        self._words = QueueWords(page.desk)
        self.setObjectName(page.part("details"))
        inside = QWidget()
        self._form = QFormLayout()
        self._form.setVerticalSpacing(page.look.theme.grid(1))
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        self._said = named(Caption(), page.part("server_said.label"))
        self._server = named(QPlainTextEdit(), page.part("server_said"))
        self._server.setReadOnly(True)
        self._server.setTabChangesFocus(True)
        self._server.setMinimumHeight(page.look.theme.grid(22))
        self._none = named(QLabel(), page.part("details.none"))
        self._none.setProperty("role", "hint")
        self._none.setWordWrap(True)
        column = QVBoxLayout(inside)
        column.addWidget(self._none)
        column.addWidget(self._said)
        column.addWidget(self._server)
        column.addLayout(self._form)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setMinimumWidth(page.look.theme.px("rail_wide") + page.look.theme.grid(16))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def respell(self) -> None:
        text = self._words.text
        self._none.setText(text("queue.details.none"))
        self._said.setText(text("queue.server_said"))
        self._server.setAccessibleName(text("queue.server_said"))
        self.setAccessibleName(text("queue.details"))

    def show_item(self, item: QueueItem | None, state: QueueState) -> None:
        while self._form.rowCount():
            self._form.removeRow(0)
        self._none.setVisible(item is None)
        said = item.server_said if item else ""
        self._said.setVisible(bool(said))
        self._server.setVisible(bool(said))
        if self._server.toPlainText() != said:
            self._server.setPlainText(said)
        if item is None:
            return
        for label, value in self._words.details(item, state):
            self._form.addRow(Caption(label), WrapLabel(value))
