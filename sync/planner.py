"""What to send next, and why everything else waits."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from app.domain.terms import GroupId, Ref
from app.kernel.faults import Message
from sync.batching import Batch, Group, Op, Priority, Standing, batch_of, needs, squash
from sync.components import components

Part = tuple[GroupId, ...]


class WaitReason(enum.Enum):
    """Why a group is not in the next batch. The value ends the code of its sentence."""

    OPEN_BATCH = "open-batch"
    NEXT_BATCH = "next-batch"
    IN_FLIGHT = "in-flight"
    QUARANTINED = "quarantined"
    CONFLICTED = "conflicted"
    HELD = "held"
    NO_BASE = "no-base"
    BLIND_DELETE = "blind-delete"
    BEHIND_IN_FLIGHT = "behind-in-flight"
    BEHIND_QUARANTINED = "behind-quarantined"
    BEHIND_CONFLICTED = "behind-conflicted"
    BEHIND_HELD = "behind-held"
    BEHIND_UNSENDABLE = "behind-unsendable"


class Link(enum.Enum):
    GOOD = "good"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class Limits:
    entries: int = 50
    size: int = 512 * 1024


@dataclass(frozen=True, slots=True)
class Wait:
    """One group that stays.

    Attributes:
        behind: The group somebody must act on before this one can go; None if it is itself.
    """

    group: GroupId
    reason: WaitReason
    behind: GroupId | None = None

    @property
    def message(self) -> Message:
        return Message.of(f"sync.wait.{self.reason.value}")


@dataclass(frozen=True, slots=True)
class Plan:
    """The next batch, or none.

    Attributes:
        waits: Every other group, in sequence order.
        settled: Groups of which nothing is left to send: confirm them without a request (D3).
    """

    batch: Batch | None
    waits: tuple[Wait, ...] = ()
    settled: tuple[GroupId, ...] = ()


_OWN = {
    Standing.IN_FLIGHT: WaitReason.IN_FLIGHT,
    Standing.QUARANTINED: WaitReason.QUARANTINED,
    Standing.CONFLICTED: WaitReason.CONFLICTED,
    Standing.HELD: WaitReason.HELD,
}
_BEHIND = {
    WaitReason.IN_FLIGHT: WaitReason.BEHIND_IN_FLIGHT,
    WaitReason.QUARANTINED: WaitReason.BEHIND_QUARANTINED,
    WaitReason.CONFLICTED: WaitReason.BEHIND_CONFLICTED,
    WaitReason.HELD: WaitReason.BEHIND_HELD,
    WaitReason.NO_BASE: WaitReason.BEHIND_UNSENDABLE,
    WaitReason.BLIND_DELETE: WaitReason.BEHIND_UNSENDABLE,
}


def plan(
    groups: Iterable[Group],
    *,
    open_batches: AbstractSet[str] = frozenset(),
    link: Link = Link.GOOD,
    limits: Limits | None = None,
    only: AbstractSet[GroupId] | None = None,
) -> Plan:
    """Choose the next batch (sync.md §7.3).

    Groups go by safety class, then in the order they were made; never split, never before what
    they need, and never behind a stranger's trouble.

    Args:
        groups: Everything not yet confirmed.
        open_batches: Batches without an answer; while there is one, nothing new is sent.
        link: Over a poor link a class-A component travels alone, so that it arrives.
        limits: Most entries and bytes of one batch; what cannot be split goes alone above them.
        only: When hunting a poison, the groups under suspicion; others wait for the next batch.
    """
    ordered = tuple(sorted(groups, key=lambda group: (group.seq, group.id)))
    settled = frozenset(g.id for g in ordered if g.standing is Standing.READY and _is_nothing(g))
    graph = _Graph([g for g in ordered if g.id not in settled])
    waits = graph.blocked()
    free = [part for part in graph.parts if part[0] not in waits]
    taken: list[Part] = []
    if not open_batches:
        taken = _Packing(graph, free, limits or Limits(), only).pack(link)
    chosen = {one for part in taken for one in part}
    rest = WaitReason.OPEN_BATCH if open_batches else WaitReason.NEXT_BATCH
    return Plan(
        batch_of(graph.by_id[one] for one in chosen) if chosen else None,
        tuple(waits.get(one, Wait(one, rest)) for one in graph.by_id if one not in chosen),
        tuple(g.id for g in ordered if g.id in settled),
    )


class _Graph:
    """The pending groups with what they need, computed once."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.by_id = {group.id: group for group in groups}
        self.needs = needs(groups)
        self.parts = components(tuple(self.by_id), self.needs)
        self.part_of = {one: part for part in self.parts for one in part}
        self._place = {part: n for n, part in enumerate(self.parts)}
        self._created = {c.ref for g in groups for c in g.changes if c.op is Op.CREATE}
        removed = {c.ref for g in groups for c in g.changes if c.op is Op.DELETE}
        self.sent = {
            part: frozenset(c.ref for one in part for c in self.by_id[one].changes) - removed
            for part in self.parts
        }
        """Documents of each part that take an entry of a batch, whatever else is in it."""

    def blocked(self) -> dict[GroupId, Wait]:
        """Groups that cannot go whatever room there is, by group."""
        found: dict[GroupId, Wait] = {}
        for part in self.parts:
            own = {
                one: Wait(one, reason)
                for one in part
                if (reason := _own_reason(self.by_id[one], self._created)) is not None
            }
            root = next(iter(own.values()), None) or self._root(part, found)
            if root is not None:
                cause = _BEHIND.get(root.reason, root.reason)
                behind = root.behind or root.group
                found |= {one: own.get(one, Wait(one, cause, behind)) for one in part}
        return found

    def needed(self, part: Part, taken: AbstractSet[Part]) -> list[Part]:
        """`part` and everything it needs that is not in `taken`, in the order they may go."""
        found = {part}
        waiting = [part]
        while waiting:
            nearby = {self.part_of[n] for one in waiting.pop() for n in self.needs[one]}
            fresh = nearby - found - taken
            found |= fresh
            waiting.extend(fresh)
        return sorted(found, key=self._place.__getitem__)

    def rank(self, part: Part) -> tuple[Priority, int]:
        return (
            min(self.by_id[one].priority for one in part),
            min(self.by_id[one].seq for one in part),
        )

    def _root(self, part: Part, found: dict[GroupId, Wait]) -> Wait | None:
        causes = [found[n] for one in part for n in self.needs[one] if n in found]
        return min(causes, key=lambda wait: self.by_id[wait.group].seq, default=None)


