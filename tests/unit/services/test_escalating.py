"""What can harm and stays undecided comes before the ward lead, once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from app.domain.people import Role
from app.domain.sending import GroupState, QueueItem
from app.domain.terms import GroupId, Ref
from app.fhir.document import Document
from app.fhir.workflow import read_task
from app.services.act_making import ActMaker
from app.services.escalating import Escalating, EscalationRule
from tests.support.fake_acts import FakeActs
from tests.support.fake_reads import FakeQueueReads
from tests.unit.services.kit import NOW, PATIENT, Numbers, Watch, session
from tests.unit.services.test_dispute_settling import ORDER, OneDispute

RULE = EscalationRule(timedelta(minutes=15), Role.CHIEF)
REFUSED = QueueItem(
    GroupId("g1"), "order.place", GroupState.REJECTED, PATIENT, "", "", NOW, (Ref("X/1"),)
)


@dataclass
class Desk:
    watch: Watch = field(default_factory=Watch)
    disputes: OneDispute = field(default_factory=OneDispute)
    queue: FakeQueueReads = field(default_factory=lambda: FakeQueueReads([]))
    harms: bool = True

    def __post_init__(self) -> None:
        self.acts = FakeActs()

    def after(self, minutes: int) -> int:
        self.watch.at = NOW + timedelta(minutes=minutes)
        maker = ActMaker(self.watch, Numbers())
        escalating = Escalating(
            self.disputes, self.queue, self.acts, self.acts, maker, self._harms, RULE
        )
        return escalating.escalate(session())

    def _harms(self, document: Document) -> bool:
        return self.harms and document["resourceType"] == "MedicationRequest"


def test_the_ward_lead_is_asked_after_the_time_and_not_before() -> None:
    desk = Desk()

    assert desk.after(14) == 0
    assert desk.after(15) == 1

    (act,) = desk.acts.committed
    task = read_task(act.changes[0].document)
    assert (task.code, task.owner_role, task.focus) == ("decide-conflict", "chief", ORDER)
    assert (task.patient, task.urgent) == (PATIENT, True)


def test_nobody_is_asked_twice_about_the_same() -> None:
    desk = Desk()
    desk.after(15)

    assert desk.after(60) == 0
    assert len(desk.acts.committed) == 1


def test_what_cannot_harm_waits_without_noise() -> None:
    assert Desk(harms=False).after(600) == 0


def test_what_was_decided_meanwhile_is_not_asked_about() -> None:
    assert Desk(disputes=OneDispute(sides_now=None)).after(60) == 0


def test_an_act_the_server_refused_counts_too() -> None:
    nothing = OneDispute(sides_now=None)
    bare = replace(REFUSED, refs=())
    waiting = replace(REFUSED, state=GroupState.WAITING)

    assert Desk(disputes=nothing, queue=FakeQueueReads([REFUSED])).after(15) == 1
    assert Desk(disputes=nothing, queue=FakeQueueReads([bare])).after(15) == 1
    assert Desk(disputes=nothing, queue=FakeQueueReads([waiting])).after(60) == 0
