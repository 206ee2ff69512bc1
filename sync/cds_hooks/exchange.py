"""HTTP to a decision-support service: short, small, never redirected, every failure a value."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import requests

from sync.cds_hooks.allowed import is_allowed_address
from sync.transport_watch import Watch, WatchedAdapter

MOST_BYTES = 1024 * 1024
"""Of an answer. Cards are sentences; a megabyte of them is no decision support."""
_CHUNK = 64 * 1024
_CONNECT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whole."""

    status: int
    body: bytes
    is_json: bool


@dataclass(frozen=True, slots=True)
class NoReply:
    """Nothing that can be used. `detail` names types, never an address with a patient in it.

    Attributes:
        reached: Somebody was there.
    """

    reached: bool
    detail: str


class _Wire:
    """One connection, kept alive between calls; one call at a time."""

    def __init__(self) -> None:
        self.watch = Watch()
        self.session = requests.Session()
        self.session.auth = _as_it_is
        self.session.headers["Accept"] = "application/json"
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, WatchedAdapter(self.watch))


class Exchange:
    """Calls services. Safe on any thread: every call has a connection of its own."""

    def __init__(self, bearer: Callable[[str], str], *, seconds: float, ca_bundle: str) -> None:
        """Bind to the tokens.

        Args:
            bearer: The token for a call of an address.
            seconds: The longest that a call may take in all.
            ca_bundle: The hospital's certificate authorities, or "".
        """
        self._bearer = bearer
        self._seconds = seconds
        self._verify: str | bool = ca_bundle or True
        self._lock = threading.Lock()
        self._idle: list[_Wire] = []
        self._busy: set[_Wire] = set()
        self._closed = False

    def get(self, address: str) -> Reply | NoReply:
        return self._call("GET", address, None)

    def post(self, address: str, body: bytes) -> Reply | NoReply:
        return self._call("POST", address, body)

    def close(self) -> None:
        """End every call that is under way; those after this are not made."""
        with self._lock:
            self._closed = True
            for wire in self._busy:
                wire.watch.cut()
            for wire in self._idle:
                wire.session.close()
            self._idle.clear()

    def _call(self, method: str, address: str, body: bytes | None) -> Reply | NoReply:
        if not is_allowed_address(address):
            return NoReply(reached=False, detail="neither TLS nor this machine")
        headers = {"Authorization": f"Bearer {self._bearer(address)}"}
        if body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        with self._wire() as wire:
            if wire is None:
                return NoReply(reached=False, detail="closed")
            return self._on(wire, requests.Request(method, address, headers, data=body))

    def _on(self, wire: _Wire, asked: requests.Request) -> Reply | NoReply:
        try:
            with (
                wire.watch.lasting(self._seconds),
                contextlib.closing(
                    wire.session.request(
                        asked.method or "",
                        asked.url or "",
                        headers=asked.headers,
                        data=asked.data or None,
                        timeout=(min(self._seconds, _CONNECT_SECONDS), self._seconds),
                        stream=True,
                        # A redirect would carry a patient to somebody who is not on the list.
                        allow_redirects=False,
                        verify=self._verify,
                    )
                ) as response,
            ):
                found = _read(response)
        except requests.exceptions.ConnectionError as error:
            found = NoReply(reached=False, detail=type(error).__name__)
        except (requests.exceptions.RequestException, ValueError) as error:
            found = NoReply(reached=True, detail=type(error).__name__)
        return NoReply(reached=True, detail="too slow") if wire.watch.is_over else found

    @contextlib.contextmanager
    def _wire(self) -> Iterator[_Wire | None]:
        with self._lock:
            wire = None if self._closed else self._taken()
            if wire is not None:
                self._busy.add(wire)
        try:
            yield wire
        finally:
            if wire is not None:
                self._give_back(wire)

    def _taken(self) -> _Wire:
        return self._idle.pop() if self._idle else _Wire()

    def _give_back(self, wire: _Wire) -> None:
        with self._lock:
            self._busy.discard(wire)
            if not self._closed and not wire.watch.is_over:
                self._idle.append(wire)
                return
        wire.session.close()


def _read(response: requests.Response) -> Reply | NoReply:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            return NoReply(reached=True, detail=f"more than {MOST_BYTES} bytes")
    kind = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    is_json = kind == "application/json" or kind.endswith("+json")
    return Reply(response.status_code, bytes(body), is_json)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No credentials but our own: a password file of the account must not replace the token."""
    return request
