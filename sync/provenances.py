"""Asks who made what a person must decide about or may want to know signed (sync.md §7.6, §7.7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.domain.terms import Ref
from app.fhir.bundles import ReadBundle
from app.fhir.document import Document
from app.fhir.frame import id_of, type_of
from app.fhir.signatures import read_signatures
from app.fhir.signing_keys import key_ref
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.clock import Clock
from app.kernel.tasks import CancelToken
from app.ports.signatures import Unattributed
from app.ports.sync_store import Piece, SyncStore
from sync.exchange import Exchanged, exchange
from sync.links import ours
from sync.page_reading import Form, documents_of, incoming_of, search
from sync.rebasing import Rebasing
from sync.transport import Remote, Request
from sync.verdicts import Attempt, Next

_AT_ONCE = 25
_QUESTIONS = 4
"""Questions of one round: everything else a round is for comes first."""
_PIECE = 24
_KEYS_AGAIN = 600.0
"""Seconds after which a key that was not there is asked for again: its owner may publish it."""


class ProvenanceFetching:
    """Fetches Provenances of single versions, and the keys their signatures name.

    Which versions were asked about is known for this run only: a server that answers nothing is
    asked once more after a restart. Whatever goes wrong here is no trouble of the round; the
    screens say of every author whether the record names them or the document does.
    """

    def __init__(
        self,
        remote: Remote,
        store: SyncStore,
        unattributed: Unattributed,
        rebasing: Rebasing,
        clock: Clock,
        feed: ChangeFeed,
    ) -> None:
        self._remote = remote
        self._store = store
        self._unattributed = unattributed
        self._rebasing = rebasing
        self._clock = clock
        self._feed = feed
        self._asked: set[tuple[Ref, str]] = set()
        self._missing: dict[Ref, float] = {}

    def run(self, token: CancelToken) -> None:
        """Ask about what has not been asked about; what is in dispute comes first."""
        for _ in range(_QUESTIONS):
            token.check()
            wanted = self._next()
            if not wanted or not self._ask(wanted):
                return

    def _next(self) -> list[tuple[Ref, str]]:
        fresh = (one for one in self._unattributed.versions() if one not in self._asked)
        return [one for one, _ in zip(fresh, range(_AT_ONCE), strict=False)]

    def _ask(self, wanted: Sequence[tuple[Ref, str]]) -> bool:
        refs = ",".join(ref for ref, _ in wanted)
        found = self._search("Provenance", (("target", refs), ("_count", "200")))
        if found is None:
            return False
        self._asked.update(wanted)
        self._fetch_keys(found)
        return True

    def _fetch_keys(self, provenances: Iterable[Document]) -> None:
        named = {key_ref(s.key) for one in provenances for s in read_signatures(one)}
        now = self._clock.monotonic()
        due = {
            ref
            for ref in named.difference(self._store.known(named))
            if now - self._missing.get(ref, float("-inf")) >= _KEYS_AGAIN
        }
        if not due:
            return
        self._missing.update(dict.fromkeys(due, now))
        ids = ",".join(ref.partition("/")[2] for ref in sorted(due))
        self._search("Basic", (("_id", ids), ("_count", str(len(due)))))

    def _search(self, rtype: str, form: Form) -> list[Document] | None:
        """What the search brought, taken over; None when it was not answered to its end."""
        found: list[Document] = []
        followed: set[str] = set()
        seen = exchange(self._remote, search(rtype, form), Attempt.SEARCH)
        while seen.bundle is not None and seen.verdict.next is Next.USE:
            page = [one for one in documents_of(seen.bundle)[0] if type_of(one) == rtype]
            self._take(rtype, page)
            found += page
            link = seen.bundle.next_link
            if not link or link in followed:
                return found
            followed.add(link)
            seen = self._follow(seen.bundle)
        return None

    def _follow(self, bundle: ReadBundle) -> Exchanged:
        link = ours(self._remote.base_url, bundle.next_link)
        request = Request("GET", link, {"Cache-Control": "no-cache"})
        return exchange(self._remote, request, Attempt.PAGE)

    def _take(self, rtype: str, documents: Sequence[Document]) -> None:
        for at in range(0, len(documents), _PIECE):
            some = documents[at : at + _PIECE]
            piece = Piece(
                "provenances", rtype, 0, tuple(incoming_of(one) for one in some if id_of(one))
            )
            outcome, _ = self._rebasing.apply(piece)
            if outcome.kinds:
                self._feed.publish(Changed(outcome.kinds, outcome.patients))
