"""The orders of one patient: current, past, and a new one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
)

from app.domain.orders import OrderClass
from app.services.order_catalogue import Item
from resources.styles.tokens import Tone
from ui.orders.presenter import OrdersPresenter
from ui.orders.state import OrderForm, OrdersState, Tab
from ui.orders.words import current_spec, order_row, past_spec
from ui.orders.writer import OrderWriter
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from ui.runtime.discarding import Discarding
from ui.runtime.outcome import say_outcome
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.banner_line import BannerLine
from widgets.buttons import KeyButton
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel
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
        self._reason: QLineEdit | None = None
        self._sheet: Sheet | None = None
        self._tabs = Segmented(self.look, self.part("tabs"))
        self._classes = named(QComboBox(), self.part("classes"))
        self._recent = named(QLabel(), self.part("recent"))
        self._recent.setProperty("role", "hint")
        self._stop = named(KeyButton("stop"), self.part("stop"))
        self._loop = named(KeyButton("loop"), self.part("loop"))
        self._new = named(KeyButton("new"), self.part("new"))
        self._new.claim(Tone.ACT)
        self._notice = BannerLine(self.look, self.part("notice"))
        self._current = Table(self.look, current_spec(self._words))
        self._past = Table(self.look, past_spec(self._words))
        self._lists = QStackedWidget()
        self._lists.addWidget(self._current)
        self._lists.addWidget(self._past)
        self._stack = StateStack(self.look, self.part("state"), self._lists)
        self._writer = OrderWriter(self.look, self.part("writer"), self._words)
        self._discarding = Discarding(self, self._discard)
        self._keys = PageKeys(
            desk.shortcuts,
            self,
            Command("orders.new.command", self._begin, "N", icon="plus"),
            Command("orders.loop.command", self._ask_loop, "L", icon="workflow"),
        )
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: OrdersPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self._writer.offer(presenter.choices.routes, presenter.choices.frequencies)
        self.show_state(presenter.state)

    @property
    def draft_is_open(self) -> bool:
        return self._state.form is not None and not self._writer.form.blank

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
        self._stop.setText(self.text("orders.stop"))
        self._loop.setText(self.text("orders.loop"))
        self._current.respell(current_spec(self._words))
        self._past.respell(past_spec(self._words))
        self._tabs.setAccessibleName(self.text("orders.tabs"))
        self._classes.setAccessibleName(self.text("orders.classes"))
        self._fill_classes()
        self._writer.respell()
        self._drawn = None
        self.show_state(self._state)

    def leave(self) -> None:
        self._writer.flush()
        self._keys.close()
        super().leave()

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
        action = self.text("orders.new") if state.may_place and state.form is None else ""
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
        self._stop.setVisible(state.may_stop and state.tab is Tab.CURRENT)
        self._stop.setEnabled(state.can_stop)
        self._loop.setEnabled(state.chosen is not None)
        self._new.setVisible(state.may_place and state.form is None)
        self._new.setEnabled(not state.busy and not (state.loading and not state.lines))

    def _fill_classes(self) -> None:
        self._classes.clear()
        self._classes.addItem(self.text("orders.classes.all"), "")
        for one in OrderClass:
            self._classes.addItem(self.text(f"orders.class.{one.value}"), one.value)

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

    def _ask_sign(self) -> None:
        if self._presenter is not None:
            self._presenter.sign()

    def _ask_stop(self) -> None:
        line = self._state.chosen
        if line is None or not self._state.can_stop:
            return
        choices = (
            Choice("keep", self.text("orders.stop.keep")),
            Choice("stop", self.text("orders.stop.sure"), Tone.DANGER, ready=False),
        )
        sheet = Sheet(self.look, self, self.text("orders.stop.title"), choices)
        sheet.put(named(WrapLabel(self._words.order_line(line.order)), "sheet.text"))
        form = Form(self.look, "sheet.form")
        self._reason = QLineEdit()
        label = self.text("orders.stop.reason")
        form.add(FieldSpec("reason", label, required=True), self._reason)
        self._reason.textChanged.connect(self._reason_changed)
        sheet.put(form)
        sheet.answered.connect(self._on_stop_answer)
        self._sheet = sheet
        sheet.open()

    def _ask_loop(self) -> None:
        if self._presenter is not None:
            self._presenter.open_loop()

    def _reason_changed(self, text: str) -> None:
        if self._sheet is not None:
            self._sheet.make_ready("stop", ready=bool(text.strip()))

    def _on_stop_answer(self, key: str) -> None:
        reason = self._reason.text() if self._reason is not None else ""
        self._sheet = self._reason = None
        if key == "stop" and self._presenter is not None:
            self._presenter.stop(reason)

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
        head.addWidget(self._loop)
        head.addWidget(self._stop)
        head.addWidget(self._new)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._stack)
        split.addWidget(self._writer)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(pad, gap, pad, gap)
        column.setSpacing(gap)
        column.addLayout(head)
        column.addWidget(self._notice)
        column.addWidget(split, 1)

    def _connect(self) -> None:
        self._tabs.chosen.connect(self._choose_tab)
        self._classes.activated.connect(self._choose_class)
        for table in (self._current, self._past):
            table.selected.connect(self._choose)
            table.filter_cleared.connect(self._clear_filter)
        self._new.clicked.connect(self._begin)
        self._stop.clicked.connect(self._ask_stop)
        self._loop.clicked.connect(self._ask_loop)
        self._writer.settled.connect(self._edit)
        self._writer.line_typed.connect(self._type_line)
        self._writer.searched.connect(self._search)
        self._writer.picked.connect(self._pick)
        self._writer.sign_requested.connect(self._ask_sign)
        self._writer.discard_requested.connect(self._discarding.ask)
        self._stack.retry_requested.connect(self._retry)
        self._stack.action_requested.connect(self._begin)
        self._notice.dismissed.connect(self._dismiss)
