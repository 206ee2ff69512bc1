"""What a drop-down list offers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox

Choices = Sequence[tuple[str, str]]
"""Key and word of each choice, in their order."""


def offer(box: QComboBox, choices: Choices, chosen: str | None = None) -> None:
    """Offer `choices`; what is the same already is left alone, so that an open list stays open.

    Args:
        box: Where they are offered.
        choices: All of them.
        chosen: Key of the one that is chosen; None keeps what was. An unknown one is the first.
    """
    held = str(box.currentData() or "") if chosen is None else chosen
    shown = [(str(box.itemData(n)), box.itemText(n)) for n in range(box.count())]
    if shown != list(choices):
        box.clear()
        for key, word in choices:
            box.addItem(word, key)
    place = max(0, box.findData(held))
    if place != box.currentIndex():
        box.setCurrentIndex(place)
