from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from resources.styles.tokens import THEMES
from tests.widgets.gallery import render
from ui.runtime.theme import theme


@pytest.mark.parametrize("scale", [100, 200])
def test_every_widget_is_drawn_in_both_themes_and_at_both_scales(
    qapp: QApplication, tmp_path: Path, scale: int
) -> None:
    files = render(tmp_path, qapp, scale=scale)

    assert len(files) == 12
    for file in files:
        image = QImage(str(file))
        seen = {image.pixel(x, y) for x in range(0, 1280, 7) for y in range(0, 700, 7)}
        assert len(seen) > 5, file.name
    grounds = [
        f"#{QImage(str(f)).pixel(1270, 690) & 0xFFFFFF:06X}" for f in files if "icons" in f.name
    ]
    assert grounds == [theme(name).tokens.colours["ground"] for name in THEMES]
