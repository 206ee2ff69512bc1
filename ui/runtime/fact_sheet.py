"""Everything about one thing of a list, beside the list: labels and values, to be scrolled."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.labels import Caption, WrapLabel
from widgets.look import Look


class FactSheet(QScrollArea):
    """Parts of its page on top, and the facts under them."""

    def __init__(self, look: Look, name: str, above: Iterable[QWidget]) -> None:
        super().__init__()
        self.setObjectName(name)
        self._inside = inside = QWidget()
        self._form = QFormLayout()
        self._form.setVerticalSpacing(look.theme.grid(1))
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        column = QVBoxLayout(inside)
        for part in above:
            column.addWidget(part)
        column.addLayout(self._form)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def clear_ground(self) -> None:
        """Let what it lies on be its ground."""
        for part in (self.viewport(), self._inside):
            part.setAutoFillBackground(False)

    def show_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Replace what is shown by (label, value) rows."""
        while self._form.rowCount():
            self._form.removeRow(0)
        for label, value in facts:
            self._form.addRow(Caption(label), WrapLabel(value))
