"""Compares what a scope holds here with what the server lists for it (sync.md §7.5, I8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from app.domain.terms import Ref
from app.fhir.bundles import ReadBundle
from app.fhir.document import reference_to
from app.fhir.frame import id_of
from app.fhir.versions import last_updated_of, version_of
from app.kernel.clock import Clock
from app.kernel.tasks import CancelToken
from app.ports.sync_store import Scope, SyncNote, SyncStore
from sync.absences import Absences
from sync.exchange import Exchanged, exchange
from sync.fetching import Fetcher, PassResult, Query
from sync.links import ours
from sync.page_reading import search
from sync.reconcile import differences
from sync.transport import Remote, Request
from sync.verdicts import Attempt, Next, Verdict
from sync.versions import Version

_KINDS = frozenset({"cohort", "mine", "reference"})
"""A census is seen whole with every pass; the others only by their changes."""
_NEVER = float("-inf")
_MOST_ASKED = 200
"""Absences asked for in one go; what is left comes with the next round."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the server lists.

    Attributes:
        whole: Every page was seen; only then does a missing document mean anything.
    """

    versions: dict[Ref, Version]
    whole: bool
    trouble: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What comparing a scope came to.

    Attributes:
        finished: Every type was compared whole; the scope is good for another while.
        fetched: What the downloads brought, for the change feed.
        buried: Gone there, and now here.
    """

    finished: bool
    fetched: tuple[PassResult, ...] = ()
    buried: tuple[Ref, ...] = ()
    disputed: tuple[Ref, ...] = ()
    trouble: Verdict | None = None


@dataclass
class _Sum:
    fetched: list[PassResult] = field(default_factory=list)
    buried: list[Ref] = field(default_factory=list)
    disputed: list[Ref] = field(default_factory=list)
    left: int = 0
    whole: bool = True
    trouble: Verdict | None = None


class Schedule:
    """When each scope is compared: at the start, every few hours, and after anything odd."""

    def __init__(self, every: timedelta) -> None:
        self._every = every.total_seconds()
        self._done: dict[str, float] = {}
        self._tried: dict[str, float] = {}

    def doubt_everything(self) -> None:
        """The server went back in time: nothing compared before counts any more."""
        self._done.clear()

    def tried(self, scope: str, at: float, *, finished: bool) -> None:
        """One that could not be finished comes again, after the others have had their turn."""
        self._tried[scope] = at
        if finished:
            self._done[scope] = at

    def next(self, scopes: Iterable[Scope], at: float) -> Scope | None:
        """The due scope that was tried longest ago, if one is due; `at` is monotonic seconds."""
        due = [
            scope
            for scope in scopes
            if scope.kind in _KINDS
            and scope.state == "active"
            and at - self._done.get(scope.id, _NEVER) >= self._every
        ]
        return min(
            due, key=lambda s: (self._tried.get(s.id, _NEVER), s.priority, s.id), default=None
        )


class Reconciling:
    """One comparison. Lives on the SYNC lane."""

    def __init__(
        self,
        remote: Remote,
        store: SyncStore,
        fetcher: Fetcher,
        clock: Clock,
    ) -> None:
        self._remote = remote
        self._store = store
        self._fetcher = fetcher
        self._clock = clock
        self._absences = Absences(remote, store, clock)

    def run(self, scope: Scope, queries: Sequence[Query], token: CancelToken) -> Reconciled:
        """Compare `scope` type by type, fetch what is missing, confirm what is gone."""
        total = _Sum()
        for query in queries:
            if total.trouble is None:
                self._compare(query, token, total)
        finished = total.whole and not total.left and total.trouble is None
        self._store.write_down(
            SyncNote(
                self._clock.now(),
                "reconciled",
                ok=finished,
                detail=scope.kind,
                counts={
                    "fetched": sum(one.applied for one in total.fetched),
                    "buried": len(total.buried),
                    "disputed": len(total.disputed),
                    "left": total.left,
                },
            )
        )
        return Reconciled(
            finished,
            tuple(total.fetched),
            tuple(total.buried),
            tuple(total.disputed),
            total.trouble,
        )

    def _compare(self, query: Query, token: CancelToken, total: _Sum) -> None:
        listing = self._listing(query, token)
        if listing.trouble is not None:
            total.trouble = listing.trouble
            return
        members = [
            ref for ref in self._store.members(query.scope) if ref.partition("/")[0] == query.rtype
        ]
        known = self._store.known({*listing.versions, *members})
        here = {
            ref: Version(one.version, one.updated)
            for ref, one in known.items()
            if one.state != "tombstone" and one.version
        }
        found = differences(listing.versions, here)
        self._fetch([*found.download, *found.regressed], query, total)
        if not listing.whole:
            total.whole = False
            return
        missing = [ref for ref in found.confirm if ref in set(members)]
        total.left += len(missing[_MOST_ASKED:])
        self._ask_for(missing[:_MOST_ASKED], query, token, total)

    def _fetch(self, refs: list[Ref], query: Query, total: _Sum) -> None:
        if not refs:
            return
        fetched = self._fetcher.fetch(refs, query.scope)
        total.fetched.append(fetched)
        total.trouble = total.trouble or fetched.trouble

    def _ask_for(self, refs: list[Ref], query: Query, token: CancelToken, total: _Sum) -> None:
        settled = self._absences.settle(refs, token)
        total.buried += settled.buried
        total.disputed += settled.disputed
        total.trouble = total.trouble or settled.trouble
        if settled.present:
            # It moved to another patient or owner: take its newest state, and look for it no more.
            self._fetch(settled.present, query, total)
            self._store.forget_members(query.scope, tuple(settled.present))

    def _listing(self, query: Query, token: CancelToken) -> Listing:
        versions: dict[Ref, Version] = {}
        links: set[str] = set()
        seen = self._first(query)
        while seen.bundle is not None and seen.verdict.next is Next.USE:
            token.check()
            matched = _versions(seen.bundle)
            versions |= matched
            link = seen.bundle.next_link
            if not link:
                counted = bool(links) or seen.bundle.total == len(versions)
                # One full page and no link, from a server that may not know links: perhaps more.
                return Listing(versions, counted or len(matched) < self._fetcher.page_size)
            if link in links:
                return Listing(versions, whole=False)
            links.add(link)
            request = Request("GET", ours(self._remote.base_url, link), _NO_CACHE)
            seen = exchange(self._remote, request, Attempt.PAGE)
        if seen.verdict.next is Next.BEGIN_AGAIN:
            return Listing(versions, whole=False)
        return Listing(versions, whole=False, trouble=seen.verdict)

    def _first(self, query: Query) -> Exchanged:
        form = (
            *query.criteria,
            ("_elements", "id,meta"),
            ("_count", str(self._fetcher.page_size)),
        )
        return exchange(self._remote, search(query.rtype, form), Attempt.SEARCH)


_NO_CACHE = {"Cache-Control": "no-cache"}


def _versions(bundle: ReadBundle) -> dict[Ref, Version]:
    found: dict[Ref, Version] = {}
    for entry in bundle.entries:
        document = entry.resource
        if document is None or entry.search_mode in ("include", "outcome"):
            continue
        if id_of(document) and version_of(document):
            ref = Ref(reference_to(document))
            found[ref] = Version(version_of(document), last_updated_of(document))
    return found
