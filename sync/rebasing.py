"""Applies a piece: what is untouched here is replaced, what was changed here is rebased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.terms import Ref
from app.fhir.derived import combined
from app.fhir.document import Document, canonical_hash, parse, to_bytes
from app.kernel.clock import Clock
from app.ports.sync_store import (
    Incoming,
    Known,
    NewConflict,
    Piece,
    PieceOutcome,
    Rebased,
    SyncNote,
    SyncStore,
)
from sync.merge import ConflictKind, NeedsClinician, rebase
from sync.merge_rules import MergeRules
from sync.versions import Order, Version, compare

_ROUNDS = 6
_NOTHING = PieceOutcome(0, 0)


class Rebasing:
    """Decides per document, writes per piece, and decides anew when a user was faster."""

    def __init__(self, store: SyncStore, rules: MergeRules, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock

    def apply(self, piece: Piece, *, lost: bool = False) -> tuple[PieceOutcome, bool]:
        """Apply `piece`; the flag says that something had to be left for a later pass.

        What is in flight is left alone until its batch is resolved: a frozen batch is never
        rebased (sync.md §7.5). The cursor of the piece is then not committed either (I7).

        Args:
            piece: What came.
            lost: The server is known to have gone back behind these documents, as after a backup
                was put back: a person chooses between what is here and what it has left.
        """
        total = _NOTHING
        waiting = {incoming.ref: incoming for incoming in piece.documents}
        rest = piece
        for _ in range(_ROUNDS):
            decided, inflight, older = self._decide(rest, lost=lost)
            if inflight and decided.cursor is not None:
                decided = replace(decided, cursor=None, as_of=None)
            outcome = self._store.apply(decided)
            outcome = replace(outcome, regressed=(*outcome.regressed, *older))
            total = _sum(total, outcome)
            again = [waiting[ref] for ref in outcome.stale if ref in waiting]
            self._note_regressions(outcome)
            if not again:
                return total, inflight
            rest = replace(piece, documents=tuple(again), members=(), unreadable=())
        return total, True

    def _decide(self, piece: Piece, *, lost: bool) -> tuple[Piece, bool, list[Ref]]:
        known = self._store.known([incoming.ref for incoming in piece.documents])
        plain: list[Incoming] = []
        rebased: list[Rebased] = []
        conflicts: list[NewConflict] = []
        older: list[Ref] = []
        inflight = False
        for incoming in piece.documents:
            held = known.get(incoming.ref)
            if held is None or held.state in ("clean", "tombstone"):
                plain.append(incoming)
            elif held.state == "inflight":
                inflight = inflight or held.version != incoming.version
            elif _is_news(incoming, held):
                self._rebase(incoming, held, rebased, conflicts)
            elif _has_gone_back(incoming, held):
                older.append(incoming.ref)
                if lost:
                    found = _conflict(ConflictKind.UPDATE_UPDATE, (), incoming, held)
                    conflicts.append(replace(found, went_back=True))
        decided = replace(
            piece, documents=tuple(plain), rebased=tuple(rebased), conflicts=tuple(conflicts)
        )
        return decided, inflight, older

    def _rebase(
        self,
        incoming: Incoming,
        held: Known,
        rebased: list[Rebased],
        conflicts: list[NewConflict],
    ) -> None:
        base = parse(held.base) if held.base else None
        working = parse(held.working) if held.working else None
        remote = parse(incoming.body)
        both = combined(working, remote) if working is not None else None
        if both is not None:
            rebased.append(_carried(incoming, held, both, remote))
            return
        result = rebase(base, working, remote, incoming.version, self._rules)
        if isinstance(result, NeedsClinician):
            conflicts.append(_conflict(result.kind, result.paths, incoming, held))
            return
        dirty = result.dirty and result.working is not None
        carried = to_bytes(result.working) if dirty and result.working else None
        mixed = result.merged.taken_remote if result.merged.taken_local else ()
        rebased.append(replace(_rebased(incoming, held, carried), mixed=mixed))

    def _note_regressions(self, outcome: PieceOutcome) -> None:
        if outcome.regressed:
            kinds: Sequence[str] = sorted({ref.partition("/")[0] for ref in outcome.regressed})
            self._store.write_down(
                SyncNote(
                    self._clock.now(),
                    "server-regressed",
                    ok=False,
                    detail=",".join(kinds),
                    counts={"documents": len(outcome.regressed)},
                )
            )


def _carried(incoming: Incoming, held: Known, both: Document, remote: Document) -> Rebased:
    """A derived document that holds what both made of it; clean where nothing of ours is left."""
    same = canonical_hash(both) == canonical_hash(remote)
    return _rebased(incoming, held, None if same else to_bytes(both))


def _rebased(incoming: Incoming, held: Known, working: bytes | None) -> Rebased:
    return Rebased(
        ref=incoming.ref,
        expected_local_seq=held.local_seq,
        base=incoming.body,
        version=incoming.version,
        updated=incoming.updated,
        working=working,
    )


def _conflict(
    kind: ConflictKind, paths: tuple[str, ...], incoming: Incoming, held: Known
) -> NewConflict:
    return NewConflict(
        ref=incoming.ref,
        kind=kind.value,
        group=None,
        base=held.base,
        local=held.working,
        remote=incoming.body,
        remote_version=incoming.version,
        paths=paths,
        expected_local_seq=held.local_seq,
    )


def _has_gone_back(incoming: Incoming, held: Known) -> bool:
    """Whether the server shows less than our own change rests on, and nobody is choosing yet."""
    rests_on = Version(held.version, held.updated)
    shown = Version(incoming.version, incoming.updated)
    asked = held.disputed == incoming.version
    return not asked and compare(shown, rests_on) is Order.OLDER


def _is_news(incoming: Incoming, held: Known) -> bool:
    """Whether it is newer than the version our own change rests on; an older one is no news.

    Nor is the one a person is already choosing about: asking anew would make it look fresh (I24).
    """
    rests_on = Version(held.version, held.updated)
    if held.disputed is not None:
        rests_on = Version(held.disputed)
    if not rests_on.id:
        return True
    order = compare(Version(incoming.version, incoming.updated), rests_on)
    return order in (Order.NEWER, Order.UNKNOWN)


def _sum(one: PieceOutcome, other: PieceOutcome) -> PieceOutcome:
    refs: tuple[Ref, ...] = one.regressed + other.regressed
    return PieceOutcome(
        one.applied + other.applied,
        one.unchanged + other.unchanged,
        other.stale,
        refs,
        one.kinds | other.kinds,
        one.patients | other.patients,
    )
