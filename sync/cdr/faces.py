"""Between HTTP and the model: bodies, compression, bearer tokens, faults on demand."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.types import Receive, Scope, Send

from sync.cdr.misbehaviour import Fault, Misbehaviour, Rule
from sync.cdr.model import CdrModel
from sync.cdr.negotiation import json_response
from sync.cdr.outcome import Refusal, outcome
from sync.cdr.values import Request, Response, http_date, milliseconds
from sync.cdr.wire import write

_HTML = b"<!doctype html><html><title>Sign in to the network</title><body>Welcome</body></html>"
_LARGE = 1024
_TICK = 0.01

Cut = Callable[[tuple[str, int] | None], None]
"""Cuts the connection of a client."""


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in: None when the sign-in is off.

    Attributes:
        admits: Whether an access token is good now.
        challenge: Value of `WWW-Authenticate`.
    """

    admits: Callable[[str], bool]
    challenge: str


class FhirFace:
    """The FHIR base as an ASGI application.

    The model runs on `worker`, one thread, so that a long search holds up nobody's connection.
    """

    def __init__(
        self,
        model: CdrModel,
        worker: Executor,
        *,
        door: Door | None,
        misbehaviour: Misbehaviour | None,
        cut: Cut,
        largest: int,
    ) -> None:
        self._model = model
        self._worker = worker
        self._door = door
        self._misbehaviour = misbehaviour
        self._cut = cut
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        http = HttpRequest(scope, receive)
        try:
            request = await self._read(http)
        except Refusal as refusal:
            answer = json_response(refusal.status, write(outcome(refusal)))
            await _reply(answer, http)(scope, receive, send)
            return
        except ClientDisconnect:
            return
        rule = self._misbehaviour.next(request) if self._misbehaviour else None
        if rule is None:
            await _reply(await self._answer(request), http)(scope, receive, send)
        else:
            await self._misbehave(rule, request, http, send)

    async def _read(self, http: HttpRequest) -> Request:
        body = b""
        async for piece in http.stream():
            body += piece
            if len(body) > self._largest:
                raise Refusal(413, "too-long", "cdr.too-large")
        if "gzip" in http.headers.get("content-encoding", ""):
            body = _unpacked(body, self._largest)
        return Request(
            http.method if http.method != "HEAD" else "GET",
            http.path_params.get("path", "").strip("/"),
            tuple(parse_qsl(http.url.query, keep_blank_values=True)),
            {name.lower(): value for name, value in http.headers.items()},
            body,
            f"{http.url.scheme}://{http.url.netloc}/fhir",
        )

    async def _answer(self, request: Request) -> Response:
        if self._door is not None and request.path != "metadata":
            kind, _, token = request.header("authorization").partition(" ")
            if kind.lower() != "bearer" or not self._door.admits(token.strip()):
                return self._turned_away()
        stamp = self._model.begin()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, self._model.handle, request, stamp)

    def _turned_away(self) -> Response:
        challenge = self._door.challenge if self._door else ""
        body = write(outcome(Refusal(401, "login", "cdr.signed-out")))
        now = http_date(milliseconds(self._model.begin().at))
        return json_response(401, body, {"WWW-Authenticate": challenge, "Date": now})

    async def _misbehave(self, rule: Rule, request: Request, http: HttpRequest, send: Send) -> None:
        scope, receive = http.scope, http.receive
        if rule.fault is Fault.SILENCE:
            await self._silence()
        if rule.unserved or rule.fault in (Fault.STATUS, Fault.DROP):
            answer = json_response(200, b"")
        else:
            answer = await self._answer(request)
        if rule.fault in (Fault.DROP, Fault.DROP_AFTER):
            self._cut(scope.get("client"))
            while (await receive())["type"] != "http.disconnect":
                continue
            return
        if rule.fault is Fault.CUT_BODY:
            length = str(len(answer.body) + _LARGE).encode()
            headers = [(b"content-type", b"application/fhir+json"), (b"content-length", length)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": answer.body, "more_body": True})
            self._cut(scope.get("client"))
            return
        if rule.fault in (Fault.DRIP, Fault.ENDLESS):
            await self._trickle(rule, http, send)
            return
        await _reply(self._spoilt(rule, request, answer), http)(scope, receive, send)

    async def _silence(self) -> None:
        if self._misbehaviour is not None:
            self._misbehaviour.silent.set()
            while not self._misbehaviour.release.is_set():
                await asyncio.sleep(_TICK)

    async def _trickle(self, rule: Rule, http: HttpRequest, send: Send) -> None:
        """A body without an end: by drops until released, or in a flood until nobody listens."""
        drips = rule.fault is Fault.DRIP
        length = [(b"content-length", b"100000")] if drips else []
        headers = [(b"content-type", b"application/fhir+json"), *length]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        piece = b" " if drips else b" " * 65536
        while not await http.is_disconnected():
            if drips and (self._misbehaviour is None or self._misbehaviour.release.is_set()):
                break
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(_TICK if drips else 0)
        self._cut(http.scope.get("client"))

    def _spoilt(self, rule: Rule, request: Request, answer: Response) -> Response:
        if rule.fault in (Fault.STATUS, Fault.STATUS_AFTER):
            body = write(outcome(Refusal(rule.status, "exception", "cdr.misbehaving")))
            return json_response(rule.status, body, rule.headers)
        if rule.fault is Fault.SAME_PAGE and self._misbehaviour is not None:
            place = request.method + " " + request.path
            body = self._misbehaviour.first_answers.setdefault(place, answer.body)
            return replace(answer, body=body)
        if rule.fault is Fault.CHANGED:
            return rule.change(answer)
        html = {"Content-Type": "text/html; charset=utf-8"}
        spoilt = {
            Fault.HTML: Response(200, _HTML, html),
            Fault.WRONG_JSON: json_response(200, b'{"hello":"world"}'),
            Fault.BROKEN_JSON: replace(answer, body=answer.body[: len(answer.body) // 2]),
            Fault.HUGE: json_response(200, b'{"resourceType":"Bundle"' + b" " * rule.size + b"}"),
            Fault.WRONG_TYPE: replace(
                answer, headers={**answer.headers, "Content-Type": "text/plain"}
            ),
        }
        found = spoilt.get(rule.fault, answer)
        return replace(found, headers={**found.headers, **rule.headers})


def _reply(answer: Response, http: HttpRequest) -> HttpResponse:
    headers = dict(answer.headers)
    body = answer.body
    packed = "Content-Encoding" in headers
    if len(body) > _LARGE and not packed and "gzip" in http.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 4)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    if http.method == "HEAD":
        headers["Content-Length"] = str(len(body))
        body = b""
    return HttpResponse(body, answer.status, headers)


def _unpacked(body: bytes, largest: int) -> bytes:
    """A gzip body, no further than the limit.

    Raises:
        Refusal: 400 not gzip, 413 too large.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, largest + 1)
    except zlib.error as error:
        raise Refusal(400, "structure", "cdr.not-json", "gzip") from error
    if len(plain) > largest:
        raise Refusal(413, "too-long", "cdr.too-large")
    return plain
