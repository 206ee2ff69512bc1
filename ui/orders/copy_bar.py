"""The buttons that bring the chosen order into the basket again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.orders.copying import Copying
from ui.orders.state import OrdersState
from ui.runtime.page import Page
from ui.runtime.shortcuts import Command
from widgets.buttons import KeyButton
from widgets.naming import named

Run = Callable[[], None]


class CopyBar(QWidget):
    """Offers what can be copied; what cannot says why in its hover.

    Signals:
        requested: The `Copying`.
    """

    requested = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.setObjectName(page.part("copies"))
        self._page = page
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(page.look.theme.px("gap"))
        self._buttons = {one: named(KeyButton(one.value), page.part(one.value)) for one in Copying}
        for button in self._buttons.values():
            button.picked.connect(self._pick)
            row.addWidget(button)

    def show_copies(self, state: OrdersState) -> None:
        """Allow what can be copied of the chosen order."""
        for copying, button in self._buttons.items():
            hindered = state.copy_hindrance(copying)
            button.setEnabled(hindered is None and not state.busy)
            render = self._page.desk.languages.render
            button.setToolTip(render(hindered) if hindered is not None else "")

    def respell(self) -> None:
        """Take the words in another language."""
        for copying, button in self._buttons.items():
            button.setText(self._page.text(f"basket.copy.{copying.value}"))

    def commands(self, alone: Callable[[Run], Run]) -> tuple[Command, ...]:
        """Its keys; `alone` lets them be heard only while the list is seen."""
        again, renew, revise = (alone(partial(self.requested.emit, one)) for one in Copying)
        return (
            Command("basket.reorder.command", again, "Shift+A", icon="copy"),
            Command("basket.renew.command", renew, "Shift+R", icon="refresh-cw"),
            Command("basket.revise.command", revise, "Shift+V", icon="file-pen"),
        )

    def _pick(self, key: str) -> None:
        self.requested.emit(Copying(key))
