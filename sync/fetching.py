"""Fetches what changed: one pass of one scope and type, resumable after any line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.terms import Ref
from app.fhir.bundles import ReadBundle
from app.fhir.document import Document
from app.kernel.tasks import CancelToken
from app.ports.sync_store import CursorRow, Piece, PieceOutcome, SyncStore, Unreadable
from sync.absences import Absences
from sync.classify import classify
from sync.cursor import (
    Cursor,
    Mode,
    Page,
    PageFault,
    Phase,
    abandon,
    commit_page,
    complete,
    restart,
    start,
    to_fetch,
)
from sync.cursor_json import from_text, to_text
from sync.exchange import Exchanged, exchange
from sync.links import ours
from sync.page_reading import (
    Form,
    documents_of,
    incoming_of,
    is_cut_short,
    items_of,
    late_note,
    search,
    window_form,
    with_mode,
)
from sync.rebasing import Rebasing
from sync.transport import Remote, Request
from sync.verdicts import Attempt, Body, Failure, Next, Outcome, Verdict
from sync.versions import Version

_PIECE = 24
"""Documents per commit: what fits well into 20 ms on the STORE lane (docs/performance.md)."""
_IDS_AT_ONCE = 50
_MOST_RESTARTS = 5
_WIDEST = 64
"""A page may grow so many times when more documents share one moment than fit on it."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a pass asks for: `POST {rtype}/_search`, so that ids stay out of proxy logs.

    Attributes:
        criteria: (name, value) pairs besides the window, the order and the page size.
        windowed: False for a census, which is small and must be seen whole.
    """

    scope: str
    rtype: str
    criteria: tuple[tuple[str, str], ...]
    windowed: bool = True


@dataclass(frozen=True, slots=True)
class PassResult:
    """What a pass came to.

    Attributes:
        finished: The pass is complete and its watermark has moved.
        matches: What was searched for, in a census.
        regressed: Documents the server showed in an older version than the one here, also when
            read by themselves: history was lost there (I9). Ours were kept.
        gone: Documents that were asked for by id and that the server confirmed as gone.
        trouble: Why it stopped, if it did.
    """

    finished: bool
    applied: int = 0
    matches: tuple[Document, ...] = ()
    kinds: frozenset[str] = frozenset()
    patients: frozenset[str] = frozenset()
    trouble: Verdict | None = None
    server_now: datetime | None = None
    regressed: frozenset[Ref] = frozenset()
    gone: frozenset[Ref] = frozenset()

    @property
    def is_news(self) -> bool:
        return bool(self.applied or self.matches or self.regressed or self.gone or self.trouble)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Runs download passes (sync.md §7.5). Lives on the SYNC lane.

    Attributes:
        overlap: Window that is asked for again with every pass.
        page_size: `_count` that is asked for; what comes may be less.
        absences: Decides about what was asked for by id and did not come.
    """

    remote: Remote
    store: SyncStore
    rebasing: Rebasing
    overlap: timedelta
    absences: Absences
    page_size: int = 200

    def run(self, query: Query, server_now: datetime, token: CancelToken) -> PassResult:
        """Run the pass of `query` to its end, or as far as it goes.

        Args:
            query: Scope, type and criteria.
            server_now: The server's clock as just seen; closes the window of a fresh pass.
            token: Stops between pages.
        """
        return _Pass(self, query, token).run(self._cursor(query, server_now))

    def fetch(self, refs: Sequence[Ref], scope: str, *, lost: bool = False) -> PassResult:
        """Fetch single documents now: what a conflict or a page pointed at.

        `lost`: the server is known to have gone back behind them.
        """
        run = _Pass(self, Query(scope, "", ()), CancelToken(), lost=lost)
        run.take_by_id(refs)
        return run.result(finished=run.trouble is None)

    def _cursor(self, query: Query, server_now: datetime) -> Cursor:
        row = self.store.cursor(query.scope, query.rtype)
        cursor = from_text(row.state, self.overlap) if row else Cursor(overlap=self.overlap)
        if cursor.phase is Phase.PAGED:
            cursor = complete(cursor)
        if not query.windowed:
            cursor = abandon(cursor)  # a census counts only when it was seen whole
        if cursor.phase is Phase.IDLE:
            return start(cursor, server_now)
        return restart(cursor)


