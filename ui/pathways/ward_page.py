"""The pathways of a ward (路径统计): who is on one now, and the figures of a period."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from resources.styles.tokens import Tone
from ui.pathways.periods import Period
from ui.pathways.ward_presenter import WardPathwaysPresenter
from ui.pathways.ward_state import Side, WardPathwaysState
from ui.pathways.ward_words import WardPathwayWords
from ui.pathways.words import PathwayWords
from ui.runtime.desk import Desk
from ui.runtime.listing import Excuses, Listing, show_listing
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from ui.runtime.ward_head import WardHead
from widgets.banner_line import BannerLine, Notice
from widgets.bar_list import BarListArea
from widgets.buttons import KeyButton
from widgets.choices import offer
from widgets.labels import Caption
from widgets.naming import named
from widgets.segmented import Segment, Segmented
from widgets.state_stack import StateStack
from widgets.table import Table

_BARS = ("reasons", "exits", "elements")


class WardPathwaysPage(Page):
    """Draws a `WardPathwaysState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "pathways")
        self._words = WardPathwayWords(PathwayWords(desk))
        self._presenter: WardPathwaysPresenter | None = None
        self._state: WardPathwaysState | None = None
        self._head = WardHead(self)
        self._periods = named(QComboBox(), self.part("periods"))
        self._periods.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._sides = Segmented(self.look, self.part("sides"))
        self._open = named(KeyButton("open"), self.part("open"))
        self._caution = BannerLine(self.look, self.part("caution"))
        self._tables = {
            side: Table(self.look, self._words.spec(side, self.part(side.value))) for side in Side
        }
        self._bar_titles = {key: named(Caption(), self.part(f"{key}.title")) for key in _BARS}
        self._bars = {key: BarListArea(self.look, self.part(key)) for key in _BARS}
        self._faces = QStackedWidget()
        self._faces.addWidget(self._tables[Side.PATIENTS])
        self._faces.addWidget(self._made_figures())
        self._stack = StateStack(self.look, self.part("state"), self._faces)
        self.keep(PageKeys(desk.shortcuts, self, *self._commands()))
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: WardPathwaysPresenter) -> None:
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
        text = self.text
        self._head.name(text("workspace.pathways"), text("pathways_page.ward.wards"))
        self._periods.setAccessibleName(text("pathways_page.period"))
        self._sides.setAccessibleName(text("pathways_page.sides"))
        self._open.setText(text("pathways_page.ward.open-grid"))
        for side, table in self._tables.items():
            table.respell(self._words.spec(side, self.part(side.value)))
        for key, title in self._bar_titles.items():
            title.setText(text(f"pathways_page.bars.{key}"))
            self._bars[key].list.setAccessibleName(text(f"pathways_page.bars.{key}"))
        offer(
            self._periods,
            [(one.value, text(f"pathways_page.period.{one.value}")) for one in Period],
        )
        if self._state is not None:
            self.show_state(self._state)

    # -- showing

    def show_state(self, state: WardPathwaysState) -> None:
        self._state = state
        known = state.seen is not None
        segments = tuple(
            Segment(
                one.value,
                self.text(f"pathways_page.side.{one.value}"),
                str(state.count(one)) if known else "",
            )
            for one in Side
        )
        self._sides.show_segments(segments, state.side.value)
        seen = state.seen
        ward = seen.ward.id if seen is not None and seen.ward is not None else None
        self._head.show_wards(seen.wards if seen is not None else (), ward)
        self._periods.setVisible(state.side is Side.FIGURES)
        self._periods.setCurrentIndex(self._periods.findData(state.period.value))
        self._head.say(self._words.counts(state))
        self._open.setVisible(state.side is Side.PATIENTS)
        self._open.setEnabled(state.current is not None)
        said = self._words.caution(state)
        self._caution.show_notice(Notice(said, Tone.CAUTION, stays=True) if said else None)
        listing = Listing(known, state.count(state.side), state.fault)
        empty = self.text(self._why_empty(state))
        then = self.text(f"pathways_page.empty.{state.side.value}.then")
        excuses = Excuses(self.text("pathways_page.safe"), empty, then)
        if show_listing(self._stack, self.desk, listing, excuses):
            self._show_side(state)

    def _why_empty(self, state: WardPathwaysState) -> str:
        seen = state.seen
        if seen is not None and seen.ward is None:
            return "pathways_page.empty.no-ward"
        whole = seen is not None and not self._words.caution(state)
        known = "" if whole else ".known"
        return f"pathways_page.empty.{state.side.value}{known}"

    def _show_side(self, state: WardPathwaysState) -> None:
        table = self._tables[state.side]
        if state.side is Side.PATIENTS:
            self._faces.setCurrentIndex(0)
            table.show_rows(self._words.patients(state))
            one = state.current
            key = str(one.grid.enrolment.id) if one is not None else ""
        else:
            self._faces.setCurrentIndex(1)
            table.show_rows(self._words.figures(state))
            self._show_bars(state)
            key = state.chosen.origin if state.chosen is not None else ""
        if key and table.current != key:
            table.go_to(key)

    def _show_bars(self, state: WardPathwaysState) -> None:
        words = self._words
        bars = {
            "reasons": words.reasons(state),
            "exits": words.exits(state),
            "elements": words.elements(state),
        }
        for key, found in bars.items():
            self._bars[key].list.show_bars(found, self.text(f"pathways_page.bars.{key}.none"))

    # -- hearing

    def _choose_ward(self, ward: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_ward(ward)

    def _choose_period(self, place: int) -> None:
        if self._presenter is not None:
            self._presenter.choose_period(Period(str(self._periods.itemData(place))))

    def _choose_side(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.show_side(Side(key))

    def _select(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.select(key)

    def _open_grid(self) -> None:
        if self._presenter is not None:
            self._presenter.open_grid()

    def _opened(self, key: str) -> None:
        self._select(key)
        self._open_grid()

    def _reload(self) -> None:
        if self._presenter is not None:
            self._presenter.reload()

    def _to_list(self) -> None:
        if self._state is not None:
            self._tables[self._state.side].setFocus()

    # -- building

    def _commands(self) -> tuple[Command, ...]:
        return (
            Command("pathways_page.command.list", self._to_list, "B", icon="table"),
            Command("pathways_page.command.open", self._open_grid, "O", icon="calendar"),
        )

    def _made_figures(self) -> QWidget:
        gap = self.look.theme.px("gap")
        below = QSplitter(Qt.Orientation.Horizontal)
        for key in _BARS:
            side = QWidget()
            column = QVBoxLayout(side)
            column.setContentsMargins(0, gap, 0, 0)
            column.setSpacing(gap)
            column.addWidget(self._bar_titles[key])
            column.addWidget(self._bars[key], 1)
            below.addWidget(side)
        below.setSizes([400, 340, 460])
        below.setChildrenCollapsible(False)
        body = QSplitter(Qt.Orientation.Vertical)
        body.addWidget(self._tables[Side.FIGURES])
        body.addWidget(below)
        body.setSizes([260, 240])
        for place in range(2):
            body.setStretchFactor(place, 1)
        body.setChildrenCollapsible(False)
        return body

    def _lay_out(self) -> None:
        theme = self.look.theme
        bar = QHBoxLayout()
        bar.setSpacing(theme.px("gap"))
        bar.addWidget(self._sides)
        bar.addWidget(self._periods)
        bar.addStretch(1)
        bar.addWidget(self._open)
        self.stand(self._head, bar, self._caution, self._stack)

    def _connect(self) -> None:
        self._head.chosen.connect(self._choose_ward)
        self._periods.activated.connect(self._choose_period)
        self._sides.chosen.connect(self._choose_side)
        self._open.clicked.connect(self._open_grid)
        for table in self._tables.values():
            table.selected.connect(self._select)
        self._tables[Side.PATIENTS].opened.connect(self._opened)
        self._stack.retry_requested.connect(self._reload)
