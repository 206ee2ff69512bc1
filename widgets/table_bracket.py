"""The bracket at the left of rows that belong together: ┓ ┃ ┛, drawn through their heights."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPen

from widgets.look import Theme
from widgets.table_values import Bracket


def bracket_room(theme: Theme) -> int:
    """How much of a cell it takes."""
    return theme.grid(4)


def paint_bracket(painter: QPainter, box: QRect, piece: Bracket, theme: Theme) -> None:
    """Draw one piece at the left of `box`; pieces of rows under each other meet."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(theme.colour("ink_2"), 2))
    left, right = box.left(), box.left() + theme.grid(2)
    middle = box.top() + box.height() // 2
    top = middle if piece is Bracket.FIRST else box.top()
    bottom = middle if piece is Bracket.LAST else box.bottom() + 1
    painter.drawLine(right, top, right, bottom)
    if piece is not Bracket.MIDDLE:
        painter.drawLine(left, middle, right, middle)
