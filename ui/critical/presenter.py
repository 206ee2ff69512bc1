"""What a click on the page of the critical values means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.critical_values import CriticalValue
from app.domain.people import Privilege, Role, Session
from app.domain.terms import WardId
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.critical_values import CriticalValues
from app.services.ward_viewing import WardViewing
from ui.critical.state import CriticalState, Seen
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

KINDS = frozenset({"result", "task", "message", "census", "outbox", "sync"})
"""News that may bring a critical value, or what was done about one."""


@dataclass(frozen=True, slots=True)
class CriticalSources:
    """The services the page works with."""

    values: CriticalValues
    wards: WardViewing
    clock: Clock


class CriticalView(Protocol):
    def show_state(self, state: CriticalState) -> None: ...

    def show_fault(self, fault: Fault) -> None: ...

    def show_done(self, message: Message) -> None: ...

    def ask_for_read_back(self, found: CriticalValue) -> None:
        """Ask what was repeated, and to whom."""
        ...

    def ask_whom(self, found: CriticalValue, roles: tuple[Role, ...]) -> None:
        """Ask who shall be asked, and why."""
        ...


class CriticalPresenter:
    """Reads the critical values of a ward, and records what is done about them."""

    def __init__(
        self,
        view: CriticalView,
        tasks: TaskScope,
        feed: ChangeFeed,
        visit: Visit,
        sources: CriticalSources,
    ) -> None:
        self._view = view
        self._tasks = tasks
        self._visit = visit
        self._sources = sources
        self._ward = visit.focus
        may_act = visit.session().can(Privilege.ACKNOWLEDGE_RESULT)
        self._state = CriticalState(sources.clock.now(), sources.values.rules, may_act)
        self._reading = Rereading(tasks, News(feed, KINDS), self._read, self._on_read)
        self._view.show_state(self._state)
        self.reload()

    @property
    def state(self) -> CriticalState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def reload(self) -> None:
        self._reading.again()

    def pass_time(self) -> None:
        """A minute less is left; what passed its time is said to have."""
        self._show(replace(self._state, now=self._sources.clock.now()))

    def choose_ward(self, ward: str) -> None:
        found = self._state.seen.found if self._state.seen is not None else None
        if ward and not self._state.busy and (found is None or found.ward.id != ward):
            self._ward = ward
            self._show(CriticalState(self._state.now, self._state.rules, self._state.may_act))
            self.reload()

    def select(self, ref: str) -> None:
        if ref and ref != self._state.selected:
            self._show(replace(self._state, selected=ref))

    def open_chart(self) -> None:
        """Go to the result itself."""
        found = self._state.current
        if found is not None:
            self._visit.navigator.open_patient(found.patient.id, "results", found.ref)

    # -- acts

    def read_back(self) -> None:
        found = self._state.current
        if found is not None and self._state.can_read_back:
            self._view.ask_for_read_back(found)

    def confirm_read_back(self, found: CriticalValue, heard: str, reporter: str) -> None:
        values = self._sources.values
        self._write(
            lambda session: values.read_back(session, found, heard, reporter),
            "criticalpage.done.read-back",
        )

    def acknowledge(self) -> None:
        found, values = self._state.current, self._sources.values
        if found is not None and self._state.can_acknowledge:
            self._write(
                lambda session: values.acknowledge(session, found),
                "criticalpage.done.acknowledged",
            )

    def escalate(self) -> None:
        found, roles = self._state.current, self._state.roles_to_ask
        if found is not None and roles:
            self._view.ask_whom(found, roles)

    def confirm_escalate(self, found: CriticalValue, role: Role, why: str) -> None:
        values = self._sources.values
        self._write(
            lambda session: values.escalate(session, found, role, why),
            "criticalpage.done.asked",
        )

    def _write(self, act: Callable[[Session], None], done: str) -> None:
        if self._state.busy:
            return
        session = self._visit.session()
        self._show(replace(self._state, busy=True))

        def on_written(result: Result[None]) -> None:
            self._show(replace(self._state, busy=False))
            match result:
                case Ok():
                    self._view.show_done(Message.of(done))
                case Failed(fault):
                    self._view.show_fault(fault)
            self.reload()

        self._tasks.write(lambda: act(session), on_written)

    # -- reading

    def _read(self, token: CancelToken) -> Seen:
        session = self._visit.session()
        wards = self._sources.wards.wards(session)
        known = [ward.id for ward in wards]
        ward = self._ward if self._ward in known else (known[0] if known else "")
        token.check()
        if not ward:
            return Seen(wards)
        return Seen(wards, self._sources.values.ward(session, WardId(ward)))

    def _on_read(self, result: Result[Seen]) -> None:
        now = self._sources.clock.now()
        match result:
            case Ok(seen):
                self._show(replace(self._state, seen=seen, now=now, fault=None))
            case Failed(fault):
                self._show(replace(self._state, now=now, fault=fault))

    def _show(self, state: CriticalState) -> None:
        self._state = state
        self._view.show_state(state)
