"""What a click on the page of a pathway means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.pathways import EnrolmentId, Row
from app.domain.people import Privilege, Session
from app.domain.terms import PatientId
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.pathway_keeping import Hindrances, PathwayKeeping
from app.services.pathways import PathwayReading
from ui.pathways.acting import Acting, Answer
from ui.pathways.deeds import Asked, Deed, Rights
from ui.pathways.state import Answered, PathwayState, Seen
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

KINDS = frozenset({"pathway", "result", "order", "problem", "patient", "census", "outbox"})
"""News that may change how a patient stands: orders meet elements, the stay counts the days, and
what colleagues recorded comes as observations."""


@dataclass(frozen=True, slots=True)
class PathwaySources:
    """The services the page works with."""

    reading: PathwayReading
    keeping: PathwayKeeping
    clock: Clock


class PathwayPageView(Protocol):
    def show_state(self, state: PathwayState) -> None: ...

    def ask(self, asked: Asked) -> None:
        """Ask what has to be said before it is done; `do` hears the answer."""
        ...


class PathwayPresenter:
    """Reads how a patient stands in a pathway, and keeps what is recorded of it."""

    def __init__(
        self,
        view: PathwayPageView,
        visit: Visit,
        patient: PatientId,
        sources: PathwaySources,
        tasks: TaskScope,
        feed: ChangeFeed,
    ) -> None:
        self._view = view
        self._visit = visit
        self._patient = patient
        self._sources = sources
        self._tasks = tasks
        wanted = EnrolmentId(visit.focus) if visit.focus else None
        rights = rights_of(visit.session(), sources.keeping)
        self._state = PathwayState(sources.clock.now(), rights, wanted=wanted)
        news = News(feed, KINDS, patient)
        self._reading = Rereading(tasks, news, self._read, self._on_read)
        self._view.show_state(self._state)
        self.reload()

    @property
    def state(self) -> PathwayState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def reload(self) -> None:
        self._reading.again()

    def pass_time(self) -> None:
        """A day may have begun."""
        self.reload()

    def focus_on(self, focus: str) -> None:
        self.choose_enrolment(focus)

    def choose_enrolment(self, key: str) -> None:
        """Look at another enrolment; "" at the one that matters most now."""
        wanted = EnrolmentId(key) if key else None
        if wanted != self._state.wanted:
            self._show(replace(self._state, wanted=wanted, fault=None))
            self.reload()

    def point(self, key: str) -> None:
        """The caret is on another entry of the grid."""
        if key != self._state.entry:
            self._show(replace(self._state, entry=key))

    def choose(self, code: str) -> None:
        """The caret is on another pathway of the offer."""
        if code and code != self._state.offered:
            self._show(replace(self._state, offered=code))

    def read_notice(self) -> None:
        self._show(replace(self._state, notice=None, act_fault=None))

    # -- doing

    def press(self, key: str) -> None:
        """Tick the entry; what is done already is offered to be taken back."""
        self.point(key)
        done = self._state.hindrance(Deed.TICK) == Message.of("pathways_page.hindered.done")
        self.want(Deed.TAKE_BACK if done else Deed.TICK)

    def want(self, deed: Deed) -> None:
        """Do it, or ask first; what stands against it is said."""
        state = self._state
        if state.busy or state.fault is not None:
            return
        hindered = state.hindrance(deed)
        if hindered is not None:
            self._show(replace(state, notice=hindered, act_fault=None))
            return
        asked = self._asked(deed)
        if deed is Deed.ORDERS:
            self._open_orders(asked)
        elif deed is Deed.TICK:
            self.do(asked, None)
        else:
            self._show(replace(state, notice=None, act_fault=None))
            self._view.ask(asked)

    def do(self, asked: Asked, answer: Answer) -> None:
        """Do what was asked about, with what was answered."""
        if self._state.busy:
            return
        acting = Acting(self._sources.keeping, self._visit.session(), self._patient)
        self._show(replace(self._state, busy=True, notice=None, act_fault=None))
        self._tasks.write(
            lambda: Answered(asked.deed, acting.perform(asked, answer)), self._on_done
        )

    def _asked(self, deed: Deed) -> Asked:
        state, grid = self._state, self._state.grid
        if deed is Deed.ENROL:
            return Asked(deed, pathway=state.choice)
        against = Hindrances()
        if deed is Deed.COMPLETE and grid is not None:
            against = Hindrances(grid.hindering, grid.undated)
        return Asked(deed, state.spot, state.choice, grid, against)

    def _open_orders(self, asked: Asked) -> None:
        """The orders page offers the orders of the stage, with their conditions."""
        if asked.grid is not None and asked.spot.column is not None:
            pathway, stage = asked.grid.pathway, asked.spot.column.stage.key
            code = pathway.set_code(stage) if pathway is not None else ""
            focus = f"pathway/{asked.grid.enrolment.id}/{code}"
            self._visit.navigator.open_patient(self._patient, "orders", focus)

    # -- answers

    def _on_done(self, result: Result[Answered]) -> None:
        state = replace(self._state, busy=False)
        match result:
            case Ok(Answered(again=Asked() as asked)):
                self._show(state)
                self._view.ask(asked)
            case Ok(Answered(deed=deed)):
                self._show(self._after(state, deed))
            case Failed(fault):
                self._show(replace(state, act_fault=fault))
        self.reload()

    def _after(self, state: PathwayState, deed: Deed) -> PathwayState:
        """What has ended stays in sight; who was enrolled is shown in the new pathway."""
        notice = Message.of(f"pathways_page.done.{deed.value}")
        if deed is Deed.ENROL:
            return replace(state, wanted=None, entry="", notice=notice)
        ends = deed in (Deed.COMPLETE, Deed.LEAVE) and state.grid is not None
        wanted = state.grid.enrolment.id if ends and state.grid is not None else state.wanted
        return replace(state, wanted=wanted, notice=notice)

    def _read(self, token: CancelToken) -> Seen:
        reading, session = self._sources.reading, self._visit.session()
        book = reading.book()
        view = reading.view(session, self._patient, self._state.wanted)
        token.check()
        suggested = reading.suggest(session, self._patient)
        return Seen(book, view, {one.pathway.code: one.diagnosis for one in suggested})

    def _on_read(self, result: Result[Seen]) -> None:
        now = self._sources.clock.now()
        match result:
            case Ok(seen):
                self._show(self._state.with_seen(seen, now))
            case Failed(fault):
                self._show(replace(self._state, now=now, fault=fault))

    def _show(self, state: PathwayState) -> None:
        self._state = state
        self._view.show_state(state)


def rights_of(session: Session, keeping: PathwayKeeping) -> Rights:
    """What the session may do here; every act asks again."""
    orders = session.can(Privilege.PLACE_ORDER) or session.can(Privilege.PROPOSE_ORDER)
    return Rights(
        rows=frozenset(row for row in Row if keeping.may_tick(session, row)),
        records=session.can(Privilege.WRITE_NOTE),
        keeps=session.can(Privilege.PLACE_ORDER),
        orders=orders,
    )
