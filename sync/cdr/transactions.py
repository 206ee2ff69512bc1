"""Transaction bundles (R4 §3.1.0.11.2): all of it or nothing, answered in the order asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from app.fhir.document import Document, Json
from sync.cdr.definitions import Definitions
from sync.cdr.outcome import Refusal
from sync.cdr.recording import Recorder, unresolved
from sync.cdr.store import Store
from sync.cdr.values import Version, instant
from sync.cdr.wire import Piece, stored
from sync.cdr.writing import Done, Writer, patch_of

_ORDER = ("DELETE", "POST", "PUT", "PATCH", "GET", "HEAD")
_NOT_LINKS = ("id", "value")
"""Keys whose text is never a link, whatever it looks like (Identifier.value)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One `Bundle.entry`, read."""

    position: int
    method: str
    type: str
    id: str
    query: str
    url: str
    resource: Document | None
    full_url: str = ""
    if_match: str = ""
    if_none_exist: str = ""

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")

    @property
    def place(self) -> str:
        return f"Bundle.entry[{self.position}]"


Read = Callable[[Entry], dict[str, Piece]]


class Transactions:
    def __init__(
        self, store: Store, recorder: Recorder, writer: Writer, definitions: Definitions
    ) -> None:
        self._store = store
        self._recorder = recorder
        self._writer = writer
        self._definitions = definitions

    def run(self, entries: list[Entry], at: int, *, read: Read, whole: bool) -> list[Piece]:
        """Do everything and return the response entries in request order.

        `read` answers the GET entries, after all writes; `whole` puts the written resources
        into the answer.

        Raises:
            Refusal: of the first entry that fails; the store is as it was before.
        """
        answers: dict[int, dict[str, Piece]] = {}
        with self._store.atomic():
            settled, done_before = self._settle(entries)
            self._refuse_twins([e for e in settled if e.position not in done_before])
            written: list[tuple[Entry, Done]] = []
            for entry in sorted(settled, key=lambda e: _ORDER.index(e.method)):
                if entry.position in done_before:
                    done = done_before[entry.position]
                elif not entry.writes:
                    continue
                else:
                    done = self._write(entry, at)
                    written.append((entry, done))
                answers[entry.position] = response_entry(done.status, done.version, whole=whole)
            self._check(written)
            for entry in settled:
                if not entry.writes:
                    answers[entry.position] = read(entry)
        return [answers[n] for n in range(len(entries))]

    def _settle(self, entries: list[Entry]) -> tuple[list[Entry], dict[int, Done]]:
        """Give every entry its id, find what conditions already answer, point links there."""
        settled: list[Entry] = []
        done: dict[int, Done] = {}
        links: dict[str, str] = {}
        for entry in entries:
            try:
                placed, answer = self._place(entry)
            except Refusal as refusal:
                raise refusal.at(entry.place) from refusal
            settled.append(placed)
            if answer is not None:
                done[entry.position] = answer
            if entry.full_url and placed.id and entry.method != "DELETE":
                links[entry.full_url] = f"{placed.type}/{placed.id}"
        return [self._linked(entry, links) for entry in settled], done

    def _place(self, entry: Entry) -> tuple[Entry, Done | None]:
        match entry.method:
            case "POST" if entry.if_none_exist:
                found = self._writer.one(entry.type, entry.if_none_exist)
                if found is not None:
                    return replace(entry, id=found.id), Done(200, found)
                return replace(entry, id=self._writer.new_id()), None
            case "POST":
                return replace(entry, id=self._writer.new_id()), None
            case "PUT" | "PATCH" | "DELETE" if not entry.id:
                return self._place_conditional(entry)
        return entry, None

    def _place_conditional(self, entry: Entry) -> tuple[Entry, Done | None]:
        found = self._writer.one(entry.type, entry.query)
        if found is not None:
            return replace(entry, id=found.id), None
        if entry.method == "DELETE":
            return entry, Done(204, None)
        if entry.method == "PATCH":
            raise Refusal(404, "not-found", "cdr.not-found", entry.type)
        asked = entry.resource.get("id") if entry.resource else None
        id_ = asked if isinstance(asked, str) else self._writer.new_id()
        return replace(entry, id=id_), None

    def _linked(self, entry: Entry, links: Mapping[str, str]) -> Entry:
        if entry.resource is None or entry.method not in ("POST", "PUT"):
            return entry
        links = {**links, **self._conditional_links(entry)}
        base, _, _ = entry.full_url.rpartition(f"/{entry.type}/")
        resource = relinked(entry.resource, links, base)
        if not isinstance(resource, dict):
            raise TypeError
        if unresolved(resource):
            raise Refusal(400, "not-found", "cdr.missing-reference", "urn").at(entry.place)
        return replace(entry, resource=resource)

    def _conditional_links(self, entry: Entry) -> dict[str, str]:
        """`Practitioner?identifier=…` → `Practitioner/…` (R4 §3.1.0.11.2)."""
        found: dict[str, str] = {}
        for reference in unresolved(entry.resource or {}):
            type_, mark, query = reference.partition("?")
            if not mark or not self._definitions.knows(type_):
                continue
            version = self._writer.one(type_, query)
            if version is None:
                refusal = Refusal(412, "not-found", "cdr.missing-reference", type_)
                raise refusal.at(entry.place)
            found[reference] = version.reference
        return found

    def _refuse_twins(self, entries: list[Entry]) -> None:
        seen: set[tuple[str, str]] = set()
        for entry in entries:
            if not entry.writes or not entry.id:
                continue
            if (entry.type, entry.id) in seen:
                raise Refusal(400, "duplicate", "cdr.same-twice", entry.type).at(entry.place)
            seen.add((entry.type, entry.id))

    def _write(self, entry: Entry, at: int) -> Done:
        try:
            return self._do(entry, at)
        except Refusal as refusal:
            raise refusal.at(entry.place) from refusal

    def _do(self, entry: Entry, at: int) -> Done:
        if entry.method == "DELETE":
            return self._writer.delete(entry.type, entry.id, at, entry.if_match)
        if entry.method == "PATCH":
            body = patch_of(entry.resource)
            return self._writer.patch(entry.type, entry.id, body, at, entry.if_match)
        if entry.resource is None:
            raise Refusal(400, "required", "cdr.no-resource")
        self._writer.check(entry.resource, entry.type)
        if entry.method == "POST":
            return self._writer.create(entry.resource, entry.id, at)
        return self._writer.update(entry.resource, entry.id, at, entry.if_match)

    def _check(self, written: list[tuple[Entry, Done]]) -> None:
        for entry, done in written:
            if done.document is not None:
                try:
                    self._recorder.check_links([done.document])
                except Refusal as refusal:
                    raise refusal.at(entry.place) from refusal
        gone = (done.version for entry, done in written if entry.method == "DELETE")
        self._recorder.check_unreferenced(v.reference for v in gone if v is not None)


def relinked(value: Json, links: Mapping[str, str], base: str) -> Json:
    """The value with every link in `links` exchanged, as R4 asks for references, uris and urls."""
    match value:
        case dict():
            return {
                key: inner if key in _NOT_LINKS else relinked(inner, links, base)
                for key, inner in value.items()
            }
        case list():
            return [relinked(inner, links, base) for inner in value]
        case str():
            return links.get(value) or links.get(f"{base}/{value}", value)
        case _:
            return value


def response_entry(status: int, version: Version | None, *, whole: bool) -> dict[str, Piece]:
    """One entry of a transaction-response."""
    response: dict[str, Piece] = {"status": f"{status} {HTTPStatus(status).phrase}"}
    answer: dict[str, Piece] = {}
    if version is not None:
        if not version.deleted:
            response["location"] = version.location
            if whole:
                answer["resource"] = stored(version.body)
        response["etag"] = version.etag
        response["lastModified"] = instant(version.updated)
    answer["response"] = response
    return answer


def read_entries(bundle: Document, definitions: Definitions) -> list[Entry]:
    """The entries of a transaction or batch.

    Raises:
        Refusal: 400, an entry without a request this server can do.
    """
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise Refusal(400, "structure", "cdr.bad-entry")
    return [_entry(n, entry, definitions) for n, entry in enumerate(entries)]


def _entry(position: int, entry: Json, definitions: Definitions) -> Entry:
    place = f"Bundle.entry[{position}]"
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(request, dict):
        raise Refusal(400, "required", "cdr.bad-entry", "", place)
    texts = {key: value for key, value in request.items() if isinstance(value, str)}
    method, url = texts.get("method", ""), texts.get("url", "")
    resource = entry.get("resource")
    full_url = entry.get("fullUrl")
    path, _, query = url.removeprefix("/").partition("?")
    type_, _, id_ = path.partition("/")
    writes = method not in ("GET", "HEAD")
    if method not in _ORDER or (writes and (not definitions.serves(type_) or "/" in id_)):
        raise Refusal(400, "invalid", "cdr.bad-entry", method, place)
    placed = not id_ if method == "POST" else bool(id_ or query)
    if writes and not placed:
        raise Refusal(400, "invalid", "cdr.bad-entry", method, place)
    return Entry(
        position,
        method,
        type_,
        id_,
        query,
        url,
        resource if isinstance(resource, dict) else None,
        full_url if isinstance(full_url, str) else "",
        texts.get("ifMatch", ""),
        texts.get("ifNoneExist", ""),
    )
