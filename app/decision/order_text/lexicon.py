"""The words the packs know, found by longest match."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entry:
    """What one word means in one of its uses.

    Attributes:
        kind: `drug`, `item`, `unit`, `route`, `freq`, `cue` … as the packs say.
        value: Code of the kind; the English generic name of a drug.
        trust: `sure`, or `click` for a name that is only proposed.
        detail: Class of an item, percent of a solution, value of a `cue`.
    """

    kind: str
    value: str = ""
    trust: str = "sure"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Medicine:
    """One generic of the formulary.

    Attributes:
        code: Formulary code; "" for what is only used as a solvent.
        name: English generic name in lower case.
        strengths: As the formulary writes them, e.g. `0.25g`, `2ml:20mg`.
    """

    code: str
    name: str
    chinese: str
    initials: str
    strengths: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit a dose may be said in.

    Attributes:
        code: As a draft says it; `ucum` is what is recorded.
        dimension: Only amounts of one dimension can be equal.
        factor: How many of the smallest of its dimension.
    """

    code: str
    ucum: str
    dimension: str
    factor: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the packs say, by word.

    Attributes:
        words: The uses of a word.
        medicines: By English generic name, lower case.
        units: By word.
        routes: Code of the routes pack by route; "" where the pack has none.
        frequencies: Administrations a day by frequency code; None where it has no count.
    """

    words: dict[str, tuple[Entry, ...]]
    medicines: dict[str, Medicine]
    units: dict[str, Unit]
    routes: dict[str, str]
    frequencies: dict[str, str]
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        entries: Iterable[tuple[str, Entry]],
        medicines: Iterable[Medicine],
        units: dict[str, Unit],
        routes: dict[str, str],
        frequencies: dict[str, str],
    ) -> Lexicon:
        words: dict[str, tuple[Entry, ...]] = {}
        for word, entry in entries:
            if entry not in words.get(word, ()):
                words[word] = (*words.get(word, ()), entry)
        lengths: dict[str, set[int]] = {}
        for word in words:
            lengths.setdefault(word[0], set()).add(len(word))
        longest_first = {first: tuple(sorted(n, reverse=True)) for first, n in lengths.items()}
        by_name = {one.name: one for one in medicines}
        return cls(words, by_name, units, routes, frequencies, longest_first)

    def match(self, text: str, at: int) -> str:
        """The longest word that stands at `at` as a word of its own, or ""."""
        for length in self.lengths.get(text[at], ()):
            word = text[at : at + length]
            if word in self.words and stands_alone(text, at, at + len(word)):
                return word
        return ""


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit of the same word goes on beyond either end.

    Chinese has no gaps between words, so only Latin letters and digits bound each other.
    """
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    first, last = text[start], text[end - 1]
    if latin(first) and (latin(before) or before == "'"):
        return False
    if digit(first) and (digit(before) or before == "."):
        return False
    if latin(last) and latin(after):
        return False
    return not (digit(last) and digit(after))


def latin(character: str) -> bool:
    """A letter of a normalised text."""
    return "a" <= character <= "z"


def digit(character: str) -> bool:
    """An ASCII digit; one of another script is none."""
    return "0" <= character <= "9"
