"""Keeps the Subscriptions of this workstation at the server: asked for, renewed, taken back."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.fhir.capability import read_capability
from app.fhir.document import to_bytes
from app.fhir.subscriptions import read_subscription, write_subscription
from app.kernel.clock import Clock
from sync.announcing import Wish, websocket_address
from sync.exchange import Exchanged, exchange
from sync.transport import Remote, Request
from sync.verdicts import Attempt

log = logging.getLogger(__name__)

LIFE = timedelta(hours=12)
"""How long a Subscription lives unless it is renewed."""
_TRIES = 10
_BETWEEN_SECONDS = 1.0
_JSON = {"Content-Type": "application/fhir+json; charset=utf-8", "Prefer": "return=minimal"}


class NotOfferedError(Exception):
    """The server announces nothing, or not to us."""


class NotReachedError(Exception):
    """No answer, or none that means anything; it may be another a moment later."""


@dataclass(frozen=True, slots=True)
class Arranged:
    """What the server keeps watch for, and where it says so."""

    address: str
    names: tuple[str, ...]


class Subscriptions:
    """One for each wish, under ids that are the same after every start.

    `rest` waits so many seconds and answers whether to give up. `websocket` is where the server
    announces, for one that does not say so (HAPI JPA 8.8.0 does not).
    """

    def __init__(
        self, remote: Remote, clock: Clock, rest: Callable[[float], bool], websocket: str = ""
    ) -> None:
        self._remote = remote
        self._clock = clock
        self._rest = rest
        self._websocket = websocket
        self._names: frozenset[str] = frozenset()

    def arrange(self, wanted: tuple[Wish, ...]) -> Arranged:
        """Ask for every wish, or renew it, and wait until the server has taken it up.

        Raises:
            NotOfferedError: It has no websocket, or takes no Subscription of ours.
            NotReachedError: It did not answer, wants a sign-in, or failed.
        """
        address, now = self._where()
        self._drop(self._names - {one.id for one in wanted})
        taken = tuple(one.id for one in wanted if self._put(one, now + LIFE))
        self._names = frozenset(taken)
        active = tuple(name for name in taken if self._is_active(name))
        if len(active) < len(wanted):
            log.info("subscriptions: %d of %d are active", len(active), len(wanted))
        if not active:
            raise NotOfferedError("no Subscription was taken")
        return Arranged(address, active)

    def take_back(self) -> None:
        """On leaving. What stays, because the server is not there, ends by itself."""
        with contextlib.suppress(NotReachedError):
            self._drop(self._names)
        self._names = frozenset()

    def _where(self) -> tuple[str, datetime]:
        """Where it announces, and what time it is there."""
        seen = self._ask(Request("GET", "metadata"))
        capability = read_capability(seen.document) if seen.document is not None else None
        if capability is None:
            raise NotReachedError(seen.verdict.detail)
        offered = self._websocket or capability.websocket
        address = websocket_address(self._remote.base_url, offered)
        if not address:
            raise NotOfferedError("no websocket at the address of the server")
        return address, seen.date or self._clock.now()

    def _put(self, wish: Wish, end: datetime) -> bool:
        body = to_bytes(write_subscription(wish.id, wish.criteria, end))
        seen = self._ask(Request("PUT", f"Subscription/{wish.id}", _JSON, body))
        return seen.status in (200, 201)

    def _is_active(self, name: str) -> bool:
        """Whether the server has taken it up, which it may do a moment later."""
        request = Request("GET", f"Subscription/{name}", {"Cache-Control": "no-cache"})
        for _ in range(_TRIES):
            seen = self._ask(request)
            found = read_subscription(seen.document) if seen.document is not None else None
            if found is None or found.status != "requested":
                return found is not None and found.status == "active"
            if self._rest(_BETWEEN_SECONDS):
                raise NotReachedError("closing")
        return False

    def _drop(self, names: frozenset[str]) -> None:
        for name in sorted(names):
            self._ask(Request("DELETE", f"Subscription/{name}"))

    def _ask(self, request: Request) -> Exchanged:
        seen = exchange(self._remote, request, Attempt.READ)
        if not seen.answered or seen.status == 401 or seen.status >= 500:
            raise NotReachedError(seen.verdict.detail)
        return seen
