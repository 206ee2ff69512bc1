"""Dresses the application: palette, fonts and style sheet from the tokens."""

from __future__ import annotations

import string
from pathlib import Path

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from resources.styles import tokens
from widgets.look import Look, Theme

SCALES = (90, 100, 110, 125, 150, 175, 200)
"""Text scales in per cent that settings offer."""

_ROLES = (
    (QPalette.ColorRole.Window, "ground"),
    (QPalette.ColorRole.WindowText, "ink"),
    (QPalette.ColorRole.Base, "panel"),
    (QPalette.ColorRole.AlternateBase, "ground"),
    (QPalette.ColorRole.Text, "ink"),
    (QPalette.ColorRole.PlaceholderText, "ink_3"),
    (QPalette.ColorRole.Button, "panel"),
    (QPalette.ColorRole.ButtonText, "ink"),
    (QPalette.ColorRole.ToolTipBase, "raised"),
    (QPalette.ColorRole.ToolTipText, "ink"),
    (QPalette.ColorRole.Highlight, "act"),
    (QPalette.ColorRole.HighlightedText, "on_act"),
    (QPalette.ColorRole.Link, "act"),
    (QPalette.ColorRole.Light, "line"),
    (QPalette.ColorRole.Mid, "line"),
    (QPalette.ColorRole.Dark, "line_strong"),
    (QPalette.ColorRole.Shadow, "line_strong"),
)


def theme(name: str = "light", *, scale: int = 100, touch: bool = False) -> Theme:
    """The theme `light` or `dark`; the scale is kept within 90 to 200 per cent."""
    return Theme(tokens.load(name), min(max(scale, 90), 200), touch)


def palette(worn: Theme) -> QPalette:
    """The colours of Qt's own controls."""
    made = QPalette()
    for role, token in _ROLES:
        made.setColor(role, worn.colour(token))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, worn.colour("ink_3"))
    return made


def style_sheet(worn: Theme, folder: Path = tokens.FOLDER) -> str:
    """`app.qss` with every `$token` filled in.

    Raises:
        KeyError: The template names a token that does not exist.
    """
    words = dict(worn.tokens.colours)
    words |= {f"px_{name}": f"{worn.px(name)}px" for name in worn.tokens.sizes}
    words |= {"px_row_now": f"{worn.row}px", "px_field_now": f"{worn.field}px"}
    words["marks"] = (folder / worn.name).as_posix()
    return string.Template((folder / "app.qss").read_text("utf-8")).substitute(words)


class Dresser:
    """Keeps the application dressed as the look says. Owned by whoever owns the look."""

    def __init__(self, application: QApplication, look: Look) -> None:
        self._application = application
        self._look = look
        self._worn: Theme | None = None
        application.setStyle("Fusion")
        look.changed.connect(self.dress)
        self.dress()

    def dress(self) -> None:
        """Put the theme of the moment on, unless it is on already."""
        if self._worn == self._look.theme:
            return
        self._worn = self._look.theme
        self._application.setPalette(palette(self._worn))
        self._application.setFont(self._worn.font())
        self._application.setStyleSheet(style_sheet(self._worn))

    def close(self) -> None:
        """Stop following the look."""
        self._look.changed.disconnect(self.dress)
