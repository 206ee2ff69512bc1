"""Runs the embedded CDR: as a process of its own, or in a thread of a test."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp

from app.fhir.document import Document, Json
from app.kernel.clock import Clock, Ids, RandomIds, SystemClock
from sync.cdr.connections import Connections
from sync.cdr.definitions import official
from sync.cdr.directory import Lifetimes, StaffDirectory
from sync.cdr.faces import Door, FhirFace
from sync.cdr.memory import MemoryStore
from sync.cdr.misbehaviour import Misbehaviour
from sync.cdr.model import CdrModel
from sync.cdr.ping_socket import PingSocket
from sync.cdr.sign_in import SignIn, challenge, sign_in_routes
from sync.cdr.sqlite import SqliteStore
from sync.cdr.store import Store
from sync.cdr.validation import R4Validator
from sync.cdr.values import Policy

HOST = "127.0.0.1"
_ANNOUNCING = "/websocket"


@dataclass(frozen=True, slots=True)
class CdrSettings:
    """How the embedded CDR is run. It binds to 127.0.0.1 whatever is set here.

    Attributes:
        database: The SQLite file; None keeps everything in memory.
        port: 0 takes a free one.
        policy: Where servers differ.
        sign_in: Whether a bearer token is asked for.
        demo_sign_in: Whether `POST /auth/demo-sign-in` exists (demo, training, tests).
        clients: Public clients that may ask for a code.
        lifetimes: Of tokens and codes.
        admin_secret: Switches `POST /auth/admin/…` on; empty keeps it off.
        largest_body: Bytes of a request, unpacked.
        announces: Whether Subscriptions are taken and announced on a websocket.
    """

    database: Path | None = None
    port: int = 0
    policy: Policy = field(default_factory=Policy)
    sign_in: bool = True
    demo_sign_in: bool = True
    clients: frozenset[str] = frozenset({"wardone"})
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    admin_secret: str = ""
    largest_body: int = 64 * 1024 * 1024
    announces: bool = True


@dataclass(frozen=True, slots=True)
class World:
    """Time, identity and accidents, so that a test may choose them."""

    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=RandomIds)
    misbehaviour: Misbehaviour | None = None


def open_store(database: Path | None) -> Store:
    """The store in a file, or in memory."""
    if database is None:
        return MemoryStore()
    return SqliteStore(database, official())


def open_directory(settings: CdrSettings, clock: Clock) -> StaffDirectory:
    """The staff directory: in its own file beside the database, so that a reload keeps it."""
    path = settings.database.with_suffix(".staff") if settings.database else None
    return StaffDirectory(path, clock, settings.lifetimes)


class EmbeddedCdr:
    """The whole server in one thread; `with EmbeddedCdr(settings) as cdr: … cdr.base_url`.

    Attributes:
        store: Where the resources are.
        model: The server behind the network.
        directory: Users and tokens.
        base_url: The FHIR base, known once it is started.
    """

    def __init__(self, settings: CdrSettings | None = None, world: World | None = None) -> None:
        self.settings = settings or CdrSettings()
        self._world = world or World()
        self.store = open_store(self.settings.database)
        self.directory = open_directory(self.settings, self._world.clock)
        self.model = CdrModel(
            self.store,
            clock=self._world.clock,
            ids=self._world.ids,
            definitions=official(),
            policy=self.settings.policy,
            validator=R4Validator(official()),
        )
        if self.settings.sign_in:
            self.model.security = _security
        if self.settings.announces:
            self.model.announce_at(_websocket)
        self._closed = False
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._worker: ThreadPoolExecutor | None = None

    @property
    def port(self) -> int:
        return int(self._bound().getsockname()[1])

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.origin}/fhir"

    def start(self) -> Self:
        """Listen. Requests are taken from now on: the socket queues them until the loop runs.

        Raises:
            OSError: the port is taken.
        """
        self.bind()
        self._thread = threading.Thread(target=self.run, name="embedded-cdr")
        self._thread.start()
        return self

    def run(self) -> None:
        """Serve on this thread until `stop`."""
        self.bind()
        if self._server is not None:
            self._server.run(sockets=[self._bound()])

    def ask_to_stop(self) -> None:
        """Let `run` come to its end; from any thread."""
        if self._world.misbehaviour is not None:
            self._world.misbehaviour.clear()
        if self._server is not None:
            self._server.should_exit = True

    def stop(self) -> None:
        """Answer what is under way, close everything, leave no thread. May be called twice.

        Who called `run` calls this after it; others `ask_to_stop`.
        """
        self.ask_to_stop()
        if self._thread is not None:
            self._thread.join()
        if self._worker is not None:
            self._worker.shutdown()
        if self._socket is not None:
            self._socket.close()
        if not self._closed:
            self.store.close()
            self.directory.close()
        self._closed = True

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _bound(self) -> socket.socket:
        if self._socket is None:
            raise RuntimeError("the server has not been started")
        return self._socket

    def bind(self) -> None:
        """Take the port and build the server, once.

        Raises:
            OSError: the port is taken.
        """
        if self._server is not None:
            return
        self._socket = socket.socket(
            socket.AF_INET,
            socket.SOCK_STREAM,
            socket.IPPROTO_TCP,  # named, or asyncio leaves Nagle on: 40 ms per answer
        )
        if sys.platform != "win32":  # there it would let two servers share the port
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, self.settings.port))
        except OSError:
            self._socket.close()
            self._socket = None
            raise
        self._socket.listen(128)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="embedded-cdr-model")
        self._worker.submit(int).result()  # its thread is there before the first request
        connections = Connections()
        config = uvicorn.Config(
            self._app(connections, self._worker),
            http=connections.protocol(),
            ws="websockets-sansio" if self.settings.announces else "none",
            ws_max_size=4096,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            date_header=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        self._server = uvicorn.Server(config)

    def _app(self, connections: Connections, worker: ThreadPoolExecutor) -> ASGIApp:
        settings, directory = self.settings, self.directory
        door = Door(lambda token: directory.bearer(token) is not None, challenge())
        face = FhirFace(
            self.model,
            worker,
            door=door if settings.sign_in else None,
            misbehaviour=self._world.misbehaviour,
            cut=connections.cut,
            largest=settings.largest_body,
        )
        routes: list[BaseRoute] = []
        if settings.sign_in:
            routes += sign_in_routes(
                SignIn(
                    directory,
                    self._world.clock,
                    clients=settings.clients,
                    demo_sign_in=settings.demo_sign_in,
                    admin_secret=settings.admin_secret,
                )
            )
        if settings.announces:
            socket_door = door if settings.sign_in else None
            routes.append(WebSocketRoute(_ANNOUNCING, PingSocket(self.model, worker, socket_door)))
        routes += [Route("/fhir", face), Route("/fhir/{path:path}", face)]
        # a page in a browser must not reach this server under a name of its own choosing
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
        return Starlette(routes=routes, middleware=[hosts])


def start_in_thread(settings: CdrSettings | None = None, world: World | None = None) -> EmbeddedCdr:
    """A started server; the caller stops it."""
    return EmbeddedCdr(settings, world).start()


def serve(
    settings: CdrSettings, *, ready: Callable[[EmbeddedCdr], None], world: World | None = None
) -> None:
    """Serve on this thread until interrupted; `ready` hears of the bound server first.

    Raises:
        OSError: the port is taken.
    """
    cdr = EmbeddedCdr(settings, world)
    try:
        cdr.bind()
        ready(cdr)
        with contextlib.suppress(KeyboardInterrupt):
            cdr.run()
    finally:
        cdr.stop()


def _websocket(base: str) -> str:
    """Where a server with this base address announces changes."""
    scheme, _, rest = base.removesuffix("/fhir").partition("://")
    return f"{'wss' if scheme == 'https' else 'ws'}://{rest}{_ANNOUNCING}"


def _security(base: str) -> Document:
    """`CapabilityStatement.rest.security` of a SMART server."""
    issuer = base.removesuffix("/fhir") + "/auth"
    ends: list[Json] = [
        {"url": name, "valueUri": f"{issuer}/{name}"} for name in ("authorize", "token", "revoke")
    ]
    service: Json = {
        "coding": [
            {
                "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                "code": "SMART-on-FHIR",
            }
        ]
    }
    uris = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
    return {"extension": [{"url": uris, "extension": ends}], "service": [service]}