class _Packing:
    """Fills one batch."""

    def __init__(
        self,
        graph: _Graph,
        free: list[Part],
        limits: Limits,
        only: AbstractSet[GroupId] | None,
    ) -> None:
        self._graph = graph
        self._free = sorted(free, key=graph.rank)
        self._limits = limits
        self._only = only

    def pack(self, link: Link) -> list[Part]:
        taken: list[Part] = []
        for part in self._free:
            if part in taken:
                continue
            needed = self._graph.needed(part, frozenset(taken))
            if not self._allowed(needed):
                continue
            if not taken and link is Link.POOR and self._graph.rank(part)[0] is Priority.A:
                return needed[:1]
            if self._fits([*taken, *needed]):
                taken += needed
            elif not taken:
                taken = self._beginning(needed)
        return taken

    def _beginning(self, needed: list[Part]) -> list[Part]:
        """As much as fits of a chain that is too long for one batch; at least its first part."""
        count = 1
        while self._fits(needed[: count + 1]):
            count += 1
        return needed[:count]

    def _allowed(self, parts: list[Part]) -> bool:
        return self._only is None or all(one in self._only for part in parts for one in part)

    def _fits(self, parts: list[Part]) -> bool:
        # Counted first: behind a full batch a long queue is asked part by part.
        if len(set().union(*(self._graph.sent[part] for part in parts))) > self._limits.entries:
            return False
        entries = squash(self._graph.by_id[one] for part in parts for one in part)
        size = sum(len(entry.body) for entry in entries)
        return len(entries) <= self._limits.entries and size <= self._limits.size


def _own_reason(group: Group, created: AbstractSet[Ref]) -> WaitReason | None:
    if group.standing is not Standing.READY:
        return _OWN[group.standing]
    own = {change.ref for change in group.changes if change.op is Op.CREATE}
    for change in group.changes:
        if change.op is Op.DELETE and change.ref not in own:
            # Servers do not check the version of a DELETE in a transaction (sync.md Q11).
            return WaitReason.BLIND_DELETE
        if change.op is Op.UPDATE and not change.base_version and change.ref not in created:
            return WaitReason.NO_BASE
    return None


def _is_nothing(group: Group) -> bool:
    ops: dict[Ref, list[Op]] = {}
    for change in sorted(group.changes, key=lambda c: c.seq):
        ops.setdefault(change.ref, []).append(change.op)
    return all(seen[0] is Op.CREATE and seen[-1] is Op.DELETE for seen in ops.values())
