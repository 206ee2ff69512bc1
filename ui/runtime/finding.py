"""Does a typed query mean this text? Word starts, pinyin, pinyin initials."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"\w+")
_HAN = re.compile(r"[㐀-鿿\U00020000-\U0003ffff]")


def rank(query: str, *texts: str) -> int | None:
    """How well `query` names the best of `texts`: 0 is best, None is not at all.

    Each word must match: 0 the text begins with it, 1 a word begins with it, 2 pinyin or
    its initials do, 3 it stands somewhere inside.
    """
    words = query.casefold().split()
    if not words:
        return 0
    ranks = [_rank_of_text(words, text) for text in texts if text]
    return min((r for r in ranks if r is not None), default=None)


def _rank_of_text(words: list[str], text: str) -> int | None:
    worst = 0
    for word in words:
        one = _rank_of_word(word, text.casefold())
        if one is None:
            return None
        worst = max(worst, one)
    return worst


def _rank_of_word(word: str, text: str) -> int | None:
    if text.startswith(word):
        return 0
    if any(part.startswith(word) for part in _WORD.findall(text)):
        return 1
    if word.isascii() and any(spelled.startswith(word) for spelled in spellings(text)):
        return 2
    return 3 if word in text else None


@lru_cache(maxsize=20_000)
def spellings(text: str) -> tuple[str, ...]:
    """The pinyin of a Chinese text, whole and by initials; nothing for other texts."""
    if not _HAN.search(text):
        return ()
    # Imported late: its dictionary takes a tenth of a start, and a start asks for no reading.
    from pypinyin import Style, lazy_pinyin

    whole = "".join(lazy_pinyin(text)).casefold()
    initials = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).casefold()
    return (whole, initials)
