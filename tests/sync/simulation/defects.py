"""Defects of another engine, each put back as its equivalent in ours (sync.md §1.2, §8.1.8).

Every class below replaces one part of the product in the composition of a run; nothing of the
product is altered. `WHERE` names the place in our code that each of them spoils.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from app.domain.terms import Ref
from app.fhir.document import Document, Json, canonical_hash, parse, reference_to, to_bytes
from app.fhir.versions import last_updated_of
from app.ports.acts import Act, Acts, Documents
from app.ports.sync_store import (
    NewConflict,
    PendingChange,
    PendingGroup,
    Piece,
    PieceOutcome,
    Rebased,
    SyncStore,
)
from tests.sync.simulation.hospital import ALWAYS, OF_DOSES
from tests.sync.simulation.plan import Plan
from tests.sync.simulation.station import PRODUCT, Build


class Passing:
    """Passes everything on to the product's store."""

    def __init__(self, store: SyncStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


class CursorFirst(Passing):
    """D1: the cursor is saved before the data it stands for, in a transaction of its own."""

    def apply(self, piece: Piece) -> PieceOutcome:
        if piece.cursor is not None:
            self._store.save_cursor(piece.cursor)
        return self._store.apply(replace(piece, cursor=None))


class OwnRebase(Passing):
    """Puts another rebase in the place of the three-way merge."""

    def apply(self, piece: Piece) -> PieceOutcome:
        known = self._store.known([one.ref for one in (*piece.rebased, *piece.conflicts)])
        rebased: list[Rebased] = []
        conflicts: list[NewConflict] = []
        for one in piece.conflicts:
            if one.remote is None or known[one.ref].working is None:
                conflicts.append(one)
            else:
                made = Rebased(
                    one.ref,
                    one.expected_local_seq,
                    one.remote,
                    one.remote_version,
                    last_updated_of(parse(one.remote)),
                    self._working(known[one.ref].base, known[one.ref].working, one.remote),
                )
                rebased.append(made)
        for two in piece.rebased:
            here = known[two.ref]
            rebased.append(replace(two, working=self._working(here.base, here.working, two.base)))
        return self._store.apply(replace(piece, rebased=tuple(rebased), conflicts=tuple(conflicts)))

    def _working(self, base: bytes | None, local: bytes | None, remote: bytes) -> bytes | None:
        raise NotImplementedError


class PatchesByPath(OwnRebase):
    """D2: our edits as patches keyed by path, applied to whatever lies at that path now."""

    def _working(self, base: bytes | None, local: bytes | None, remote: bytes) -> bytes | None:
        if base is None or local is None:
            return local
        patched = _patched(parse(base), parse(local), parse(remote))
        return to_bytes(cast("Document", patched))


class BaseForgotten(OwnRebase):
    """D8: the download overwrites the base, so all of our copy counts as our change."""

    def _working(self, base: bytes | None, local: bytes | None, remote: bytes) -> bytes | None:
        del base, remote
        return local


class RowsNeverRemoved(Passing):
    """D3: a batch that has been taken leaves its rows behind."""

    def acknowledge(self, *answer: object) -> None:
        """Do nothing."""


class FirstChangeCounts(Passing):
    """D4: of several changes of a document the first is taken for the last."""

    def pending(self) -> tuple[PendingGroup, ...]:
        first: dict[Ref, PendingChange] = {}
        found: list[PendingGroup] = []
        for group in self._store.pending():
            changes = tuple(
                replace(one, body=first.setdefault(one.ref, one).body) for one in group.changes
            )
            found.append(replace(group, changes=changes))
        return tuple(found)


class WallClockOrders(Passing):
    """D5: the wall clock decides in which order changes are replayed."""

    def pending(self) -> tuple[PendingGroup, ...]:
        groups = self._store.pending()
        by_clock = sorted(groups, key=lambda group: group.at)
        numbers = sorted(one.seq for group in groups for one in group.changes)
        found: list[PendingGroup] = []
        for place, group in enumerate(by_clock, start=1):
            mine, numbers = numbers[: len(group.changes)], numbers[len(group.changes) :]
            changes = tuple(
                replace(one, seq=seq) for one, seq in zip(group.changes, mine, strict=True)
            )
            found.append(replace(group, seq=place, changes=changes))
        return tuple(found)


class ContentOnly:
    """D6: what differs only in labels or narrative counts as unchanged."""

    def __init__(self, acts: Acts, documents: Documents) -> None:
        self._acts = acts
        self._documents = documents

    def commit_all(self, acts: tuple[Act, ...]) -> None:
        for act in acts:
            self.commit(act)

    def commit(self, act: Act) -> None:
        changes = tuple(one for one in act.changes if self._says_something(one.document))
        if changes:
            self._acts.commit(replace(act, changes=changes))

    def _says_something(self, document: Document) -> bool:
        held = self._documents.held(Ref(reference_to(document)))
        return held is None or canonical_hash(held.document) != canonical_hash(document)


class EmptyBodyRead(Passing):
    """D7: a deletion is read like a resource, and its body is empty."""

    def bury(self, ref: Ref, *more: object) -> bool:
        parse(b"")
        return cast("bool", cast("Callable[..., object]", self._store.bury)(ref, *more))

    def apply(self, piece: Piece) -> PieceOutcome:
        for one in piece.conflicts:
            parse(one.remote or b"")
        return self._store.apply(piece)


def _patched(base: Json, local: Json, remote: Json) -> Json:
    """`remote` with every leaf set that differs between `base` and `local`, found by its path."""
    if isinstance(local, dict) and isinstance(base, dict) and isinstance(remote, dict):
        changed = {key for key in local.keys() | base.keys() if base.get(key) != local.get(key)}
        found = dict(remote)
        for key in changed - {"meta"}:
            found[key] = _patched(base.get(key), local.get(key), remote.get(key))
        return {key: value for key, value in found.items() if value is not None}
    if isinstance(local, list):
        had = base if isinstance(base, list) else []
        there = list(remote) if isinstance(remote, list) else []
        for at, item in enumerate(local):
            if at >= len(had) or had[at] != item:
                there[at : at + 1] = [item]
        return there
    return local


@dataclass(frozen=True, slots=True)
class Defect:
    """One of them.

    Attributes:
        where: The place in our code that it spoils.
        build: The composition with the defect in it.
        plan: Makes of a seed's plan one in which the defect can show.
        first: Seed to begin the hunt with; it spares the test what is known not to show it.
    """

    where: str
    build: Build
    plan: Callable[[Plan], Plan]
    first: int = 0


def _store(kind: type[Passing]) -> Build:
    return replace(PRODUCT, store=lambda store: cast("SyncStore", kind(store)))


def _rough(plan: Plan) -> Plan:
    return replace(plan, harm=0.25, synced=True, restores=False, clones=False, deletes=False)


def _killed_at_first(plan: Plan) -> Plan:
    """Nothing is here yet, and the process is killed again and again while it comes."""
    return replace(_rough(plan), synced=False, troubles=(("kill-at-step", 1),), most_troubles=8)


def _clocks_and_holes(plan: Plan) -> Plan:
    return replace(
        _rough(plan), troubles=(("clock", 3), ("partition", 2)), most_troubles=8, minutes=2.5
    )


def _with_deletes(plan: Plan) -> Plan:
    return replace(_rough(plan), deletes=True)


def _giving(plan: Plan) -> Plan:
    types = frozenset((*ALWAYS, *OF_DOSES))
    return replace(_rough(plan), doses=True, types=types, troubles=(("partition", 1),))


DEFECTS: Mapping[str, Defect] = {
    "D1 no overlap": Defect(
        "sync/cursor.py start, window",
        replace(PRODUCT, settings=replace(PRODUCT.settings, overlap=timedelta(0))),
        _rough,
        first=25,
    ),
    "D1 cursor before data": Defect(
        "localdb/downloads.py Downloads.apply", _store(CursorFirst), _killed_at_first, first=16
    ),
    "D2 patches by path": Defect(
        "sync/rebasing.py Rebasing._rebase", _store(PatchesByPath), _rough
    ),
    "D3 rows never removed": Defect(
        "localdb/uploads.py Uploads.acknowledge", _store(RowsNeverRemoved), _rough
    ),
    "D4 the first change counts": Defect(
        "sync/batching.py squash", _store(FirstChangeCounts), _rough, first=5
    ),
    "D5 the wall clock orders": Defect(
        "localdb/pending.py pending_groups", _store(WallClockOrders), _clocks_and_holes, first=2
    ),
    "D6 content only": Defect(
        "localdb/acts.py SqlActs.commit", replace(PRODUCT, acts=ContentOnly), _rough
    ),
    "D7 an empty body is read": Defect(
        "sync/absences.py Absences._act", _store(EmptyBodyRead), _with_deletes
    ),
    "D8 the base is forgotten": Defect(
        "sync/rebasing.py Rebasing._rebase", _store(BaseForgotten), _rough
    ),
    "D9 nobody looks for doses given twice": Defect(
        "app/services/duplicate_watching.py", replace(PRODUCT, watches=False), _giving, first=7
    ),
}
