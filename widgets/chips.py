"""Chips and badges: an icon and a word, never a colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
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


@dataclass(frozen=True, slots=True)
class Badge:
    """What a chip shows; painted by whoever has many of them, or by a `Chip` of its own."""

    text: str
    tone: Tone = Tone.PLAIN
    icon: str = ""

    @property
    def drawn_icon(self) -> str:
        """The icon of the tone is taken when none is named."""
        return self.icon or ("" if self.tone is Tone.PLAIN else self.tone.icon)

    def font(self, theme: Theme) -> QFont:
        return theme.font("label", strong=self.tone is Tone.DANGER)

    def size(self, theme: Theme) -> QSize:
        """Grows with its text; never elides."""
        metrics = QFontMetrics(self.font(theme))
        width = metrics.horizontalAdvance(self.text) + 2 * theme.grid(2)
        if self.drawn_icon:
            width += theme.px("label") + theme.grid(1) + 2
        return QSize(width, metrics.height() + theme.grid(1))

    def paint(self, painter: QPainter, where: QRect, look: Look, ratio: float) -> None:
        theme = look.theme
        paint_chip_ground(painter, QRectF(where), theme, self.tone)
        left = where.left() + theme.grid(2)
        if self.drawn_icon:
            side = theme.px("label")
            pixmap = look.pixmap(self.drawn_icon, self.tone.ink, "label", ratio=ratio)
            painter.drawPixmap(left - 1, where.top() + (where.height() - side) // 2, pixmap)
            left += side + theme.grid(1) + 1
        painter.setFont(self.font(theme))
        painter.setPen(theme.ink(self.tone))
        painter.drawText(
            QRect(left, where.top(), where.right() + 1 - left, where.height()),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            self.text,
        )


class Chip(QWidget):
    """A small claim: icon, word, tone."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._badge = Badge("")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._redress)

    def show_claim(self, text: str, tone: Tone = Tone.PLAIN, icon: str = "") -> None:
        self._badge = Badge(text, tone, icon)
        self.setAccessibleName(text)
        self._redress()

    def text(self) -> str:
        return self._badge.text

    def sizeHint(self) -> QSize:
        return self._badge.size(self._look.theme)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        self._badge.paint(QPainter(self), self.rect(), self._look, self.devicePixelRatioF())

    def _redress(self) -> None:
        self.updateGeometry()
        self.update()
