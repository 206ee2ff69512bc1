"""A button that opens a menu and says what was chosen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from widgets.buttons import KeyButton
from widgets.naming import named


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of a menu.

    Attributes:
        key: What the menu answers; empty for a heading or a remark.
        ticked: Whether it carries a tick; None when it cannot.
        apart: A rule stands before it.
        keys: Its shortcut, as it stands on the keyboard.
    """

    key: str
    text: str
    ticked: bool | None = None
    apart: bool = False
    keys: str = ""


class MenuButton(KeyButton):
    """Opens its menu on a click, Space or Down.

    Signals:
        chosen: The key of the chosen line.
    """

    chosen = Signal(str)

    def __init__(self, key: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(key, "", parent)
        self.setObjectName(name)
        self.setProperty("role", "flat")
        self._menu = named(QMenu(self), f"{name}.menu")
        self._menu.triggered.connect(self._choose)
        self.clicked.connect(self.open_menu)

    @property
    def items(self) -> tuple[tuple[str, str], ...]:
        """(key, text) of every line, in order."""
        return tuple((str(a.data() or ""), a.text()) for a in self._menu.actions() if a.text())

    def show_items(self, items: tuple[MenuItem, ...]) -> None:
        self._menu.clear()
        for item in items:
            if item.apart:
                self._menu.addSeparator()
            said = item.text.replace("&", "&&")
            action = self._menu.addAction("\t".join(p for p in (said, item.keys) if p))
            action.setData(item.key)
            action.setEnabled(bool(item.key))
            if item.ticked is not None:
                action.setCheckable(True)
                action.setChecked(item.ticked)

    def open_menu(self) -> None:
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def close_menu(self) -> None:
        self._menu.close()

    def take(self, key: str) -> None:
        """Choose a line as the user would."""
        for action in self._menu.actions():
            if action.data() == key and action.isEnabled():
                action.trigger()
                return
        raise KeyError(key)

    def _choose(self, action: QAction) -> None:
        key = action.data()
        if isinstance(key, str) and key:
            self.chosen.emit(key)
