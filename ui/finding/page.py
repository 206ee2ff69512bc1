"""Finding a patient by whatever is known of them."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from ui.finding.presenter import FindingPresenter
from ui.finding.state import MOST, FindingState
from ui.finding.words import FindingWords
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.labels import Title, WrapLabel
from widgets.naming import named
from widgets.search_box import SearchBox
from widgets.state_stack import StateStack
from widgets.table import Table


class FindingPage(Page):
    """Draws a `FindingState`. Type, Down, Enter: no hand leaves the keyboard."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "finding")
        self._words = FindingWords(desk)
        self._presenter: FindingPresenter | None = None
        self._state: FindingState | None = None
        self._title = named(Title(), self.part("title"))
        self._search = SearchBox(self.look, self.part("search"))
        self._summary = named(WrapLabel(), self.part("summary"))
        self._summary.setProperty("role", "caption")
        self._table = Table(self.look, self._words.spec())
        self._table.show_search(shown=False)
        self._stack = StateStack(self.look, self.part("state"), self._table)
        find = Command("finding.command.search", self._to_search, "B", icon="search")
        self.keep(PageKeys(desk.shortcuts, self, find))
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: FindingPresenter) -> None:
        """Let `presenter` hear the typing, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)

    def focus_on(self, focus: str) -> None:
        """Look for something else."""
        self._search.setText(focus)
        self._look_for(focus)

    def retranslate(self) -> None:
        super().retranslate()
        self._title.setText(self.text("workspace.finding"))
        self._search.prompt(self.text("finding.prompt"))
        self._table.respell(self._words.spec())
        if self._state is not None:
            self.show_state(self._state)

    def show_state(self, state: FindingState) -> None:
        self._state = state
        hits = state.hits or ()
        self._summary.setText(self._count(state))
        if state.fault is not None:
            said = ChartWords(self.desk).unread(state.fault)
            self._stack.show_failed(said, self.text("finding.safe"))
        elif not state.query:
            self._stack.show_empty(self.text("finding.start"), self.text("finding.start.then"))
        elif state.hits is None:
            self._stack.show_loading()
        elif not hits and not state.waiting:
            why = self.text("finding.none", query=state.query)
            self._stack.show_empty(why, self.text("finding.none.then"))
        elif hits:
            self._table.show_rows(self._words.rows(state))
            self._stack.show_content()

    def _count(self, state: FindingState) -> str:
        if not state.query or state.hits is None or state.fault is not None:
            return ""
        if state.may_be_more:
            return self.text("finding.more", most=MOST)
        return self.text("finding.found", count=len(state.hits)) if state.hits else ""

    def _look_for(self, query: str) -> None:
        if self._presenter is not None:
            self._presenter.look_for(query)

    def _entered(self, query: str) -> None:
        if self._presenter is None:
            return
        self._presenter.look_for(query)
        self._presenter.open_only()

    def _open(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.open(key)

    def _retry(self) -> None:
        if self._presenter is not None:
            self._presenter.try_again()

    def _to_search(self) -> None:
        self._search.setFocus()
        self._search.selectAll()

    def _to_list(self) -> None:
        if self._stack.state == "content":
            self._table.setFocus()

    def _lay_out(self) -> None:
        theme = self.look.theme
        self.setFocusProxy(self._search)
        line = QHBoxLayout()
        line.setSpacing(theme.px("pad"))
        self._search.setMaximumWidth(theme.px("palette"))
        line.addWidget(self._search, 2)
        line.addWidget(self._summary, 1)
        self.stand(self._title, line, self._stack)

    def _connect(self) -> None:
        self._search.searched.connect(self._look_for)
        self._search.entered.connect(self._entered)
        self._search.down_pressed.connect(self._to_list)
        self._table.opened.connect(self._open)
        self._stack.retry_requested.connect(self._retry)
