"""What a click in the inbox means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.chart import WorkItem
from app.domain.people import Privilege
from app.domain.terms import PractitionerId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Fault, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.inbox_keeping import InboxKeeping
from ui.inbox.state import InboxState, Letter, Part, Person
from ui.runtime.visits import Visit

KINDS = frozenset({"task", "message", "outbox", "sync", "patient"})
"""News that may change the inbox."""

People = Callable[[], tuple[Person, ...]]
"""To whom a message may be sent; called on the READ lane."""

_WORKSPACES = {
    "Observation": "results",
    "DiagnosticReport": "results",
    "DocumentReference": "notes",
}
"""On which page of a chart the focus of a task is found; the others are orders or the overview."""
_ORDERS = frozenset({"MedicationRequest", "ServiceRequest"})


@dataclass(frozen=True, slots=True)
class InboxSources:
    """Where the inbox comes from."""

    keeping: InboxKeeping
    people: People
    clock: Clock


class InboxView(Protocol):
    def show_state(self, state: InboxState) -> None: ...

    def show_fault(self, fault: Fault) -> None: ...

    def say_sent(self) -> None:
        """The message is saved here and waits to be sent."""
        ...


class InboxPresenter:
    """Reads the inbox, completes what is done, and sends messages."""

    def __init__(
        self,
        view: InboxView,
        tasks: TaskScope,
        feed: ChangeFeed,
        visit: Visit,
        sources: InboxSources,
    ) -> None:
        self._view = view
        self._tasks = tasks
        self._visit = visit
        self._sources = sources
        self._reading: CancelToken | None = None
        may_send = visit.session().can(Privilege.SEND_MESSAGE)
        self._state = InboxState(sources.clock.now(), selected=visit.focus, may_send=may_send)
        self._unlisten = feed.listen(self._hear)
        self._view.show_state(self._state)
        self.reload()

    @property
    def state(self) -> InboxState:
        return self._state

    def close(self) -> None:
        self._unlisten()
        self._tasks.close()

    # -- the list

    def reload(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._tasks.read(
            lambda _: self._sources.keeping.items(self._visit.session()), self._on_read
        )

    def list_part(self, part: Part) -> None:
        self._show(replace(self._state, part=part))

    def select(self, key: str) -> None:
        if key != self._state.selected:
            self._show(replace(self._state, selected=key))

    def complete(self) -> None:
        """Complete the task, or mark the message as read."""
        item = self._state.current
        if item is None or not self._state.can_complete:
            return
        self._show(replace(self._state, working=self._state.working | {item.id}))
        session = self._visit.session()

        def done(result: Result[None]) -> None:
            self._show(replace(self._state, working=self._state.working - {item.id}))
            if isinstance(result, Failed):
                self._view.show_fault(result.fault)
            self.reload()

        self._tasks.write(lambda: self._sources.keeping.complete(session, item), done)

    def open_patient(self) -> None:
        """Open the chart where the item points to."""
        item = self._state.current
        if item is None or item.patient is None:
            return
        kind = (item.focus or "").partition("/")[0]
        workspace = _WORKSPACES.get(kind, "orders" if kind in _ORDERS else "overview")
        self._visit.navigator.open_patient(item.patient, workspace, item.focus or "")

    # -- a message

    def write(self) -> None:
        """Begin a message; about the patient of the item one is on, to nobody yet."""
        if not self._state.may_send or self._state.letter is not None:
            return
        item = self._state.current
        about = (item.patient, item.patient_name) if item and item.patient else None
        self._show(replace(self._state, letter=Letter(about=about)))
        self._tasks.read(lambda _: self._sources.people(), self._on_people)

    def edit(self, letter: Letter) -> None:
        """Take what was typed; what is on its way is not changed any more."""
        now = self._state.letter
        if now is not None and not now.sending:
            kept = replace(letter, sending=False, fault=now.fault, about=now.about)
            self._show(replace(self._state, letter=kept))

    def forget_patient(self) -> None:
        letter = self._state.letter
        if letter is not None and not letter.sending:
            self._show(replace(self._state, letter=replace(letter, about=None)))

    def discard(self) -> None:
        letter = self._state.letter
        if letter is not None and not letter.sending:
            self._show(replace(self._state, letter=None))

    def send(self) -> None:
        letter = self._state.letter
        if letter is None or not letter.can_send or letter.to is None:
            return
        to, patient = letter.to, letter.about[0] if letter.about else None
        self._show(replace(self._state, letter=replace(letter, sending=True, fault=None)))
        session = self._visit.session()
        self._tasks.write(
            lambda: self._sources.keeping.send(
                session, PractitionerId(to), letter.text, patient, urgent=letter.urgent
            ),
            self._on_sent,
        )

    # -- answers

    def _on_read(self, result: Result[tuple[WorkItem, ...]]) -> None:
        now = self._sources.clock.now()
        match result:
            case Ok(items):
                known = {item.id for item in items}
                selected = self._state.selected if self._state.selected in known else ""
                self._show(
                    replace(self._state, now=now, items=items, selected=selected, fault=None)
                )
            case Failed(fault):
                self._show(replace(self._state, now=now, fault=fault))

    def _on_people(self, result: Result[tuple[Person, ...]]) -> None:
        match result:
            case Ok(people):
                me = self._visit.session().clinician.id
                others = tuple(person for person in people if person[0] != me)
                self._show(replace(self._state, people=others))
            case Failed(fault):
                self._view.show_fault(fault)

    def _on_sent(self, result: Result[None]) -> None:
        letter = self._state.letter
        match result:
            case Ok():
                self._show(replace(self._state, letter=None))
                self._view.say_sent()
            case Failed(fault) if letter is not None:
                kept = replace(letter, sending=False, fault=fault)
                self._show(replace(self._state, letter=kept))
            case Failed(fault):
                self._view.show_fault(fault)

    def _hear(self, changed: Changed) -> None:
        if changed.kinds & KINDS:
            self.reload()

    def _show(self, state: InboxState) -> None:
        self._state = state
        self._view.show_state(state)
