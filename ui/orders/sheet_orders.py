"""The orders on a sheet that asks about them: in full words, nothing cut."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from widgets.labels import WrapLabel
from widgets.look import Look
from widgets.naming import named

_SHOWN_WHOLE = 2
"""So many orders stand on the sheet without scrolling, at any size of the text."""
_ROWS = 5


def orders_part(look: Look, lines: tuple[str, ...]) -> QWidget:
    """One label below the other, `sheet.order.1` and on; more than a few of them scroll."""
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(look.theme.px("gap"))
    for place, line in enumerate(lines, 1):
        label = named(WrapLabel(line), f"sheet.order.{place}")
        label.setProperty("role", "strong")
        column.addWidget(label)
    if len(lines) <= _SHOWN_WHOLE:
        return inside
    column.addStretch(1)
    area = named(QScrollArea(), "sheet.orders")
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(inside)
    for part in (area.viewport(), inside):
        part.setAutoFillBackground(False)  # the ground is that of the sheet
    area.setMinimumHeight(_ROWS * look.theme.row)
    return area
