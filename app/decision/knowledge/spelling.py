"""How a name of a drug may be spelled: neither case, space, hyphen, salt nor form makes another.

What may be left off (`hydrochloride`, `注射液`, `allergy`) comes from the pack of substances.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

Tokens = tuple[str, ...]

_BETWEEN = re.compile(r"[\s\-‐-―−·•_'’()\[\]【】]+|\.(?=\s|$)")
_SULPHUR = re.compile(r"sulph")
_CHINESE = re.compile(r"[㐀-鿿]")


def tokens_of(text: str) -> Tokens:
    """The words of a name in one spelling: full width, case and British sulphur are gone."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return tuple(filter(None, _BETWEEN.split(_SULPHUR.sub("sulf", plain))))


def key_of(tokens: Tokens) -> str:
    """What names are compared by."""
    return "".join(tokens)


def is_chinese(text: str) -> bool:
    """Whether there is a Chinese character in `text`: such words stand without spaces."""
    return _CHINESE.search(text) is not None


@dataclass(frozen=True, slots=True)
class Affixes:
    """What may be left off a name, in the spelling of `tokens_of`.

    Attributes:
        words: Words between spaces, at either end: salts, forms.
        before: Beginnings of a Chinese name. `after`: its ends.
    """

    words: frozenset[str] = frozenset()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def spellings(self, tokens: Tokens) -> Iterator[frozenset[Tokens]]:
        """The name as it stands, then all names with one affix less, then with two less.

        Something always remains: an affix alone is no name.
        """
        seen: set[Tokens] = set()
        now = frozenset({tokens})
        while now:
            yield now
            seen |= now
            now = frozenset(less for one in now for less in self._shorter(one)) - seen

    def _shorter(self, tokens: Tokens) -> Iterator[Tokens]:
        if len(tokens) > 1 and tokens[-1] in self.words:
            yield tokens[:-1]
        if len(tokens) > 1 and tokens[0] in self.words:
            yield tokens[1:]
        if tokens:
            first, last = tokens[0], tokens[-1]
            yield from (
                (*tokens[:-1], less) for less in _without(last, self.after, str.removesuffix)
            )
            yield from (
                (less, *tokens[1:]) for less in _without(first, self.before, str.removeprefix)
            )


def _without(word: str, affixes: Iterable[str], remove: Callable[[str, str], str]) -> Iterator[str]:
    """The word without each of its affixes; never nothing."""
    for one in affixes:
        less = remove(word, one)
        if less not in ("", word):
            yield less
