"""One form for every way of writing a character, without moving any of them."""

from __future__ import annotations

_FULL_FIRST, _FULL_LAST = "\uff01", "\uff5e"
_SHIFT = ord("！") - ord("!")
_SAME = str.maketrans(
    {
        **dict.fromkeys(
            "\u3000\u00a0\u2002\u2003\u2009\u200b\u200c\u200d\ufeff\t【】「」『』|", " "
        ),
        **dict.fromkeys("\u2013\u2014\u2212\u2010\u2011~", "-"),
        **dict.fromkeys("\u2018\u2019`\u2032", "'"),
        **dict.fromkeys("“”", '"'),
        **dict.fromkeys("✕✖✱", "×"),
        "\r": "\n",
        "µ": "μ",
        "﹪": "%",
        "\u2236": ":",
    }
)


def normalised(text: str) -> str:
    """`text` in half-width lower case; every character keeps its place.

    Spans into the result are spans into `text`. A digit of another script stays what it is: it
    is no number of an order.
    """
    return "".join(map(_one, text)).translate(_SAME)


def _one(character: str) -> str:
    if _FULL_FIRST <= character <= _FULL_LAST:
        character = chr(ord(character) - _SHIFT)
    lower = character.lower()
    return lower if len(lower) == 1 else character
