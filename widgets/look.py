"""How things look and speak at the moment: the theme, the icons, the words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QPixmap

from resources.styles.tokens import Tokens, Tone
from widgets.icons import Icons


class Speaker(Protocol):
    """Makes sentences of codes: a catalogue, or whatever follows the language of the moment."""

    def text(self, code: str, /, **parameters: str | int) -> str: ...


@dataclass(frozen=True, slots=True)
class Theme:
    """The tokens at one text scale, as painters want them.

    Attributes:
        tokens: Colours, sizes, fonts.
        scale: Text scale in per cent, 90 to 200.
        touch: Rows and fields are tall enough for a finger.
    """

    tokens: Tokens
    scale: int = 100
    touch: bool = False
    _fonts: dict[tuple[str, bool], QFont] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _pixels: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)
    _colours: dict[str, QColor] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.tokens.name

    def colour(self, token: str, *, alpha: int = 255) -> QColor:
        known = self._colours.get(token)
        if known is None:
            known = self._colours[token] = QColor(self.tokens.colours[token])
        colour = QColor(known)  # the caller's own: painters make colours weaker
        if alpha != 255:
            colour.setAlpha(alpha)
        return colour

    def ink(self, tone: Tone) -> QColor:
        return self.colour(tone.ink)

    def surface(self, tone: Tone) -> QColor:
        return self.colour(tone.ground)

    def px(self, token: str) -> int:
        """A size in logical pixels; lines and the focus ring do not grow with the text."""
        known = self._pixels.get(token)  # a page that is painted asks thousands of times
        if known is None:
            size = self.tokens.sizes[token]
            known = size if token in {"line", "focus"} else round(size * self.scale / 100)
            self._pixels[token] = known
        return known

    def grid(self, steps: int) -> int:
        return self.px("grid") * steps

    @property
    def row(self) -> int:
        """The height of a table row."""
        return self.px("row_touch" if self.touch else "row")

    @property
    def field(self) -> int:
        """The height of an input field."""
        return self.px("field_touch" if self.touch else "field")

    def font(self, size: str = "body", *, strong: bool = False) -> QFont:
        """The font of a type token, with figures of one width."""
        if (size, strong) not in self._fonts:
            self._fonts[size, strong] = self._made(size, strong=strong)
        return QFont(self._fonts[size, strong])

    def _made(self, size: str, *, strong: bool) -> QFont:
        font = QFont()
        font.setFamilies(list(self.tokens.families))
        font.setPixelSize(self.px(size))
        font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font


class Look(QObject):
    """What every widget is given: it asks here when it paints and listens for changes.

    Signals:
        changed: The theme, the text scale or the language is another one now.
    """

    changed = Signal()

    def __init__(self, theme: Theme, speaker: Speaker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._speaker = speaker
        self._icons = Icons()

    @property
    def theme(self) -> Theme:
        return self._theme

    def wear(self, theme: Theme) -> None:
        """Change to `theme`."""
        if theme != self._theme:
            self._theme = theme
            self.changed.emit()

    def say_anew(self) -> None:
        """Tell the widgets that the words have changed."""
        self.changed.emit()

    def text(self, code: str, /, **parameters: str | int) -> str:
        return self._speaker.text(code, **parameters)

    def icon(self, name: str, ink: str = "ink_2", size: str = "icon") -> QIcon:
        """The icon `name` in the colour token `ink`."""
        return QIcon(self.pixmap(name, ink, size, ratio=2.0))

    def pixmap(
        self, name: str, ink: str = "ink_2", size: str = "icon", *, ratio: float = 1.0
    ) -> QPixmap:
        colour = self._theme.tokens.colours[ink]
        return self._icons.pixmap(name, colour, self._theme.px(size), ratio)
