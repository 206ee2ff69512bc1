"""Did it arrive? The register answers, and the versions say what to do (sync.md §7.4)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.terms import Ref
from app.kernel.faults import Message
from sync.versions import Order, Version, compare


class Cause(enum.Enum):
    """Why a batch has no plain answer."""

    NO_ANSWER = "no-answer"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class RegisterSeen:
    """`Basic/{workstation}-outbox` as just read; None when it is not there."""

    version: str
    last_batch: str


@dataclass(frozen=True, slots=True)
class SentEntry:
    """One resource of the unanswered batch: what it was to replace, and its canonical hash."""

    ref: Ref
    if_match: str
    frozen_hash: str


@dataclass(frozen=True, slots=True)
class SentBatch:
    """A batch whose fate is to be found out.

    Attributes:
        races: How often the server already refused it although no version had changed.
    """

    id: str
    expect_register: str
    entries: tuple[SentEntry, ...]
    cause: Cause = Cause.NO_ANSWER
    races: int = 0


@dataclass(frozen=True, slots=True)
class SeenVersion:
    """One version of a resource on the server."""

    version: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What the server holds of one resource.

    Attributes:
        versions: Known versions, oldest first; the last is the current one. Empty when it has
            never existed.
        deleted: The server says it is gone (410).
    """

    versions: tuple[SeenVersion, ...] = ()
    deleted: bool = False

    @property
    def current(self) -> str:
        return self.versions[-1].version if self.versions else ""


@dataclass(frozen=True, slots=True)
class Applied:
    """It was applied.

    Attributes:
        versions: Version each write produced.
        overtaken: Written, and already replaced by somebody: our body becomes the merge base,
            the current version is fetched and rebased upon. Never is the current version taken
            for ours, or the next write would overwrite unseen (I3).
        register_version: What the register is at now.
    """

    versions: Mapping[Ref, str]
    overtaken: frozenset[Ref]
    register_version: str


@dataclass(frozen=True, slots=True)
class NotApplied:
    """It was not: send the same bytes again, after the backoff."""


@dataclass(frozen=True, slots=True)
class Voided:
    """We took it back ourselves, and did not hear that the server agreed: it cannot apply."""

    register_version: str


@dataclass(frozen=True, slots=True)
class Fenced:
    """Somebody else writes with our register: stop sending, a person decides (I19)."""

    message: Message


@dataclass(frozen=True, slots=True)
class Rebase:
    """Others changed these since: void the batch, rebase them, plan the rest without them.

    Attributes:
        lost: The server has an older version than the one to be replaced and does not know that
            one any more: it was put back from a backup. No later round can mend that.
    """

    changed: frozenset[Ref]
    deleted: frozenset[Ref]
    lost: frozenset[Ref] = frozenset()


@dataclass(frozen=True, slots=True)
class TransientRace:
    """The server refused although nothing changed: send the same bytes again."""

    races: int


@dataclass(frozen=True, slots=True)
class ServerFault:
    """It keeps refusing without a reason (sync.md Q26): bisect, a fault of the server."""

    message: Message


@dataclass(frozen=True, slots=True)
class MustRead:
    """The versions of these must be read before anything can be said."""

    refs: frozenset[Ref]


Resolution = (
    Applied | NotApplied | Voided | Fenced | Rebase | TransientRace | ServerFault | MustRead
)

MOST_RACES = 5


def void_mark(batch_id: str) -> str:
    """What the register says when a batch was taken back; it names the batch.

    A lost answer to that write would otherwise look like the hand of another copy of us.
    """
    return f"void:{batch_id}"


def resolve(
    batch: SentBatch, register: RegisterSeen | None, seen: Mapping[Ref, Seen]
) -> Resolution:
    """Find out what became of `batch`.

    Args:
        batch: What was sent.
        register: The register as read *after* the exchange ended.
        seen: What the server holds of the batch's resources, as far as it was read; call again
            with more when the answer is `MustRead`.
    """
    if register is None:
        return Fenced(Message.of("sync.fenced.register-missing"))
    if register.last_batch == batch.id:
        return _applied(batch, register, seen)
    if register.last_batch == void_mark(batch.id):
        return Voided(register.version)
    if register.version != batch.expect_register:
        return Fenced(Message.of("sync.fenced.another-copy"))
    if batch.cause is Cause.NO_ANSWER:
        return NotApplied()
    return _refused(batch, seen)


def _applied(
    batch: SentBatch, register: RegisterSeen, seen: Mapping[Ref, Seen]
) -> Applied | MustRead:
    unread = frozenset(entry.ref for entry in batch.entries if entry.ref not in seen)
    if unread:
        return MustRead(unread)
    versions: dict[Ref, str] = {}
    for entry in batch.entries:
        ours = _ours(entry, seen[entry.ref])
        if ours:
            versions[entry.ref] = ours
    overtaken = frozenset(entry.ref for entry in batch.entries) - versions.keys()
    return Applied(versions, overtaken, register.version)


def _ours(entry: SentEntry, seen: Seen) -> str:
    """The version our write made: the first from the one it replaced on, with our content.

    The replaced version itself counts: servers make none for a write that changes nothing (Q14).
    """
    if seen.deleted:
        return ""
    ids = [one.version for one in seen.versions]
    start = ids.index(entry.if_match) if entry.if_match in ids else 0
    later = seen.versions[start:]
    return next((one.version for one in later if one.content_hash == entry.frozen_hash), "")


def _has_lost(seen: Seen, if_match: str) -> bool:
    """Whether the server once gave us a version that is now ahead of all it has (I9)."""
    if not seen.versions or not if_match:
        return False
    known = {one.version for one in seen.versions}
    went_back = compare(Version(seen.current), Version(if_match)) is Order.OLDER
    return went_back and if_match not in known


def _refused(batch: SentBatch, seen: Mapping[Ref, Seen]) -> Resolution:
    unread = frozenset(entry.ref for entry in batch.entries if entry.ref not in seen)
    if unread:
        return MustRead(unread)
    deleted = frozenset(entry.ref for entry in batch.entries if seen[entry.ref].deleted)
    changed = frozenset(
        entry.ref for entry in batch.entries if seen[entry.ref].current != entry.if_match
    )
    if deleted or changed:
        lost = frozenset(
            entry.ref for entry in batch.entries if _has_lost(seen[entry.ref], entry.if_match)
        )
        return Rebase(changed - deleted - lost, deleted, lost - deleted)
    if batch.races >= MOST_RACES:
        return ServerFault(Message.of("sync.server-keeps-refusing"))
    return TransientRace(batch.races + 1)
