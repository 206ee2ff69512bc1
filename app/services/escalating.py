"""What can harm and stays undecided is brought before the ward lead (sync.md §7.6)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.people import Role, Session
from app.domain.sending import GroupState
from app.domain.terms import GroupId, PatientId, Ref
from app.fhir.document import Document
from app.fhir.workflow import write_task
from app.ports.acts import Act, Acts, Change, Documents
from app.ports.disputes import Disputes
from app.ports.reading import QueueReads
from app.services.act_making import ActMaker
from app.services.authority import open_door
from app.services.dispute_settling import HighRisk

_NAMESPACE = uuid.UUID("b1b7e7c2-0c58-4d0c-8a0b-3c8f2a7c9d10")


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """When whose help is asked.

    Attributes:
        after: How long somebody may leave a decision of class A open.
        lead: Whose inbox it comes to then.
    """

    after: timedelta
    lead: Role


@dataclass(frozen=True, slots=True)
class _Open:
    """Something that waits for a person."""

    name: str
    since: datetime
    patient: PatientId | None
    focus: Ref | None
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Escalating:
    """Asks the ward lead once about each; the task goes to every workstation."""

    disputes: Disputes
    queue: QueueReads
    documents: Documents
    acts: Acts
    maker: ActMaker
    high_risk: HighRisk
    rule: EscalationRule

    @open_door("a decision that is overdue is nobody's secret from the ward lead")
    def escalate(self, session: Session) -> int:
        """Ask about everything that has become overdue; returns how many."""
        due = self.maker.clock.now() - self.rule.after
        asked = 0
        for case in self._open():
            if case.since <= due and any(self.high_risk(one) for one in case.documents):
                asked += self._ask(session, case)
        return asked

    def _ask(self, session: Session, case: _Open) -> bool:
        task_id = str(uuid.uuid5(_NAMESPACE, case.name))
        if self.documents.held(Ref(f"Task/{task_id}")) is not None:
            return False
        now = self.maker.clock.now()
        who = session.clinician
        task = write_task(
            task_id=task_id,
            code="decide-conflict",
            patient=case.patient,
            focus=case.focus,
            requester=who.id,
            requester_name=who.name.name,
            authored=now,
            owner_role=self.rule.lead.value,
            urgent=True,
        )
        # The group follows from the case: whoever takes the question back is not asked again.
        self.acts.commit(
            Act(
                group=GroupId(str(uuid.uuid5(_NAMESPACE, f"group {case.name}"))),
                kind="conflict.escalate",
                patient=case.patient,
                author=who.id,
                at=now,
                changes=(Change(task),),
                kinds=frozenset({"task"}),
            )
        )
        return True

    def _open(self) -> Iterator[_Open]:
        for dispute in self.disputes.disputes():
            sides = self.disputes.sides(dispute.id)
            if sides is not None:
                there = tuple(d for d in (sides.base, sides.mine, sides.theirs) if d is not None)
                name = f"{dispute.ref} {dispute.opened_at.isoformat()}"
                yield _Open(name, dispute.opened_at, dispute.patient, dispute.ref, there)
        for item in self.queue.queue():
            if item.state is GroupState.REJECTED:
                documents = self.disputes.documents_of((item.group,))
                focus = item.refs[0] if item.refs else None
                yield _Open(item.group, item.at, item.patient, focus, documents)
