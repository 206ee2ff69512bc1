"""The bar at the bottom: what is sent, what waits, how old the data is, what time it is."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.domain.sending import SendingStatus
from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.shell.status_words import StatusPart, status_parts
from widgets.chips import Chip
from widgets.labels import ElidedLabel, paint_tone
from widgets.naming import named


class StatusBar(QWidget):
    """Shows a `SendingStatus`; a click opens the queue.

    Signals:
        queue_requested: The user wants to see what waits.
    """

    queue_requested = Signal()

    def __init__(self, desk: Desk, name: str = "status") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._desk = desk
        self._status: SendingStatus | None = None
        self._parts: tuple[StatusPart, ...] = ()
        self._left = QHBoxLayout()
        self._left.setSpacing(desk.look.theme.grid(3))
        self._clock = named(QLabel(), f"{name}.clock")
        self._clock.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(desk.look.theme.px("pad"), 1, desk.look.theme.px("pad"), 1)
        row.addLayout(self._left, 1)
        row.addWidget(self._clock)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._now: datetime | None = None
        desk.look.changed.connect(self._redress)
        self._redress()

    def show_status(self, status: SendingStatus | None, now: datetime) -> None:
        """Show `status` as it stands at `now`; parts that say the same are left alone."""
        self._status, self._now = status, now
        self._clock.setText(self._desk.formats.time(now))
        self._clock.setToolTip(self._desk.formats.moment(now))
        parts = status_parts(status, self._desk.languages, now)
        if parts != self._parts:
            self._parts = parts
            self._lay_out()

    def says(self) -> tuple[str, ...]:
        """Every claim, from left to right."""
        return tuple(part.text for part in self._parts)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.queue_requested.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.queue_requested.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        theme, painter = self._desk.look.theme, QPainter(self)
        painter.fillRect(self.rect(), theme.colour("panel"))
        painter.fillRect(0, 0, self.width(), 1, theme.colour("line"))
        if self.hasFocus():
            painter.setPen(theme.colour("focus"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _lay_out(self) -> None:
        while (item := self._left.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        wide = any(part.key == "trouble" for part in self._parts)
        for part in self._parts:
            self._left.addWidget(self._made(part), 1 if part.key == "trouble" else 0)
        if not wide:
            self._left.addStretch(1)
        self.setAccessibleName("; ".join(part.text for part in self._parts))

    def _made(self, part: StatusPart) -> QWidget:
        made = self._claim(part)
        named(made, f"{self.objectName()}.{part.key}")
        made.setToolTip(part.hover or part.text)
        return made

    def _claim(self, part: StatusPart) -> QWidget:
        if part.key == "trouble":
            label = ElidedLabel(part.text)
            paint_tone(label, part.tone)
            return label
        if part.icon:
            chip = Chip(self._desk.look)
            chip.show_claim(part.text, part.tone, part.icon)
            return chip
        plain = QLabel(part.text)
        plain.setTextFormat(Qt.TextFormat.PlainText)
        plain.setProperty("role", "caption")
        if part.tone is not Tone.PLAIN:
            paint_tone(plain, part.tone)
        return plain

    def _redress(self) -> None:
        self.setFixedHeight(self._desk.look.theme.px("status_bar"))
        self._parts = ()
        if self._now is not None:
            self.show_status(self._status, self._now)
