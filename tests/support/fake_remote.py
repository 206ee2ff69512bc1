"""Fakes of what remote checks read and keep; held to tests/contracts/test_remote_contract.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.terms import OrderId, PatientId, Ref
from app.fhir.cds_hooks import Feedback, HookCall
from app.fhir.document import Document
from app.ports.remote_checks import Asked, LateResponse, ServiceAnswer, WaitingFeedback


@dataclass
class FakePrefetchReads:
    """`PrefetchReads` over documents by patient; a type that is not `followed` is not whole."""

    documents: dict[PatientId, list[Document]] = field(default_factory=dict)
    nobodys: list[Document] = field(default_factory=list)
    followed: frozenset[str] = frozenset({"Patient", "Observation", "MedicationRequest"})
    complete: set[PatientId] = field(default_factory=set)
    read: list[str] = field(default_factory=list)

    def whole(self, patient: PatientId, rtype: str) -> tuple[Document, ...] | None:
        self.read.append(rtype)
        if rtype not in self.followed or patient not in self.complete:
            return None
        held = self.documents.get(patient, [])
        found = [one for one in held if one["resourceType"] == rtype]
        return tuple(sorted(found, key=lambda one: str(one["id"])))

    def one(self, patient: PatientId, ref: Ref) -> Document | None:
        self.read.append(ref)
        for held in (*self.documents.get(patient, []), *self.nobodys):
            if f"{held['resourceType']}/{held['id']}" == ref:
                return held
        return None


@dataclass
class FakeRemoteAnswers:
    """`RemoteAnswers` in memory."""

    late: dict[tuple[str, str], LateResponse] = field(default_factory=dict)
    orders: dict[tuple[str, str], OrderId] = field(default_factory=dict)
    waiting: dict[int, tuple[WaitingFeedback, datetime]] = field(default_factory=dict)
    numbers: int = 0

    def keep_late(self, late: LateResponse) -> None:
        self.late[late.instance, late.service] = late

    def attach(self, instance: str, orders: Mapping[str, OrderId], at: datetime) -> None:
        del at
        for line, order in orders.items():
            self.orders.setdefault((instance, line), order)

    def late_of(self, order: OrderId) -> tuple[LateResponse, ...]:
        asked = {instance for (instance, _), one in self.orders.items() if one == order}
        found = [one for one in self.late.values() if one.instance in asked]
        found.sort(key=lambda one: one.service)
        return tuple(sorted(found, key=lambda one: one.at, reverse=True))

    def put(self, service: str, body: bytes, at: datetime) -> None:
        self.numbers += 1
        self.waiting[self.numbers] = (WaitingFeedback(self.numbers, service, body, 0), at)

    def due(self, now: datetime, limit: int) -> tuple[WaitingFeedback, ...]:
        return tuple(one for one, at in self.waiting.values() if at <= now)[:limit]

    def heard(self, number: int) -> None:
        self.waiting.pop(number, None)

    def put_off(self, number: int, until: datetime) -> None:
        one, _ = self.waiting[number]
        later = WaitingFeedback(one.number, one.service, one.body, one.attempts + 1)
        self.waiting[number] = (later, until)


@dataclass
class FakeRemoteChecks:
    """`RemoteChecks` that says what it was told to say."""

    answers: tuple[ServiceAnswer, ...] = ()
    late: dict[OrderId, tuple[ServiceAnswer, ...]] = field(default_factory=dict)
    asked: list[HookCall] = field(default_factory=list)
    attached: dict[str, dict[str, OrderId]] = field(default_factory=dict)
    replies: list[tuple[str, Feedback]] = field(default_factory=list)

    def ask(self, call: HookCall) -> Asked:
        self.asked.append(call)
        return Asked(call.instance, self.answers)

    def signed(self, instance: str, orders: Mapping[str, OrderId]) -> None:
        self.attached[instance] = dict(orders)

    def of_order(self, order: OrderId) -> tuple[ServiceAnswer, ...]:
        return self.late.get(order, ())

    def reply(self, service: str, feedback: Feedback) -> None:
        self.replies.append((service, feedback))
