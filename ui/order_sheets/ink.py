"""Draws the marks of a scene, on the screen and on a printer alike: same place, same font."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter, QPen

from app.domain.order_sheets import Ink
from app.domain.sheet_scene import POINT, Align, Scene, Stroke, Writing
from resources.reading import path

_FONT = "fonts/wqy-microhei.ttf"
"""The font of the PDF, so that a line is as long on the screen as on paper."""

_DRAWN = 64
"""Pixels the letters are measured at, before they are scaled to their place."""

_SHARE = {Align.LEFT: 0.0, Align.CENTRE: 0.5, Align.RIGHT: 1.0}
_GREY = 145
_KEPT = 0.3

Inks = Mapping[Ink, QColor]


def full(colours: Mapping[Ink, str]) -> Inks:
    """Every ink as the profile has it."""
    return {ink: QColor(name) for ink, name in colours.items()}


def faded(colours: Mapping[Ink, str]) -> Inks:
    """Every ink as of what is on the paper already: paler, and still 4.5 to 1 on white."""
    return {ink: _faded(QColor(name)) for ink, name in colours.items()}


def draw(painter: QPainter, page: Scene, inks: Inks, corner: QPointF, scale: float) -> None:
    """Draw `page` with its upper left corner at `corner`, `scale` units to the millimetre."""
    for mark in page.marks:
        colour = inks[mark.ink]
        match mark:
            case Stroke():
                painter.setPen(QPen(colour, mark.width * scale))
                one, other = QPointF(mark.x1, mark.y1), QPointF(mark.x2, mark.y2)
                painter.drawLine(corner + one * scale, corner + other * scale)
            case Writing():
                painter.setPen(colour)
                _write(painter, mark, corner, scale)


def _write(painter: QPainter, mark: Writing, corner: QPointF, scale: float) -> None:
    font = _font()
    painter.save()
    painter.translate(corner + QPointF(mark.x, mark.y) * scale)
    size = mark.size * POINT * scale / _DRAWN
    painter.scale(size, size)
    painter.setFont(font)
    long = QFontMetricsF(font).horizontalAdvance(mark.text)
    painter.drawText(QPointF(-long * _SHARE[mark.align], 0), mark.text)
    painter.restore()


def _faded(colour: QColor) -> QColor:
    parts = (colour.red(), colour.green(), colour.blue())
    return QColor(*(round(_KEPT * part + (1 - _KEPT) * _GREY) for part in parts))


@cache
def _family() -> str:
    """The family of the font, taken into the program once."""
    families = QFontDatabase.applicationFontFamilies(
        QFontDatabase.addApplicationFont(str(path(_FONT)))
    )
    return families[0] if families else ""


def _font() -> QFont:
    font = QFont(_family())
    font.setPixelSize(_DRAWN)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
