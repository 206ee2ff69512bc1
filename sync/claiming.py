"""Claims of due doses: a PUT that replaces one version, and what the server holds after it."""

from __future__ import annotations

from app.domain.terms import Ref
from app.fhir.document import Document, canonical_hash, to_bytes
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import AppError, Fault, FaultKind
from app.ports.claiming import Claimed
from app.ports.sync_store import Piece, SyncStore
from sync.exchange import exchange
from sync.merge_rules import MergeRules
from sync.page_reading import incoming_of
from sync.rebasing import Rebasing
from sync.transport import Remote, Request
from sync.verdicts import Attempt, Verdict
from sync.versions import if_match

_SCOPE = "claims"
_FRESH = {"Cache-Control": "no-cache"}
_TYPE = "application/fhir+json; charset=utf-8"


class RemoteClaims:
    """`Claims` over the repository. Lives on the SYNC lane.

    The version is the fence: a late duplicate of the write finds another one and is refused, so
    that a claim needs no place in the outbox.
    """

    def __init__(
        self,
        remote: Remote,
        store: SyncStore,
        rules: MergeRules,
        clock: Clock,
        feed: ChangeFeed,
    ) -> None:
        self._remote = remote
        self._rebasing = Rebasing(store, rules, clock)
        self._feed = feed

    def write(self, ref: Ref, document: Document, version: str) -> Claimed:
        headers = {
            "Content-Type": _TYPE,
            "If-Match": if_match(version),
            "Prefer": "return=minimal",
        }
        tried = exchange(
            self._remote, Request("PUT", ref, headers, to_bytes(document)), Attempt.READ
        )
        newest = self.look(ref)
        if newest is None:
            return Claimed(None, won=False)
        won = canonical_hash(newest) == canonical_hash(document)
        if not won and tried.status not in (200, 201, 409, 412) and _stands(newest, version):
            raise _fault(tried.verdict)
        return Claimed(newest, won=won)

    def look(self, ref: Ref) -> Document | None:
        now = exchange(self._remote, Request("GET", ref, _FRESH), Attempt.READ)
        if now.status in (404, 410) and now.document is not None:
            return None
        if now.status != 200 or now.document is None:
            raise _fault(now.verdict)
        piece = Piece(_SCOPE, ref.partition("/")[0], 0, (incoming_of(now.document),))
        outcome, _ = self._rebasing.apply(piece)
        self._feed.publish(Changed(outcome.kinds, outcome.patients))
        return now.document


def _stands(newest: Document, version: str) -> bool:
    """Whether the version to be replaced is still the newest: then the write was not taken."""
    return incoming_of(newest).version == version


def _fault(verdict: Verdict) -> AppError:
    kind = verdict.fault_kind or FaultKind.OFFLINE
    return AppError(Fault(kind, verdict.message, verdict.detail))
