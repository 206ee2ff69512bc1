"""A nurse at a bedside, a physician who calls out what to give, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.chart import WorkItem
from app.domain.orders import Order, OrderDraft, OrderKind
from app.domain.people import Role
from app.domain.terms import Named, PractitionerId, Ref
from app.domain.verbal_orders import Colleague, Spoken
from app.fhir.verbal_tasks import CONFIRM_VERBAL
from app.fhir.workflow import read_task
from app.services.verbal_chasing import VerbalChasing
from app.services.verbal_orders import VerbalOrders
from app.services.verbal_pack import situations
from tests.unit.services.ordering_kit import OrderHouse, drug

RESCUE, OPERATION = situations()
LI = PractitionerId("li")


class Rescue(OrderHouse):
    """A nurse at the bedside, and the physician who calls out what to give."""

    def __init__(self) -> None:
        super().__init__()
        self.physician = self.station.who(Role.RESIDENT, "li")
        self.nurse = self.station.who(Role.NURSE, "zhao")
        self.verbal = VerbalOrders(
            self.desk,
            self.entry,
            lambda: (
                Colleague(LI, Named("李医生"), Role.RESIDENT),
                Colleague(self.nurse.clinician.id, Named("赵"), Role.ANAESTHETIST),
            ),
        )
        self.chasing = VerbalChasing(self._overdue, self.acts, self.acts, self.station.maker)

    def said(self, *drafts: OrderDraft) -> tuple[tuple[Order, ...], Ref]:
        """Written down; answers the orders and the task to confirm them."""
        orders = self.verbal.enter(self.nurse, drafts or (spoken(),), ())
        (task,) = self.tasks(CONFIRM_VERBAL)
        return orders, Ref(f"Task/{task.id}")

    def tasks(self, code: str) -> list[WorkItem]:
        found = (read_task(one) for one in self.acts.documents("Task"))
        return [one for one in found if one.code == code]

    def _overdue(self, code: str, now: datetime) -> tuple[WorkItem, ...]:
        return tuple(
            one for one in self.tasks(code) if one.open and one.due_at and one.due_at < now
        )


def word(**more: object) -> Spoken:
    made = Spoken(LI, "李医生", RESCUE.term, read_back=True)
    return replace(made, **more)  # type: ignore[arg-type]  # a test's own words


def spoken(name: str = "肾上腺素", **more: object) -> OrderDraft:
    return drug(name, **({"kind": OrderKind.VERBAL, "spoken": word()} | more))
