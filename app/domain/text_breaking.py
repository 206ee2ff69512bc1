"""Breaking a text into lines, Chinese and Latin mixed."""

from __future__ import annotations

import re
from collections.abc import Callable

_TOKEN = re.compile("[^ \\t\\n\u2e80-\uffff]+[ ]?|.", re.DOTALL)
"""A Latin word with the blank behind it, or one sign of any other script."""


def wrapped(text: str, width: float, width_of: Callable[[str], float]) -> tuple[str, ...]:
    """Break `text` into lines that are not wider than `width`; nothing of it is lost.

    A Latin word or a number with its unit (joined by a no-break space) stays whole while it fits
    a line of its own.
    """
    lines = [""]
    for token in _TOKEN.findall(text):
        pieces = [token] if width_of(token.rstrip(" ")) <= width else list(token)
        for piece in pieces:
            if lines[-1] and width_of((lines[-1] + piece).rstrip(" ")) > width:
                lines.append(piece)
            else:
                lines[-1] += piece
    return tuple(lines)
