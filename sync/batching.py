"""Change groups become a transaction: one entry per resource, each against the version it saw."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from app.domain.terms import GroupId, Ref
from sync.components import components
from sync.versions import if_match


class Priority(enum.IntEnum):
    """Safety class of a group: that of its most dangerous document (sync.md §7.6)."""

    A = 0
    B = 1
    C = 2


class Op(enum.Enum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Standing(enum.Enum):
    """What a group may do, before its neighbours are looked at."""

    READY = "ready"
    IN_FLIGHT = "in-flight"
    QUARANTINED = "quarantined"
    CONFLICTED = "conflicted"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Change:
    """One document of a group as it read right after that act.

    Attributes:
        seq: Local sequence number, the only order there is; no clock takes part (I20).
        base_version: Server version the working copy rests on now, "" if the server has none.
        body: The document after *this* change, not after later ones: a held-back later group
            must not travel inside an earlier one (I5, I13).
        refs: Relative references inside `body`.
    """

    seq: int
    ref: Ref
    op: Op
    base_version: str = ""
    body: bytes = field(default=b"", repr=False)
    refs: frozenset[Ref] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """One clinical act, sent whole or not at all (I5)."""

    id: GroupId
    seq: int
    priority: Priority
    changes: tuple[Change, ...]
    kind: str = ""
    standing: Standing = Standing.READY


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of a batch.

    Attributes:
        if_match: Version it replaces; "" for a resource the server has never seen.
        seq_hi: Newest change that is inside.
    """

    ref: Ref
    if_match: str
    seq_hi: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """Groups that go in one transaction, and what it will say."""

    groups: tuple[Group, ...]
    entries: tuple[Entry, ...]

    @property
    def ids(self) -> tuple[GroupId, ...]:
        return tuple(group.id for group in self.groups)

    @property
    def size(self) -> int:
        return sum(len(entry.body) for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Halves:
    """A batch the server would not take, cut in two.

    Attributes:
        first: May be frozen and sent as it is; it needs nothing of the rest.
        rest: To be planned anew (`plan(..., only=rest)`) once `first` has its answer, because
            versions that `first` makes are the bases of what follows.
    """

    first: Batch
    rest: tuple[GroupId, ...]


@dataclass(frozen=True, slots=True)
class RegisterPut:
    """The write that makes the transaction unrepeatable: `Basic/{workstation}-outbox`."""

    ref: Ref
    expect: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TransactionEntry:
    """One `Bundle.entry` to be (FHIR R4 §3.1.0.11.2).

    Attributes:
        if_match: `request.ifMatch`, or None where nothing may be there to match.
    """

    method: str
    url: str
    if_match: str | None
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Transaction:
    """What goes out; the register is the last entry."""

    entries: tuple[TransactionEntry, ...]

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(entry.url for entry in self.entries)


def squash(groups: Iterable[Group]) -> tuple[Entry, ...]:
    """One entry per resource: the newest body against the oldest base.

    Whole bodies, never patches: patches keyed by path lose list edits (sync.md §1.2, D2). A
    resource made and removed again before anybody saw it is not sent at all (D3).

    Raises:
        ValueError: An update that rests on no server version and on no create in `groups`, or the
            removal of a resource the server has; both would be blind (I3).
    """
    by_ref: dict[Ref, list[Change]] = {}
    for change in sorted((c for g in groups for c in g.changes), key=lambda c: c.seq):
        by_ref.setdefault(change.ref, []).append(change)
    found: list[Entry] = []
    for ref, changes in by_ref.items():
        entry = _entry(ref, changes[0], changes[-1])
        if entry is not None:
            found.append(entry)
    return tuple(found)


def batch_of(groups: Iterable[Group]) -> Batch:
    """The batch of these groups, in sequence order.

    Raises:
        ValueError: As `squash`.
    """
    ordered = tuple(sorted(groups, key=lambda group: group.seq))
    return Batch(ordered, squash(ordered))


def needs(groups: Sequence[Group]) -> dict[GroupId, frozenset[GroupId]]:
    """Which other groups each group cannot precede.

    A group needs the one that creates what it refers to (I6), and the one that changed the same
    resource before it (I20).
    """
    creator: dict[Ref, GroupId] = {}
    for group in sorted(groups, key=lambda g: g.seq):
        for change in group.changes:
            if change.op is Op.CREATE:
                creator.setdefault(change.ref, group.id)
    toucher: dict[Ref, GroupId] = {}
    found: dict[GroupId, frozenset[GroupId]] = {}
    for group in sorted(groups, key=lambda g: g.seq):
        touched = {change.ref for change in group.changes}
        named = {ref for change in group.changes for ref in change.refs}
        before = {toucher[ref] for ref in touched if ref in toucher}
        before |= {creator[ref] for ref in named | touched if ref in creator}
        found[group.id] = frozenset(before - {group.id})
        toucher |= dict.fromkeys(touched, group.id)
    return found


def bisect(batch: Batch) -> Halves | None:
    """Cut a refused batch in two by component, to find the group that poisons it (I18).

    None when it is one component: that is the poison, to be quarantined whole.
    """
    parts = _parts(batch)
    return _cut(parts, len(parts) // 2)


def halve(batch: Batch) -> Halves | None:
    """Cut a batch that is too large (413) in two of about the same size; None if it is one."""
    parts = _parts(batch)
    weights = accumulate(
        sum(len(c.body) for group in part for c in group.changes) for part in parts
    )
    past_half = next(n for n, seen in enumerate(weights, start=1) if seen >= batch.size / 2)
    return _cut(parts, min(past_half, len(parts) - 1))


def build_transaction(entries: Sequence[Entry], register: RegisterPut) -> Transaction:
    """Describe the transaction: each known resource against its version, the register last.

    Creates are a PUT of our own id without If-Match (Rulings); the register, which only this
    workstation writes, makes a late duplicate of the whole roll back (sync.md §0.5).

    Raises:
        ValueError: A resource is written twice (HAPI-0535), or the register expects no version.
    """
    urls = [entry.ref for entry in entries] + [register.ref]
    if len(set(urls)) != len(urls):
        raise ValueError("one entry per resource")
    if not register.expect:
        raise ValueError("the register has no expected version")
    written = [
        TransactionEntry(
            "PUT", entry.ref, if_match(entry.if_match) if entry.if_match else None, entry.body
        )
        for entry in entries
    ]
    fence = TransactionEntry("PUT", register.ref, if_match(register.expect), register.body)
    return Transaction((*written, fence))


def _entry(ref: Ref, first: Change, last: Change) -> Entry | None:
    if first.op is Op.CREATE:
        return None if last.op is Op.DELETE else Entry(ref, first.base_version, last.seq, last.body)
    if not first.base_version or last.op is Op.DELETE:
        raise ValueError("a write without a base would be blind")
    return Entry(ref, first.base_version, last.seq, last.body)


def _parts(batch: Batch) -> tuple[tuple[Group, ...], ...]:
    by_id = {group.id: group for group in batch.groups}
    found = components(batch.ids, needs(batch.groups))
    return tuple(tuple(by_id[one] for one in part) for part in found)


def _cut(parts: tuple[tuple[Group, ...], ...], at: int) -> Halves | None:
    if len(parts) < 2:
        return None
    first = batch_of(group for part in parts[:at] for group in part)
    return Halves(first, tuple(group.id for part in parts[at:] for group in part))
