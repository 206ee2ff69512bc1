"""Does the cache hold what the server holds, and do the clocks agree?"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.terms import Ref
from app.kernel.faults import Message
from sync.versions import Version, regression

WARN_SKEW = timedelta(minutes=2)
BLOCK_SKEW = timedelta(minutes=5)
"""Anki refuses at 300 s; here only signing stops, reading never does (sync.md §7.5)."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Count and hash of all (id, version) pairs: equal digests need no list."""

    count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What a reconciliation found.

    Attributes:
        download: On the server and not here, or there in a version that ours is not.
        confirm: Here and not in the server's list: to be asked for one by one, never removed on
            absence alone (I16).
        regressed: Older on the server than here: history was lost there (I9). Not downloaded.
    """

    download: tuple[Ref, ...] = ()
    confirm: tuple[Ref, ...] = ()
    regressed: tuple[Ref, ...] = ()

    @property
    def none(self) -> bool:
        return not (self.download or self.confirm or self.regressed)


class Removal(enum.Enum):
    """What becomes of a document that is missing from the server's list."""

    KEEP = "keep"
    BURY = "bury"
    BURY_WITH_ALARM = "bury-with-alarm"
    EVICT = "evict"
    REINDEX = "reindex"
    CONFLICT = "conflict"


class Skew(enum.Enum):
    FINE = "fine"
    WARN = "warn"
    BLOCK_SIGNING = "block-signing"


@dataclass(frozen=True, slots=True)
class ClockVerdict:
    """How far the two clocks are apart; positive when ours is ahead."""

    skew: Skew
    ahead: timedelta

    @property
    def may_sign(self) -> bool:
        return self.skew is not Skew.BLOCK_SIGNING

    @property
    def message(self) -> Message | None:
        if self.skew is Skew.FINE:
            return None
        seconds = round(abs(self.ahead) / timedelta(seconds=1))
        return Message.of(f"sync.clock.{self.skew.value}", seconds=seconds)


def digest(pairs: Mapping[Ref, str]) -> Digest:
    """The digest of a set of (id, version) pairs; order plays no part."""
    lines = "\n".join(f"{ref} {version}" for ref, version in sorted(pairs.items()))
    return Digest(len(pairs), hashlib.sha256(lines.encode()).hexdigest())


def differences(
    server: Mapping[Ref, Version],
    local: Mapping[Ref, Version],
    uncreated: AbstractSet[Ref] = frozenset(),
) -> Difference:
    """Compare the server's list of a scope with ours.

    Args:
        server: Every resource the server lists.
        local: Last *server* version of everything held in the scope, working copies aside.
        uncreated: Ours that the server has not been given yet; it cannot list them.
    """
    regressed = {ref for ref in server.keys() & local.keys() if regression(server[ref], local[ref])}
    differing = {
        ref
        for ref, version in server.items()
        if ref not in regressed and (ref not in local or local[ref].id != version.id)
    }
    return Difference(
        tuple(sorted(differing)),
        tuple(sorted(local.keys() - server.keys() - uncreated)),
        tuple(sorted(regressed)),
    )


def removal(status: int, *, unsent: bool) -> Removal:
    """What a GET of a missing resource says about ours (I16).

    404 for something the server once had means that it was expunged, which is worth an alarm.
    Withdrawn access says nothing of the document; unsent work on it is refused when it is sent.
    """
    table = _UNSENT if unsent else _CLEAN
    return table.get(status, Removal.KEEP)


_CLEAN = {
    200: Removal.REINDEX,
    403: Removal.EVICT,
    404: Removal.BURY_WITH_ALARM,
    410: Removal.BURY,
}
_UNSENT = {200: Removal.REINDEX, 404: Removal.CONFLICT, 410: Removal.CONFLICT}


def clock_verdict(server: datetime, ours: datetime) -> ClockVerdict:
    """Judge our clock against a `Date` header; `ours` is the middle of the round trip."""
    ahead = ours - server
    if abs(ahead) > BLOCK_SKEW:
        return ClockVerdict(Skew.BLOCK_SIGNING, ahead)
    if abs(ahead) > WARN_SKEW:
        return ClockVerdict(Skew.WARN, ahead)
    return ClockVerdict(Skew.FINE, ahead)
