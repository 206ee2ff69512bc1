"""Remote checks over a real service on 127.0.0.1, with time that stands still."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from joserfc.jwk import KeySet

from app.domain.terms import PatientId
from app.fhir.cds_hooks import HookCall
from app.fhir.document import Document
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.clock import RandomIds
from app.ports.remote_checks import ServiceAnswer
from sync.cds_hooks.allowed import AllowedService, AllowList
from sync.cds_hooks.checks import HookChecks, Parts
from sync.cds_hooks.exchange import Exchange
from sync.cds_hooks.tokens import ServiceKey, ServiceTokens, TokenCheck
from sync.store_lane import Turn, at_once
from tests.support.builders import a_patient
from tests.support.cache_kit import SteppedClock
from tests.support.fake_remote import FakePrefetchReads, FakeRemoteAnswers
from tests.support.hook_house import HookHouse, cards, services
from tests.support.order_builders import a_medication_request

LI = PatientId("li-ming")
DISCOVERY, CALL = "/cds-services", "/cds-services/pass"
FEEDBACK = "/cds-services/pass/feedback"
DRAFT = a_medication_request("d1", status="draft")
HOOKS = frozenset({"order-sign", "order-select", "patient-view"})


@dataclass
class Desk:
    """One workstation and the service it asks."""

    house: HookHouse
    checks: HookChecks
    clock: SteppedClock
    reads: FakePrefetchReads
    answers: FakeRemoteAnswers
    tokens: TokenCheck
    news: list[Changed] = field(default_factory=list)
    told: threading.Event = field(default_factory=threading.Event)

    def ask(self, hook: str = "order-sign", instance: str = "i-1") -> ServiceAnswer:
        (answer,) = self.checks.ask(a_call(hook, instance)).answers
        return answer


def a_call(hook: str = "order-sign", instance: str = "i-1") -> HookCall:
    user = "Practitioner/dr-wang"
    return HookCall(hook, instance, user, LI, "stay-1", (("d1", DRAFT),), ("d1",))


@contextmanager
def a_desk(
    *more: AllowedService,
    soft_seconds: float = 5.0,
    seconds: float = 5.0,
    turn: Turn = at_once,
) -> Iterator[Desk]:
    """A service `pass` that offers all hooks and has no card, called by the name 合理用药."""
    with HookHouse() as house:
        house.answers = {DISCOVERY: services(*sorted(HOOKS)), CALL: cards()}
        clock, kept = SteppedClock(), dict[str, bytes]()
        key = ServiceKey(kept.get, kept.__setitem__)
        tokens = ServiceTokens(key, "wardone.hospital.example", clock, RandomIds())
        patient: Document = a_patient()
        reads = FakePrefetchReads({LI: [patient]}, complete={LI})
        answers, feed = FakeRemoteAnswers(), ChangeFeed()
        mine = AllowedService(house.base, "pass", "合理用药", HOOKS)
        checks = HookChecks(
            Parts(
                AllowList((mine, *more)),
                Exchange(tokens.bearer, seconds=seconds, ca_bundle=""),
                reads,
                answers,
                clock,
                turn,
                feed,
                soft_seconds,
            )
        )
        known = KeySet.import_key_set(key.public())  # type: ignore[arg-type]  # a JWKS
        desk = Desk(house, checks, clock, reads, answers, TokenCheck(known, clock))

        def hear(news: Changed) -> None:
            desk.news.append(news)
            desk.told.set()

        feed.listen(hear)
        try:
            yield desk
        finally:
            for one in house.answers.values():
                if one.hold is not None:
                    one.hold.set()
            checks.close()
