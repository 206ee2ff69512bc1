"""The 45° hatch of everything that exists only on this workstation."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from widgets.look import Look, Theme


def paint_hatch(painter: QPainter, where: QRectF, theme: Theme, *, ground: bool = True) -> None:
    """Fill `where` with the hatch; readable in greyscale, quiet under text."""
    painter.save()
    painter.setClipRect(where)
    if ground:
        painter.fillRect(where, theme.colour("local_ground"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("hatch"), 1))
    step = theme.px("hatch_step")
    at = where.left() - where.height()
    at -= at % step
    while at < where.right():
        painter.drawLine(
            QLineF(at, where.bottom(), at + where.height(), where.bottom() - where.height())
        )
        at += step
    painter.restore()


class Hatched(QWidget):
    """A surface with the hatch, for parts that show local work."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        paint_hatch(QPainter(self), QRectF(self.rect()), self._look.theme)
