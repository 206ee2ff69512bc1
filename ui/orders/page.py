"""The orders of one patient: current, past, and a new one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.orders import OrderClass, OrderDraft
from app.services.order_catalogue import Item
from resources.styles.tokens import Tone
from ui.orders.basket_presenter import BasketPresenter
from ui.orders.basket_view import BasketPane
from ui.orders.copy_bar import CopyBar
from ui.orders.copying import Copying
from ui.orders.countersign_bar import CountersignBar
from ui.orders.countersign_presenter import CountersignPresenter
from ui.orders.deed_bar import DeedBar
from ui.orders.deeds import Deed
from ui.orders.presenter import OrdersPresenter
from ui.orders.set_front import SetFront
from ui.orders.state import OrderForm, OrdersState, Tab
from ui.orders.words import current_spec, order_row, past_spec
from ui.orders.writer import OrderWriter
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.discarding import Discarding
from ui.runtime.outcome import say_outcome
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.banner_line import BannerLine
from widgets.buttons import KeyButton
from widgets.choices import offer
from widgets.flow_layout import FlowLayout
from widgets.naming import named
from widgets.segmented import Segment, Segmented
from widgets.state_stack import StateStack
from widgets.table import Table


class OrdersPage(Page):
    """Shows an `OrdersState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "orders")
        self._words = ChartWords(desk)
        self._presenter: OrdersPresenter | None = None
        self._state = OrdersState()
        self._drawn: object = None
        self._tabs = Segmented(self.look, self.part("tabs"))
        self._classes = named(QComboBox(), self.part("classes"))
        self._recent = named(QLabel(), self.part("recent"))
        self._recent.setProperty("role", "hint")
        self._deeds = DeedBar(self, self._words)
        self._copies = CopyBar(self)
        self._sets = named(KeyButton("sets"), self.part("sets"))
        self._loop = named(KeyButton("loop"), self.part("loop"))
        self._new = named(KeyButton("new"), self.part("new"))
        self._new.claim(Tone.ACT)
        self.countersign = CountersignBar(self, self._words)
        self._notice = BannerLine(self.look, self.part("notice"))
        self._current = Table(self.look, current_spec(self._words))
        self._past = Table(self.look, past_spec(self._words))
        self._lists = QStackedWidget()
        self._lists.addWidget(self._current)
        self._lists.addWidget(self._past)
        self._stack = StateStack(self.look, self.part("state"), self._lists)
        self._writer = OrderWriter(self.look, self.part("writer"), self._words)
        self.basket = BasketPane(self, self._words)
        self._discarding = Discarding(self, self._discard)
        self.front = SetFront(QWidget())
        alone = self._alone
        self._keys = PageKeys(
            desk.shortcuts,
            self,
            Command("orders.new.command", alone(self._begin), "N", icon="plus"),
            Command("orders.stop.command", alone(self._deeds.ask_stop), "Shift+S", icon="ban"),
            Command("orders.hold.command", alone(self._deeds.ask_hold), "Shift+H", icon="pause"),
            Command("orders.cancel.command", alone(self._deeds.ask_cancel), "Shift+X", icon="ban"),
            Command("orders.error.command", alone(self._deeds.ask_error), "Shift+E", icon="ban"),
            *self.basket.commands(alone),
            *self._copies.commands(alone),
            Command("basket.sets", alone(self.front.open_sets), "O", icon="list-checks"),
            Command("orders.loop.command", alone(self._ask_loop), "L", icon="workflow"),
        )
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(
        self,
        presenter: OrdersPresenter,
        basket: BasketPresenter,
        countersign: CountersignPresenter,
    ) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.basket.attend(basket)
        self.keep(countersign)
        self.countersign.attend(countersign)
        self._writer.offer(presenter.choices.routes, presenter.choices.frequencies)
        self.show_state(presenter.state)

    @property
    def draft_is_open(self) -> bool:
        written = self._state.form is not None and not self._writer.form.blank
        return written or self.basket.holds

    def focus_on(self, focus: str) -> None:
        if self._presenter is not None:
            self._presenter.focus_on(focus)

    def show_state(self, state: OrdersState) -> None:
        afresh = self._state.form is None
        self._state = state
        self._say_head()
        say_outcome(self._notice, self.desk, state.act_fault, state.notice)
        self._writer.setVisible(state.form is not None)
        if state.form is not None:
            self._writer.show_order(state, afresh=afresh)
            at = state.restored_at
            time = self.desk.formats.moment(at) if at else ""
            self._writer.show_restored(self.text("orders.restored", time=time) if time else "")
        self._show_body()

    def retranslate(self) -> None:
        super().retranslate()
        self._new.setText(self.text("orders.new"))
        self._deeds.respell()
        self._copies.respell()
        self._sets.setText(self.text("basket.sets.button"))
        self._loop.setText(self.text("orders.loop"))
        self._current.respell(current_spec(self._words))
        self._past.respell(past_spec(self._words))
        self._tabs.setAccessibleName(self.text("orders.tabs"))
        self._classes.setAccessibleName(self.text("orders.classes"))
        self._fill_classes()
        self._writer.respell()
        self.basket.respell()
        self.countersign.respell()
        self._drawn = None
        self.show_state(self._state)

    def leave(self) -> None:
        self._writer.flush()
        self.front.close_sets()
        self._keys.close()
        super().leave()

    def _alone(self, run: Callable[[], None]) -> Callable[[], None]:
        """A key of the page is for what is seen: not while the sheet of order sets covers it."""

        def heard() -> None:
            if not self.front.is_open:
                run()

        return heard

    # -- showing

    def _show_body(self) -> None:
        state = self._state
        if state.fault is not None and not state.lines:
            self._stack.show_failed(self._words.fault(state.fault), self.text("orders.safe"))
        elif state.loading and not state.lines:
            self._stack.show_loading()
        elif not state.listed:
            self._say_empty()
        else:
            self._show_list()

    def _say_empty(self) -> None:
        state = self._state
        action = self.text("orders.new") if state.may_write and state.form is None else ""
        why = self.text(f"orders.empty.{state.tab.value}")
        self._stack.show_empty(why, self.text("orders.empty.then"), action)

    def _show_list(self) -> None:
        state = self._state
        if state.fault is not None:
            self._stack.show_partial(self._words.fault(state.fault), can_retry=True)
        else:
            self._stack.show_content()
        past = state.tab is Tab.PAST
        table = self._past if past else self._current
        self._lists.setCurrentWidget(table)
        drawn = (state.lines, state.tab, state.order_class)
        if self._drawn != drawn:
            self._drawn = drawn
            table.show_rows(tuple(order_row(self._words, line, past=past) for line in state.shown))
            table.describe_filter(self._filter_words())
        if table.current != state.current:
            table.go_to(state.current)

    def _filter_words(self) -> str:
        state = self._state
        if not state.order_class:
            return ""
        name = self.text(f"orders.class.{state.order_class}")
        hidden = len(state.listed) - len(state.shown)
        return self.text("orders.filter", name=name, count=hidden)

    def _say_head(self) -> None:
        state = self._state
        known = not state.loading or bool(state.lines)
        tabs = tuple(
            Segment(
                tab.value,
                self.text(f"orders.tab.{tab.value}"),
                f"{state.count(tab):,}" if known else "",
            )
            for tab in Tab
        )
        self._tabs.show_segments(tabs, state.tab.value)
        self._classes.setCurrentIndex(max(0, self._classes.findData(state.order_class)))
        recent = state.recently_stopped
        self._recent.setText(self.text("orders.recent", count=recent) if recent else "")
        self._deeds.setVisible(state.may_stop)
        self._deeds.show_deeds(state)
        self._copies.setVisible(state.may_place)
        self._copies.show_copies(state)
        self._sets.setVisible(state.may_write)
        self._loop.setEnabled(state.chosen is not None)
        self._new.setVisible(state.may_write and state.form is None)
        self._new.setEnabled(not state.busy and not (state.loading and not state.lines))

    def _fill_classes(self) -> None:
        classes = [(one.value, self.text(f"orders.class.{one.value}")) for one in OrderClass]
        offer(self._classes, [("", self.text("orders.classes.all")), *classes])

    # -- hearing

    def _begin(self) -> None:
        if self._presenter is not None:
            self._presenter.new()
            if self._state.form is not None:
                self._writer.write_on()

    def _choose_tab(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_tab(key)

    def _choose_class(self, place: int) -> None:
        if self._presenter is not None:
            self._presenter.choose_class(str(self._classes.itemData(place) or ""))

    def _clear_filter(self) -> None:
        if self._presenter is not None:
            self._presenter.choose_class("")

    def _choose(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose(key)

    def _edit(self, form: OrderForm) -> None:
        if self._presenter is not None:
            self._presenter.edit(form)

    def _type_line(self, text: str) -> None:
        if self._presenter is not None:
            self._presenter.type_line(text)

    def _search(self, query: str) -> None:
        if self._presenter is not None:
            self._presenter.search(query)

    def _pick(self, item: Item) -> None:
        if self._presenter is not None:
            self._writer.flush()
            self._presenter.pick(item)

    def _put(self) -> None:
        if self._presenter is not None:
            self._presenter.put()

    def _take_out(self, key: str) -> None:
        """What is still being typed counts, too."""
        if self._presenter is not None:
            self._writer.flush()
            self._presenter.take_out(key)

    def _ask_loop(self) -> None:
        if self._presenter is not None:
            self._presenter.open_loop()

    def _copy(self, copying: Copying) -> None:
        """What is still being typed counts, too: a revision comes into the form."""
        if self._presenter is not None:
            self._writer.flush()
            self._presenter.copy(copying)

    def _take_set(self, drafts: tuple[OrderDraft, ...]) -> None:
        if self._presenter is not None:
            self._presenter.put_all(drafts)

    def _act(self, deed: Deed, reason: str) -> None:
        if self._presenter is not None:
            self._presenter.act(deed, reason)

    def _discard(self) -> None:
        if self._presenter is not None:
            self._presenter.discard()

    def _retry(self) -> None:
        if self._presenter is not None:
            self._presenter.load()

    def _dismiss(self) -> None:
        if self._presenter is not None:
            self._presenter.read_notice()

    # -- building

    def _lay_out(self) -> None:
        theme = self.look.theme
        pad, gap = theme.px("pad"), theme.px("gap")
        head = QHBoxLayout()
        head.setSpacing(gap)
        head.addWidget(self._tabs)
        head.addWidget(self._classes)
        head.addWidget(self._recent)
        head.addStretch(1)
        head.addWidget(self._sets)
        head.addWidget(self._loop)
        head.addWidget(self._new)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        left = QSplitter(Qt.Orientation.Vertical)
        left.setChildrenCollapsible(False)
        left.addWidget(self._stack)
        left.addWidget(self.basket)
        left.setStretchFactor(0, 3)
        left.setStretchFactor(1, 2)
        split.addWidget(left)
        split.addWidget(self._writer)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.front)
        column = QVBoxLayout(self.front.behind)
        column.setContentsMargins(pad, gap, pad, gap)
        column.setSpacing(gap)
        column.addLayout(head)
        deeds = FlowLayout(gap=gap)
        deeds.addWidget(self._deeds)
        deeds.addWidget(self._copies)
        column.addLayout(deeds)
        column.addWidget(self.countersign)
        column.addWidget(self._notice)
        column.addWidget(split, 1)

    def _connect(self) -> None:
        self._tabs.chosen.connect(self._choose_tab)
        self._classes.activated.connect(self._choose_class)
        for table in (self._current, self._past):
            table.selected.connect(self._choose)
            table.filter_cleared.connect(self._clear_filter)
        self._new.clicked.connect(self._begin)
        self._deeds.requested.connect(self._act)
        self._copies.requested.connect(self._copy)
        self._sets.clicked.connect(self.front.open_sets)
        self.front.chosen.connect(self._take_set)
        self._loop.clicked.connect(self._ask_loop)
        self._writer.settled.connect(self._edit)
        self._writer.line_typed.connect(self._type_line)
        self._writer.searched.connect(self._search)
        self._writer.picked.connect(self._pick)
        self._writer.put_requested.connect(self._put)
        self.basket.edit_requested.connect(self._take_out)
        self._writer.discard_requested.connect(self._discarding.ask)
        self._stack.retry_requested.connect(self._retry)
        self._stack.action_requested.connect(self._begin)
        self._notice.dismissed.connect(self._dismiss)
