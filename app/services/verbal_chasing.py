"""Verbal orders that their physician has not answered for in time come before a lead, once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain.chart import WorkItem
from app.domain.people import Session
from app.domain.terms import GroupId, Ref
from app.domain.verbal_orders import Situation, chase_id
from app.fhir.order_groups import read_members
from app.fhir.spoken import read_spoken
from app.fhir.verbal_tasks import CONFIRM_VERBAL, write_chase_task
from app.ports.acts import Act, Acts, Change, Documents
from app.services.act_making import ActMaker
from app.services.authority import open_door
from app.services.verbal_pack import situation_of, situations

Overdue = Callable[[str, datetime], tuple[WorkItem, ...]]
"""(code, now) → open tasks of that code whose person has let their time pass."""

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:wardone:verbal-chase-act")


@dataclass(frozen=True, slots=True)
class VerbalChasing:
    """Asks the lead of the situation; the physician's own task stays where it is.

    Nobody can say in their place what they ordered: the lead sees to it that they do.
    """

    overdue: Overdue
    documents: Documents
    acts: Acts
    maker: ActMaker

    @open_door("an order that nobody answers for is no secret from the lead")
    def look(self, session: Session) -> int:
        """Ask about everything that has become overdue; returns how many were new.

        Raises:
            AppError: `STORAGE` if it could not be written.
        """
        now = self.maker.clock.now()
        return sum(self._ask(session, item, now) for item in self.overdue(CONFIRM_VERBAL, now))

    def _ask(self, session: Session, item: WorkItem, now: datetime) -> bool:
        ref = Ref(f"Task/{item.id}")
        if self.documents.held(Ref(f"Task/{chase_id(ref)}")) is not None:
            return False
        task = write_chase_task(item, self._situation(item), by=session, at=now)
        # The group follows from the task, as its id does: whoever notices second changes nothing.
        self.acts.commit(
            Act(
                group=GroupId(str(uuid.uuid5(_NAMESPACE, item.id))),
                kind="order.verbal-chase",
                patient=item.patient,
                author=session.clinician.id,
                at=now,
                changes=(Change(task),),
                kinds=frozenset({"task"}),
            )
        )
        return True

    def _situation(self, item: WorkItem) -> Situation:
        """Of the order; the first of the pack where the order is not here to say it."""
        held = self.documents.held(item.focus) if item.focus is not None else None
        members = read_members(held.document) if held is not None else ()
        first = self.documents.held(members[0]) if members else held
        spoken = read_spoken(first.document) if first is not None else None
        found = situation_of(spoken.situation) if spoken is not None else None
        return found or situations()[0]
