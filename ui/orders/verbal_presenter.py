"""Verbal orders of this chart that the physician has to answer for, and what the answer means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.chart import WorkItem
from app.domain.orders import Order
from app.domain.people import Privilege, Session
from app.domain.terms import PatientId, Ref
from app.kernel.changes import ChangeFeed
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.ports.acts import ReadSet
from app.services.chart_reading import ChartReading
from app.services.verbal_orders import VerbalOrders
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

_TASK = "confirm-verbal-order"
_KINDS = frozenset({"order", "task", "outbox"})


@dataclass(frozen=True, slots=True)
class VerbalServices:
    """What it works with.

    Attributes:
        inbox: Open tasks of the person.
        confirm: Says again who signs, with their passphrase; raises when it is wrong.
    """

    charts: ChartReading
    verbal: VerbalOrders
    inbox: Callable[[Session], tuple[WorkItem, ...]]
    confirm: Callable[[Session, str], None]
    feed: ChangeFeed


@dataclass(frozen=True, slots=True)
class Spoke:
    """A task, the orders it asks about, and who wrote them down."""

    task: Ref
    orders: tuple[Order, ...]
    by: str


@dataclass(frozen=True, slots=True)
class VerbalState:
    """What waits for this physician; the first of it is answered first.

    Attributes:
        seen: The read-set, read before what waits.
        fault: Why it could not be read, or the last answer was not written.
    """

    waiting: tuple[Spoke, ...] = ()
    seen: ReadSet = ()
    busy: bool = False
    fault: Fault | None = None
    notice: Message | None = None

    @property
    def count(self) -> int:
        return sum(len(one.orders) for one in self.waiting)


class VerbalView(Protocol):
    def show_state(self, state: VerbalState) -> None: ...


class VerbalPresenter:
    """Reads what waits for the person signed in; confirms or rejects it."""

    def __init__(
        self,
        view: VerbalView,
        visit: Visit,
        patient: PatientId,
        services: VerbalServices,
        tasks: TaskScope,
    ) -> None:
        self._view = view
        self._visit = visit
        self._patient = patient
        self._services = services
        self._tasks = tasks
        self._state = VerbalState()
        news = News(services.feed, _KINDS, patient)
        self._reading = Rereading(tasks, news, self._read, self._on_read)
        self._view.show_state(self._state)
        self._reading.again()

    @property
    def state(self) -> VerbalState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def confirm(self, spoke: Spoke, seen: ReadSet, passphrase: str) -> None:
        """Say that it is what was ordered; a wrong passphrase changes nothing."""

        def act(session: Session) -> tuple[Order, ...]:
            self._services.confirm(session, passphrase)
            return self._services.verbal.confirm(session, spoke.task, seen)

        self._do(act, Message.of("verbal.confirmed", count=len(spoke.orders)))

    def reject(self, spoke: Spoke, seen: ReadSet, passphrase: str, reason: str) -> None:
        """Say that it was not ordered, and why it must not stand."""

        def act(session: Session) -> tuple[Order, ...]:
            self._services.confirm(session, passphrase)
            return self._services.verbal.reject(session, spoke.task, reason, seen)

        self._do(act, Message.of("verbal.rejected", count=len(spoke.orders)))

    def read_notice(self) -> None:
        self._show(replace(self._state, notice=None, fault=None))

    def _do(self, act: Callable[[Session], tuple[Order, ...]], done: Message) -> None:
        if self._state.busy:
            return
        session = self._visit.session()
        self._show(replace(self._state, busy=True, fault=None, notice=None))

        def answer(result: Result[tuple[Order, ...]]) -> None:
            match result:
                case Ok():
                    self._show(replace(self._state, busy=False, notice=done))
                case Failed(fault):
                    self._show(replace(self._state, busy=False, fault=fault))
            self._reading.again()

        self._tasks.write(lambda: act(session), answer)

    def _read(self, _: CancelToken) -> tuple[ReadSet, tuple[Spoke, ...]]:
        session, services = self._visit.session(), self._services
        if not session.can(Privilege.PLACE_ORDER) or not session.can(Privilege.SEE_INBOX):
            return (), ()
        # The read-set first: what changes between the two reads is held back, never missed.
        seen = services.charts.seen(session, self._patient)
        mine = session.clinician.id
        items = [
            item
            for item in services.inbox(session)
            if item.code == _TASK and item.patient == self._patient and item.owner == mine
        ]
        found = (self._spoke(session, item) for item in items if item.open)
        return seen, tuple(one for one in found if one.orders)

    def _spoke(self, session: Session, item: WorkItem) -> Spoke:
        task = Ref(f"Task/{item.id}")
        return Spoke(task, self._services.verbal.orders_of(session, task), item.from_name)

    def _on_read(self, result: Result[tuple[ReadSet, tuple[Spoke, ...]]]) -> None:
        match result:
            case Ok((seen, waiting)):
                self._show(replace(self._state, seen=seen, waiting=waiting))
            case Failed(fault):
                self._show(replace(self._state, fault=fault))

    def _show(self, state: VerbalState) -> None:
        self._state = state
        self._view.show_state(state)
