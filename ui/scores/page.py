"""The scores of one patient: which there are, what each is made of, and what is still asked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QScrollArea, QSplitter, QVBoxLayout, QWidget

from app.decision.scores.tables import Answering
from resources.styles.tokens import Tone
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.listing import Excuses, Listing, show_listing
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from ui.scores.presenter import SPAN, ScoresPresenter
from ui.scores.state import ScoresState
from ui.scores.words import ScoreWords
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.choices import offer
from widgets.flow_row import FlowRow
from widgets.form import UnitField
from widgets.labels import Caption, WrapLabel
from widgets.naming import named
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.trend_plot import TrendPlot

_ANY_HEIGHT = 16_777_215
"""Qt's own most: no limit."""


class ScoresPage(Page):
    """Shows a `ScoresState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "scores")
        self._words = ScoreWords(desk)
        self._presenter: ScoresPresenter | None = None
        self._state: ScoresState | None = None
        self._notice = BannerLine(self.look, self.part("notice"))
        self._table = Table(self.look, self._words.scores_spec())
        self._headline = named(WrapLabel(), self.part("headline"))
        self._headline.setProperty("role", "strong")
        self._explained = named(WrapLabel(), self.part("explained"))
        self._changed = named(WrapLabel(), self.part("changed"))
        self._items = Table(self.look, self._words.items_spec())
        self._asked = named(Caption(), self.part("asked"))
        self._choice = named(QComboBox(), self.part("choice"))
        self._choice.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._choice.setMinimumContentsLength(16)
        self._number = named(UnitField(self.look), self.part("number"))
        self._back = named(KeyButton("back"), self.part("back"))
        self._rest = named(KeyButton("rest"), self.part("rest"))
        self._record = named(KeyButton("record"), self.part("record"))
        self._record.claim(Tone.ACT)
        self._plot = TrendPlot(self.look, self.part("course"))
        self._origin = named(WrapLabel(), self.part("origin"))
        self._origin.setProperty("role", "hint")
        self._stack = StateStack(self.look, self.part("state"), self._body())
        self.keep(PageKeys(desk.shortcuts, self, *self._commands()))
        self.stand(self._notice, self._stack)
        self._connect()
        self.retranslate()

    def attend(self, presenter: ScoresPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)

    def focus_on(self, focus: str) -> None:
        self._choose(focus)

    def pass_time(self) -> None:
        if self._presenter is not None:
            self._presenter.pass_time()

    def retranslate(self) -> None:
        super().retranslate()
        self._table.respell(self._words.scores_spec())
        self._items.respell(self._words.items_spec())
        self._choice.setAccessibleName(self.text("scores.answer"))
        self._number.setAccessibleName(self.text("scores.answer"))
        self._back.setText(self.text("scores.back"))
        self._rest.setText(self.text("scores.rest"))
        self._record.setText(self.text("scores.record"))
        if self._state is not None:
            self.show_state(self._state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # -- showing

    def show_state(self, state: ScoresState) -> None:
        self._state = state
        self._say_notice(state)
        listing = Listing(state.reading is not None, len(state.standings), state.fault)
        empty = self.text("scores.none")
        excuses = Excuses(self.text("scores.safe"), empty, self.text("scores.none.then"))
        if show_listing(self._stack, self.desk, listing, excuses):
            self._show_scores(state)
            self._show_chosen(state)

    def _say_notice(self, state: ScoresState) -> None:
        if state.refusal is not None:
            said = self.desk.languages.render(state.refusal)
            self._notice.show_notice(Notice(said, Tone.CAUTION, stays=False))
        elif state.act_fault is not None:
            said = ChartWords(self.desk).fault(state.act_fault)
            self._notice.show_notice(Notice(said, Tone.CAUTION, stays=False))
        elif state.notice is not None:
            said = self.desk.languages.render(state.notice)
            self._notice.show_notice(Notice(said, Tone.LOCAL))
        elif state.given:
            self._notice.show_notice(Notice(self.text("scores.kept"), Tone.LOCAL, stays=True))
        else:
            self._notice.show_notice(None)

    def _show_scores(self, state: ScoresState) -> None:
        self._table.show_rows(tuple(self._words.score_row(one) for one in state.standings))
        one = state.chosen
        if one is not None and self._table.current != one.table.code:
            self._table.go_to(one.table.code)

    def _show_chosen(self, state: ScoresState) -> None:
        one, words = state.chosen, self._words
        if one is None:
            return
        self._headline.setText(words.headline(one))
        self._headline.claim(words.tone(one))
        for label, said in (
            (self._explained, words.explanation(one)),
            (self._changed, words.changed(state)),
            (self._origin, words.origin(one)),
        ):
            label.setText(said)
            label.setVisible(bool(said))
        self._items.show_rows(tuple(words.item_row(state, one, use) for use in state.lines))
        if state.item and self._items.current != state.item:
            self._items.go_to(state.item)
        self._show_answering(state)
        spec = words.course(state, SPAN)
        self._plot.setVisible(spec is not None)
        self._fit()
        if spec is not None:
            self._plot.show_trend(spec)

    def _fit(self) -> None:
        """On a small screen the items give way, so that the course is seen without scrolling."""
        theme = self.look.theme
        tight = self._plot.isVisibleTo(self) and self.height() < theme.px("plot_panel") * 6
        self._items.setMaximumHeight(theme.row * 6 if tight else _ANY_HEIGHT)

    def _show_answering(self, state: ScoresState) -> None:
        use = state.use
        can = state.can_answer and use is not None
        numeric = use is not None and use.item.answering is Answering.NUMBER
        self._choice.setVisible(not numeric)
        self._number.setVisible(numeric)
        self._choice.setEnabled(can)
        self._number.setEnabled(can)
        self._back.setEnabled(state.can_take_back)
        self._rest.setEnabled(bool(state.open_flags))
        self._record.setEnabled(state.can_record)
        self._record.setVisible(state.may_record)
        name = self._words.name(use.item.name) if use is not None else ""
        self._asked.setText(self.text("scores.answer_of", item=name) if name else "")
        if use is None:
            return
        given = state.given.get(state.item)
        if numeric:
            self._number.show_unit(self._words.unit(use.item.unit))
            self._number.setText(self._words.answer(use, given) if given is not None else "")
        else:
            chosen = given.value if given is not None else ""
            offer(self._choice, self._words.choices(use), str(chosen))

    # -- hearing

    def _choose(self, score: str) -> None:
        if self._presenter is not None:
            self._presenter.choose(score)

    def _go_to(self, item: str) -> None:
        if self._presenter is not None:
            self._presenter.go_to(item)

    def _ask(self, item: str) -> None:
        """Enter on an item goes to its answer."""
        self._go_to(item)
        (self._number if self._number.isVisible() else self._choice).setFocus()

    def _answer(self, place: int) -> None:
        option = str(self._choice.itemData(place) or "")
        if self._presenter is not None and option:
            self._presenter.answer(option)
            self._items.setFocus()

    def _answer_number(self) -> None:
        text = self._number.text()
        if self._presenter is not None and text.strip():
            self._presenter.answer_words(text)
            if self._state is not None and self._state.refusal is None:
                self._items.setFocus()

    def _take_back(self) -> None:
        if self._presenter is not None:
            self._presenter.take_back()

    def _deny_rest(self) -> None:
        if self._presenter is not None and self._rest.isEnabled():
            self._presenter.deny_rest()

    def _sign(self) -> None:
        if self._presenter is not None:
            self._presenter.record()

    def _reload(self) -> None:
        if self._presenter is not None:
            self._presenter.load()

    # -- building

    def _commands(self) -> tuple[Command, ...]:
        return (
            Command("scores.command.list", self._table.setFocus, "B", icon="list-checks"),
            Command("scores.command.items", self._items.setFocus, "I", icon="list-filter"),
            Command("scores.command.rest", self._deny_rest, "N", icon="ban"),
            Command("scores.command.record", self._sign, "Ctrl+Return", icon="signature"),
            Command("scores.command.back", self._take_back, "Z", icon="undo-2"),
        )

    def _body(self) -> QWidget:
        theme = self.look.theme
        bar = FlowRow(theme.px("gap"))
        for field in (self._choice, self._number):
            field.setMinimumWidth(theme.px("rail_wide"))
        parts = (self._asked, self._choice, self._number, self._back, self._rest, self._record)
        for placed in parts:
            bar.add(placed)
        self._table.show_search(shown=False)
        self._items.show_search(shown=False)
        self._items.setMinimumHeight(theme.row * 6)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(theme.px("gap"), 0, 0, 0)
        column.setSpacing(theme.grid(1))
        for part in (self._headline, self._explained, self._changed):
            column.addWidget(part)
        for part in (self._headline, self._explained, self._changed, self._origin):
            # Else Qt measures it at its least width, and the page gets room for that.
            part.setMinimumHeight(theme.grid(4))
        column.addWidget(self._items, 1)
        column.addWidget(bar)
        column.addWidget(self._plot)
        column.addWidget(self._origin)
        body = QSplitter(Qt.Orientation.Horizontal)
        body.addWidget(self._table)
        area = named(QScrollArea(), self.part("scroll"))
        area.setWidget(right)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body.addWidget(area)
        body.setSizes([theme.px("rail_wide") * 2, theme.px("rail_wide") * 5])
        body.setStretchFactor(1, 1)
        body.setChildrenCollapsible(False)
        return body

    def _connect(self) -> None:
        self._table.selected.connect(self._choose)
        self._items.selected.connect(self._go_to)
        self._items.opened.connect(self._ask)
        self._choice.activated.connect(self._answer)
        self._number.returnPressed.connect(self._answer_number)
        self._back.clicked.connect(self._take_back)
        self._rest.clicked.connect(self._deny_rest)
        self._record.clicked.connect(self._sign)
        self._stack.retry_requested.connect(self._reload)
