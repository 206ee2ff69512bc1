"""Cases to decide in memory behind the real service: a conflict, an overtaken act, a refusal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from app.domain.disputes import ActNamed, Dispute, DisputeKind
from app.domain.people import Session
from app.domain.sending import GroupState
from app.domain.terms import GroupId, PatientId, PractitionerId, Ref
from app.fhir.document import Document
from app.kernel.faults import AppError, Fault, FaultKind, Message
from app.ports.acts import Act
from app.ports.disputes import Decision, Sides
from app.services.access import AccessPolicy
from app.services.dispute_settling import DisputeSettling
from app.services.queue_keeping import QueueKeeping
from tests.support.desk_kit import NOW, StillClock
from tests.support.fake_keeping import FakeAccessAudit
from tests.support.fake_reads import FakeQueueReads
from tests.support.queue_kit import BUSY, SERVER_SAID, Station, a_group
from tests.unit.services.kit import ROLES, Numbers, clinician, session
from ui.disputes.presenter import Deciding

RIGHT = "rounds-at-eight"
WRONG = Fault(FaultKind.REFUSED, Message.of("vault.wrong-passphrase"))
ORDER = Ref("MedicationRequest/m-1")
ALLERGY = Ref("AllergyIntolerance/a-1")
LI = PatientId("li-ming")
STOPPED = ActNamed(
    GroupId("stopped"), "order.stop", PractitionerId("wang"), "王建国", NOW - timedelta(minutes=50)
)
PLACED = ActNamed(
    GroupId("placed"), "order.place", PractitionerId("wang"), "王建国", NOW - timedelta(minutes=20)
)
CONFLICT = Dispute(
    7, DisputeKind.BOTH_CHANGED, ORDER, LI, "李明", (STOPPED,), NOW - timedelta(minutes=40)
)
OVERTAKEN = Dispute(
    8, DisputeKind.CHANGED_SINCE_SIGNED, ALLERGY, LI, "李明", (PLACED,), NOW - timedelta(minutes=10)
)


def an_order(**elements: object) -> Document:
    order: Document = {
        "resourceType": "MedicationRequest",
        "id": "m-1",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "阿司匹林肠溶片 Aspirin"},
        "subject": {"reference": "Patient/li-ming", "display": "李明"},
        "requester": {"reference": "Practitioner/chen", "display": "陈国栋"},
        "authoredOn": "2026-11-23T09:00:00+08:00",
        "dosageInstruction": [
            {
                "text": "100 mg 口服 每日一次",
                "doseAndRate": [{"doseQuantity": {"value": Decimal(100), "unit": "mg"}}],
            }
        ],
    }
    return {**order, **elements}  # type: ignore[dict-item]  # JSON of the test's choosing


def both_sides() -> dict[int, Sides]:
    theirs = an_order(
        meta={"versionId": "4", "lastUpdated": "2026-11-24T05:20:00Z"},
        status="on-hold",
        statusReason={"text": "明日手术"},
    )
    allergy: Document = {
        "resourceType": "AllergyIntolerance",
        "id": "a-1",
        "meta": {"versionId": "2", "lastUpdated": "2026-11-24T05:50:00Z"},
        "code": {"text": "青霉素"},
        "criticality": "high",
        "recorder": {"display": "赵护士"},
    }
    mine = an_order(status="stopped", statusReason={"text": "出血"})
    return {
        7: Sides(CONFLICT, an_order(), mine, theirs, "4"),
        8: Sides(OVERTAKEN, None, None, allergy, "2"),
    }


@dataclass
class Bench:
    """The store, the queue and the second person, as far as decisions use them."""

    open_disputes: list[Dispute] = field(default_factory=lambda: [CONFLICT, OVERTAKEN])
    sides_now: dict[int, Sides] = field(default_factory=both_sides)
    kept: list[tuple[int, str]] = field(default_factory=list)
    taken_back: list[tuple[tuple[GroupId, ...], Decision]] = field(default_factory=list)
    fault: Fault | None = None
    station: Station = field(
        default_factory=lambda: Station(
            FakeQueueReads(
                [
                    a_group(
                        "refused", GroupState.REJECTED, 60, attempts=1, server_said=SERVER_SAID
                    ),
                    a_group("saved", GroupState.SAVED, 3),
                ]
            ),
            BUSY,
        )
    )

    @property
    def deciding(self) -> Deciding:
        clock = StillClock()
        policy = AccessPolicy(ROLES, FakeAccessAudit(), clock)
        settling = DisputeSettling(self, policy, _nobody_here, _is_order, clock, Numbers())
        queue: QueueKeeping = self.station.keeping
        return Deciding(settling, queue, self)  # type: ignore[arg-type]  # the method it uses

    # --- Disputes

    def disputes(self) -> tuple[Dispute, ...]:
        self._fail()
        return tuple(self.open_disputes)

    def sides(self, dispute: int) -> Sides | None:
        return self.sides_now.get(dispute)

    def resting_on(self, groups: Iterable[GroupId]) -> tuple[ActNamed, ...]:
        wanted = set(groups)
        known = {STOPPED.group: STOPPED, PLACED.group: PLACED}
        refused = replace(STOPPED, group=GroupId("refused"), act="note.sign")
        return tuple(known.get(group, refused) for group in wanted)

    def documents_of(self, groups: Iterable[GroupId]) -> tuple[Document, ...]:
        return (an_order(),) if STOPPED.group in groups else ()

    def keep_mine(self, dispute: int, act: Act, decision: Decision) -> None:
        self._fail()
        assert decision.reason == act.reason
        self.kept.append((dispute, act.reason))
        self.open_disputes = [one for one in self.open_disputes if one.id != dispute]

    def discard(self, groups: tuple[GroupId, ...], decision: Decision) -> tuple[Ref, ...]:
        self._fail()
        self.taken_back.append((groups, decision))
        self.open_disputes = [
            one for one in self.open_disputes if not any(a.group in groups for a in one.acts)
        ]
        self.station.reads.held = [
            one for one in self.station.reads.held if one.group not in groups
        ]
        return ()

    # --- the second person

    def second_person(self, username: str, passphrase: str) -> Session:
        if passphrase != RIGHT:
            raise AppError(WRONG)
        return session(clinician(key=username))

    def _fail(self) -> None:
        if self.fault is not None:
            raise AppError(self.fault)


def _nobody_here(patient: PatientId) -> None:
    """No chart is here, so none is closed to anybody."""
    del patient


def _is_order(document: Document) -> bool:
    return document["resourceType"] == "MedicationRequest"
