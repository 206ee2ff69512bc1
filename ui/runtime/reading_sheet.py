"""A sheet that is only read: it asks nothing, and gives the keyboard back where it was."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet


class ReadingSheet(Sheet):
    """Closed by its one button, or by Escape."""

    def __init__(self, desk: Desk, over: QWidget, title: str) -> None:
        back = (Choice("back", desk.languages.text("cards.read.back"), Tone.ACT),)
        super().__init__(desk.look, over, title, back, wide=True)
        self._before: QWidget | None = None
        self.answered.connect(self._give_back)

    def open(self) -> None:
        """Show it; what had the focus gets it again."""
        self._before = self.window().focusWidget()
        super().open()

    def _give_back(self) -> None:
        """A part of a sheet that is gone must not keep the keys: they would reach nobody."""
        before, self._before = self._before, None
        now = self.window().focusWidget()
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)
        elif now is not None and self.isAncestorOf(now):
            now.clearFocus()
