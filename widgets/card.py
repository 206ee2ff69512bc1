"""A framed piece of a page with a heading and a source."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from resources.styles.tokens import Tone
from widgets.labels import Caption
from widgets.look import Look
from widgets.naming import named


class Card(QFrame):
    """A heading, a body, and where it comes from.

    A tone draws a bar at the left edge with the tone's icon before the heading.
    """

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("part", "card")
        self._look = look
        self._tone = Tone.PLAIN
        self._icon = QLabel()
        self._icon.hide()
        self._title = named(QLabel(), f"{name}.title")
        self._title.setProperty("role", "strong")
        self._title.setWordWrap(True)
        self._source = named(Caption(), f"{name}.source")
        self._source.hide()
        self._head = QHBoxLayout()
        self._head.setSpacing(look.theme.grid(2))
        self._head.addWidget(self._icon)
        self._head.addWidget(self._title, 1)
        self._column = QVBoxLayout(self)
        pad, gap = look.theme.px("pad"), look.theme.grid(2)
        self._column.setContentsMargins(pad, gap, pad, gap)
        self._column.setSpacing(gap)
        self._column.addLayout(self._head)
        self._body = QVBoxLayout()
        self._body.setSpacing(look.theme.grid(1))
        self._column.addLayout(self._body, 1)
        self._column.addWidget(self._source)
        look.changed.connect(self._redress)

    def head(self, title: str, tone: Tone = Tone.PLAIN) -> None:
        """Say what the card is about and what it claims."""
        self._title.setText(title)
        self.setAccessibleName(title)
        self._tone = tone
        self._redress()

    def show_source(self, text: str) -> None:
        """Say where its content comes from; empty says nothing."""
        self._source.setText(text)
        self._source.setVisible(bool(text))

    def put(self, part: QWidget, *, stretch: int = 0) -> None:
        """Add `part` to the body."""
        self._body.addWidget(part, stretch)

    def put_beside_title(self, part: QWidget) -> None:
        """Add `part` at the right of the heading."""
        self._head.addWidget(part)

    def clear(self) -> None:
        """Take everything out of the body."""
        while (item := self._body.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.hide()
                part.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._tone is Tone.PLAIN:
            return
        bar = QRect(1, 1, self._look.theme.grid(1) - 1, self.height() - 2)
        QPainter(self).fillRect(bar, self._look.theme.ink(self._tone))

    def _redress(self) -> None:
        self._icon.setVisible(self._tone is not Tone.PLAIN)
        if self._tone is not Tone.PLAIN:
            self._icon.setPixmap(self._look.pixmap(self._tone.icon, self._tone.ink, ratio=2.0))
        self.update()
