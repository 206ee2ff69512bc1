"""Finds names by their beginning: built once, then asked at every keystroke."""

from __future__ import annotations

import enum
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+(?:[.'-][a-z0-9]+)*")
_LATER = re.compile(r"[-.']")
_SHORTEST = 2
_PAST_ANY = "\U0010ffff"
_GAP = "\n"
_STRENGTHS = re.compile(r"[\s:;,()()]+")
_MASS = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ug|mg|g)")
_IN_MG = {"ug": Decimal("0.001"), "mg": Decimal(1), "g": Decimal(1000)}


class Rank(enum.IntEnum):
    """How well a name answers what was typed, the best first."""

    WHOLE = 0
    BEGINS = 1
    WORD = 2
    INSIDE = 3
    OTHER_STRENGTH = 4
    """A number that was typed with it is none of its strengths: it may be the dose."""


@dataclass(frozen=True, slots=True)
class Names:
    """What one thing is found by; everything in lower case.

    Attributes:
        chinese, english: Its names; only the Chinese one is also found by its middle, because
            Chinese has no gaps between words.
        shorts: Abbreviations and other names.
        typed: Pinyin initials and full pinyin.
        detail: Strengths, matched by later words of the query: `amox 500`.
    """

    chinese: str
    english: str
    shorts: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    detail: str = ""

    @property
    def begins(self) -> Iterable[str]:
        """What may be typed from its beginning, with how well that answers."""
        return (self.chinese, self.english, *self.shorts)

    @property
    def words(self) -> Iterable[str]:
        for text in (self.chinese, self.english, *self.shorts):
            for word in _WORD.findall(text):
                yield word
                yield from _LATER.split(word)[1:]
        yield from self.typed

    def holds(self, word: str) -> bool:
        """Whether a later word of the query is in a name or begins a strength."""
        if not word.isascii() and word in self.chinese:
            return True
        begins = any(one.startswith(word) for one in (*self.begins, *self.words))
        return begins or any(one.startswith(word) for one in strength_keys(self.detail))


@dataclass(frozen=True, slots=True)
class Match:
    """Place of what was found, and how well it answers."""

    place: int
    rank: Rank


class NameIndex:
    """An index over names. Building takes time in proportion to them; asking does not."""

    def __init__(self, names: Sequence[Names]) -> None:
        self._names = names
        found: set[tuple[str, Rank, int]] = set()
        for place, one in enumerate(names):
            found.update((text, Rank.BEGINS, place) for text in one.begins if text)
            found.update((text, Rank.WORD, place) for text in one.words if text)
        entries = sorted(found)
        self._keys = [text for text, _, _ in entries]
        self._found = [(place, rank) for _, rank, place in entries]
        self._starts: list[int] = []
        at = 0
        for one in names:
            self._starts.append(at)
            at += len(one.chinese) + len(_GAP)
        self._text = _GAP.join(one.chinese for one in names)

    def find(
        self, query: str, wanted: Callable[[int], bool] | None = None
    ) -> tuple[Match, ...] | None:
        """Everything that answers `query`, in no order; None when it is too short to ask.

        The first word must begin a name or a word of one (from two letters, or one Chinese
        character), and every later word must be in the names. A later number only says which of
        them come first: those that have it among their strengths.
        """
        text = " ".join(query.casefold().split())
        if not text or (text.isascii() and len(text) < _SHORTEST):
            return None
        ranks = self._ranks(text)
        first, *later = text.split(" ")
        if later:
            for place, rank in self._ranks(first).items():
                if place not in ranks and self._holds(place, later):
                    ranks[place] = rank if self._strong(place, later) else Rank.OTHER_STRENGTH
        places = ranks if wanted is None else filter(wanted, ranks)
        return tuple(Match(place, ranks[place]) for place in places)

    def _holds(self, place: int, words: list[str]) -> bool:
        return all(self._names[place].holds(word) for word in words if not word[0].isdecimal())

    def _strong(self, place: int, words: list[str]) -> bool:
        return all(self._names[place].holds(word) for word in words if word[0].isdecimal())

    def _ranks(self, text: str) -> dict[int, Rank]:
        ranks: dict[int, Rank] = {}
        keys, found = self._keys, self._found
        start, end = bisect_left(keys, text), bisect_left(keys, text + _PAST_ANY)
        for at in range(start, end):
            place, rank = found[at]
            if len(keys[at]) == len(text) and rank is Rank.BEGINS:
                rank = Rank.WHOLE
            if rank < ranks.get(place, Rank.INSIDE):
                ranks[place] = rank
        if not text.isascii():
            for place in self._inside(text):
                ranks.setdefault(place, Rank.INSIDE)
        return ranks

    def _inside(self, text: str) -> Iterable[int]:
        """Places of the Chinese names that hold `text`; one pass over all of them as one text."""
        at = self._text.find(text)
        while at >= 0:
            place = bisect_left(self._starts, at + 1) - 1
            yield place
            after = self._starts[place] + len(self._names[place].chinese)
            at = self._text.find(text, after)


@lru_cache(maxsize=4096)
def strength_keys(detail: str) -> tuple[str, ...]:
    """The strengths of a list, each as it stands and in the neighbouring unit: 0.5g is 500mg."""
    found: list[str] = []
    for one in _STRENGTHS.split(detail.casefold()):
        found.append(one)
        read = _MASS.fullmatch(one)
        if read is not None:
            amount = Decimal(read[1]) * _IN_MG[read[2]]
            found += [
                f"{(amount / factor).normalize():f}{unit}"
                for unit, factor in _IN_MG.items()
                if unit != read[2]
            ]
    return tuple(one for one in found if one)
