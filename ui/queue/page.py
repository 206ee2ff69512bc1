"""Everything that has not reached the server, and what was confirmed last."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QWidget,
)

from app.domain.sending import QueueItem
from app.kernel.faults import Fault, Message
from resources.styles.tokens import Tone
from ui.queue.presenter import QueuePresenter
from ui.queue.state import Part, QueueState
from ui.queue.words import QueueWords
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, ask
from ui.runtime.exporting import Exporting
from ui.runtime.fact_sheet import FactSheet
from ui.runtime.listing import Excuses, Listing, show_listing
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
    """Draws a `QueueState`."""

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
        self._decide = named(KeyButton("decide"), self.part("decide"))
        self._open = named(KeyButton("open"), self.part("open"))
        self._bundle = named(KeyButton("bundle"), self.part("bundle"))
        self._export = named(KeyButton("export"), self.part("export"))
        self._exporting = Exporting(self)
        self._notice = BannerLine(self.look, self.part("notice"))
        self._table = Table(self.look, self._words.spec())
        self._none = named(QLabel(), self.part("details.none"))
        self._none.setProperty("role", "hint")
        self._none.setWordWrap(True)
        self._server_label = named(Caption(), self.part("server_said.label"))
        self._server = named(QPlainTextEdit(), self.part("server_said"))
        self._server.setReadOnly(True)
        self._server.setTabChangesFocus(True)
        self._server.setFixedHeight(self.look.theme.grid(20))
        away = QWidget()
        row = QHBoxLayout(away)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self.look.theme.px("gap"))
        row.addWidget(self._bundle)
        row.addWidget(self._export)
        row.addStretch(1)
        above = (self._none, self._server_label, self._server, away)
        self._details = FactSheet(self.look, self.part("details"), above)
        self._details.setMinimumWidth(self.look.theme.px("rail_wide") + self.look.theme.grid(16))
        body = QSplitter(Qt.Orientation.Horizontal)
        body.addWidget(self._table)
        body.addWidget(self._details)
        body.setStretchFactor(0, 3)
        body.setStretchFactor(1, 1)
        body.setSizes([820, 320])
        body.setChildrenCollapsible(False)
        self._stack = StateStack(self.look, self.part("state"), body)
        self.keep(PageKeys(desk.shortcuts, self, *self._commands()))
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

    def retranslate(self) -> None:
        super().retranslate()
        self._title.setText(self.text("workspace.queue"))
        self._retry.setText(self.text("queue.retry"))
        self._decide.setText(self.text("queue.decide"))
        self._open.setText(self.text("queue.open"))
        self._bundle.setText(self.text("export.show"))
        self._export.setText(self.text("export.go"))
        self._table.respell(self._words.spec())
        self._none.setText(self.text("queue.details.none"))
        self._server_label.setText(self.text("queue.server_said"))
        self._server.setAccessibleName(self.text("queue.server_said"))
        self._details.setAccessibleName(self.text("queue.details"))
        if self._state is not None:
            self.show_state(self._state)

    # -- showing

    def show_state(self, state: QueueState) -> None:
        self._state = state
        said, tone = self._words.headline(state)
        self._headline.show_notice(Notice(said, tone, stays=True))
        self._contact.setText(self._words.contact(state))
        known = state.items is not None
        segments = tuple(
            Segment(
                one.value,
                self.text(f"queue.part.{one.value}"),
                f"{state.count(one):,}" if known else "",
            )
            for one in Part
        )
        self._parts.show_segments(segments, state.part.value)
        self._retry.setEnabled(state.can_retry)
        self._decide.setEnabled(state.can_decide)
        self._bundle.setEnabled(state.can_export)
        self._export.setEnabled(state.can_export and state.may_export)
        item = state.current
        self._open.setEnabled(item is not None and item.patient is not None)
        self._show_body(state)

    def show_fault(self, fault: Fault) -> None:
        self._notice.show_notice(Notice(ChartWords(self.desk).fault(fault), Tone.CAUTION))

    def ask_to_export(self) -> None:
        self._exporting.ask(self._now)

    def show_bundle(self, text: str) -> None:
        self._exporting.show_text(text)

    def show_done(self, message: Message) -> None:
        self._notice.show_notice(Notice(self.desk.languages.render(message), Tone.CAUTION))

    def ask_to_confirm(self, item: QueueItem) -> None:
        self._asked = item.group
        send = Choice("send", self.text("queue.confirm.send"), Tone.ACT)
        choices = (Choice("keep", self.text("queue.confirm.not")), send)
        text = self.text("queue.confirm.text", act=self._words.act(item))
        sheet = ask(self.look, self, self.text("queue.confirm.title"), text, choices)
        sheet.answered.connect(self._answer)

    def _show_body(self, state: QueueState) -> None:
        listing = Listing(state.items is not None, len(state.listed), state.fault)
        empty = self.text(f"queue.empty.{state.part.value}")
        excuses = Excuses(self.text("queue.safe"), empty, self.text("queue.empty.then"))
        if not show_listing(self._stack, self.desk, listing, excuses):
            return
        self._table.show_rows(self._words.rows(state))
        if state.selected is None:
            self._select(self._table.current)
        self._show_details(self._presenter.state if self._presenter else state)

    def _show_details(self, state: QueueState) -> None:
        """Every fact of one group; the server's own words can be copied for IT."""
        item = state.current
        said = item.server_said if item else ""
        self._none.setVisible(item is None)
        self._server_label.setVisible(bool(said))
        self._server.setVisible(bool(said))
        if self._server.toPlainText() != said:
            self._server.setPlainText(said)
        self._details.show_facts(self._words.details(item, state) if item else ())

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

    def _ask_decide(self) -> None:
        if self._presenter is not None:
            self._presenter.decide()

    def _open_patient(self) -> None:
        if self._presenter is not None:
            self._presenter.open_patient()

    def _read_bundle(self) -> None:
        if self._presenter is not None:
            self._presenter.show_bundle()

    def _ask_export(self) -> None:
        if self._presenter is not None:
            self._presenter.export()

    def _confirm_export(self, reason: str, file: str) -> None:
        if self._presenter is not None:
            self._presenter.confirm_export(reason, file)

    def _now(self) -> datetime:
        if self._state is None:
            raise AssertionError("nothing is exported before something is shown")
        return self._state.now

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
            Command("queue.command.decide", self._ask_decide, "E", icon="git-compare"),
            Command("export.command.show", self._read_bundle, "V", icon="file-text"),
            Command("export.command", self._ask_export, "X", icon="cloud-upload"),
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
        bar.addWidget(self._decide)
        bar.addWidget(self._open)
        self._title.setWordWrap(False)
        self._retry.claim(Tone.ACT)
        self.stand(head, self._headline, bar, self._notice, self._stack)

    def _connect(self) -> None:
        self._parts.chosen.connect(self._choose_part)
        self._retry.clicked.connect(self._ask_retry)
        self._decide.clicked.connect(self._ask_decide)
        self._open.clicked.connect(self._open_patient)
        self._bundle.clicked.connect(self._read_bundle)
        self._export.clicked.connect(self._ask_export)
        self._exporting.decided.connect(self._confirm_export)
        self._table.selected.connect(self._select)
        self._table.opened.connect(self._opened)
        self._stack.retry_requested.connect(self._reload)
