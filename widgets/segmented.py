"""Tabs as one row of words: exactly one is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.look import Look


@dataclass(frozen=True, slots=True)
class Segment:
    """One tab: its key, its word, and a count behind the word if there is one."""

    key: str
    text: str
    count: str = ""


class Segmented(QWidget):
    """Chooses one of a few. Left and right move, and the choice moves along.

    Signals:
        chosen: The key of the segment the user chose.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look = look
        self._segments: tuple[Segment, ...] = ()
        self._current = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        look.changed.connect(self._redress)

    @property
    def current(self) -> str:
        return self._current

    def show_segments(self, segments: tuple[Segment, ...], current: str) -> None:
        """Show `segments` with `current` chosen; says nothing to listeners."""
        self._segments = segments
        self._current = current
        self._name()
        self._redress()

    def choose(self, key: str) -> None:
        """Choose as the user would."""
        if key != self._current:
            self._current = key
            self._name()
            self.update()
            self.chosen.emit(key)

    def sizeHint(self) -> QSize:
        width = sum(self._widths()) + 1
        return QSize(width, self._look.theme.row + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._segments:
            super().keyPressEvent(event)
            return
        keys = [segment.key for segment in self._segments]
        place = keys.index(self._current) if self._current in keys else 0
        self.choose(keys[min(max(place + step, 0), len(keys) - 1)])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for segment, box in self._boxes():
            if box.contains(event.position().toPoint()):
                self.choose(segment.key)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        theme = self._look.theme
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.colour("line"))
        for segment, box in self._boxes():
            chosen = segment.key == self._current
            painter.setFont(theme.font("body", strong=chosen))
            painter.setPen(theme.colour("ink" if chosen else "ink_2"))
            text = _words(segment)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            if chosen:
                bar = QRect(box.left() + theme.grid(1), self.height() - 3, box.width() - 8, 3)
                painter.fillRect(bar, theme.colour("act"))
                if self.hasFocus():
                    painter.setPen(QPen(theme.colour("focus"), theme.px("focus")))
                    painter.drawRect(box.adjusted(1, 1, -2, -2))

    def _boxes(self) -> list[tuple[Segment, QRect]]:
        left, boxes = 0, []
        for segment, width in zip(self._segments, self._widths(), strict=True):
            boxes.append((segment, QRect(left, 0, width, self.height())))
            left += width
        return boxes

    def _widths(self) -> list[int]:
        theme = self._look.theme
        metrics = QFontMetrics(theme.font("body", strong=True))
        return [metrics.horizontalAdvance(_words(s)) + theme.grid(6) for s in self._segments]

    def _name(self) -> None:
        text = next((_words(s) for s in self._segments if s.key == self._current), "")
        self.setAccessibleName(text)

    def _redress(self) -> None:
        self.updateGeometry()
        self.update()


def _words(segment: Segment) -> str:
    return f"{segment.text} {segment.count}".strip()
