"""The first page of a chart: everything at a glance, each piece a way further in."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.chart import Overview
from resources.styles.tokens import Tone
from ui.chart.presenter import ChartPresenter
from ui.chart.rows import Line, Lines, Part
from ui.chart.state import MOST_NOTES, ChartState
from ui.chart.words import (
    allergy_lines,
    note_lines,
    order_line,
    problem_lines,
    result_lines,
    timeline_spec,
    unplaced_line,
    vitals_spec,
)
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from widgets.buttons import KeyButton
from widgets.card import Card
from widgets.labels import WrapLabel
from widgets.naming import named
from widgets.state_stack import StateStack
from widgets.timeline import Timeline
from widgets.trend_plot import TrendPlot

_CARDS = ("allergies", "problems", "medications", "orders", "results", "notes")
_LEADS = {"medications": "orders", "orders": "orders", "results": "results", "notes": "notes"}
_NARROW, _WIDE = 900, 1500
_SHARES = {2: (1, 1, 0, 0), 3: (6, 7, 8, 0), 4: (4, 5, 5, 6)}
_COLUMNS = {
    2: (("allergies", "problems", "results"), ("medications", "orders", "notes")),
    3: (("allergies", "problems", "notes"), ("medications", "orders"), ("results",)),
    4: (("allergies", "problems", "notes"), ("medications", "orders"), ("results",), ("vitals",)),
}


class ChartPage(Page):
    """Shows a `ChartState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "overview")
        self._words = ChartWords(desk)
        self._presenter: ChartPresenter | None = None
        self._state = ChartState()
        self._drawn: object = None
        self._columns = 0
        self._cards = {
            key: Card(self.look, self.part(key)) for key in (*_CARDS, "vitals", "timeline")
        }
        self._lines = {key: Lines(self.look, self.part(f"{key}.lines")) for key in _CARDS}
        self._plot = TrendPlot(self.look, self.part("vitals.plot"))
        self._no_vitals = named(WrapLabel(), self.part("vitals.none"))
        self._timeline = Timeline(self.look, self.part("timeline.events"))
        self._unread = named(WrapLabel(), self.part("unreadable"))
        self._unread.claim(Tone.CAUTION)
        self._incomplete = named(WrapLabel(), self.part("incomplete"))
        self._incomplete.claim(Tone.CAUTION)
        self._warnings = QWidget()
        warnings = QVBoxLayout(self._warnings)
        warnings.setContentsMargins(0, 0, 0, 0)
        warnings.addWidget(self._unread)
        warnings.addWidget(self._incomplete)
        self._unplaced = named(WrapLabel(), self.part("unplaced"))
        warnings.addWidget(self._unplaced)
        self._leads = {
            key: named(KeyButton(target), self.part(f"{key}.open"))
            for key, target in _LEADS.items()
        }
        self._body = QWidget()
        self._grid = QGridLayout(self._body)
        self._stacks = tuple(QWidget() for _ in range(4))
        self._area = named(QScrollArea(), self.part("scroll"))
        self._stack = StateStack(self.look, self.part("state"), self._area)
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: ChartPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)

    def show_state(self, state: ChartState) -> None:
        self._state = state
        if state.overview is None or state.now is None:
            if state.fault is not None:
                self._stack.show_failed(self._words.unread(state.fault), self.text("overview.safe"))
            else:
                self._stack.show_loading()
            return
        # First the room, then what fills it: otherwise every line is measured for two widths.
        if state.fault is not None:
            self._stack.show_partial(self._words.unread(state.fault), can_retry=True)
        else:
            self._stack.show_content()
        drawn = (state.overview, state.now, state.unreadable)
        if self._drawn != drawn:
            afresh, self._drawn = self._drawn is None, drawn
            self._fill(state.overview, state.now, afresh=afresh)

    def pass_time(self) -> None:
        if self._presenter is not None:
            self._presenter.pass_time()

    def retranslate(self) -> None:
        super().retranslate()
        for key, card in self._cards.items():
            card.head(self.text(f"overview.card.{key}"))
        for key, button in self._leads.items():
            button.setText(self.text("overview.open"))
            button.setAccessibleName(self.text(f"overview.open.{key}"))
        self._drawn = None
        self.show_state(self._state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # -- showing

    def _fill(self, overview: Overview, now: datetime, *, afresh: bool) -> None:
        words, banner = self._words, overview.banner
        lines = {
            "allergies": allergy_lines(words, banner.allergy_state, banner.allergies),
            "problems": problem_lines(words, overview.problems),
            "medications": [order_line(words, one) for one in overview.medications],
            "orders": [order_line(words, one) for one in overview.other_orders],
            "results": result_lines(words, overview.results),
            "notes": note_lines(words, overview.notes),
        }
        for key, shown in lines.items():
            nothing = Line("", (Part(self.text(f"overview.none.{key}")),), tone=Tone.UNKNOWN)
            self._lines[key].show_lines(shown or [nothing], afresh=afresh)
        self._count(overview)
        spec = vitals_spec(words, overview.vitals, now)
        self._plot.setVisible(spec is not None)
        self._no_vitals.setVisible(spec is None)
        if spec is not None:
            self._plot.show_trend(spec)
        self._no_vitals.setText(self.text("overview.none.vitals"))
        self._timeline.show_timeline(timeline_spec(words, overview, now))
        for drawn in (self._plot, self._timeline):
            drawn.setFixedHeight(drawn.sizeHint().height())
        unread = self._state.unreadable
        self._unread.setVisible(unread > 0)
        self._unread.setText(self.text("overview.unreadable", count=unread) if unread else "")
        part = overview.incomplete
        self._incomplete.setVisible(part > 0)
        self._incomplete.setText(self.text("overview.incomplete", count=part) if part else "")
        self._unplaced.setVisible(bool(overview.unplaced))
        self._unplaced.setText(unplaced_line(words, overview.unplaced))
        self._measure_anew()

    def _measure_anew(self) -> None:
        """Cards in nested layouts do not tell the grid that they have grown."""
        for card in self._cards.values():
            layout = card.layout()
            if layout is not None:
                layout.activate()
            card.updateGeometry()
        for holder in self._stacks:
            stack = holder.layout()
            if stack is not None:
                stack.invalidate()
                stack.activate()
            holder.updateGeometry()
        self._grid.invalidate()
        self._grid.activate()

    def _count(self, overview: Overview) -> None:
        """A heading says how many there are; a card that shows fewer says that, too."""
        counts = {
            "medications": len(overview.medications),
            "orders": len(overview.other_orders),
            "problems": len(overview.problems),
        }
        for key, count in counts.items():
            title = self.text(f"overview.card.{key}")
            self._cards[key].head(f"{title}  {count:,}")
        more = max(0, len(overview.notes) - MOST_NOTES)
        said = self.text("overview.more", count=more) if more else ""
        self._cards["notes"].show_source(said)
        self._cards["results"].show_source(self.text("overview.results.source"))

    # -- hearing

    def _open_line(self, key: str) -> None:
        if self._presenter is not None:
            kind, _, name = key.partition("/")
            self._presenter.open_ref(f"MedicationRequest/{name}" if kind == "Order" else key)

    def _open_event(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.open_ref(key.partition(":")[2])

    def _open_workspace(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.open_workspace(key)

    def _retry(self) -> None:
        if self._presenter is not None:
            self._presenter.load()

    # -- building

    def _lay_out(self) -> None:
        theme = self.look.theme
        pad, gap = theme.px("pad"), theme.px("gap")
        for key, lines in self._lines.items():
            self._cards[key].put(lines)
            if key in self._leads:
                self._leads[key].setProperty("role", "flat")
                self._cards[key].put_beside_title(self._leads[key])
        self._cards["vitals"].put(self._plot)
        self._cards["vitals"].put(self._no_vitals)
        self._cards["timeline"].put(self._timeline)
        self._grid.setContentsMargins(pad, gap, pad, gap)
        self._grid.setSpacing(gap)
        for place, holder in enumerate(self._stacks):
            stack = QVBoxLayout(holder)
            stack.setContentsMargins(0, 0, 0, 0)
            stack.setSpacing(gap)
            stack.addStretch(1)
            self._grid.addWidget(holder, 1, place)
        self._area.setWidget(self._body)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def _arrange(self) -> None:
        """Two to four columns, by the room there is for this size of text."""
        room = self.width() * 100 / self.look.theme.scale
        columns = 4 if room >= _WIDE else 3 if room >= _NARROW else 2
        if columns == self._columns:
            return
        self._columns = columns
        stacks = _COLUMNS[columns]
        deepest = max(len(stack) for stack in stacks)
        for place, holder in enumerate(self._stacks):
            self._grid.setColumnStretch(place, _SHARES[columns][place])
            holder.setVisible(place < len(stacks))
            if place < len(stacks):
                self._stack_up(holder, stacks[place])
        self._grid.addWidget(self._warnings, 0, 0, 1, columns)
        if columns < 4:
            self._grid.addWidget(self._cards["vitals"], deepest + 1, 0, 1, columns)
        self._grid.addWidget(self._cards["timeline"], deepest + 2, 0, 1, columns)
        for line in range(self._grid.rowCount()):
            self._grid.setRowStretch(line, 1 if line == deepest + 3 else 0)
        self._grid.setRowStretch(deepest + 3, 1)

    def _stack_up(self, holder: QWidget, keys: tuple[str, ...]) -> None:
        """Put cards under each other in a column that stays; a card that moves leaves its old one.

        The columns are made once: layouts that are taken out of a layout and dropped bring Qt down.
        """
        column = holder.layout()
        for place, key in enumerate(keys):
            if isinstance(column, QVBoxLayout):
                column.insertWidget(place, self._cards[key])

    def _connect(self) -> None:
        for lines in self._lines.values():
            lines.picked.connect(self._open_line)
        for button in self._leads.values():
            button.picked.connect(self._open_workspace)
        self._plot.opened.connect(self._open_line)
        self._timeline.opened.connect(self._open_event)
        self._stack.retry_requested.connect(self._retry)
