"""The closed loops of a ward, or of one patient: a list, the strip of one, and where time goes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from resources.styles.tokens import Tone
from ui.loops.presenter import LoopsPresenter
from ui.loops.state import LoopsState, Part, Seen
from ui.loops.words import LoopWords
from ui.runtime.desk import Desk
from ui.runtime.fact_sheet import FactSheet
from ui.runtime.listing import Excuses, Listing, show_listing
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.banner_line import BannerLine, Notice
from widgets.bar_list import BarListArea
from widgets.buttons import KeyButton
from widgets.choices import offer
from widgets.labels import Caption, Title, WrapLabel
from widgets.naming import named
from widgets.node_strip import NodeStripArea
from widgets.segmented import Segment, Segmented
from widgets.state_stack import StateStack
from widgets.table import Table


class LoopsPage(Page):
    """Draws a `LoopsState`."""

    def __init__(self, desk: Desk, *, of_patient: bool) -> None:
        super().__init__(desk, "patient_loops" if of_patient else "loops")
        self._of_patient = of_patient
        self._words = LoopWords(desk)
        self._presenter: LoopsPresenter | None = None
        self._state: LoopsState | None = None
        self._drawn: Seen | None = None
        self._listed: object = None
        self._title = named(Title(), self.part("title"))
        self._title.setWordWrap(False)
        self._wards = named(QComboBox(), self.part("wards"))
        self._wards.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._wards.setVisible(not of_patient)
        self._rates = named(WrapLabel(), self.part("rates"))
        self._rates.setProperty("role", "caption")
        self._parts = Segmented(self.look, self.part("parts"))
        self._open = named(KeyButton("orders"), self.part("orders"))
        self._notice = BannerLine(self.look, self.part("notice"))
        self._table = Table(self.look, self._words.spec(of_patient=of_patient))
        self._slow_title = named(Caption(), self.part("slowest.title"))
        self._slow = BarListArea(self.look, self.part("slowest"))
        self._loop = named(QLabel(), self.part("loop"))
        self._loop.setProperty("role", "strong")
        self._strip = NodeStripArea(self.look, self.part("strip"))
        self._none = named(WrapLabel(), self.part("strip.none"))
        self._none.setProperty("role", "hint")
        self._node = FactSheet(self.look, self.part("node"), ())
        self._node.setMinimumWidth(self.look.theme.px("rail_wide") + self.look.theme.grid(12))
        self._stack = StateStack(self.look, self.part("state"), self._body())
        self.keep(PageKeys(desk.shortcuts, self, *self._commands()))
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: LoopsPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)

    def focus_on(self, focus: str) -> None:
        """Go to a ward, or to one order of the chart."""
        if self._presenter is not None:
            self._presenter.focus_on(focus)

    def pass_time(self) -> None:
        if self._presenter is not None:
            self._presenter.pass_time()

    def retranslate(self) -> None:
        super().retranslate()
        self._title.setText(self.text("workspace.loops"))
        self._wards.setAccessibleName(self.text("loops.wards"))
        self._parts.setAccessibleName(self.text("loops.parts"))
        self._open.setText(self.text("loops.open_order"))
        self._slow_title.setText(self.text("loops.slowest"))
        self._slow.list.setAccessibleName(self.text("loops.slowest"))
        self._node.setAccessibleName(self.text("loops.node"))
        self._strip.strip.setAccessibleName(self.text("loops.strip"))
        self._table.respell(self._words.spec(of_patient=self._of_patient))
        self._listed = None
        if self._state is not None:
            self.show_state(self._state)

    # -- showing

    def show_state(self, state: LoopsState) -> None:
        self._state = state
        known = state.seen is not None
        segments = tuple(
            Segment(one.value, self._words.part(one), f"{state.count(one):,}" if known else "")
            for one in Part
        )
        self._parts.show_segments(segments, state.part.value)
        self._say_wards(state)
        self._say_rates(state)
        self._open.setEnabled(state.current is not None)
        listing = Listing(known, len(state.listed), state.fault)
        empty = self.text(f"loops.empty.{state.part.value}")
        excuses = Excuses(self.text("loops.safe"), empty, self.text("loops.empty.then"))
        if show_listing(self._stack, self.desk, listing, excuses):
            self._show_list(state)
            self._show_strip(state)

    def _say_wards(self, state: LoopsState) -> None:
        wards = state.seen.wards if state.seen is not None else ()
        if not wards:
            return
        names = [(str(ward.id), self._words.name(ward.name)) for ward in wards]
        ward = state.seen.ward if state.seen is not None else None
        offer(self._wards, names, ward.id if ward is not None else "")

    def _say_rates(self, state: LoopsState) -> None:
        found, words = state.figures, self._words
        if state.seen is None:
            self._rates.setText("")
            return
        said = [
            self.text(
                "loops.completion",
                rate=words.rate(found.completion, found.reached, found.mandatory),
            ),
            self.text(
                "loops.timeliness", rate=words.rate(found.timeliness, found.timely, found.judged)
            ),
        ]
        if found.wrong_order:
            said.append(self.text("loops.wrong_order", count=found.wrong_order))
        self._rates.setText("   ".join(said))
        never = not self._of_patient and state.seen.ward is not None and state.seen.as_of is None
        notice = Notice(self.text("loops.not_whole"), Tone.CAUTION, stays=True)
        self._notice.show_notice(notice if never else None)

    def _show_list(self, state: LoopsState) -> None:
        # By identity: two boards are as large as their wards and are not compared node by node.
        if self._drawn is not state.seen or self._listed != (state.part, state.now):
            self._drawn, self._listed = state.seen, (state.part, state.now)
            self._table.show_rows(self._words.rows(state))
            self._slow.list.show_bars(self._words.bars(state), self.text("loops.slowest.none"))
        one = state.current
        if one is not None and self._table.current != one.ref:
            self._table.go_to(one.ref)

    def _show_strip(self, state: LoopsState) -> None:
        one, book = state.current, state.seen.book if state.seen is not None else None
        found = one.strip if one is not None else None
        self._none.setVisible(found is None)
        self._strip.setVisible(found is not None)
        self._loop.setVisible(found is not None)
        if one is None or book is None:
            return
        if found is None:
            code = "loops.ambiguous.why" if one.choice.candidates else "loops.unmatched"
            self._none.setText(self.text(code))
            self._node.show_facts(())
            return
        label = self._words.label(found)
        name = self._words.name(found.loop.name)
        self._loop.setText(self.text("loops.headed", name=name, loop=found.loop.code, label=label))
        node = state.node
        step = node.node.step if node is not None else ""
        foreign = self.text("loops.foreign")
        self._strip.show_nodes(self._words.strip(found, book, state), step, foreign)
        self._node.show_facts(self._words.facts(node, book) if node is not None else ())

    # -- hearing

    def _select(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.select(key)

    def _point(self, step: str) -> None:
        if self._presenter is not None:
            self._presenter.point(step)

    def _choose_part(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.list_part(Part(key))

    def _choose_ward(self, place: int) -> None:
        if self._presenter is not None:
            self._presenter.choose_ward(str(self._wards.itemData(place) or ""))

    def _open_order(self) -> None:
        if self._presenter is not None:
            self._presenter.open_orders()

    def _opened(self, key: str) -> None:
        self._select(key)
        self._open_order()

    def _reload(self) -> None:
        if self._presenter is not None:
            self._presenter.reload()

    # -- building

    def _commands(self) -> tuple[Command, ...]:
        return (
            Command("loops.command.strip", self._strip.strip.setFocus, "S", icon="workflow"),
            Command("loops.command.list", self._table.setFocus, "B", icon="list-checks"),
            Command("loops.command.order", self._open_order, "O", icon="clipboard-list"),
        )

    def _body(self) -> QWidget:
        gap = self.look.theme.px("gap")
        slow = QWidget()
        column = QVBoxLayout(slow)
        column.setContentsMargins(gap, 0, 0, 0)
        column.setSpacing(gap)
        column.addWidget(self._slow_title)
        column.addWidget(self._slow, 1)
        slow.setVisible(not self._of_patient)
        above = QSplitter(Qt.Orientation.Horizontal)
        above.addWidget(self._table)
        above.addWidget(slow)
        above.setSizes([840, 300])
        above.setStretchFactor(0, 1)
        above.setChildrenCollapsible(False)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, self.look.theme.grid(1), 0, 0)
        column.setSpacing(self.look.theme.grid(1))
        column.addWidget(self._loop)
        column.addWidget(self._none)
        column.addWidget(self._strip, 1)
        below = QSplitter(Qt.Orientation.Horizontal)
        below.addWidget(left)
        below.addWidget(self._node)
        below.setSizes([840, 300])
        below.setStretchFactor(0, 1)
        below.setChildrenCollapsible(False)
        body = QSplitter(Qt.Orientation.Vertical)
        body.addWidget(above)
        body.addWidget(below)
        body.setSizes([300, 220])
        body.setStretchFactor(0, 1)
        body.setChildrenCollapsible(False)
        return body

    def _lay_out(self) -> None:
        theme = self.look.theme
        pad, gap = theme.px("pad"), theme.px("gap")
        head = QHBoxLayout()
        head.setSpacing(pad)
        head.addWidget(self._title)
        head.addWidget(self._wards)
        head.addWidget(self._rates, 1)
        bar = QHBoxLayout()
        bar.setSpacing(gap)
        bar.addWidget(self._parts)
        bar.addStretch(1)
        bar.addWidget(self._open)
        self.stand(head, bar, self._notice, self._stack)

    def _connect(self) -> None:
        self._parts.chosen.connect(self._choose_part)
        self._wards.activated.connect(self._choose_ward)
        self._open.clicked.connect(self._open_order)
        self._table.selected.connect(self._select)
        self._table.opened.connect(self._opened)
        self._strip.strip.pointed.connect(self._point)
        self._stack.retry_requested.connect(self._reload)
