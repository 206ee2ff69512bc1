"""Waits on 127.0.0.1 for the browser to come back from a sign-in (RFC 8252 §7.3)."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Mapping
from typing import Self
from urllib.parse import parse_qs, urlsplit

from app.kernel.faults import FaultKind, app_error

_PAGE = (
    "<!doctype html><meta charset='utf-8'><title>WardOne</title>"
    "<p style='font:16px sans-serif;margin:3em'>WardOne: 可以关闭此页并回到工作站。<br>"
    "You may close this page and return to the workstation.</p>"
)
_BEAT = 0.2


class Loopback:
    """Takes the one redirect of one sign-in, on a port that was free.

    Attributes:
        redirect: The address to give the hospital.
    """

    def __init__(self) -> None:
        self._arrived = threading.Event()
        self._query: dict[str, list[str]] = {}
        self._server = _Server(("127.0.0.1", 0), _handler(self._take))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": _BEAT}, name="sign-in"
        )
        self.redirect = f"http://127.0.0.1:{self._server.server_address[1]}/callback"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, patience: float, cancelled: Callable[[], bool]) -> Mapping[str, list[str]]:
        """The query that came back, within `patience` seconds.

        Raises:
            AppError: `REFUSED` when the user gave up or nothing came.
        """
        for _ in range(max(1, round(patience / _BEAT))):
            if self._arrived.wait(_BEAT):
                return self._query
            if cancelled():
                raise app_error(FaultKind.REFUSED, "fault.cancelled", "sign-in cancelled")
        raise app_error(FaultKind.REFUSED, "signin.browser-timeout", "no redirect in time")

    def _take(self, query: dict[str, list[str]]) -> None:
        if not self._arrived.is_set():
            self._query = query
            self._arrived.set()


class _Server(http.server.ThreadingHTTPServer):
    # On Windows that option would let another program listen on the same port.
    allow_reuse_address = False


def _handler(
    take: Callable[[dict[str, list[str]]], None],
) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 10  # browsers open connections that they never use

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path != "/callback":
                self.send_error(404)
                return
            body = _PAGE.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(body)
            take(parse_qs(parts.query))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Say nothing: the query holds a code."""

    return Handler