class _Pass:
    """One pass under way."""

    def __init__(
        self, fetcher: Fetcher, query: Query, token: CancelToken, *, lost: bool = False
    ) -> None:
        self._f = fetcher
        self._lost = lost
        self._query = query
        self._token = token
        self._applied = 0
        self._matches: list[Document] = []
        self._kinds: frozenset[str] = frozenset()
        self._patients: frozenset[str] = frozenset()
        self._regressed: set[Ref] = set()
        self._gone: set[Ref] = set()
        self._asked = fetcher.page_size
        self._blocked = False
        self._late = 0
        self.trouble: Verdict | None = None
        self._server_now: datetime | None = None

    def run(self, cursor: Cursor) -> PassResult:
        link = ""
        while cursor.phase is Phase.PAGING and self.trouble is None:
            self._token.check()
            seen = self._page(cursor, link)
            if seen.verdict.next is Next.BEGIN_AGAIN and cursor.restarts < _MOST_RESTARTS:
                cursor, link = restart(cursor), ""
                continue
            if seen.bundle is None or seen.verdict.next is not Next.USE:
                self.trouble = seen.verdict
                break
            page = Page(items_of(seen.bundle), self._next_link(seen.bundle, cursor, link))
            cursor, link = self._take(cursor, page, seen, seen.bundle)
        self._read_again()
        if self.trouble is not None:
            return self.result(finished=False)
        return self._end(cursor)

    def result(self, *, finished: bool) -> PassResult:
        return PassResult(
            finished,
            self._applied,
            tuple(self._matches),
            self._kinds,
            self._patients,
            self.trouble,
            self._server_now,
            frozenset(self._regressed),
            frozenset(self._gone),
        )

    def take_by_id(self, refs: Sequence[Ref]) -> None:
        """Fetch documents one type at a time, fifty ids at once, and apply them."""
        by_type: dict[str, list[str]] = {}
        for ref in refs:
            rtype, _, rid = ref.partition("/")
            by_type.setdefault(rtype, []).append(rid)
        for rtype, ids in by_type.items():
            for at in range(0, len(ids), _IDS_AT_ONCE):
                if self.trouble is None:
                    self._take_some(rtype, ids[at : at + _IDS_AT_ONCE])

    def _read_again(self) -> None:
        """An older version on a page proves nothing; the document read by itself does (Q3)."""
        doubtful = sorted(self._regressed)
        self._regressed.clear()
        self.take_by_id(doubtful)

    def _take_some(self, rtype: str, ids: list[str]) -> None:
        """Fetch some of a type to the last page; a server may give less than was asked for."""
        missing = {Ref(f"{rtype}/{rid}") for rid in ids}
        seen = self._search(rtype, (("_id", ",".join(ids)), ("_count", str(_IDS_AT_ONCE))))
        links: set[str] = set()
        while seen.bundle is not None and seen.verdict.next is Next.USE:
            documents, unreadable = documents_of(seen.bundle)
            for piece in self._pieces(documents, unreadable, None):
                self._apply(piece)
                missing -= {one.ref for one in piece.documents}
            link = seen.bundle.next_link
            if not link or link in links or not missing:
                self._ask_for(sorted(missing))
                return
            links.add(link)
            seen = self._follow(ours(self._f.remote.base_url, link))
        self.trouble = seen.verdict

    def _ask_for(self, missing: Sequence[Ref]) -> None:
        """What did not come is gone, hidden, or was left out: only its own answer says which."""
        settled = self._f.absences.settle(missing, self._token)
        self._gone |= {*settled.buried, *settled.disputed}
        self.trouble = self.trouble or settled.trouble
        for ref in settled.present:
            request = Request("GET", ref, {"Cache-Control": "no-cache"})
            seen = self._seen(exchange(self._f.remote, request, Attempt.READ))
            document = seen.document
            if seen.status != 200 or document is None or incoming_of(document).ref != ref:
                self.trouble = self.trouble or _not_it(seen)
                return
            for piece in self._pieces([document], (), None):
                self._apply(piece)

    def _take(
        self, cursor: Cursor, page: Page, seen: Exchanged, bundle: ReadBundle
    ) -> tuple[Cursor, str]:
        """Apply one page; data first, and the cursor with the last of it (I7)."""
        documents, unreadable = documents_of(bundle)
        moved = commit_page(cursor, page)
        if isinstance(moved, PageFault):
            return self._again(cursor, page)
        if self._ids_first(cursor):
            documents = self._wanted(page, cursor)
            if self.trouble is not None:
                return cursor, ""  # what was listed has not come: the cursor stays before it
        if not self._query.windowed:
            self._matches += [d for d, mode in with_mode(bundle) if mode is not Mode.INCLUDE]
        self._server_now = seen.date or self._server_now
        if moved.phase is Phase.PAGED and not (documents or unreadable):
            return moved, ""  # the end of the pass follows, and its commit says all of this
        for piece in self._pieces(documents, unreadable, moved):
            self._apply(piece)
        return moved, _followed(page.next_link)

    def _again(self, cursor: Cursor, page: Page) -> tuple[Cursor, str]:
        """The server goes round in circles: enter the window again, and not for ever."""
        if page.next_link.startswith(_KEYSET) and self._asked < _WIDEST * self._f.page_size:
            self._asked *= 2
            return replace(restart(cursor), restarts=cursor.restarts), ""
        if cursor.restarts < _MOST_RESTARTS:
            return restart(cursor), ""
        circles = Outcome(200, Body.FHIR, Failure.CIRCLES, tries=cursor.restarts)
        self.trouble = classify(Attempt.PAGE, circles)
        return abandon(cursor), ""

    def _end(self, cursor: Cursor) -> PassResult:
        if cursor.phase is not Phase.PAGED or self._blocked:
            self._f.store.save_cursor(self._row(abandon(cursor)))
            return self.result(finished=False)
        done = complete(cursor)
        as_of = cursor.window.hi if cursor.window else None
        if self._late and as_of is not None:
            self._f.store.write_down(late_note(as_of, self._query.rtype, self._late))
        self._apply(
            Piece(
                self._query.scope,
                self._query.rtype,
                done.pass_no,
                cursor=self._row(done, as_of),
                as_of=as_of,
            )
        )
        return self.result(finished=True)

    def _ids_first(self, cursor: Cursor) -> bool:
        return self._query.windowed and cursor.watermark is not None

    def _wanted(self, page: Page, cursor: Cursor) -> list[Document]:
        known = self._f.store.known([item.ref for item in page.items])
        versions = {
            ref: Version(k.version, k.updated) if k.disputed is None else Version(k.disputed)
            for ref, k in known.items()
        }
        fetch = to_fetch(page.items, versions, cursor)
        self._late += len(fetch.late)
        self.take_by_id([*fetch.wanted, *fetch.doubtful])
        return []

    def _page(self, cursor: Cursor, link: str) -> Exchanged:
        if link:
            return self._follow(link)
        form = [*self._query.criteria, ("_count", str(self._asked))]
        if self._query.windowed:
            form += window_form(cursor.asks)
            form.append(("_sort", "_lastUpdated"))
            if self._ids_first(cursor):
                form.append(("_elements", "id,meta"))
        return self._search(self._query.rtype, tuple(form))

    def _follow(self, link: str) -> Exchanged:
        request = Request("GET", link, {"Cache-Control": "no-cache"})
        return self._seen(exchange(self._f.remote, request, Attempt.PAGE))

    def _search(self, rtype: str, form: Form) -> Exchanged:
        return self._seen(exchange(self._f.remote, search(rtype, form), Attempt.SEARCH))

    def _seen(self, seen: Exchanged) -> Exchanged:
        self._server_now = seen.date or self._server_now
        return seen

    def _next_link(self, bundle: ReadBundle, cursor: Cursor, link: str) -> str:
        """The server's link, or one of our own when it cuts a page short and gives none."""
        if bundle.next_link:
            return ours(self._f.remote.base_url, bundle.next_link)
        short = self._query.windowed and not link and is_cut_short(bundle, self._asked)
        return f"{_KEYSET}{cursor.page_no}" if short else ""

    def _pieces(
        self, documents: Sequence[Document], unreadable: Sequence[Unreadable], moved: Cursor | None
    ) -> Iterator[Piece]:
        incoming = [incoming_of(document) for document in documents]
        members = [(one.ref, one.version) for one in incoming]
        pass_no = moved.pass_no if moved else 0
        scope, rtype = self._query.scope, self._query.rtype
        cuts = list(range(0, len(incoming), _PIECE)) or [0]
        for at in cuts:
            last = at == cuts[-1]
            yield Piece(
                scope,
                rtype,
                pass_no,
                documents=tuple(incoming[at : at + _PIECE]),
                members=tuple(members[at : at + _PIECE]),
                unreadable=tuple(unreadable) if last else (),
                cursor=self._row(moved) if last and moved and not self._blocked else None,
            )

    def _apply(self, piece: Piece) -> None:
        outcome, blocked = self._f.rebasing.apply(piece, lost=self._lost)
        self._blocked = self._blocked or blocked
        self._count(outcome)

    def _count(self, outcome: PieceOutcome) -> None:
        self._applied += outcome.applied
        self._kinds |= outcome.kinds
        self._patients |= outcome.patients
        self._regressed |= set(outcome.regressed)

    def _row(self, cursor: Cursor, as_of: datetime | None = None) -> CursorRow:
        return CursorRow(
            self._query.scope,
            self._query.rtype,
            to_text(cursor),
            watermark=cursor.watermark,
            last_ok_at=as_of,
            complete=cursor.phase is Phase.IDLE,
        )


_KEYSET = "keyset:"


def _followed(link: str) -> str:
    """The link to GET next; a keyset mark means to search again from where we are."""
    return "" if link.startswith(_KEYSET) else link


def _not_it(seen: Exchanged) -> Verdict:
    """A document was asked for by its name, and something else came."""
    wrong = Outcome(seen.status, Body.JSON)
    return seen.verdict if seen.status != 200 else classify(Attempt.READ, wrong)
