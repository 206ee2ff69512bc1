"""Text with bold stretches that wraps: laid out once for a width, then only painted."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one weight."""

    text: str
    strong: bool = False


class Runs:
    """Some runs one behind the other, in one size.

    A label of rich text does the same for twenty times the price, which a page with two hundred
    of them pays in front of the user.
    """

    def __init__(self, runs: tuple[Run, ...], plain: QFont, strong: QFont) -> None:
        self._layout = QTextLayout("".join(run.text for run in runs), plain)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        self._layout.setCacheEnabled(True)
        self._layout.setFormats(_bold(runs, strong))
        self._width = -1
        self._height = 0.0

    @property
    def text(self) -> str:
        return self._layout.text()

    def height(self, width: int) -> int:
        """How tall it is when it has `width` logical pixels; nothing is ever shortened."""
        if width != self._width:
            self._lay(max(width, 1))
            self._width = width
        return int(self._height + 0.999)

    def paint(self, painter: QPainter, x: int, y: int, width: int, ink: QColor) -> None:
        """Paint with the left upper corner at (`x`, `y`)."""
        self.height(width)
        painter.setPen(ink)
        self._layout.draw(painter, QPointF(x, y))

    def _lay(self, width: int) -> None:
        self._layout.beginLayout()
        top = 0.0
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, top))
            top += line.height()
        self._layout.endLayout()
        self._height = top


def _bold(runs: tuple[Run, ...], strong: QFont) -> list[QTextLayout.FormatRange]:
    found: list[QTextLayout.FormatRange] = []
    at = 0
    for run in runs:
        long = len(run.text.encode("utf-16-le")) // 2  # Qt counts UTF-16 units
        if run.strong and run.text:
            one = QTextLayout.FormatRange()
            one.start, one.length = at, long
            style = QTextCharFormat()
            style.setFont(strong)
            one.format = style
            found.append(one)
        at += long
    return found
