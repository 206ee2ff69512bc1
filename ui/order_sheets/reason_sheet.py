"""Asks why something that is on paper is printed once more."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.why_sheet import Asking, WhySheet


def reprint_sheet(desk: Desk, over: QWidget) -> WhySheet:
    """Says that the old paper may not stay."""
    text = desk.languages.text
    asking = Asking(
        "order_sheets.why",
        text("order_sheet.why"),
        (text("order_sheet.why.text"),),
        text("order_sheet.why.field"),
        text("order_sheet.why.back"),
        text("order_sheet.why.go"),
        Tone.ACT,
    )
    return WhySheet(desk, over, asking)
