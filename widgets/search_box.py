"""A search field that waits for the input method to finish a word."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets.look import Look

SETTLE_MS = 150


class SearchBox(QLineEdit):
    """Reports what is searched for, never half a composed word.

    Signals:
        searched: The query, when typing pauses; not while an input method composes.
        down_pressed: The user wants to go into the results.
        entered: The user pressed Enter; the query.
    """

    searched = Signal(str)
    down_pressed = Signal()
    entered = Signal(str)

    def __init__(
        self, look: Look, name: str, parent: QWidget | None = None, *, settle_ms: int = SETTLE_MS
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look = look
        self._composing = False
        self._told = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(settle_ms)
        self._pause.timeout.connect(self._tell)
        self._glass = self.addAction(look.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.setClearButtonEnabled(False)
        self.textChanged.connect(self._changed)
        look.changed.connect(self._redress)

    @property
    def composing(self) -> bool:
        """An input method has unfinished text in the field."""
        return self._composing

    def prompt(self, text: str) -> None:
        """Say what can be searched for."""
        self.setPlaceholderText(text)
        self.setAccessibleName(text)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        if self._composing:
            self._pause.stop()
        else:
            self._changed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._composing:
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Escape if self.text():
                self.clear()
                self._tell()
            case Qt.Key.Key_Down:
                self.down_pressed.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._tell()
                self.entered.emit(self.text())
            case _:
                super().keyPressEvent(event)

    def _changed(self) -> None:
        if not self._composing:
            self._pause.start()

    def _tell(self) -> None:
        self._pause.stop()
        if self.text() != self._told:
            self._told = self.text()
            self.searched.emit(self._told)

    def _redress(self) -> None:
        self._glass.setIcon(self._look.icon("search"))
