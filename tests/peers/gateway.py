"""What stands between a ward and a hospital's repository: the sign-in, and the cable.

A repository such as HAPI FHIR has no users. Hospitals put a gateway before it that asks for a
token; here it is the demo directory's sign-in, and everything under `/fhir` is handed on.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Self

import requests
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.kernel.clock import SystemClock
from resources.demo.staff import users
from sync.cdr.connections import Connections
from sync.cdr.directory import StaffDirectory, hash_password
from sync.cdr.sign_in import SignIn, challenge, sign_in_routes

_NOT_HANDED_ON = frozenset(
    {
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "keep-alive",
        "transfer-encoding",
    }
)


class Gateway:
    """`with Gateway(repository) as gateway: … gateway.base_url`.

    Attributes:
        plugged: Whether the cable is in; out, every connection is cut before anything is done.
        meanwhile: Done once, right before the next transaction is handed on: what a colleague
            does between our last look and our write.
        sent: Bodies of the transactions that were handed on.
    """

    def __init__(self, repository: str) -> None:
        self.plugged = True
        self.meanwhile: Callable[[], object] | None = None
        self.sent: list[bytes] = []
        self._repository = repository.rstrip("/")
        self._directory = StaffDirectory(None, SystemClock())
        for user in users():
            self._directory.put_user(
                user.username,
                hash_password(user.password),
                f"Practitioner/{user.practitioner}",
                user.display.zh,
                user.role,
                user.display.en,
            )
        self._connections = Connections()
        self._http = requests.Session()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="gateway")
        self._worker.submit(int).result()  # its thread is there before a test counts threads
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(128)
        self._server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=self._routes()),
                http=self._connections.protocol(),
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                date_header=False,
                server_header=False,
                timeout_graceful_shutdown=5,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="gateway-loop"
        )

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/fhir"

    @contextmanager
    def unplugged(self) -> Iterator[None]:
        """Pull the cable for a while."""
        self.plugged = False
        try:
            yield
        finally:
            self.plugged = True

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._worker.shutdown()
        self._socket.close()
        self._http.close()
        self._directory.close()

    def _routes(self) -> list[Route]:
        signing = SignIn(
            self._directory,
            SystemClock(),
            clients=frozenset({"wardone"}),
            demo_sign_in=True,
            admin_secret="",
        )
        fhir = _Face(self)
        return [*sign_in_routes(signing), Route("/fhir", fhir), Route("/fhir/{path:path}", fhir)]

    async def answer(self, http: Request) -> Response | None:
        """The repository's answer; None when the cable is out."""
        body = await http.body()
        if not self.plugged:
            self._connections.cut(http.client)
            return None
        kind, _, token = http.headers.get("authorization", "").partition(" ")
        path = str(http.path_params.get("path", ""))
        admitted = kind.lower() == "bearer" and self._directory.bearer(token) is not None
        if path != "metadata" and not admitted:
            return Response(status_code=401, headers={"WWW-Authenticate": challenge()})
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, self._handed_on, http, body)

    def _handed_on(self, http: Request, body: bytes) -> Response:
        """Host is kept, so that the repository's links lead through this gateway."""
        if http.method == "POST" and not http.path_params.get("path"):
            self.sent.append(body)
            act, self.meanwhile = self.meanwhile, None
            if act is not None:
                act()
        address = self._repository + http.url.path.removeprefix("/fhir")
        if http.url.query:
            address += f"?{http.url.query}"
        sent = {k: v for k, v in http.headers.items() if k not in _NOT_HANDED_ON}
        got = self._http.request(
            http.method, address, headers=sent, data=body, timeout=120, allow_redirects=False
        )
        kept = {k: v for k, v in got.headers.items() if k.lower() not in _NOT_HANDED_ON}
        return Response(got.content, got.status_code, kept)


class _Face:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._gateway.answer(Request(scope, receive))
        if answer is None:
            while (await receive())["type"] != "http.disconnect":
                continue
            return
        await answer(scope, receive, send)
