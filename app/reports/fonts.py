"""The one font of every PDF, embedded: WenQuanYi Micro Hei (resources/fonts)."""

from __future__ import annotations

from functools import cache

# WORKAROUND(reportlab ships no type information, until it does): its names are untyped here.
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]

from resources.reading import path

NAME = "WenQuanYiMicroHei"
MISSING = "〓"
"""Drawn for a sign the font lacks (下代记号): a blank would read as nothing written."""

_FILE = "fonts/wqy-microhei.ttf"


@cache
def font() -> TTFont:
    """The font, registered once under `NAME`."""
    made = TTFont(NAME, str(path(_FILE)))
    pdfmetrics.registerFont(made)
    return made


def lacking(text: str) -> str:
    """The signs of `text` that the font does not have, each once."""
    known = font().face.charToGlyph
    return "".join(dict.fromkeys(sign for sign in text if ord(sign) not in known))


def drawable(text: str) -> str:
    """`text` with `MISSING` for every sign the font lacks."""
    known = font().face.charToGlyph
    return "".join(sign if ord(sign) in known else MISSING for sign in text)


def width(text: str, size: float) -> float:
    """How wide `text` is drawn, in points."""
    return float(font().stringWidth(drawable(text), size))
