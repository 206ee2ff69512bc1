"""The server model: one FHIR request in, one response out; no network, no own clock or ids."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl

from app.fhir.document import Document
from app.kernel.clock import Clock, Ids
from sync.cdr.capability import capability
from sync.cdr.definitions import Definitions
from sync.cdr.negotiation import check_body_kind, check_wanted_kind, json_response, prefers
from sync.cdr.outcome import Refusal, all_well, outcome
from sync.cdr.pages import Snapshots
from sync.cdr.query import Pair
from sync.cdr.recording import Recorder, local
from sync.cdr.searching import Searcher, version_headers
from sync.cdr.store import Store
from sync.cdr.subscriptions import TYPE as SUBSCRIPTION
from sync.cdr.subscriptions import Line, Subscriptions
from sync.cdr.transactions import Entry, Transactions, read_entries
from sync.cdr.validation import Validator
from sync.cdr.values import (
    Policy,
    Request,
    Response,
    Stamp,
    Version,
    http_date,
    instant,
    milliseconds,
)
from sync.cdr.wire import Piece, assemble, read, stored, write
from sync.cdr.writing import Done, Writer, present


class CdrModel:
    """A FHIR R4 server over a store.

    `handle` may be called on any thread; requests run one after another. The stamp of a request
    (its `lastUpdated`) is taken when it starts, as HAPI does. A simulator that wants a late
    commit calls `begin()` first and passes the stamp to `handle` later: other requests may
    commit in between with a later stamp.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        ids: Ids,
        definitions: Definitions,
        policy: Policy | None = None,
        validator: Validator | None = None,
    ) -> None:
        self.store = store
        self.policy = policy or Policy()
        self.definitions = definitions
        self.security: Callable[[str], Document] | None = None
        self._clock = clock
        self._lock = threading.RLock()
        self.snapshots = Snapshots(self.policy.page_lifetime, ids.new)
        self.recorder = Recorder(store, definitions, self.policy)
        self._searcher = Searcher(store, definitions, self.policy, clock, self.snapshots)
        checking = validator if self.policy.validate else None
        self._validator = validator
        self._writer = Writer(store, self.recorder, ids, checking, self._matching)
        self._transactions = Transactions(store, self.recorder, self._writer, definitions)
        self._subscriptions: Subscriptions | None = None
        self._websocket: Callable[[str], str] | None = None
        self._written: list[Version] = []
        self._depth = 0

    def announce_at(self, websocket: Callable[[str], str]) -> None:
        """Offer Subscriptions; `websocket` says where they are announced, for a base address."""
        self._websocket = websocket
        self._subscriptions = Subscriptions(self.store, self.definitions, self._searcher.plan)
        self.recorder.heard = self._written.append

    def bind(self, subscription: str, line: Line) -> bool:
        """Let `line` hear of a subscription; False when it announces nothing."""
        with self._lock:
            return self._subscriptions is not None and self._subscriptions.bind(subscription, line)

    def hang_up(self, line: Line) -> None:
        with self._lock:
            if self._subscriptions is not None:
                self._subscriptions.hang_up(line)

    def begin(self) -> Stamp:
        """The start of a transaction, by the server's clock."""
        return Stamp(self._clock.now())

    def handle(self, request: Request, stamp: Stamp | None = None) -> Response:
        """Answer one request; a refusal is an answer too."""
        with self._lock:
            stamp = stamp or self.begin()
            if not self._depth:
                self._end_what_is_over(stamp)
            kept = len(self._written)
            self._depth += 1
            try:
                check_wanted_kind(request)
                answer = self._route(request, stamp)
            except Refusal as refusal:
                del self._written[kept:]
                answer = json_response(refusal.status, write(outcome(refusal)))
            except RecursionError:
                del self._written[kept:]
                too_deep = Refusal(400, "structure", "cdr.not-json", "nesting")
                answer = json_response(400, write(outcome(too_deep)))
            finally:
                self._depth -= 1
            if not self._depth:
                self._announce()
        more = {"Date": http_date(milliseconds(self._clock.now()))}
        if named := request.header("x-request-id"):
            more["X-Request-ID"] = named
        return Response(answer.status, answer.body, {**answer.headers, **more})

    def _end_what_is_over(self, stamp: Stamp) -> None:
        """Delete the subscriptions that have come to their end."""
        over = self._subscriptions.over(stamp.milliseconds) if self._subscriptions else ()
        if not over:
            return
        with self.store.atomic():
            for name in over:
                self.recorder.delete(SUBSCRIPTION, name, stamp.milliseconds)
        self._announce()

    def _announce(self) -> None:
        """Everything written since has been kept: say so."""
        if self._subscriptions is not None and self._written:
            self._subscriptions.committed(self._written)
            self._written.clear()

    def _route(self, request: Request, stamp: Stamp) -> Response:
        parts = [part for part in request.path.split("/") if part]
        match request.method, parts:
            case "GET", []:
                return self._root(request)
            case "POST", []:
                return self._bundle(request, stamp)
            case "GET", ["metadata"]:
                return self._metadata(request)
            case "GET", ["_history"]:
                return self._history(request, "", "")
            case _, [type_, *rest] if self.definitions.knows(type_):
                return self._of_type(request, stamp, type_, rest)
        raise Refusal(404, "not-supported", "cdr.no-such-place")

    def _of_type(self, request: Request, stamp: Stamp, type_: str, rest: list[str]) -> Response:
        match request.method, rest:
            case "GET" | "POST", [] | ["_search"] | [_, "$everything"] if (
                request.method == "GET" or rest
            ):
                return self._find(request, type_, rest)
            case "POST", ["$validate"] | [_, "$validate"]:
                return self._validate(request, type_)
            case (("POST" | "PUT" | "PATCH" | "DELETE"), [] | [_]):
                return self._write(request, stamp, type_, "".join(rest))
            case "GET", _:
                return self._get(request, type_, rest)
        raise Refusal(404, "not-supported", "cdr.no-such-place")

    def _find(self, request: Request, type_: str, rest: list[str]) -> Response:
        if len(rest) == 2:
            if type_ != "Patient":
                raise Refusal(404, "not-supported", "cdr.no-such-place")
            query = request.query
            body = self._searcher.everything(type_, rest[0], query, base=request.base)
            return json_response(200, body)
        more = _form(request) if request.method == "POST" else []
        return self._search(request, type_, (*request.query, *more))

    def _get(self, request: Request, type_: str, rest: list[str]) -> Response:
        match rest:
            case ["_history"]:
                return self._history(request, type_, "")
            case [id_]:
                return self._read(request, present(self.store, type_, id_))
            case [id_, "_history"]:
                return self._history(request, type_, id_)
            case [id_, "_history", number]:
                return self._read(request, self._version(type_, id_, number))
        raise Refusal(404, "not-supported", "cdr.no-such-place")

    def _root(self, request: Request) -> Response:
        if not any(name == "_getpages" for name, _ in request.query):
            raise Refusal(400, "not-supported", "cdr.no-such-place")
        return json_response(200, self._searcher.page(request.query, base=request.base))

    def _metadata(self, request: Request) -> Response:
        date = instant(milliseconds(self._clock.now()))
        security = self.security(request.base) if self.security else None
        at = self._websocket(request.base) if self._websocket else ""
        found = capability(self.definitions, self.policy, request.base, date, security, at)
        return json_response(200, write(found))

    def _search(self, request: Request, type_: str, pairs: Sequence[Pair]) -> Response:
        body = self._searcher.search(
            type_,
            pairs,
            base=request.base,
            strict=prefers(request, "handling") == "strict",
            fresh="no-cache" in request.header("cache-control"),
        )
        return json_response(200, body)

    def _history(self, request: Request, type_: str, id_: str) -> Response:
        body = self._searcher.history(type_, id_, request.query, base=request.base)
        return json_response(200, body)

    def _version(self, type_: str, id_: str, number: str) -> Version:
        found = None
        if number.isascii() and number.isdigit():
            found = self.store.version(type_, id_, int(number))
        if found is None:
            raise Refusal(404, "not-found", "cdr.not-found", type_)
        if found.deleted:
            raise Refusal(410, "deleted", "cdr.deleted", type_)
        return found

    def _read(self, request: Request, version: Version) -> Response:
        if request.header("if-none-match") in (version.etag, version.etag[2:], "*"):
            return Response(304, b"", version_headers(version))
        return json_response(200, version.body, version_headers(version))

    def _validate(self, request: Request, type_: str) -> Response:
        document = read(request.body)
        parameters = document.get("parameter")
        if document["resourceType"] == "Parameters" and isinstance(parameters, list):
            held = (p.get("resource") for p in parameters if isinstance(p, dict))
            document = next((r for r in held if isinstance(r, dict)), document)
        if document.get("resourceType") != type_:
            raise Refusal(400, "invalid", "cdr.other-type", type_)
        found = self._validator.problems(document) if self._validator else []
        said = [Refusal(422, "structure", "cdr.invalid", p.reason, p.path) for p in found]
        return json_response(200, write(outcome(*said) if said else all_well()))

    def _write(self, request: Request, stamp: Stamp, type_: str, id_: str) -> Response:
        check_body_kind(request)
        if not self._takes(request, type_):
            raise Refusal(405, "not-supported", "cdr.not-offered", type_)
        with self.store.atomic():
            done = self._do(request, stamp.milliseconds, type_, id_)
            if done.document is not None:
                self.recorder.check_links([done.document])
            if request.method == "DELETE" and done.version is not None:
                self.recorder.check_unreferenced([done.version.reference])
        return self._answer(request, done)

    def _takes(self, request: Request, type_: str) -> bool:
        if type_ == SUBSCRIPTION and self._subscriptions is not None:
            return request.method != "PATCH"
        return self.definitions.serves(type_)

    def _do(self, request: Request, at: int, type_: str, id_: str) -> Done:
        if_match = request.header("if-match")
        match request.method:
            case "POST" if not id_:
                return self._create(request, at, type_)
            case "PUT":
                document = self._document(request, type_)
                return self._writer.update(
                    document, id_ or self._by_condition(request, type_, document), at, if_match
                )
            case "PATCH":
                id_ = id_ or self._by_condition(request, type_, None)
                return self._writer.patch(type_, id_, request.body, at, if_match)
            case "DELETE":
                id_ = id_ or self._by_condition(request, type_, None)
                return self._writer.delete(type_, id_, at, if_match)
        raise Refusal(405, "not-supported", "cdr.not-offered", type_)

    def _create(self, request: Request, at: int, type_: str) -> Done:
        document = self._document(request, type_)
        if condition := request.header("if-none-exist"):
            query = condition.partition("?")[2] or condition
            if (found := self._writer.one(type_, query)) is not None:
                return Done(200, found)
        return self._writer.create(document, self._writer.new_id(), at)

    def _by_condition(self, request: Request, type_: str, document: Document | None) -> str:
        """The id a conditional update, patch or delete comes to (R4 §3.1.0.4.3)."""
        query = "&".join(f"{name}={_escaped(value)}" for name, value in request.query)
        found = self._writer.one(type_, query)
        if found is not None:
            return found.id
        if document is None:
            raise Refusal(404, "not-found", "cdr.not-found", type_)
        asked = document.get("id")
        return asked if isinstance(asked, str) else self._writer.new_id()

    def _document(self, request: Request, type_: str) -> Document:
        document = read(request.body)
        self._writer.check(document, type_)
        if type_ == SUBSCRIPTION and self._subscriptions is not None:
            document = self._subscriptions.activated(document)
        return local(document, request.base) if request.base.encode() in request.body else document

    def _matching(self, type_: str, query: str) -> list[Version]:
        plan = self._searcher.plan(type_, parse_qsl(query))
        if plan.unknown or not plan.clauses:
            # a condition that is not understood must never be taken for one that fits all
            raise Refusal(412, "invalid", "cdr.empty-condition", type_)
        return self.store.load(self._searcher.find(type_, plan))

    def _answer(self, request: Request, done: Done) -> Response:
        version = done.version
        if version is None:
            return Response(done.status)
        headers = version_headers(version)
        if version.deleted:
            return Response(done.status, b"", headers)
        headers["Location"] = f"{request.base}/{version.location}"
        wanted = prefers(request, "return")
        if wanted == "minimal":
            return json_response(done.status, b"", headers)
        body = write(all_well()) if wanted == "OperationOutcome" else version.body
        return json_response(done.status, body, headers)

    def _bundle(self, request: Request, stamp: Stamp) -> Response:
        check_body_kind(request)
        bundle = read(request.body)
        if bundle["resourceType"] != "Bundle" or bundle.get("type") not in ("transaction", "batch"):
            raise Refusal(400, "invalid", "cdr.not-a-transaction")
        if request.base.encode() in request.body:
            bundle = local(bundle, request.base)
        entries = read_entries(bundle, self.definitions)
        if bundle["type"] == "batch":
            answers: list[Piece] = [self._one_of_batch(request, entry, stamp) for entry in entries]
        else:
            answers = self._transactions.run(
                entries,
                stamp.milliseconds,
                read=lambda entry: self._one_of_batch(request, entry, stamp),
                whole=prefers(request, "return") == "representation",
            )
        body = assemble(
            {"resourceType": "Bundle", "type": f"{bundle['type']}-response", "entry": answers}
        )
        return json_response(200, body)

    def _one_of_batch(self, request: Request, entry: Entry, stamp: Stamp) -> dict[str, Piece]:
        """An entry on its own, by the same way as any other request."""
        path, _, query = entry.url.removeprefix(request.base).lstrip("/").partition("?")
        headers = {"if-match": entry.if_match, "if-none-exist": entry.if_none_exist}
        headers["prefer"] = request.header("prefer")
        inner = Request(
            "GET" if entry.method == "HEAD" else entry.method,
            path,
            tuple(parse_qsl(query, keep_blank_values=True)),
            {name: value for name, value in headers.items() if value},
            write(entry.resource) if entry.resource else b"",
            request.base,
        )
        answer = self.handle(inner, stamp)
        response: dict[str, Piece] = {"status": str(answer.status)}
        if "ETag" in answer.headers:
            response["etag"] = answer.headers["ETag"]
        if location := answer.headers.get("Location"):
            response["location"] = location.removeprefix(request.base + "/")
        found: dict[str, Piece] = {"response": response}
        if answer.status >= 400:
            response["outcome"] = stored(answer.body)
        elif answer.body:
            found["resource"] = stored(answer.body)
        return found


def _form(request: Request) -> list[Pair]:
    if "x-www-form-urlencoded" not in request.header("content-type"):
        raise Refusal(415, "not-supported", "cdr.wrong-kind")
    return parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)


def _escaped(value: str) -> str:
    return value.replace("%", "%25").replace("&", "%26").replace("+", "%2B")
