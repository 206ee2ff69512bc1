"""Asks the hospital's services at a moment, and does not wait for the slow ones."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache

from app.domain.terms import OrderId, PatientId, Ref
from app.fhir.cds_hooks import Feedback, HookCall, read_response, write_feedback
from app.fhir.cds_json import parse_json
from app.fhir.cds_prefetch import Shelf, satisfied
from app.fhir.document import Document, Json, to_bytes
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import AppError, Message
from app.ports.remote_checks import (
    Asked,
    Came,
    LateResponse,
    PrefetchReads,
    RemoteAnswers,
    ServiceAnswer,
)
from sync.cds_hooks.allowed import AllowedService, AllowList
from sync.cds_hooks.desk import Heard, ServiceDesk, answered
from sync.cds_hooks.exchange import Exchange
from sync.cds_hooks.feedback import FeedbackSending
from sync.store_lane import Turn

log = logging.getLogger(__name__)

SIGN = "order-sign"
LATE = "remote-card"
"""The kind of change that is published when an answer came late."""
_THREADS = 2
"""For each service: one that hangs holds up nobody but itself."""

_UNREAD = ServiceAnswer("", "", Came.FAILED, why=Message.of("cds.list-unreadable"))
"""Somebody may be on the hospital's list who was not asked."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the checks are made of.

    Attributes:
        turn: Brings writes to STORE.
        soft_seconds: How long a clinician waits for a service, at most.
    """

    allowed: AllowList
    exchange: Exchange
    reads: PrefetchReads
    answers: RemoteAnswers
    clock: Clock
    turn: Turn
    feed: ChangeFeed
    soft_seconds: float


class HookChecks:
    """`RemoteChecks` over CDS Hooks.

    Calls run on threads of their own: neither a round of the synchronisation nor a page waits for
    them, and they wait for nobody.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._desks = {
            one.id: ServiceDesk(one, parts.exchange, parts.clock) for one in parts.allowed.services
        }
        self._sending = FeedbackSending(parts.allowed, parts.exchange, parts.answers, parts.clock)
        self._pools = {
            one.id: ThreadPoolExecutor(_THREADS, thread_name_prefix="cds-hooks")
            for one in parts.allowed.services
        }
        self._errands = ThreadPoolExecutor(1, thread_name_prefix="cds-hooks-errands")
        self._door = threading.Lock()
        self._is_closed = self._is_nudged = False

    def ask(self, call: HookCall) -> Asked:
        with self._door:
            services = () if self._is_closed else self._parts.allowed.asked_at(call.hook)
            asked = [(one, self._pools[one.id].submit(self._ask, one, call)) for one in services]
        wait([future for _, future in asked], timeout=self._parts.soft_seconds)
        answers = [self._in_time(service, future, call) for service, future in asked]
        if self._parts.allowed.remarks and call.hook == SIGN:
            answers.append(_UNREAD)
        return Asked(call.instance, tuple(answers))

    def signed(self, instance: str, orders: Mapping[str, OrderId]) -> None:
        self._parts.answers.attach(instance, orders, self._parts.clock.now())

    def of_order(self, order: OrderId) -> tuple[ServiceAnswer, ...]:
        read = (self._reread(late) for late in self._parts.answers.late_of(order))
        return tuple(one for one in read if one is not None)

    def reply(self, service: str, feedback: Feedback) -> None:
        body = to_bytes(write_feedback((feedback,)))
        self._parts.answers.put(service, body, self._parts.clock.now())
        self.nudge()

    def nudge(self) -> None:
        """Send what waits and look what is offered, beside everything else. Returns at once.

        Where no service is listed there is nobody to send anything to.
        """
        with self._door:
            if self._desks and not self._is_closed and not self._is_nudged:
                self._is_nudged = True
                self._errands.submit(self._errand)

    def close(self) -> None:
        """End every call that is under way; what was not heard is sent the next time."""
        with self._door:
            self._is_closed = True
        self._parts.exchange.close()
        for pool in (*self._pools.values(), self._errands):
            pool.shutdown(wait=True, cancel_futures=True)

    def _ask(self, service: AllowedService, call: HookCall) -> Heard:
        return self._desks[service.id].ask(
            call, lambda templates: satisfied(templates, call.context, self._shelf(call))
        )

    def _shelf(self, call: HookCall) -> Shelf:
        """What one service may be answered from; every type is read once for all of its keys."""
        patient = PatientId(call.patient)

        @cache
        def whole(rtype: str) -> tuple[Document, ...] | None:
            return self._parts.reads.whole(patient, rtype)

        def one(reference: str) -> Document | None:
            return self._parts.reads.one(patient, Ref(reference))

        return Shelf(call.patient, whole, one, self._parts.allowed.value_sets)

    def _in_time(
        self, service: AllowedService, future: Future[Heard], call: HookCall
    ) -> ServiceAnswer:
        if future.done():
            return _said(service, future).answer
        future.add_done_callback(lambda done: self._came_late(service, done, call))
        why = Message.of("cds.late", name=service.name)
        return ServiceAnswer(service.id, service.name, Came.LATE, why=why)

    def _came_late(self, service: AllowedService, future: Future[Heard], call: HookCall) -> None:
        heard = _said(service, future)
        if not heard.body or call.hook != SIGN:
            return
        patient = PatientId(call.patient)
        late = LateResponse(call.instance, service.id, patient, self._parts.clock.now(), heard.body)
        try:
            self._parts.turn(lambda: self._parts.answers.keep_late(late))
        except AppError as error:
            log.warning("a late answer was not kept: %s", error.fault.message.code)
            return
        except RuntimeError:
            log.info("a late answer came while the program was closing")
            return
        self._parts.feed.publish(Changed(frozenset({LATE}), frozenset({call.patient})))

    def _reread(self, late: LateResponse) -> ServiceAnswer | None:
        """A card that came after the signature changes no draft: there is none any more."""
        service = self._parts.allowed.named(late.service)
        if service is None:
            service = AllowedService("", late.service, late.service, frozenset())
        value: Json = parse_json(late.body)
        return answered(service, read_response(value, {}))

    def _errand(self) -> None:
        with self._door:
            self._is_nudged = False  # what comes from now on is another errand
        for desk in self._desks.values():
            desk.discover()
        try:
            self._sending.send(self._parts.turn)
        except AppError as error:
            log.warning("feedback was not sent: %s", error.fault.message.code)


def _said(service: AllowedService, future: Future[Heard]) -> Heard:
    """What came; where it could not even be asked, why, in our own words."""
    if future.cancelled():
        return _unasked(service, Message.of("cds.silent", name=service.name))
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, AppError):
        log.info("a service was not asked: %s", error.fault.message.code)
        return _unasked(service, error.fault.message)
    # The type only: what a service is asked about is a patient.
    log.error("a remote check broke: %s", type(error).__name__)
    return _unasked(service, Message.of("cds.unreadable", name=service.name))


def _unasked(service: AllowedService, why: Message) -> Heard:
    return Heard(ServiceAnswer(service.id, service.name, Came.FAILED, why=why))
