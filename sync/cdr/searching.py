"""Answers searches: pages, includes, `$everything`, histories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlencode

from app.fhir.document import Document, Json
from app.kernel.clock import Clock
from sync.cdr.clauses import Clause, LinksTo
from sync.cdr.definitions import Definitions
from sync.cdr.indexing import targets_of
from sync.cdr.outcome import Refusal, outcome
from sync.cdr.pages import Snapshot, Snapshots
from sync.cdr.query import Include, Lookup, Pair, Plan, Reader
from sync.cdr.store import Store
from sync.cdr.values import Policy, Version, http_date, instant, milliseconds
from sync.cdr.wire import Piece, assemble, read, stored, write
from sync.cdr.writing import present

_SUBSETTED: Json = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}
_MOST_INCLUDED = 1000


class Searcher:
    """Reads for many resources at once; never writes."""

    def __init__(
        self,
        store: Store,
        definitions: Definitions,
        policy: Policy,
        clock: Clock,
        snapshots: Snapshots,
    ) -> None:
        self._store = store
        self._definitions = definitions
        self._policy = policy
        self._clock = clock
        self._snapshots = snapshots

    def search(
        self, type_: str, pairs: Sequence[Pair], *, base: str, strict: bool, fresh: bool
    ) -> bytes:
        """A searchset.

        `strict` refuses what is unknown; `fresh` forbids the answer of a moment ago.

        Raises:
            Refusal: 400.
        """
        plan = self.plan(type_, pairs)
        if strict and plan.unknown:
            plan.unknown[0].more = tuple(plan.unknown[1:])
            raise plan.unknown[0]
        now = self._clock.now()
        reuse = self._policy.reuse_searches
        again = None if fresh else self._snapshots.same_search(plan, now, reuse)
        keys = list(again.keys) if again else self.find(type_, plan)
        if again is None and reuse:
            again = self._snapshots.keep(plan, keys, now)
        if plan.summary == "count" or plan.count == 0:
            return self._bundle(plan, base, [], len(keys), [])
        size = self._size(plan)
        if again is None and len(keys) > size:
            again = self._snapshots.keep(plan, keys, now)
        return self._page(plan, keys, again, base, 0)

    def page(self, query: Sequence[Pair], *, base: str) -> bytes:
        """The page that a `next` link asks for.

        Raises:
            Refusal: 410 when the search has expired, 400 on a tampered link.
        """
        wanted = dict(query)
        offset = wanted.get("_getpagesoffset", "0")
        if not offset.isascii() or not offset.isdigit():
            raise Refusal(400, "value", "cdr.bad-value", "_getpagesoffset")
        found = self._snapshots.take(wanted.get("_getpages", ""), self._clock.now())
        return self._page(found.plan, list(found.keys), found, base, int(offset))

    def everything(self, type_: str, id_: str, pairs: Sequence[Pair], *, base: str) -> bytes:
        """A patient and all that points at him, and what that points at (`$everything`).

        Raises:
            Refusal: 404, 410, 400.
        """
        start = present(self._store, type_, id_)
        about = self._store.referrers([start.reference], limit=10**6)
        links = {link for v in self._store.load(about) for link in self._all_links(v)}
        also = {
            found.key
            for link in links
            if (found := self._store.current(*_halves(link))) and found.type != "Patient"
        }
        keys = list(dict.fromkeys([start.key, *about, *sorted(also)]))
        plan = self.plan(type_, [pair for pair in pairs if pair[0] == "_count"])
        kept = self._snapshots.keep(plan, keys, self._clock.now())
        return self._page(plan, keys, kept, base, 0)

    def history(self, type_: str, id_: str, pairs: Sequence[Pair], *, base: str) -> bytes:
        """Versions, newest first (R4 §3.1.0.10), paged by place and not by a snapshot.

        Raises:
            Refusal: 404 when the resource never was, 400.
        """
        wanted = dict(pairs)
        reader = self.plan("Basic", [p for p in pairs if p[0] in ("_count", "_lastUpdated")])
        size = self._size(reader)
        since = self._since(wanted.get("_since", ""))
        before = wanted.get("_before", "0")
        if not before.isascii() or not before.isdigit():
            raise Refusal(400, "value", "cdr.bad-value", "_before")
        if id_ and self._store.current(type_, id_) is None:
            raise Refusal(404, "not-found", "cdr.not-found", type_)
        found = self._store.history(type_, id_, since=since, before=int(before), limit=size + 1)
        links = [
            _link(
                "self",
                self._address(base, "/".join((*filter(None, (type_, id_)), "_history")), pairs),
            )
        ]
        if len(found) > size:
            found = found[:size]
            rest = [p for p in pairs if p[0] != "_before"] + [("_before", str(found[-1].sequence))]
            path = "/".join((*filter(None, (type_, id_)), "_history"))
            links.append(_link("next", self._address(base, path, rest)))
        bundle: dict[str, Piece] = {"resourceType": "Bundle", "type": "history", "link": links}
        bundle["entry"] = [_history_entry(version, base) for version in found]
        return assemble(bundle)

    def plan(self, type_: str, pairs: Sequence[Pair]) -> Plan:
        now = milliseconds(self._clock.now()) * 1000
        lookup = Lookup(
            find=self._store.search,
            references=lambda keys: [v.reference for v in self._store.load(keys)],
            linked=self._store.linked,
        )
        return Reader(self._definitions, lookup, now).plan(type_, pairs)

    def find(self, type_: str, plan: Plan) -> list[int]:
        return self._store.search(type_, plan.clauses, plan.sort)

    def _size(self, plan: Plan) -> int:
        asked = self._policy.default_page if plan.count is None else plan.count
        return max(1, min(asked, self._policy.max_page))

    def _since(self, text: str) -> int:
        if not text:
            return 0
        clause = self.plan("Basic", [("_lastUpdated", text)]).clauses[0].any_of[0]
        low = getattr(clause, "low", 0)
        return -(-int(low) // 1000)

    def _page(
        self, plan: Plan, keys: list[int], kept: Snapshot | None, base: str, offset: int
    ) -> bytes:
        size = self._size(plan)
        matches = self._store.load(keys[offset : offset + size])
        included = self._included(plan, matches)
        entries: list[Piece] = [self._entry(v, plan, base, "match") for v in matches]
        entries += [self._entry(v, plan, base, "include") for v in included]
        links: list[Piece] = [_link("self", self._address(base, plan.type, plan.used))]
        if kept is not None and offset + size < len(keys):
            links.append(_link("next", _page_address(base, kept.name, offset + size)))
        if kept is not None and offset > 0:
            links.append(_link("previous", _page_address(base, kept.name, max(0, offset - size))))
        return self._bundle(plan, base, entries, len(keys), links)

    def _bundle(
        self, plan: Plan, base: str, entries: list[Piece], total: int, links: list[Piece]
    ) -> bytes:
        now = self._clock.now()
        bundle: dict[str, Piece] = {
            "resourceType": "Bundle",
            "meta": {"lastUpdated": instant(milliseconds(now))},
            "type": "searchset",
        }
        if plan.total != "none":
            bundle["total"] = total
        bundle["link"] = links or [_link("self", self._address(base, plan.type, plan.used))]
        if plan.unknown:
            said: dict[str, Piece] = {
                "resource": stored(write(outcome(*plan.unknown, severity="warning"))),
                "search": {"mode": "outcome"},
            }
            entries = [*entries, said]
        if entries:
            bundle["entry"] = entries
        return assemble(bundle)

    def _entry(self, version: Version, plan: Plan, base: str, mode: str) -> dict[str, Piece]:
        body = version.body
        if plan.elements and mode == "match":
            body = _subset(body, plan.elements)
        elif plan.summary in ("data", "text"):
            body = _summary(body, plan.summary)
        return {
            "fullUrl": f"{base}/{version.reference}",
            "resource": stored(body),
            "search": {"mode": mode},
        }

    def _included(self, plan: Plan, matches: list[Version]) -> list[Version]:
        """What `_include` and `_revinclude` add to a page: each resource once, no match again."""
        if not plan.includes and not plan.revincludes:
            return []
        seen = {version.key for version in matches}
        found: list[Version] = []
        fresh, first = matches, True
        while fresh and len(found) < _MOST_INCLUDED:
            wanted = [i for i in (*plan.includes,) if first or i.iterates]
            back = [i for i in plan.revincludes if first or i.iterates]
            keys = [key for i in wanted for key in self._forward(i, fresh)]
            keys += [key for i in back for key in self._backward(i, fresh)]
            new = [key for key in dict.fromkeys(keys) if key not in seen]
            seen.update(new)
            fresh, first = self._store.load(new), False
            found += fresh
        return found[:_MOST_INCLUDED]

    def _forward(self, include: Include, versions: Iterable[Version]) -> Iterable[int]:
        for version in versions:
            if version.type != include.source:
                continue
            for link in self._links(version, include.parameter):
                type_, id_ = _halves(link)
                if include.target in ("", type_) and (found := self._store.current(type_, id_)):
                    yield found.key

    def _backward(self, include: Include, versions: Sequence[Version]) -> Iterable[int]:
        targets = tuple(v.reference for v in versions if include.target in ("", v.type))
        if not targets:
            return []
        names = [include.parameter]
        if include.parameter == "*":
            of = self._definitions.parameters(include.source)
            names = [parameter.name for parameter in of if parameter.kind == "reference"]
        clause = Clause(tuple(LinksTo(name, targets) for name in names))
        return self._store.search(include.source, [clause])

    def _links(self, version: Version, name: str) -> Iterable[str]:
        if name == "*":
            return self._all_links(version)
        parameter = self._definitions.parameter(version.type, name)
        return targets_of(read(version.body), parameter) if parameter else []

    def _all_links(self, version: Version) -> Iterable[str]:
        document = read(version.body)
        for parameter in self._definitions.parameters(version.type):
            if parameter.kind == "reference":
                yield from targets_of(document, parameter)

    def _address(self, base: str, path: str, pairs: Sequence[Pair]) -> str:
        query = urlencode(list(pairs), safe=":|/,*$", quote_via=quote)
        return f"{base}/{path}" + (f"?{query}" if query else "")


def _halves(link: str) -> tuple[str, str]:
    type_, _, id_ = link.partition("/")
    return type_, id_


def _link(relation: str, address: str) -> dict[str, Piece]:
    return {"relation": relation, "url": address}


def _page_address(base: str, name: str, offset: int) -> str:
    return f"{base}?_getpages={name}&_getpagesoffset={offset}"


def _subset(body: bytes, elements: frozenset[str]) -> bytes:
    """Only what was asked for, and marked as such (R4 §3.1.1.5.9)."""
    document = read(body)
    kept: Document = {
        key: value
        for key, value in document.items()
        if key in ("resourceType", "id", "meta") or key.removeprefix("_") in elements
    }
    return _marked(kept)


def _summary(body: bytes, kind: str) -> bytes:
    document = read(body)
    if kind == "data":
        return _marked({key: value for key, value in document.items() if key != "text"})
    kept = ("resourceType", "id", "meta", "text")
    return _marked({key: value for key, value in document.items() if key in kept})


def _marked(document: Document) -> bytes:
    meta = document.get("meta")
    marked: Document = dict(meta) if isinstance(meta, dict) else {}
    tags = marked.get("tag")
    marked["tag"] = [*(tags if isinstance(tags, list) else []), _SUBSETTED]
    return write(document | {"meta": marked})


def _history_entry(version: Version, base: str) -> dict[str, Piece]:
    entry: dict[str, Piece] = {"fullUrl": f"{base}/{version.reference}"}
    if not version.deleted:
        entry["resource"] = stored(version.body)
    made = "201 Created" if version.number == 1 else "200 OK"
    url = version.type if version.method == "POST" else version.reference
    entry["request"] = {"method": version.method, "url": url}
    entry["response"] = {
        "status": "204 No Content" if version.deleted else made,
        "etag": version.etag,
        "lastModified": instant(version.updated),
    }
    return entry


def version_headers(version: Version) -> dict[str, str]:
    """The headers that name a version (R4 §3.1.0.1.5)."""
    return {"ETag": version.etag, "Last-Modified": http_date(version.updated)}
