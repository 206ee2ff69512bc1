"""Pictures of what is on the screen: each language, theme and size, numbered in the order taken."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from PySide6.QtWidgets import QWidget

from tests.tour.waiting import rest
from ui.runtime.dressing import Dressing

SIZES = ((1280, 720), (2560, 1440))
QUICK = ("zh_CN", "light", SIZES[0])


class Pictures:
    """Keeps pictures in a folder.

    Attributes:
        count: How many were kept.
    """

    def __init__(self, folder: Path, *, quick: bool) -> None:
        self._folder = folder
        self._looks = (
            (QUICK,) if quick else tuple(product(("zh_CN", "en"), ("light", "dark"), SIZES))
        )
        self.quick = quick
        self._number = 0
        self.count = 0

    def draw(self, dressing: Dressing, name: str, widget: QWidget) -> None:
        """Take `widget` in every look; it ends in the first one."""
        self._number += 1
        for language, theme, size in self._looks:
            _dress(dressing, widget, language, theme, size)
            file = self._folder / f"{self._number:02}-{name}-{language}-{theme}-{size[0]}.png"
            self._keep(widget, file)
        if len(self._looks) > 1:
            _dress(dressing, widget, *self._looks[0])

    def scaled(self, dressing: Dressing, name: str, widget: QWidget) -> None:
        """Take `widget` on the small screen with larger text, in both languages."""
        self._number += 1
        if self.quick:
            return
        for language, scale in product(("zh_CN", "en"), (125, 150, 200)):
            dressing.show("language", language)
            dressing.show("text_scale", scale)
            rest()
            self._keep(widget, self._folder / f"{self._number:02}-{name}-{language}-{scale}.png")
        dressing.show("text_scale", 100)
        dressing.show("language", QUICK[0])
        rest()

    def _keep(self, widget: QWidget, file: Path) -> None:
        if not widget.grab().save(str(file)):
            raise OSError(f"{file.name} could not be written")
        self.count += 1


def _dress(
    dressing: Dressing, widget: QWidget, language: str, theme: str, size: tuple[int, int]
) -> None:
    dressing.show("language", language)
    dressing.show("theme", theme)
    widget.resize(*size)
    rest()
