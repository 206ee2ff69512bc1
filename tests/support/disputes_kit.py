"""Cases to decide in memory behind the real service: a conflict, an overtaken act, a refusal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from app.domain.disputes import ActNamed, Dispute, DisputeKind
from app.domain.people import Privilege, Session
from app.domain.sending import GroupState
from app.domain.terms import GroupId, PatientId, PractitionerId, Ref
from app.fhir.building import quantity_of
from app.fhir.document import Document
from app.fhir.provenance import write_provenance
from app.fhir.valuesets import FREQUENCY, ROUTE
from app.kernel.faults import AppError, Fault, FaultKind, Message
from app.ports.acts import Act
from app.ports.disputes import Decision, Sides
from app.services.access import AccessPolicy
from app.services.act_export import ActExport
from app.services.act_making import ActMaker
from app.services.decision_rules import DecisionRules
from app.services.dispute_settling import DisputeSettling
from app.services.order_settling import OrderSettling
from app.services.queue_keeping import QueueKeeping
from app.services.signing import SigningRules
from tests.support.desk_kit import NOW, StillClock
from tests.support.fake_acts import FakeActs
from tests.support.fake_doses import planning
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
DOSED = ActNamed(
    GroupId("dosed"), "order.place", PractitionerId("wang"), "王建国", NOW - timedelta(minutes=25)
)
DOSE_CHANGED = Dispute(
    12,
    DisputeKind.BOTH_CHANGED,
    Ref("MedicationRequest/m-2"),
    LI,
    "李明",
    (DOSED,),
    NOW - timedelta(minutes=22),
)
"""Two orders that both hold: each can be ordered anew."""
OVERTAKEN = Dispute(
    8, DisputeKind.CHANGED_SINCE_SIGNED, ALLERGY, LI, "李明", (PLACED,), NOW - timedelta(minutes=10)
)


TWICE = Dispute(
    9,
    DisputeKind.DUPLICATE_ACT,
    Ref("MedicationAdministration/second"),
    LI,
    "李明",
    (),
    NOW - timedelta(minutes=5),
    "same-slot",
)


def a_dose(key: str, nurse: str, at: str) -> Document:
    return {
        "resourceType": "MedicationAdministration",
        "id": key,
        "status": "completed",
        "medicationCodeableConcept": {"text": "阿司匹林肠溶片 Aspirin"},
        "subject": {"reference": "Patient/li-ming"},
        "effectiveDateTime": at,
        "performer": [{"actor": {"display": nurse}}],
    }


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


def two_orders() -> Sides:
    """Mine and theirs both hold, and differ in the dose."""

    def dosed(amount: int) -> Document:
        row: Document = {
            "text": f"{amount} mg 口服 每日一次",
            "doseAndRate": [{"doseQuantity": quantity_of(Decimal(amount), "mg", "mg")}],
            "route": {"coding": [{"system": ROUTE, "code": "PO"}], "text": "口服"},
            "timing": {"code": {"coding": [{"system": FREQUENCY, "code": "qd"}], "text": "qd"}},
        }
        return an_order(id="m-2", dosageInstruction=[row], encounter={"reference": "Encounter/e-1"})

    theirs = dosed(50) | {"meta": {"versionId": "3", "lastUpdated": "2026-11-24T05:40:00Z"}}
    told = write_provenance(
        provenance_id="p-3",
        targets=(DOSE_CHANGED.ref,),
        author=PractitionerId("chen"),
        author_name="陈国栋",
        occurred=NOW - timedelta(minutes=23),
        recorded=NOW - timedelta(minutes=23),
        activity="order.change",
        reason="肾功能减退",
    )
    return Sides(DOSE_CHANGED, dosed(75), dosed(100), theirs, "3", "stamp", (told,))


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
        12: two_orders(),
        9: Sides(
            TWICE,
            None,
            a_dose("second", "赵护士", "2026-11-24T05:31:00Z"),
            a_dose("first", "钱护士", "2026-11-24T05:02:00Z"),
            "",
        ),
    }


@dataclass
class Bench:
    """The store, the queue and the second person, as far as decisions use them."""

    open_disputes: list[Dispute] = field(default_factory=lambda: [CONFLICT, OVERTAKEN])
    sides_now: dict[int, Sides] = field(default_factory=both_sides)
    kept: list[tuple[int, str]] = field(default_factory=list)
    reported: list[tuple[int, str]] = field(default_factory=list)
    taken_back: list[tuple[tuple[GroupId, ...], Decision]] = field(default_factory=list)
    fault: Fault | None = None
    instead: Act | None = None
    written: dict[Path, bytes] = field(default_factory=dict)
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
        rules = DecisionRules(policy, _nobody_here, clock)
        maker = ActMaker(clock, Numbers())
        orders = OrderSettling(
            self, rules, maker, SigningRules(clock, lambda: 0), planning(FakeActs())
        )
        export = ActExport(self, rules, self.written.__setitem__)
        return Deciding(settling, queue, self, self, orders, export)  # type: ignore[arg-type]  # what it uses

    # --- Disputes

    def disputes(self) -> tuple[Dispute, ...]:
        self._fail()
        return tuple(self.open_disputes)

    def sides(self, dispute: int) -> Sides | None:
        return self.sides_now.get(dispute)

    def resting_on(self, groups: Iterable[GroupId]) -> tuple[ActNamed, ...]:
        wanted = set(groups)
        known = {act.group: act for act in (STOPPED, PLACED, DOSED)}
        refused = replace(STOPPED, group=GroupId("refused"), act="note.sign")
        return tuple(known.get(group, refused) for group in wanted)

    def documents_of(self, groups: Iterable[GroupId]) -> tuple[Document, ...]:
        return (an_order(),) if {STOPPED.group, DOSED.group} & {*groups} else ()

    def keep_mine(self, dispute: int, act: Act, decision: Decision) -> None:
        self._fail()
        assert decision.reason == act.reason
        self.kept.append((dispute, act.reason))
        self.open_disputes = [one for one in self.open_disputes if one.id != dispute]

    def discard(
        self, groups: tuple[GroupId, ...], decision: Decision, instead: Act | None = None
    ) -> tuple[Ref, ...]:
        self._fail()
        self.taken_back.append((groups, decision))
        self.instead = instead
        self.open_disputes = [
            one for one in self.open_disputes if not any(a.group in groups for a in one.acts)
        ]
        self.station.reads.held = [
            one for one in self.station.reads.held if one.group not in groups
        ]
        return ()

    # --- the watch for doses given twice

    def report(self, session: Session, dispute: int, text: str) -> None:
        self._fail()
        assert session.can(Privilege.RESOLVE_CONFLICT)
        self.reported.append((dispute, text))
        self.open_disputes = [one for one in self.open_disputes if one.id != dispute]

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
