"""Text somebody else wrote, cut down to what a screen may show of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Manner(enum.Enum):
    """How a piece of text is set."""

    PLAIN = "plain"
    STRONG = "strong"
    EMPHASIS = "emphasis"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text.

    Attributes:
        link: Where a click leads, in the browser of the system; "" for nowhere.
    """

    text: str
    manner: Manner = Manner.PLAIN
    link: str = ""


class Shape(enum.Enum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    VERBATIM = "verbatim"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, a point of a list, or lines to be shown as they are."""

    shape: Shape
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


Prose = tuple[Block, ...]
