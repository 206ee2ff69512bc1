"""A plain text editor that keeps drafts by itself and leaves the input method alone."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from widgets.look import Look
from widgets.naming import named

PAUSE_MS = 800
AT_LATEST_MS = 2_000


class Editor(QWidget):
    """Edits text.

    `settled` comes 800 ms after the last change and at the latest 2 s after the first one that was
    not reported, also while an input method composes. `flush()` reports at once: before a
    page leaves, before signing.

    Signals:
        settled: The text, to be kept as a draft.
        edited: The user changed something.
        sign_requested: Ctrl+Enter.
    """

    settled = Signal(str)
    edited = Signal()
    sign_requested = Signal()

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look = look
        self._told = ""
        self._area = named(_Area(), f"{name}.text")
        self._count = named(QLabel(), f"{name}.count")
        self._kept = named(QLabel(), f"{name}.kept")
        for label in (self._count, self._kept):
            label.setProperty("role", "hint")
        foot = QHBoxLayout()
        foot.addWidget(self._count)
        foot.addStretch(1)
        foot.addWidget(self._kept)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.theme.grid(1))
        column.addWidget(self._area, 1)
        column.addLayout(foot)
        self._pause = self._timer(PAUSE_MS)
        self._latest = self._timer(AT_LATEST_MS)
        self._area.textChanged.connect(self._changed)
        self._area.sign_requested.connect(self.sign_requested)
        look.changed.connect(self._say)
        self.setFocusProxy(self._area)
        self._say()

    def text(self) -> str:
        return self._area.toPlainText()

    @property
    def caret(self) -> int:
        """Before which character the next one is typed."""
        return self._area.textCursor().position()

    def show_text(self, text: str, caret: int | None = None) -> None:
        """Show `text` as kept. Not what the user typed: no signal.

        Args:
            text: To be shown; what is shown already is left alone.
            caret: Where to write on, as near as the text allows; None leaves it where it is.
        """
        if text == self.text():
            return
        self._pause.stop()
        self._latest.stop()
        caret = self.caret if caret is None else max(0, caret)
        blocked = self._area.blockSignals(True)
        self._area.setPlainText(text)
        self._area.blockSignals(blocked)
        cursor = self._area.textCursor()
        cursor.setPosition(min(caret, len(text)))
        self._area.setTextCursor(cursor)
        self._told = text
        self._say()

    def name(self, label: str, prompt: str = "") -> None:
        """Say what is written here."""
        self._area.setAccessibleName(label)
        self._area.setPlaceholderText(prompt)

    def allow_editing(self, *, allowed: bool) -> None:
        self._area.setReadOnly(not allowed)

    @property
    def composing(self) -> bool:
        return self._area.composing

    def flush(self) -> None:
        """Report what has not been reported yet."""
        self._pause.stop()
        self._latest.stop()
        text = self.text()
        if text != self._told:
            self._told = text
            self.settled.emit(text)
        self._say()

    def _timer(self, interval: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(self.flush)
        return timer

    def _changed(self) -> None:
        if self.text() == self._told:
            self._say()
            return
        self._pause.start()
        if not self._latest.isActive():
            self._latest.start()
        self._say()
        self.edited.emit()

    def _say(self) -> None:
        text = self.text()
        lines = text.count("\n") + 1 if text else 0
        letters = f"{len(text):,}"
        self._count.setText(self._look.text("widget.editor.count", count=lines, letters=letters))
        kept = "widget.editor.saved" if text == self._told else "widget.editor.unsaved"
        self._kept.setText(self._look.text(kept) if text or self._told else "")


class _Area(QPlainTextEdit):
    sign_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.composing = False
        self.setTabChangesFocus(True)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self.composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if not self.composing:
                self.sign_requested.emit()
            return
        super().keyPressEvent(event)
