"""What a workstation passphrase must be, and what a wrong one costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize

from app.kernel.faults import Message


@dataclass(frozen=True, slots=True)
class PassphrasePolicy:
    """Rules the hospital may set.

    Attributes:
        shortest: Fewest characters.
        fewest_different: Fewest different characters.
        forbidden: Passphrases that everybody tries, in lower case.
    """

    shortest: int = 10
    fewest_different: int = 5
    forbidden: frozenset[str] = frozenset()

    def objection(self, username: str, passphrase: str) -> Message | None:
        """Why the passphrase will not do, or None."""
        said = plain(passphrase)
        name = plain(username)
        if len(said) < self.shortest:
            return Message.of("vault.passphrase-short", shortest=self.shortest)
        if len(set(said)) < self.fewest_different:
            return Message.of("vault.passphrase-simple", different=self.fewest_different)
        if name and name in said:
            return Message.of("vault.passphrase-name")
        if said in self.forbidden:
            return Message.of("vault.passphrase-common")
        return None


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


def plain(text: str) -> str:
    """Case folded and in one Unicode form, for comparing."""
    return normalize("NFKC", text).strip().casefold()


def as_typed(passphrase: str) -> bytes:
    """The passphrase as the key derivation gets it: the same on every keyboard and system."""
    return normalize("NFC", passphrase).encode()
