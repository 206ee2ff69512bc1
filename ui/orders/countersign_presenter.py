"""What waits for a countersignature in this chart, and what the answer means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.chart import WorkItem
from app.domain.deciding import CardAnswer
from app.domain.dose_limits import DoseLimits
from app.domain.orders import Order
from app.domain.people import Privilege, Session
from app.domain.terms import PatientId, Ref
from app.kernel.faults import Message
from app.kernel.tasks import TaskScope
from app.ports.acts import ReadSet
from app.services.countersigning import Countersigning
from ui.orders.answering import Answering, AnswerServices, Waiting
from ui.runtime.visits import Visit

_TASK = "countersign-order"


@dataclass(frozen=True, slots=True)
class Asking:
    """A task, and the orders it asks to countersign.

    Attributes:
        limits: Of each order, how soon again and how much within a period.
    """

    task: Ref
    orders: tuple[Order, ...]
    limits: tuple[DoseLimits, ...]


class CountersignPresenter(Answering[Asking]):
    """Countersigns what waits, or sends it back. Silent without the privilege."""

    privilege = Privilege.COUNTERSIGN

    def __init__(
        self,
        show: Callable[[Waiting[Asking]], None],
        visit: Visit,
        patient: PatientId,
        services: AnswerServices,
        countersigning: Countersigning,
        tasks: TaskScope,
    ) -> None:
        self._countersigning = countersigning
        super().__init__(show, visit, patient, services, tasks)

    def sign(
        self,
        asking: Asking,
        seen: ReadSet,
        passphrase: str,
        answers: tuple[CardAnswer, ...] = (),
    ) -> None:
        """Countersign what the sheet showed; a wrong passphrase changes nothing."""

        def act(session: Session) -> tuple[Order, ...]:
            self._services.confirm(session, passphrase)
            return self._countersigning.countersign(session, asking.task, seen, answers)

        self._answer(act, Message.of("basket.countersigned", count=len(asking.orders)))

    def send_back(self, asking: Asking, seen: ReadSet, reason: str) -> None:
        """Refuse what the sheet showed, for `reason`."""

        def act(session: Session) -> tuple[Order, ...]:
            return self._countersigning.send_back(session, asking.task, reason, seen)

        self._answer(act, Message.of("basket.sent_back", count=len(asking.orders)))

    def _asked(self, session: Session, item: WorkItem) -> Asking | None:
        if item.code != _TASK:
            return None
        task = Ref(f"Task/{item.id}")
        orders = self._countersigning.orders_of(session, task)
        limits = (self._countersigning.limits_of(session, order) for order in orders)
        return Asking(task, orders, tuple(limits))
