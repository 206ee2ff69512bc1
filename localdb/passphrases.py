"""What a workstation passphrase must be, and what a wrong one costs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from unicodedata import normalize

from app.kernel.faults import Message
from resources.reading import rows

_SHORTEST_WORD = 3
_MOST_PHRASES = 2
_LOOKS_LIKE = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "il", "|": "il", "€": "e", "+": "t",
}  # fmt: skip
"""Signs that are written for a letter, and for which."""


@cache
def common_passphrases() -> frozenset[str]:
    """Passphrases that everybody tries: the pack `passphrases`."""
    return frozenset(plain(row["phrase"]) for row in rows("passphrases", "common"))


@dataclass(frozen=True, slots=True)
class PassphrasePolicy:
    """Rules the hospital may set.

    Attributes:
        shortest: Fewest characters.
        fewest_different: Fewest different characters.
        forbidden: Passphrases that everybody tries, in lower case. One that is nothing but one or
            two of them, with digits and signs, will not do (NIST SP 800-63B, 5.1.1.2).
        names: Words of this place that no passphrase may contain: the hospital's name.
    """

    shortest: int = 10
    fewest_different: int = 5
    forbidden: frozenset[str] = field(default_factory=common_passphrases)
    names: frozenset[str] = frozenset()

    def objection(self, username: str, passphrase: str) -> Message | None:
        """Why the passphrase will not do, or None."""
        said = plain(passphrase)
        if len(said) < self.shortest:
            return Message.of("vault.passphrase-short", shortest=self.shortest)
        if len(set(said)) < self.fewest_different:
            return Message.of("vault.passphrase-simple", different=self.fewest_different)
        tests = {
            "digits": not any(map(str.isalpha, said)),
            "name": any(_holds(said, part) for part in _user_parts(username)),
            "hospital": any(_holds(said, plain(name)) for name in self.names),
            "common": _is_common(said, self.forbidden),
        }
        wrong = next((code for code, is_so in tests.items() if is_so), None)
        return None if wrong is None else Message.of(f"vault.passphrase-{wrong}")


@dataclass(frozen=True, slots=True)
class LockOut:
    """How failed attempts slow the next one down: the wait doubles from the first one over."""

    free_attempts: int = 5
    first_wait: timedelta = timedelta(seconds=30)
    longest_wait: timedelta = timedelta(hours=1)

    def until(self, failed: int, now: datetime) -> datetime | None:
        """Until when nobody may try again after so many failures in a row."""
        over = failed - self.free_attempts
        if over < 0:
            return None
        doubled: int = 1 << min(over, 20)
        return now + min(self.first_wait * doubled, self.longest_wait)

    def remaining(self, until: datetime | None, now: datetime) -> timedelta:
        """How long the lock still holds; a clock that was set back does not lengthen it."""
        if until is None:
            return timedelta(0)
        return max(timedelta(0), min(until - now, self.longest_wait))


def words_of(*names: str) -> frozenset[str]:
    """The words of names that are long enough to be told from chance, and the whole names."""
    found = {part for name in names for part in re.split(r"[\W\d_]+", plain(name))}
    return frozenset(word for word in found | set(map(plain, names)) if _is_word(word))


def plain(text: str) -> str:
    """Case folded and in one Unicode form, for comparing."""
    return normalize("NFKC", text).strip().casefold()


def as_typed(passphrase: str) -> bytes:
    """The passphrase as the key derivation gets it: the same on every keyboard and system."""
    return normalize("NFC", passphrase).encode()


def _user_parts(username: str) -> frozenset[str]:
    """The user name, however short, and every word in it: `wang.li2` is `wang` too."""
    name = plain(username)
    return words_of(username) | ({name} if name else set())


def _is_word(word: str) -> bool:
    """Two Han characters say as much as three letters."""
    return len(word) >= (_SHORTEST_WORD if word.isascii() else _SHORTEST_WORD - 1)


def _holds(said: str, word: str) -> bool:
    """Whether `word` stands in it, also with signs written for letters (`w@ng`)."""
    return any(_stands_at(word, said, at) for at in range(len(said) - len(word) + 1))


def _is_common(said: str, forbidden: frozenset[str]) -> bool:
    """Nothing but one or two common phrases, over and over, among digits and signs.

    Three of them make a passphrase: nobody has that list.
    """
    phrases = _by_first_letter(forbidden)
    reached: dict[int, set[frozenset[str]]] = defaultdict(set)
    reached[0].add(frozenset())
    for at in range(len(said)):
        if not (used := reached.pop(at, set())):
            continue
        for step, phrase in _steps(said, at, phrases):
            more = {one | phrase for one in used}
            reached[at + step] |= {one for one in more if len(one) <= _MOST_PHRASES}
    return bool(reached[len(said)])


def _by_first_letter(forbidden: frozenset[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for phrase in forbidden:
        found[phrase[:1]].append(phrase)
    return found


def _steps(
    said: str, at: int, phrases: dict[str, list[str]]
) -> Iterator[tuple[int, frozenset[str]]]:
    """How far one gets from `at`, and over which phrase: a digit or sign needs none."""
    if not said[at].isalpha():
        yield 1, frozenset()
    for first in said[at] + _LOOKS_LIKE.get(said[at], ""):
        for phrase in phrases.get(first, ()):
            if _stands_at(phrase, said, at):
                yield len(phrase), frozenset({phrase})


def _stands_at(phrase: str, said: str, at: int) -> bool:
    if said.startswith(phrase, at):
        return True
    part = said[at : at + len(phrase)]
    return len(part) == len(phrase) and all(
        want == one or want in _LOOKS_LIKE.get(one, "")
        for want, one in zip(phrase, part, strict=True)
    )
