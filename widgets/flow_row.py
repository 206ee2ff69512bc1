"""Parts in lines like words, that ask a page for the height of one line only."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.flow_layout import FlowLayout


class FlowRow(QWidget):
    """Takes the lines its parts need at the width there is.

    As a hint it gives one line: Qt would measure it at its least width otherwise, one part under
    another, and the page would not fit a small screen.
    """

    def __init__(self, gap: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._flow = FlowLayout(self, gap=gap)

    def add(self, part: QWidget) -> None:
        """Add `part` behind the others."""
        self._flow.addWidget(part)

    def clear(self) -> None:
        """Take all parts away."""
        while (item := self._flow.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.hide()
                part.setObjectName("")  # it lives until the next turn of the loop, as nobody
                part.deleteLater()

    def sizeHint(self) -> QSize:
        return self._flow.minimumSize()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._flow.minimumSize()
