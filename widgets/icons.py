"""Stroke icons of one family, tinted when they are drawn."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import resources

FOLDER = Path(resources.__file__).parent / "icons"


def icon_names(folder: Path = FOLDER) -> frozenset[str]:
    """The names of the icons that ship."""
    return frozenset(file.stem for file in folder.glob("*.svg"))


class Icons:
    """Draws icons and remembers them by name, colour, size and device pixel ratio."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._drawn: dict[tuple[str, str, int, float], QPixmap] = {}

    def pixmap(self, name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
        """The icon `name` as `size` logical pixels in `colour` (`#RRGGBB`).

        Raises:
            FileNotFoundError: No such icon ships; the name is a bug.
        """
        key = (name, colour, size, ratio)
        if key not in self._drawn:
            self._drawn[key] = self._draw(name, colour, size, ratio)
        return self._drawn[key]

    def _draw(self, name: str, colour: str, size: int, ratio: float) -> QPixmap:
        svg = (self._folder / f"{name}.svg").read_text("utf-8").replace("currentColor", colour)
        renderer = QSvgRenderer(QByteArray(svg.encode()))
        pixmap = QPixmap(round(size * ratio), round(size * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        return pixmap
