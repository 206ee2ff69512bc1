"""What a click on the queue page means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from app.domain.people import Privilege
from app.domain.sending import Fetching, GroupState, QueueItem, SendingStatus
from app.domain.terms import GroupId
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.act_export import ActExport
from app.services.queue_keeping import QueueKeeping
from ui.queue.state import Part, QueueState
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

KINDS = frozenset({"outbox", "sync", "session"})
"""News that may change the queue."""


@dataclass(frozen=True, slots=True)
class _Read:
    items: tuple[QueueItem, ...]
    status: SendingStatus
    fetching: Fetching | None


@dataclass(frozen=True, slots=True)
class QueueServices:
    """What the page works with."""

    keeping: QueueKeeping
    export: ActExport


class QueueView(Protocol):
    def show_state(self, state: QueueState) -> None: ...

    def show_fault(self, fault: Fault) -> None: ...

    def ask_to_confirm(self, item: QueueItem) -> None:
        """Ask whether to send although what was on the screen has changed since."""
        ...

    def ask_to_export(self) -> None:
        """Say that patient data leaves the cache, and ask why and where to."""
        ...

    def show_bundle(self, text: str) -> None:
        """Lay open what would be sent."""
        ...

    def show_done(self, message: Message) -> None: ...


class QueuePresenter:
    """Reads the queue and puts groups back in line."""

    def __init__(
        self,
        view: QueueView,
        tasks: TaskScope,
        feed: ChangeFeed,
        visit: Visit,
        services: QueueServices,
        clock: Clock,
    ) -> None:
        self._view = view
        self._tasks = tasks
        self._visit = visit
        self._keeping = services.keeping
        self._export = services.export
        self._clock = clock
        focus = GroupId(visit.focus) if visit.focus else None
        may = visit.session().can(Privilege.RESOLVE_CONFLICT)
        self._state = QueueState(clock.now(), selected=focus, may_export=may)
        self._reading = Rereading(tasks, News(feed, KINDS), self._read, self._on_read)
        self._view.show_state(self._state)
        self.reload()

    @property
    def state(self) -> QueueState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def reload(self) -> None:
        self._reading.again()

    def list_part(self, part: Part) -> None:
        self._show(replace(self._state, part=part))

    def select(self, key: str) -> None:
        wanted = GroupId(key) if key else None
        if wanted != self._state.selected:
            self._show(replace(self._state, selected=wanted))

    def retry(self) -> None:
        """Put the selected group back in line; one that is held is asked about first."""
        item = self._state.current
        if item is None or not self._state.can_retry:
            return
        if item.state is GroupState.HELD:
            self._view.ask_to_confirm(item)
        else:
            self._release(item.group)

    def confirm(self, group: str) -> None:
        """The clinician has seen that something changed and wants it sent anyway."""
        item = self._state.current
        if item is None or item.group != group or item.state is not GroupState.HELD:
            return
        self._release(item.group)

    def open_patient(self) -> None:
        item = self._state.current
        if item is not None and item.patient is not None:
            focus = item.refs[0] if item.refs else ""
            self._visit.navigator.open_patient(item.patient, focus=focus)

    def decide(self) -> None:
        """Go to where the versions stand beside each other and somebody decides."""
        item = self._state.current
        if item is not None and self._state.can_decide:
            self._visit.navigator.open_place("disputes", item.group)

    def show_bundle(self) -> None:
        item = self._state.current
        if item is None or not self._state.can_export:
            return
        session, export = self._visit.session(), self._export

        def read(result: Result[str]) -> None:
            match result:
                case Ok(text):
                    self._view.show_bundle(text)
                case Failed(fault):
                    self._view.show_fault(fault)

        self._tasks.read(lambda _: export.readable(session, (item.group,), item.patient), read)

    def export(self) -> None:
        if self._state.can_export and self._state.may_export:
            self._view.ask_to_export()

    def confirm_export(self, reason: str, file: str) -> None:
        """Write the selected act to the file; the audit says so first."""
        item = self._state.current
        if item is None:
            return
        session, export = self._visit.session(), self._export

        def done(result: Result[None]) -> None:
            match result:
                case Ok():
                    self._view.show_done(Message.of("export.done"))
                case Failed(fault):
                    self._view.show_fault(fault)

        self._tasks.write(
            lambda: export.save(session, (item.group,), item.patient, reason, Path(file)), done
        )

    def _release(self, group: GroupId) -> None:
        self._show(replace(self._state, sending=self._state.sending | {group}))
        session = self._visit.session()

        def done(result: Result[None]) -> None:
            self._show(replace(self._state, sending=self._state.sending - {group}))
            if isinstance(result, Failed):
                self._view.show_fault(result.fault)
            self.reload()

        self._tasks.write(lambda: self._keeping.retry(session, group), done)

    def _read(self, token: CancelToken) -> _Read:
        items = self._keeping.items(self._visit.session())
        token.check()
        return _Read(items, self._keeping.status(), self._keeping.fetching())

    def _on_read(self, result: Result[_Read]) -> None:
        now = self._clock.now()
        match result:
            case Ok(read):
                known = {item.group for item in read.items}
                selected = self._state.selected if self._state.selected in known else None
                self._show(
                    replace(
                        self._state,
                        now=now,
                        items=read.items,
                        status=read.status,
                        fetching=read.fetching,
                        selected=selected,
                        fault=None,
                    )
                )
            case Failed(fault):
                self._show(replace(self._state, now=now, fault=fault))

    def _show(self, state: QueueState) -> None:
        self._state = state
        self._view.show_state(state)
