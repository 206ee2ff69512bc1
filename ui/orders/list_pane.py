"""The list of orders: one table for what holds, one for what has ended."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ui.orders.listing import Tab
from ui.orders.state import OrdersState
from ui.orders.words import current_spec, order_rows, past_spec
from ui.runtime.chart_words import ChartWords
from ui.runtime.page import Page
from widgets.state_stack import StateStack
from widgets.table import Table


class OrderLists(QWidget):
    """Draws the list of an `OrdersState`, or why there is none.

    Signals:
        selected: The order one is on.
        opened: Enter or a double click on an order.
        filter_cleared: Every class is to be shown.
        retry_requested: It is to be read again.
        begin_requested: An order is to be written.
    """

    selected = Signal(str)
    opened = Signal(str)
    filter_cleared = Signal()
    retry_requested = Signal()
    begin_requested = Signal()

    def __init__(self, page: Page, words: ChartWords) -> None:
        super().__init__()
        self._page = page
        self._words = words
        self._drawn: object = None
        self._current = Table(page.look, current_spec(words))
        self._past = Table(page.look, past_spec(words))
        self._lists = QStackedWidget()
        self._lists.addWidget(self._current)
        self._lists.addWidget(self._past)
        self._stack = StateStack(page.look, page.part("state"), self._lists)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        for table in (self._current, self._past):
            table.selected.connect(self.selected)
            table.opened.connect(self.opened)
            table.filter_cleared.connect(self.filter_cleared)
        self._stack.retry_requested.connect(self.retry_requested)
        self._stack.action_requested.connect(self.begin_requested)

    def respell(self) -> None:
        """Take the words in another language."""
        self._current.respell(current_spec(self._words))
        self._past.respell(past_spec(self._words))
        self._drawn = None

    def show_state(self, state: OrdersState) -> None:
        """Show the chosen list, and say how far it has come."""
        text = self._page.text
        if state.fault is not None and not state.lines:
            self._stack.show_failed(self._words.unread(state.fault), text("orders.safe"))
        elif state.loading and not state.lines:
            self._stack.show_loading()
        elif not state.listed:
            new = text("verbal.new" if state.verbal else "orders.new")
            action = new if state.may_write and state.form is None else ""
            why = text(f"orders.empty.{state.tab.value}")
            self._stack.show_empty(why, text("orders.empty.then"), action)
        else:
            self._show_list(state)

    def _show_list(self, state: OrdersState) -> None:
        text = self._page.text
        if state.fault is not None:
            why = self._words.unread(state.fault)
            self._stack.show_partial(text("orders.partial", why=why), can_retry=True)
        else:
            self._stack.show_content()
        past = state.tab is Tab.ENDED
        table = self._past if past else self._current
        self._lists.setCurrentWidget(table)
        drawn = (state.lines, state.tab, state.order_class, state.troubles)
        if self._drawn != drawn:
            self._drawn = drawn
            table.show_rows(order_rows(self._words, state.shown, state.troubles, past=past))
            table.describe_filter(self._filter_words(state))
        if table.current != state.current:
            table.go_to(state.current)

    def _filter_words(self, state: OrdersState) -> str:
        if not state.order_class:
            return ""
        name = self._page.text(f"orders.class.{state.order_class}")
        hidden = len(state.listed) - len(state.shown)
        return self._page.text("orders.filter", name=name, count=hidden)
