"""What the server no longer shows: asked for one by one, never removed on absence alone (I16)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.domain.terms import Ref
from app.kernel.clock import Clock
from app.kernel.tasks import CancelToken
from app.ports.sync_store import Known, NewConflict, Piece, SyncNote, SyncStore
from sync.exchange import exchange
from sync.inquiry import Inquiry
from sync.reconcile import Removal, removal
from sync.transport import Remote, Request
from sync.verdicts import Attempt, Next, Verdict

_CAUSES = {
    Removal.BURY: "deleted",
    Removal.BURY_WITH_ALARM: "expunged",
    Removal.EVICT: "forbidden",
}
_UNSENT = frozenset({"dirty", "inflight", "conflict"})
_SPOKEN = frozenset({Next.USE, Next.BURY, Next.WITHDRAW})


@dataclass
class Settled:
    """What became of them.

    Attributes:
        buried: Removed here, because the server confirmed that they are gone.
        disputed: Gone there and changed here: a person decides.
        present: Still there; they only left the list they were looked for in.
        trouble: Why the asking stopped, if it did; the rest was left as it was.
    """

    buried: list[Ref] = field(default_factory=list)
    disputed: list[Ref] = field(default_factory=list)
    present: list[Ref] = field(default_factory=list)
    trouble: Verdict | None = None


class Absences:
    """Asks for each, and does what the answer says. Lives on the SYNC lane."""

    def __init__(self, remote: Remote, store: SyncStore, clock: Clock) -> None:
        self._remote = remote
        self._inquiry = Inquiry(remote)
        self._store = store
        self._clock = clock

    def settle(self, refs: Iterable[Ref], token: CancelToken) -> Settled:
        """Read every one of `refs` and bury, dispute or keep it."""
        settled = Settled()
        for ref in refs:
            token.check()
            request = Request("GET", ref, {"Cache-Control": "no-cache"})
            seen = exchange(self._remote, request, Attempt.READ)
            if seen.verdict.next not in _SPOKEN:
                settled.trouble = seen.verdict
                break
            self._act(ref, seen.status, settled)
        return settled

    def _act(self, ref: Ref, status: int, settled: Settled) -> None:
        held = self._store.known([ref]).get(ref)
        unsent = held is not None and held.state in _UNSENT
        match removal(status, unsent=unsent):
            case Removal.REINDEX:
                settled.present.append(ref)
            case Removal.CONFLICT if held is not None:
                if self._dispute(held):
                    settled.disputed.append(ref)
            case Removal.KEEP | Removal.CONFLICT:
                pass
            case gone:
                self._bury(ref, _CAUSES[gone], settled)

    def _bury(self, ref: Ref, cause: str, settled: Settled) -> None:
        now = self._clock.now()
        if not self._store.bury(ref, cause, now):
            return
        settled.buried.append(ref)
        if cause == "expunged":
            kind = ref.partition("/")[0]
            self._store.write_down(SyncNote(now, "expunged-there", ok=False, detail=kind))

    def _dispute(self, held: Known) -> bool:
        """Ours stays, on screen and in the queue, until a person has decided."""
        if held.state == "inflight":
            return False  # a frozen batch first gets its answer (sync.md §7.5)
        # Whoever keeps their own version writes it over this deletion and over nothing newer (I3).
        version = self._inquiry.deletion(held.ref)
        if version is None or version == held.disputed:
            return False
        conflict = NewConflict(
            ref=held.ref,
            kind="update-delete",
            group=None,
            base=held.base,
            local=held.working,
            remote=None,
            remote_version=version,
            expected_local_seq=held.local_seq,
        )
        outcome = self._store.apply(Piece("absences", "", 0, conflicts=(conflict,)))
        return not outcome.stale
