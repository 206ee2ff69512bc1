"""Names that a word may have been meant for: only ever offered, never taken."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from app.decision.order_text.lexicon import Lexicon

_MOST = 8
_SHORTEST_LATIN = 5
_SHORTEST_CHINESE = 3


class Proposals:
    """Looks a word up by pinyin initials, by its beginning, and by what it nearly is."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def of(self, word: str) -> tuple[str, ...]:
        """At most eight generic names, the likeliest first."""
        found = [*self._initials(word), *self._beginnings(word), *self._near(word)]
        return tuple(dict.fromkeys(found))[:_MOST]

    def _initials(self, word: str) -> Iterable[str]:
        if not word.isascii():
            return ()
        medicines = self._lexicon.medicines.values()
        return [one.name for one in medicines if len(word) > 1 and one.initials == word]

    def _beginnings(self, word: str) -> Iterable[str]:
        if len(word) < (4 if word.isascii() else 2):
            return ()
        return [drug for name, drug in self._names if name.startswith(word)]

    def _near(self, word: str) -> Iterable[str]:
        shortest = _SHORTEST_LATIN if word.isascii() else _SHORTEST_CHINESE
        if len(word) < shortest:
            return ()
        most = 2 if word.isascii() and len(word) > 8 else 1
        return [drug for name, drug in self._names if nearly(word, name, most)]

    @cached_property
    def _names(self) -> tuple[tuple[str, str], ...]:
        return tuple(
            (word, entry.value)
            for word, entries in self._lexicon.words.items()
            for entry in entries
            if entry.kind == "drug" and entry.trust == "sure"
        )


def nearly(one: str, other: str, most: int) -> bool:
    """Whether at most `most` letters were left out, put in, changed or swapped."""
    if abs(len(one) - len(other)) > most or one[0] != other[0]:
        return False
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return False
        before_last, last = last, row
    return last[-1] <= most
