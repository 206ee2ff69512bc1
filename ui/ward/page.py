"""The ward as cards or as a table."""

from __future__ import annotations

import itertools

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QStackedWidget

from app.kernel.faults import Fault
from resources.styles.tokens import Tone
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from ui.ward.cards import CardGrid
from ui.ward.presenter import WardPresenter
from ui.ward.state import Filters, Layout, Order, WardState, key_of
from ui.ward.words import WardWords
from widgets.banner_line import BannerLine, Notice
from widgets.choices import offer
from widgets.flow_layout import FlowLayout
from widgets.labels import Title, WrapLabel, paint_tone
from widgets.naming import named
from widgets.segmented import Segment, Segmented
from widgets.state_stack import StateStack
from widgets.table import Table


class WardPage(Page):
    """Draws a `WardState`; a list of one's own patients is the same page without a ward."""

    def __init__(self, desk: Desk, *, own_list: bool) -> None:
        super().__init__(desk, "mine" if own_list else "ward")
        self._own_list = own_list
        self._words = WardWords(desk)
        self._presenter: WardPresenter | None = None
        self._state: WardState | None = None
        self._title = named(Title(), self.part("title"))
        self._summary = named(WrapLabel(), self.part("summary"))
        self._summary.setProperty("role", "caption")
        self._as_of = named(QLabel(), self.part("as_of"))
        self._wards = named(QComboBox(), self.part("wards"))
        self._layouts = Segmented(self.look, self.part("layout"))
        self._order = named(QComboBox(), self.part("order"))
        self._critical = named(QCheckBox(), self.part("critical"))
        self._mine = named(QCheckBox(), self.part("mine"))
        self._care = named(QComboBox(), self.part("care"))
        self._left = named(QLabel(), self.part("filtered"))
        self._notice = BannerLine(self.look, self.part("notice"))
        self._cards = CardGrid(self.look, self.part("cards"))
        self._table = Table(self.look, self._words.spec(own_list=own_list))
        self._bodies = QStackedWidget()
        self._bodies.addWidget(self._cards)
        self._bodies.addWidget(self._table)
        self._stack = StateStack(self.look, self.part("state"), self._bodies)
        self.keep(PageKeys(desk.shortcuts, self, *self._commands()))
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: WardPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)

    def focus_on(self, focus: str) -> None:
        """Go to another ward."""
        if self._presenter is not None and focus:
            self._presenter.choose_ward(focus)

    def pass_time(self) -> None:
        if self._presenter is not None:
            self._presenter.pass_time()

    def retranslate(self) -> None:
        super().retranslate()
        self._table.respell(self._words.spec(own_list=self._own_list))
        self._say_controls()
        if self._state is not None:
            self.show_state(self._state)

    # -- showing

    def show_state(self, state: WardState) -> None:
        self._state = state
        self._say_head(state)
        self._say_filters(state)
        if state.seen is None:
            self._show_nothing_read(state)
            return
        if not state.seen.rows:
            self._stack.show_empty(*self._why_empty(state))
            return
        self._fill(state)
        if state.fault is not None:
            self._stack.show_partial(ChartWords(self.desk).unread(state.fault), can_retry=True)
        elif state.never_downloaded:
            self._stack.show_partial(self.text("ward.partial"))
        else:
            self._stack.show_content()

    def show_fault(self, fault: Fault) -> None:
        self._notice.show_notice(Notice(ChartWords(self.desk).fault(fault), Tone.CAUTION))

    def _fill(self, state: WardState) -> None:
        if state.layout is Layout.CARDS:
            self._cards.show_beds(state, self._words)
            self._bodies.setCurrentWidget(self._cards)
            return
        self._table.show_rows(self._words.rows(state))
        self._table.show_marked(self._marked_keys(state))
        self._bodies.setCurrentWidget(self._table)

    def _marked_keys(self, state: WardState) -> tuple[str, ...]:
        return tuple(key_of(row) for row in state.rows if state.is_marked(row))

    def _show_nothing_read(self, state: WardState) -> None:
        if state.fault is None:
            self._stack.show_loading()
        else:
            self._stack.show_failed(
                ChartWords(self.desk).unread(state.fault), self.text("ward.safe")
            )

    def _why_empty(self, state: WardState) -> tuple[str, str, str]:
        text = self.text
        if state.own_list:
            return text("ward.none_mine"), text("ward.none_mine.then"), text("ward.find")
        if state.never_downloaded:
            return text("ward.waiting"), text("ward.waiting.then"), ""
        return text("ward.no_beds"), text("ward.no_beds.then"), text("ward.find")

    def _say_head(self, state: WardState) -> None:
        """Whose list, which ward exactly, how many, and how old (CUI PAL-0010 to PAL-0100)."""
        language = self.desk.languages.language
        seen = state.seen
        person = state.person.shown(language)
        if state.own_list:
            self._title.setText(self.text("ward.list_of", name=person))
        else:
            named_ward = seen.ward.name.shown(language) if seen and seen.ward else ""
            self._title.setText(named_ward or self.text("workspace.ward"))
        self._summary.setText(self._counts(state, person))
        self._say_as_of(state)

    def _counts(self, state: WardState, person: str) -> str:
        """How many lie here, as far as that is known."""
        seen = state.seen
        if seen is None:
            return ""
        here = sum(row.patient is not None for row in seen.rows)
        if state.own_list:
            return self.text("ward.patients", count=here)
        if state.never_downloaded:
            return self.text("ward.counts_unknown", count=here, name=person)
        beds = seen.ward.beds if seen.ward else 0
        return self.text("ward.counts", count=here, beds=beds, name=person)

    def _say_as_of(self, state: WardState) -> None:
        as_of = state.seen.as_of if state.seen else None
        if as_of is None:
            self._as_of.setText(self.text("ward.never") if state.seen else "")
            paint_tone(self._as_of, Tone.CAUTION)
            return
        at = self.desk.formats.moment(as_of)
        ago = self.desk.formats.ago(as_of, state.now)
        said = self.text("ward.as_of_old", at=at, ago=ago)
        self._as_of.setText(said if state.stale else self.text("ward.as_of", at=at))
        paint_tone(self._as_of, Tone.CAUTION if state.stale else Tone.PLAIN)

    def _say_filters(self, state: WardState) -> None:
        self._critical.setChecked(state.filters.critical)
        self._mine.setChecked(state.filters.mine)
        levels = [(level, self._words.care_level(level)) for level in state.care_levels]
        offer(self._care, [("", self.text("ward.care.all")), *levels], state.filters.care)
        left = self.text("ward.filtered", shown=len(state.rows), total=state.total)
        self._left.setText(left if state.filters.on else "")
        self._table.describe_filter(self.text("ward.filter.on") if state.filters.on else "")
        wards = state.seen.wards if state.seen else ()
        if wards:
            language = self.desk.languages.language
            names = [(str(ward.id), ward.name.shown(language)) for ward in wards]
            ward = state.seen.ward.id if state.seen and state.seen.ward else ""
            offer(self._wards, names, ward)
        self._wards.setVisible(not state.own_list and len(wards) > 1)
        if self._layouts.current != state.layout.value:
            self._say_layouts(state.layout)
        self._order.setCurrentIndex(max(0, self._order.findData(state.order.value)))

    def _say_controls(self) -> None:
        text = self.text
        self._critical.setText(text("ward.filter.critical"))
        self._mine.setText(text("ward.filter.mine"))
        self._wards.setAccessibleName(text("ward.choose"))
        self._care.setAccessibleName(text("ward.column.care"))
        self._order.setAccessibleName(text("ward.order"))
        orders = tuple(order.value for order in Order)
        chosen = self._state.order.value if self._state else Order.BED.value
        offer(self._order, [(order, text(f"ward.order.{order}")) for order in orders], chosen)
        self._say_layouts(self._state.layout if self._state else Layout.CARDS)

    def _say_layouts(self, layout: Layout) -> None:
        segments = tuple(
            Segment(one.value, self.text(f"ward.layout.{one.value}")) for one in Layout
        )
        self._layouts.show_segments(segments, layout.value)

    # -- what the user does

    def _filter(self) -> None:
        if self._presenter is not None:
            care = str(self._care.currentData() or "")
            chosen = Filters(self._critical.isChecked(), care, self._mine.isChecked())
            self._presenter.filter(chosen)

    def _clear_filter(self) -> None:
        if self._presenter is not None:
            self._presenter.filter(Filters())

    def _choose_ward(self) -> None:
        if self._presenter is not None:
            self._presenter.choose_ward(str(self._wards.currentData()))

    def _choose_layout(self, layout: str) -> None:
        if self._presenter is not None:
            self._presenter.lay_out(Layout(layout))

    def _choose_order(self) -> None:
        if self._presenter is not None:
            self._presenter.sort(Order(str(self._order.currentData())))

    def _open(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.open(key)

    def _mark(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.toggle_mark(key)

    def _marks_changed(self, keys: tuple[str, ...]) -> None:
        """The table has ticked a box; what is marked is said by the state that follows."""
        if self._state is None:
            return
        for key in set(keys) ^ set(self._marked_keys(self._state)):
            self._mark(key)
        self._table.show_marked(self._marked_keys(self._state))

    def _retry(self) -> None:
        if self._presenter is not None:
            self._presenter.reload()

    def _find(self) -> None:
        if self._presenter is not None:
            self._presenter.find()

    def _mark_current(self) -> None:
        self._mark(self._current)

    def _toggle_layout(self) -> None:
        cards = self._layouts.current == Layout.CARDS.value
        self._choose_layout(Layout.TABLE.value if cards else Layout.CARDS.value)
        self._take_focus()

    def _toggle_critical(self) -> None:
        self._critical.toggle()
        self._filter()

    @property
    def _current(self) -> str:
        on_cards = self._bodies.currentWidget() is self._cards
        return self._cards.current if on_cards else self._table.current

    def _take_focus(self) -> None:
        if self._bodies.currentWidget() is self._cards:
            self._cards.take_focus()
        else:
            self._table.setFocus()

    # -- inside

    def _commands(self) -> tuple[Command, ...]:
        return (
            Command("ward.command.mark", self._mark_current, "M", icon="star"),
            Command("ward.command.layout", self._toggle_layout, "V", icon="layout-grid"),
            Command("ward.command.critical", self._toggle_critical, "C", icon="octagon-alert"),
            Command("ward.command.beds", self._take_focus, "B", icon="bed-double"),
        )

    def _lay_out(self) -> None:
        theme = self.look.theme
        head = QHBoxLayout()
        head.setSpacing(theme.px("pad"))
        head.addWidget(self._title)
        head.addWidget(self._summary, 1)
        head.addWidget(self._as_of)
        bar = FlowLayout(gap=theme.px("gap"))
        for part in (
            self._wards,
            self._layouts,
            self._order,
            self._critical,
            self._mine,
            self._care,
            self._left,
        ):
            bar.addWidget(part)
        self._title.setWordWrap(False)
        self._left.setProperty("role", "strong")
        self.stand(head, bar, self._notice, self._stack)
        self._mine.setVisible(not self._own_list)
        stops = (self._wards, self._layouts, self._order, self._critical, self._mine, self._care)
        for one, other in itertools.pairwise(stops):
            self.setTabOrder(one, other)
        self.setTabOrder(self._care, self._stack)

    def _connect(self) -> None:
        self._wards.activated.connect(self._choose_ward)
        self._layouts.chosen.connect(self._choose_layout)
        self._order.activated.connect(self._choose_order)
        self._critical.clicked.connect(self._filter)
        self._mine.clicked.connect(self._filter)
        self._care.activated.connect(self._filter)
        self._cards.opened.connect(self._open)
        self._cards.mark_requested.connect(self._mark)
        self._table.opened.connect(self._open)
        self._table.marked.connect(self._marks_changed)
        self._table.filter_cleared.connect(self._clear_filter)
        self._stack.retry_requested.connect(self._retry)
        self._stack.action_requested.connect(self._find)
