"""One line that fills the order form, and what was understood of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from resources.styles.tokens import Tone
from ui.orders.state import OrdersState
from ui.runtime.chart_words import ChartWords
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel, paint_tone
from widgets.look import Look
from widgets.naming import named


class LineEntry(QWidget):
    """The line, the words each field came from, and what is missing or refused.

    Signals:
        typed: The line as it stands, at every change by the user.
    """

    typed = Signal(str)

    def __init__(self, look: Look, name: str, words: ChartWords) -> None:
        super().__init__()
        self._words = words
        self._form = Form(look, name)
        self._line = QLineEdit()
        self._form.add(FieldSpec("text", ""), self._line)
        self._said = named(WrapLabel(), f"{name}.said")
        self._said.setProperty("role", "hint")
        self._open = named(WrapLabel(), f"{name}.open")
        paint_tone(self._open, Tone.CAUTION)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.theme.grid(1))
        for part in (self._form, self._said, self._open):
            column.addWidget(part)
        self.setFocusProxy(self._line)
        self._line.textEdited.connect(self.typed)
        self.respell()

    def show_line(self, state: OrdersState) -> None:
        """Show what is kept and what it was read as; the caret stays where it is."""
        text = state.form.line if state.form is not None else ""
        if self._line.text() != text:
            self._line.setText(text)
        filled = state.filled
        said = filled.said if filled is not None else ()
        lines = [self._pair(field, words) for field, words in said]
        self._said.setText("   ".join(lines))
        self._said.setVisible(bool(lines))
        render = self._words.desk.languages.render
        remarks = [render(one) for one in state.remarks] if text.strip() else []
        self._open.setText("\n".join(remarks))
        self._open.setVisible(bool(remarks))

    def respell(self) -> None:
        """Take the words in another language."""
        label = self._words.text("order_line.label")
        self._form.field("text").respell(FieldSpec("text", label))
        self._line.setPlaceholderText(self._words.text("order_line.prompt"))

    def _pair(self, field: str, words: str) -> str:
        name = self._words.text(f"orders.field.{field}")
        return self._words.text("order_line.said", field=name, words=words)
