"""Buttons that say which one they are, so that nobody needs a lambda or `sender()`."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from resources.styles.tokens import Tone
from widgets.look import Look


class KeyButton(QPushButton):
    """A button with a key.

    Signals:
        picked: Its key, when it was pressed.
    """

    picked = Signal(str)

    def __init__(self, key: str, label: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self.key = key
        self.setAutoDefault(False)
        self.clicked.connect(self._pick)

    def claim(self, tone: Tone) -> None:
        """ACT is the one way forward; DANGER cannot be taken back; PLAIN is everything else."""
        self.setProperty("tone", tone.value)

    def _pick(self) -> None:
        self.picked.emit(self.key)


class IconButton(KeyButton):
    """A flat button with an icon; its name is in the tool tip and for screen readers."""

    def __init__(self, look: Look, key: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(key, "", parent)
        self._look = look
        self._icon = icon
        self.setProperty("role", "flat")
        look.changed.connect(self._redress)
        self._redress()

    def name(self, text: str) -> None:
        """Say what the button does."""
        self.setToolTip(text)
        self.setAccessibleName(text)

    def draw(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._redress()

    def _redress(self) -> None:
        side = self._look.theme.px("icon")
        self.setIconSize(QSize(side, side))
        self.setIcon(self._look.icon(self._icon, "act"))
