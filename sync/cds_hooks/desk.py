"""One service: discovered when it must be, asked once, its failures counted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from app.fhir.cds_hooks import (
    HookCall,
    Response,
    Service,
    read_response,
    read_services,
    write_request,
)
from app.fhir.cds_json import parse_json
from app.fhir.document import Json, to_bytes
from app.kernel.clock import Clock
from app.kernel.faults import AppError, Message
from app.ports.remote_checks import Came, ServiceAnswer
from sync.cds_hooks.allowed import AllowedService
from sync.cds_hooks.breaker import Breaker
from sync.cds_hooks.exchange import Exchange, NoReply, Reply

FRESH_SECONDS = 3600.0
"""Age at which a discovery document is asked for again."""
_AGAIN_SECONDS = 60.0

Satisfy = Callable[[Mapping[str, str]], Mapping[str, Json]]
"""Templates of a service → what they find, for those that can be answered."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, and the bytes it was read from (b"" where there are none)."""

    answer: ServiceAnswer
    body: bytes = b""


class ServiceDesk:
    """Asks one service. Safe on any thread."""

    def __init__(self, service: AllowedService, exchange: Exchange, clock: Clock) -> None:
        self.service = service
        self._exchange = exchange
        self._clock = clock
        self._breaker = Breaker(clock)
        self._lock = threading.Lock()
        self._offered: tuple[Service, ...] | None = None
        self._ask_again_at = float("-inf")

    def ask(self, call: HookCall, satisfy: Satisfy) -> Heard:
        """Ask it, unless it is left alone. Raises nothing for what it does."""
        if not self._breaker.admits():
            return self._nothing(Came.PAUSED, Message.of("cds.paused", name=self.service.name))
        failure = self.discover()
        if failure is not None:
            return failure
        mine = (self.service.id, call.hook)
        offered = next((one for one in self._offered or () if (one.id, one.hook) == mine), None)
        if offered is None:
            why = Message.of("cds.not-offered", name=self.service.name)
            return self._nothing(Came.FAILED, why)
        body = to_bytes(write_request(call, satisfy(dict(offered.prefetch))))
        return self._heard(self._exchange.post(self.service.endpoint, body), call)

    def discover(self) -> Heard | None:
        """Ask for what it offers unless that is known; answers why it is not known.

        What it offered an hour ago it still offers, as far as anybody here can say.
        """
        with self._lock:
            now = self._clock.monotonic()
            if self._offered is not None and now < self._ask_again_at:
                return None
            self._ask_again_at = now + _AGAIN_SECONDS
            value = self._json(self._exchange.get(self.service.discovery))
            if isinstance(value, Heard):
                return None if self._offered is not None else value
            try:
                self._offered = read_services(value.value)
            except AppError:
                return None if self._offered is not None else self._unreadable()
            self._ask_again_at = now + FRESH_SECONDS
            return None

    def _heard(self, reply: Reply | NoReply, call: HookCall) -> Heard:
        if isinstance(reply, Reply) and reply.status == HTTPStatus.PRECONDITION_FAILED:
            self._breaker.answered()
            return self._nothing(Came.NO_DATA, Message.of("cds.no-data", name=self.service.name))
        value = self._json(reply)
        if isinstance(value, Heard):
            return value
        try:
            response = read_response(value.value, call.shown)
        except AppError:
            return self._unreadable()
        self._breaker.answered()
        return Heard(answered(self.service, response), value.body)

    def _json(self, reply: Reply | NoReply) -> _Read | Heard:
        if isinstance(reply, NoReply):
            self._breaker.failed()
            if not reply.reached:
                why = Message.of("cds.offline", name=self.service.name)
                return self._nothing(Came.OFFLINE, why)
            return self._nothing(Came.FAILED, Message.of("cds.silent", name=self.service.name))
        if reply.status != HTTPStatus.OK or not reply.is_json:
            return self._unreadable()
        try:
            return _Read(parse_json(reply.body), reply.body)
        except AppError:
            return self._unreadable()

    def _unreadable(self) -> Heard:
        self._breaker.failed()
        return self._nothing(Came.FAILED, Message.of("cds.unreadable", name=self.service.name))

    def _nothing(self, came: Came, why: Message) -> Heard:
        return Heard(ServiceAnswer(self.service.id, self.service.name, came, why=why))


@dataclass(frozen=True, slots=True)
class _Read:
    value: Json
    body: bytes


def answered(service: AllowedService, response: Response) -> ServiceAnswer:
    """What a service said; with a word about what of it is not shown."""
    left_out = len(response.refused)
    return ServiceAnswer(
        service.id,
        service.name,
        Came.ANSWERED,
        response.cards,
        Message.of("cds.partly", name=service.name) if left_out else None,
        response.refused,
    )
