"""Grey lines where rows will be; they do not move."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.look import Look

_WIDTHS = (0.62, 0.81, 0.47, 0.74, 0.55)


class Skeleton(QWidget):
    """Stands in for rows that are being read."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        look.changed.connect(self._redress)
        self._redress()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        theme = self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("skeleton"))
        painter.setBrush(theme.colour("skeleton"))
        pad, thick = theme.px("pad"), theme.grid(3)
        for row in range(max(0, (self.height() - pad) // theme.row)):
            width = (self.width() - 2 * pad) * _WIDTHS[row % len(_WIDTHS)]
            top = pad + row * theme.row
            painter.drawRoundedRect(QRectF(pad, top, width, thick), 2, 2)

    def _redress(self) -> None:
        self.setAccessibleName(self._look.text("widget.state.loading"))
        self.update()
