"""What waits for a countersignature in this chart, and what the answer means."""

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
from app.services.countersigning import Countersigning
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

_TASK = "countersign-order"
_KINDS = frozenset({"order", "task", "outbox"})


@dataclass(frozen=True, slots=True)
class CountersignServices:
    """What it works with.

    Attributes:
        inbox: Open tasks of the person.
        confirm: Says again who signs, with their passphrase; raises when it is wrong.
    """

    charts: ChartReading
    countersigning: Countersigning
    inbox: Callable[[Session], tuple[WorkItem, ...]]
    confirm: Callable[[Session, str], None]
    feed: ChangeFeed


@dataclass(frozen=True, slots=True)
class Asking:
    """A task, and the orders it asks to countersign."""

    task: Ref
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class CountersignState:
    """What waits; the first of it is answered first.

    Attributes:
        seen: The read-set, read before what waits.
        unread: Why it could not be read what waits.
        fault: Why the last act was not done.
    """

    waiting: tuple[Asking, ...] = ()
    seen: ReadSet = ()
    busy: bool = False
    unread: Fault | None = None
    fault: Fault | None = None
    notice: Message | None = None

    @property
    def count(self) -> int:
        return sum(len(asking.orders) for asking in self.waiting)


class CountersignView(Protocol):
    def show_state(self, state: CountersignState) -> None: ...


class CountersignPresenter:
    """Reads what waits; signs it or sends it back. Silent without the privilege."""

    def __init__(
        self,
        view: CountersignView,
        visit: Visit,
        patient: PatientId,
        services: CountersignServices,
        tasks: TaskScope,
    ) -> None:
        self._view = view
        self._visit = visit
        self._patient = patient
        self._services = services
        self._tasks = tasks
        self._state = CountersignState()
        news = News(services.feed, _KINDS, patient)
        self._reading = Rereading(tasks, news, self._read, self._on_read)
        self._view.show_state(self._state)
        self._reading.again()

    @property
    def state(self) -> CountersignState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def sign(self, asking: Asking, seen: ReadSet, passphrase: str) -> None:
        """Countersign what the sheet showed; a wrong passphrase changes nothing."""

        def act(session: Session) -> tuple[Order, ...]:
            self._services.confirm(session, passphrase)
            return self._services.countersigning.countersign(session, asking.task, seen)

        self._do(act, Message.of("basket.countersigned", count=len(asking.orders)))

    def send_back(self, asking: Asking, seen: ReadSet, reason: str) -> None:
        """Refuse what the sheet showed, for `reason`."""

        def act(session: Session) -> tuple[Order, ...]:
            return self._services.countersigning.send_back(session, asking.task, reason, seen)

        self._do(act, Message.of("basket.sent_back", count=len(asking.orders)))

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

    def _read(self, _: CancelToken) -> tuple[ReadSet, tuple[Asking, ...]]:
        session, services = self._visit.session(), self._services
        if not session.can(Privilege.COUNTERSIGN) or not session.can(Privilege.SEE_INBOX):
            return (), ()
        # The read-set first: what changes between the two reads is held back, never missed.
        seen = services.charts.seen(session, self._patient)
        tasks = [
            Ref(f"Task/{item.id}")
            for item in services.inbox(session)
            if item.code == _TASK and item.patient == self._patient and item.open
        ]
        found = (Asking(task, services.countersigning.orders_of(session, task)) for task in tasks)
        return seen, tuple(asking for asking in found if asking.orders)

    def _on_read(self, result: Result[tuple[ReadSet, tuple[Asking, ...]]]) -> None:
        match result:
            case Ok((seen, waiting)):
                self._show(replace(self._state, seen=seen, waiting=waiting, unread=None))
            case Failed(fault):
                self._show(replace(self._state, unread=fault))

    def _show(self, state: CountersignState) -> None:
        self._state = state
        self._view.show_state(state)
