"""Order sets: find one, look at its lines, choose, and put them into the basket."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from app.domain.orders import OrderDraft
from resources.styles.tokens import Tone
from ui.orders.set_presenter import SetPresenter, SetSource, offered_text
from ui.orders.set_state import SetSheetState
from ui.orders.set_words import SetWords
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.listing import Excuses, Listing, show_listing
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from ui.runtime.visits import Visit
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.form import UnitField
from widgets.labels import Caption, Title, WrapLabel, paint_tone
from widgets.naming import named
from widgets.search_box import SearchBox
from widgets.state_stack import StateStack
from widgets.table import Table


class SetSheet(Page):
    """Draws a `SetSheetState`.

    Keyboard: type to find a set, Down into the list, Enter opens it; Space marks a line, Tab goes
    to its dose, Ctrl+Enter puts the marked lines into the basket, Escape closes.

    Signals:
        chosen: The tuple of `OrderDraft` of the lines that were put into the basket.
        closed: The user wants the sheet away; nothing was ordered.
    """

    chosen = Signal(object)
    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "order_sets")
        self._words = SetWords(ChartWords(desk))
        self._presenter: SetPresenter | None = None
        self._state = SetSheetState()
        self._title = named(Title(), self.part("title"))
        self._search = SearchBox(self.look, self.part("search"))
        self._sets = Table(self.look, self._words.sets_spec(self.part("sets")))
        self._lines = Table(self.look, self._words.lines_spec(self.part("lines")))
        self._about = named(WrapLabel(), self.part("about"))
        self._about.setProperty("role", "hint")
        self._dose_of = named(Caption(), self.part("dose.label"))
        self._dose = named(UnitField(self.look), self.part("dose"))
        self._missing = named(WrapLabel(), self.part("missing"))
        paint_tone(self._missing, Tone.CAUTION)
        self._notice = BannerLine(self.look, self.part("notice"))
        self._close = named(KeyButton("close"), self.part("close"))
        self._add = named(KeyButton("add"), self.part("add"))
        self._add.claim(Tone.ACT)
        self._stack = StateStack(self.look, self.part("state"), self._right())
        for table in (self._sets, self._lines):
            table.show_search(shown=False)
        keys = PageKeys(
            desk.shortcuts,
            self,
            Command("order_sets.command.add", self._put, "Ctrl+Return", icon="clipboard-list"),
            Command("order_sets.close", self._away, "Esc", icon="x"),
        )
        self.keep(keys)
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: SetPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)
        self._search.setFocus()

    def retranslate(self) -> None:
        super().retranslate()
        text = self.text
        self._title.setText(text("order_sets.title"))
        self._search.prompt(text("order_sets.search"))
        self._sets.respell(self._words.sets_spec(self.part("sets")))
        self._lines.respell(self._words.lines_spec(self.part("lines")))
        self._close.setText(text("order_sets.close"))
        self.show_state(self._state)

    # -- showing

    def show_state(self, state: SetSheetState) -> None:
        self._state = state
        self._sets.show_rows(self._words.set_rows(state.found))
        if state.wanted and self._sets.current != state.wanted:
            self._sets.go_to(state.wanted)
        self._about.setText(self._words.about(state.offer.set if state.offer else None))
        known = state.offer is not None
        shown = len(state.offer.lines) if state.offer is not None else 0
        fault = state.fault if not known else None
        excuses = Excuses(self.text("order_sets.safe"), self.text("order_sets.none"), "")
        if not state.wanted and fault is None:
            self._stack.show_empty(self.text("order_sets.choose"), self.text("order_sets.keys"))
        elif show_listing(self._stack, self.desk, Listing(known, shown, fault), excuses):
            self._lines.show_rows(self._words.line_rows(state))
            self._lines.show_marked(tuple(state.keys))
        self._show_dose(state)
        self._missing.setText(self._words.objections(state))
        self._missing.setVisible(bool(state.objections))
        said = state.fault if known else None
        words = self.desk.languages.render(said.message) if said is not None else ""
        self._notice.show_notice(Notice(words, Tone.CAUTION) if words else None)
        self._add.setText(self.text("order_sets.add", count=len(state.keys)))
        self._add.setEnabled(state.can_add)

    def hand_over(self, drafts: tuple[OrderDraft, ...]) -> None:
        self.chosen.emit(drafts)

    def _show_dose(self, state: SetSheetState) -> None:
        one = state.line
        doses = one is not None and one.line.dose is not None
        self._dose.setEnabled(doses)
        self._dose.show_unit(self._words.unit(one))
        name = self._words.words.term(one.line.item) if one is not None else ""
        label = self.text("order_sets.dose_of", item=name) if doses else ""
        self._dose_of.setText(label or self.text("order_sets.no_dose_here"))
        self._dose.setAccessibleName(label or self.text("order_sets.no_dose_here"))
        typed = state.typed.get(one.line.key) if one is not None else None
        offered = offered_text(one.dose) if one is not None and doses else ""
        wanted = offered if typed is None else typed
        if self._dose.text() != wanted:
            self._dose.setText(wanted)

    # -- hearing

    def _find(self, query: str) -> None:
        if self._presenter is not None:
            self._presenter.search(query)

    def _enter(self, query: str) -> None:
        """Enter opens the only set that fits; with more of them a look at the list comes first."""
        self._find(query)
        if len(self._state.found) == 1:
            self.open_set(self._state.found[0].code)
        else:
            self._go_down()

    def _go_down(self) -> None:
        if self._state.found:
            self._sets.setFocus()
            self._sets.go_to(self._state.found[0].code)

    def open_set(self, code: str) -> None:
        """Show the lines of a set."""
        if self._presenter is not None:
            self._presenter.open_set(code)
            self._lines.setFocus()

    def _mark(self, keys: tuple[str, ...]) -> None:
        if self._presenter is not None:
            self._presenter.mark(keys)

    def _select(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.go_to(key)

    def _type_dose(self, text: str) -> None:
        if self._presenter is not None:
            self._presenter.type_dose(text)

    def _put(self) -> None:
        if self._presenter is not None:
            self._presenter.add()

    def _away(self) -> None:
        self.closed.emit()

    def _retry(self) -> None:
        if self._state.wanted:
            self.open_set(self._state.wanted)

    # -- building

    def _right(self) -> QWidget:
        right = QWidget()
        gap = self.look.theme.px("gap")
        dose = QHBoxLayout()
        dose.setSpacing(gap)
        dose.addWidget(self._dose_of, 1)
        dose.addWidget(self._dose)
        self._dose.setFixedWidth(self.look.theme.grid(44))
        column = QVBoxLayout(right)
        column.setContentsMargins(gap, 0, 0, 0)
        column.setSpacing(gap)
        column.addWidget(self._about)
        column.addWidget(self._lines, 1)
        column.addLayout(dose)
        column.addWidget(self._missing)
        return right

    def _lay_out(self) -> None:
        theme = self.look.theme
        pad, gap = theme.px("pad"), theme.px("gap")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap)
        column.addWidget(self._search)
        column.addWidget(self._sets, 1)
        body = QSplitter(Qt.Orientation.Horizontal)
        body.addWidget(left)
        body.addWidget(self._stack)
        body.setSizes([300, 900])
        body.setStretchFactor(1, 1)
        body.setChildrenCollapsible(False)
        foot = QHBoxLayout()
        foot.setSpacing(gap)
        foot.addStretch(1)
        foot.addWidget(self._close)
        foot.addWidget(self._add)
        column = QVBoxLayout(self)
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(gap)
        column.addWidget(self._title)
        column.addWidget(self._notice)
        column.addWidget(body, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        self._search.searched.connect(self._find)
        self._search.entered.connect(self._enter)
        self._search.down_pressed.connect(self._go_down)
        self._sets.opened.connect(self.open_set)
        self._lines.marked.connect(self._mark)
        self._lines.selected.connect(self._select)
        self._dose.textEdited.connect(self._type_dose)
        self._add.clicked.connect(self._put)
        self._close.clicked.connect(self._away)
        self._stack.retry_requested.connect(self._retry)


def open_set_sheet(desk: Desk, visit: Visit, sets: SetSource) -> SetSheet:
    """The sheet for the patient of `visit`; its owner shows it and hears `chosen` and `closed`."""
    sheet = SetSheet(desk)
    sheet.attend(SetPresenter(sheet, desk.scope(), visit, sets, lambda: desk.languages.language))
    return sheet
