"""Chips and badges: an icon and a word, never a colour alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from resources.styles.tokens import Tone
from widgets.hatch import paint_hatch
from widgets.look import Look, Theme


def paint_chip_ground(painter: QPainter, where: QRectF, theme: Theme, tone: Tone) -> None:
    """The surface of a chip; local ones are hatched."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = theme.px("radius") - 1
    if tone is Tone.LOCAL:
        paint_hatch(painter, where, theme)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setBrush(theme.surface(tone))
    edge = theme.colour("line_strong") if tone in {Tone.PLAIN, Tone.UNKNOWN} else theme.ink(tone)
    edge.setAlpha(150)
    painter.setPen(QPen(edge, 1))
    painter.drawRoundedRect(where.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    painter.restore()


class Chip(QWidget):
    """A small claim: icon, word, tone. Grows with its text; never elides.

    The icon of the tone is taken when none is named.
    """

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = ""
        self._tone = Tone.PLAIN
        self._icon = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._redress)

    def show_claim(self, text: str, tone: Tone = Tone.PLAIN, icon: str = "") -> None:
        self._text = text
        self._tone = tone
        self._icon = icon or ("" if tone is Tone.PLAIN else tone.icon)
        self.setAccessibleName(text)
        self._redress()

    def text(self) -> str:
        return self._text

    def sizeHint(self) -> QSize:
        theme = self._look.theme
        self.setFont(theme.font("label", strong=self._tone is Tone.DANGER))
        width = self.fontMetrics().horizontalAdvance(self._text) + 2 * theme.grid(2)
        if self._icon:
            width += theme.px("label") + theme.grid(1) + 2
        return QSize(width, self.fontMetrics().height() + theme.grid(1))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        theme = self._look.theme
        painter = QPainter(self)
        box = QRectF(self.rect())
        paint_chip_ground(painter, box, theme, self._tone)
        left = theme.grid(2)
        if self._icon:
            side = theme.px("label") + 2
            pixmap = self._look.pixmap(
                self._icon, self._tone.ink, "label", ratio=self.devicePixelRatioF()
            )
            painter.drawPixmap(left - 1, (self.height() - theme.px("label")) // 2, pixmap)
            left += side + theme.grid(1) - 1
        painter.setPen(theme.ink(self._tone))
        painter.drawText(
            box.adjusted(left, 0, 0, 0),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            self._text,
        )

    def _redress(self) -> None:
        self.updateGeometry()
        self.update()
