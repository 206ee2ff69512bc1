"""The local engine as a CDS Hooks service on 127.0.0.1, for tests and other programs of the ward.

It answers out of what the caller sends, keeps nothing of it, and reads no cache.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from app.fhir.cds_json import parse_json
from app.fhir.document import Document, Json, to_bytes
from app.kernel.faults import AppError
from app.ports.hook_answering import Given, HookAnswering, Verdictless
from sync.cds_hooks.tokens import TokenCheck

HOST = "127.0.0.1"
MOST_BYTES = 16 * 1024 * 1024
"""Of a call: a chart of a long stay is 2 to 5 MB."""
_PATH = "/cds-services"
_NO_ANSWER = {
    Verdictless.UNKNOWN_SERVICE: HTTPStatus.NOT_FOUND,
    Verdictless.NOT_A_CALL: HTTPStatus.BAD_REQUEST,
    Verdictless.LACKS_DATA: HTTPStatus.PRECONDITION_FAILED,
}


@dataclass(frozen=True, slots=True)
class HookDoor:
    """Who may ask.

    Attributes:
        token: Given to whoever started this server, and made anew each time.
        clients: Tries tokens of clients whose keys are known; None where there are none.
    """

    token: str
    clients: TokenCheck | None = None

    @classmethod
    def of_this_start(cls, clients: TokenCheck | None = None) -> HookDoor:
        return cls(secrets.token_urlsafe(32), clients)

    def admits(self, header: str, endpoint: str) -> bool:
        """Whether the `Authorization` of a call of `endpoint` lets it in."""
        kind, _, token = header.partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            return False
        if self.clients is not None:
            return self.clients.admits(token.strip(), endpoint)
        return secrets.compare_digest(token.strip().encode(), self.token.encode())


class HookServer:
    """`with HookServer(answering, door) as server: … server.base_url`. Binds to 127.0.0.1 only."""

    def __init__(self, answering: HookAnswering, door: HookDoor, port: int = 0) -> None:
        self._answering = answering
        self._door = door
        self._port = port
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._worker: ThreadPoolExecutor | None = None

    @property
    def base_url(self) -> str:
        if self._socket is None:
            raise RuntimeError("the server has not been started")
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    def bind(self) -> None:
        """Take the port and build the server, once.

        Raises:
            OSError: the port is taken.
        """
        if self._server is not None:
            return
        # The protocol is named, or asyncio leaves Nagle on: 40 ms per answer.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if sys.platform != "win32":  # there it would let two servers share the port
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, self._port))
        except OSError:
            self._socket.close()
            self._socket = None
            raise
        self._socket.listen(64)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="cds-answering")
        self._worker.submit(int).result()
        config = uvicorn.Config(
            self._app(self._worker),
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        self._server = uvicorn.Server(config)

    def run(self) -> None:
        """Serve on this thread until it is asked to stop."""
        self.bind()
        if self._server is not None and self._socket is not None:
            self._server.run(sockets=[self._socket])

    def start(self) -> Self:
        """Serve on a thread. Raises as `bind`."""
        self.bind()
        self._thread = threading.Thread(target=self.run, name="cds-server")
        self._thread.start()
        return self

    def ask_to_stop(self) -> None:
        """Let `run` come to its end; from any thread."""
        if self._server is not None:
            self._server.should_exit = True

    def stop(self) -> None:
        """Answer what is under way and leave no thread. Who called `run` calls this after it."""
        self.ask_to_stop()
        if self._thread is not None:
            self._thread.join()
        if self._worker is not None:
            self._worker.shutdown()
        if self._socket is not None:
            self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _app(self, worker: ThreadPoolExecutor) -> Starlette:
        face = _Face(self._answering, self._door, worker)
        routes = [
            Route(_PATH, face.discover, methods=["GET"]),
            Route(f"{_PATH}/{{service}}", face.call, methods=["POST"]),
            Route(f"{_PATH}/{{service}}/feedback", face.feedback, methods=["POST"]),
        ]
        # A page in a browser must not reach this server under a name of its own choosing.
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
        return Starlette(routes=routes, middleware=[hosts])


class _Face:
    """Between HTTP and the engine, which runs on a thread of its own."""

    def __init__(
        self, answering: HookAnswering, door: HookDoor, worker: ThreadPoolExecutor
    ) -> None:
        self._answering = answering
        self._door = door
        self._worker = worker

    async def discover(self, request: Request) -> Response:
        if not self._is_let_in(request):
            return _empty(HTTPStatus.UNAUTHORIZED)
        return _json(self._answering.services())

    async def call(self, request: Request) -> Response:
        if not self._is_let_in(request):
            return _empty(HTTPStatus.UNAUTHORIZED)
        value = await _read(request)
        if isinstance(value, HTTPStatus):
            return _empty(value)
        loop = asyncio.get_running_loop()
        service = request.path_params["service"]
        answer = self._answering.answer
        given = await loop.run_in_executor(self._worker, answer, service, value.value)
        return _told(given)

    async def feedback(self, request: Request) -> Response:
        """Taken and let go: what became of a card is kept by the program that showed it."""
        if not self._is_let_in(request):
            return _empty(HTTPStatus.UNAUTHORIZED)
        value = await _read(request)
        return _empty(value) if isinstance(value, HTTPStatus) else _empty(HTTPStatus.OK)

    def _is_let_in(self, request: Request) -> bool:
        endpoint = f"{request.url.scheme}://{request.url.netloc}{request.url.path}"
        return self._door.admits(request.headers.get("authorization", ""), endpoint)


@dataclass(frozen=True, slots=True)
class _Body:
    value: Json


async def _read(request: Request) -> _Body | HTTPStatus:
    """The body as JSON, or the status to answer without having read all of it."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        # What a form of a web page can send is no JSON, so no page can ask without permission.
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BYTES:
                return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return _Body(parse_json(bytes(body)))
    except (AppError, ClientDisconnect):
        return HTTPStatus.BAD_REQUEST


def _told(given: Given) -> Response:
    if given.body is not None:
        return _json(given.body)
    status = _NO_ANSWER[given.why or Verdictless.NOT_A_CALL]
    if not given.missing:
        return _empty(status)
    return _json({"missing": list(given.missing)}, status)


def _json(body: Document, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(to_bytes(body), status, {"Cache-Control": "no-store"}, "application/json")


def _empty(status: HTTPStatus) -> Response:
    more = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    return Response(b"", status, more)


def serve(server: HookServer, *, ready: Callable[[HookServer], None]) -> None:
    """Serve on this thread until interrupted; `ready` hears of the bound server first.

    Raises:
        OSError: the port is taken.
    """
    try:
        server.bind()
        ready(server)
        with contextlib.suppress(KeyboardInterrupt):
            server.run()
    finally:
        server.stop()
