"""A decision-support service on 127.0.0.1 that does what a test tells it to."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from app.fhir.document import Json

JSON = "application/json"
A_CARD: dict[str, Json] = {
    "uuid": "c-1",
    "summary": "Look at the potassium.",
    "indicator": "warning",
    "source": {"label": "PASS"},
}


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: dict[str, Json]

    @property
    def token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")


@dataclass
class Says:
    """What the house answers; `hold` is waited for first."""

    status: int = 200
    body: bytes = b"{}"
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    hold: threading.Event | None = None


def says(value: Json, **how: object) -> Says:
    return Says(body=json.dumps(value).encode(), **how)  # type: ignore[arg-type]  # as given


def cards(*given: Json, **how: object) -> Says:
    return says({"cards": list(given)}, **how)


def services(*hooks: str, prefetch: Mapping[str, str] | None = None, key: str = "pass") -> Says:
    return says(
        {
            "services": [
                {"id": key, "hook": hook, "description": "d", "prefetch": dict(prefetch or {})}
                for hook in hooks
            ]
        }
    )


class HookHouse:
    """Serves until the block ends; `answers` may be changed at any time.

    Attributes:
        answers: Path below the base → what is said.
        asked: Every request, in order.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Says] = {}
        self.asked: list[Asked] = []
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="hook-house"
        )

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def of(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path == path]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in self.answers.values():
            if one.hold is not None:
                one.hold.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, *_: object) -> None:
        """Somebody hung up: that is what some tests are about."""


def _handler(house: HookHouse) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = json.loads(self.rfile.read(length)) if length else {}
            house.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            found = house.answers.get(self.path, Says(404))
            if found.hold is not None:
                found.hold.wait(5)
            self.send_response(found.status)
            self.send_header("Content-Type", found.kind)
            self.send_header("Content-Length", str(len(found.body)))
            self.send_header("Connection", "close")
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Say nothing."""

    return Handler
