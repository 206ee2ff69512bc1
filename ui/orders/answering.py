"""Orders of this chart that wait for an answer of the person signed in: read, shown, answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from app.domain.chart import WorkItem
from app.domain.orders import Order
from app.domain.people import Privilege, Session
from app.domain.terms import PatientId, Ref
from app.kernel.changes import ChangeFeed
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.ports.acts import ReadSet
from app.services.chart_reading import ChartReading
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

_KINDS = frozenset({"order", "task", "outbox"})


class Asked(Protocol):
    """A task, and the orders it asks about."""

    @property
    def task(self) -> Ref: ...

    @property
    def orders(self) -> tuple[Order, ...]: ...


A = TypeVar("A", bound=Asked)


@dataclass(frozen=True, slots=True)
class AnswerServices:
    """What answering works with.

    Attributes:
        inbox: Open tasks of the person.
        confirm: Says again who signs, with their passphrase; raises when it is wrong.
    """

    charts: ChartReading
    inbox: Callable[[Session], tuple[WorkItem, ...]]
    confirm: Callable[[Session, str], None]
    feed: ChangeFeed


@dataclass(frozen=True, slots=True)
class Waiting(Generic[A]):
    """What waits; the first of it is answered first.

    Attributes:
        seen: The read-set, read before what waits.
        unread: Why it could not be read what waits.
        fault: Why the last answer was not written.
    """

    waiting: tuple[A, ...] = ()
    seen: ReadSet = ()
    busy: bool = False
    unread: Fault | None = None
    fault: Fault | None = None
    notice: Message | None = None

    @property
    def count(self) -> int:
        return sum(len(one.orders) for one in self.waiting)


class Answering(Generic[A]):
    """Reads what waits again whenever it may have changed, and writes one answer at a time."""

    def __init__(
        self,
        show: Callable[[Waiting[A]], None],
        visit: Visit,
        patient: PatientId,
        services: AnswerServices,
        tasks: TaskScope,
    ) -> None:
        self._show_state = show
        self._visit = visit
        self._patient = patient
        self._services = services
        self._tasks = tasks
        self._state: Waiting[A] = Waiting()
        news = News(services.feed, _KINDS, patient)
        self._reading = Rereading(tasks, news, self._read, self._on_read)
        self._show_state(self._state)
        self._reading.again()

    @property
    def state(self) -> Waiting[A]:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def read_notice(self) -> None:
        self._show(replace(self._state, notice=None, fault=None))

    # -- what a kind of question is

    privilege: Privilege
    """Who is asked; everybody else hears nothing."""

    def _asked(self, session: Session, item: WorkItem) -> A | None:
        """The question of an open task of this patient; None when it is another kind of task."""
        raise NotImplementedError

    # -- answering

    def _answer(self, act: Callable[[Session], tuple[Order, ...]], done: Message) -> None:
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

    def _read(self, _: CancelToken) -> tuple[ReadSet, tuple[A, ...]]:
        session = self._visit.session()
        if not session.can(self.privilege) or not session.can(Privilege.SEE_INBOX):
            return (), ()
        # The read-set first: what changes between the two reads is held back, never missed.
        seen = self._services.charts.seen(session, self._patient)
        items = self._services.inbox(session)
        mine = (item for item in items if item.patient == self._patient and item.open)
        found = (self._asked(session, item) for item in mine)
        return seen, tuple(one for one in found if one is not None and one.orders)

    def _on_read(self, result: Result[tuple[ReadSet, tuple[A, ...]]]) -> None:
        match result:
            case Ok((seen, waiting)):
                self._show(replace(self._state, seen=seen, waiting=waiting, unread=None))
            case Failed(fault):
                self._show(replace(self._state, unread=fault))

    def _show(self, state: Waiting[A]) -> None:
        self._state = state
        self._show_state(state)
