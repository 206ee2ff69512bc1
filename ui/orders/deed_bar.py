"""The buttons over the list that act on the chosen order."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.orders.deed_sheet import DeedSheet
from ui.orders.deeds import Deed, Why, group_of
from ui.orders.state import OrdersState
from ui.runtime.chart_words import ChartWords
from ui.runtime.page import Page
from widgets.buttons import KeyButton
from widgets.naming import named


class DeedBar(QWidget):
    """Offers what can be done; what cannot says why in its hover.

    Signals:
        requested: The `Deed` and the `Why`, after the sheet was answered.
    """

    requested = Signal(object, object)

    def __init__(self, page: Page, words: ChartWords) -> None:
        super().__init__()
        self.setObjectName(page.part("deeds"))
        self._page = page
        self._words = words
        self._state = OrdersState()
        self._asking = Deed.STOP
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(page.look.theme.px("gap"))
        self._buttons = {deed: named(KeyButton(deed.value), page.part(deed.value)) for deed in Deed}
        for button in self._buttons.values():
            button.picked.connect(self._pick)
            row.addWidget(button)
        row.addStretch(1)

    def show_deeds(self, state: OrdersState) -> None:
        """Allow what can be done to the chosen order."""
        self._state = state
        for deed, button in self._buttons.items():
            hindered = state.hindrance(deed)
            button.setEnabled(hindered is None and not state.busy)
            render = self._words.desk.languages.render
            button.setToolTip(render(hindered) if hindered is not None else "")

    def respell(self) -> None:
        """Take the words in another language."""
        for deed, button in self._buttons.items():
            button.setText(self._words.text(f"orders.deed.{deed.value}"))

    def ask_stop(self) -> None:
        self.ask(Deed.STOP)

    def ask_hold(self) -> None:
        """Hold what is active; let go on what is held."""
        held = self._state.hindrance(Deed.RESUME) is None
        self.ask(Deed.RESUME if held else Deed.HOLD)

    def ask_cancel(self) -> None:
        self.ask(Deed.CANCEL)

    def ask_error(self) -> None:
        self.ask(Deed.ERROR)

    def ask(self, deed: Deed) -> None:
        """Say what it will be done to, and ask for the reason where one is needed."""
        line = self._state.chosen
        if line is None or self._state.busy or self._state.hindrance(deed) is not None:
            return
        members = group_of(self._state.lines, line.order)
        sheet = DeedSheet(self._page, self._words, deed, members)
        self._asking = deed
        sheet.decided.connect(self._decide)
        sheet.open()

    def _decide(self, why: Why) -> None:
        self.requested.emit(self._asking, why)

    def _pick(self, key: str) -> None:
        self.ask(Deed(key))
