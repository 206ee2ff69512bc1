"""Verbal orders of this chart that the physician has to answer for, and what the answer means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.chart import WorkItem
from app.domain.deciding import CardAnswer
from app.domain.orders import Order
from app.domain.people import Privilege, Session
from app.domain.terms import PatientId, Ref
from app.kernel.faults import Message
from app.kernel.tasks import TaskScope
from app.ports.acts import ReadSet
from app.services.verbal_orders import VerbalOrders
from ui.orders.answering import Answering, AnswerServices, Waiting
from ui.runtime.visits import Visit

_TASK = "confirm-verbal-order"


@dataclass(frozen=True, slots=True)
class Spoke:
    """A task, the orders it asks about, and who wrote them down."""

    task: Ref
    orders: tuple[Order, ...]
    by: str


class VerbalPresenter(Answering[Spoke]):
    """Confirms what was written down in the name of the person signed in, or rejects it."""

    privilege = Privilege.PLACE_ORDER

    def __init__(
        self,
        show: Callable[[Waiting[Spoke]], None],
        visit: Visit,
        patient: PatientId,
        services: AnswerServices,
        verbal: VerbalOrders,
        tasks: TaskScope,
    ) -> None:
        self._verbal = verbal
        super().__init__(show, visit, patient, services, tasks)

    def confirm(
        self, spoke: Spoke, seen: ReadSet, passphrase: str, answers: tuple[CardAnswer, ...] = ()
    ) -> None:
        """Say that it is what was ordered; a wrong passphrase changes nothing."""

        def act(session: Session) -> tuple[Order, ...]:
            self._services.confirm(session, passphrase)
            return self._verbal.confirm(session, spoke.task, seen, answers)

        self._answer(act, Message.of("verbal.confirmed", count=len(spoke.orders)))

    def reject(self, spoke: Spoke, seen: ReadSet, passphrase: str, reason: str) -> None:
        """Say that it was not ordered, and why it must not stand."""

        def act(session: Session) -> tuple[Order, ...]:
            self._services.confirm(session, passphrase)
            return self._verbal.reject(session, spoke.task, reason, seen)

        self._answer(act, Message.of("verbal.rejected", count=len(spoke.orders)))

    def _asked(self, session: Session, item: WorkItem) -> Spoke | None:
        if item.code != _TASK or item.owner != session.clinician.id:
            return None
        task = Ref(f"Task/{item.id}")
        return Spoke(task, self._verbal.orders_of(session, task), item.from_name)
