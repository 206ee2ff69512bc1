"""What a click in the inbox means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.chart import WorkItem
from app.domain.people import Privilege
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Fault, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.ports.keeping import Draft
from app.services.drafting import Drafting
from app.services.inbox_keeping import InboxKeeping
from ui.inbox.state import InboxState, Letter, Part, Person
from ui.runtime.draft_keeper import DraftKeeper
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

KINDS = frozenset({"task", "message", "outbox", "sync", "patient"})
"""News that may change the inbox."""

_DRAFT_KIND = "message"

People = Callable[[], tuple[Person, ...]]
"""To whom a message may be sent; called on the READ lane."""

_WORKSPACES = {
    "Observation": "results",
    "DiagnosticReport": "results",
    "DocumentReference": "notes",
}
"""On which page of a chart the focus of a task is found; the others are orders or the overview."""
_ORDERS = frozenset({"MedicationRequest", "ServiceRequest", "NutritionOrder", "RequestGroup"})


@dataclass(frozen=True, slots=True)
class InboxSources:
    """Where the inbox comes from."""

    keeping: InboxKeeping
    people: People
    clock: Clock
    drafting: Drafting


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
        # A message may change its patient: it is found again by its kind and author alone.
        self._keeper = DraftKeeper(sources.drafting, visit.session, None, _DRAFT_KIND, tasks)
        may_send = visit.session().can(Privilege.SEND_MESSAGE)
        self._state = InboxState(sources.clock.now(), selected=visit.focus, may_send=may_send)
        self._reading = Rereading(tasks, News(feed, KINDS), self._read, self._on_read)
        self._view.show_state(self._state)
        if may_send:
            self._keeper.restore(self._go_on_with, self._on_kept)
        self.reload()

    @property
    def state(self) -> InboxState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    # -- the list

    def reload(self) -> None:
        self._reading.again()

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
        """Begin a message, or go on with the one that is not sent yet.

        A new one is to nobody and about nobody yet; the patient of the item one is on is offered.
        """
        if not self._keeper.restored:
            return
        if self._state.letter is not None:
            self._show(replace(self._state, aside=False))
            return
        item = self._state.current
        about = (item.patient, item.patient_name) if item and item.patient else None
        self._begin(Letter(about=about))

    def put_aside(self) -> None:
        """Back to the list; an empty message is gone, one with words waits for its writer."""
        letter = self._state.letter
        if letter is not None and not letter.busy:
            kept = None if letter.blank else letter
            self._show(replace(self._state, letter=kept, aside=kept is not None))

    def edit(self, letter: Letter) -> None:
        """Take what is being typed; what is on its way is not changed any more."""
        now = self._state.letter
        if now is None or now.busy:
            return
        typed = replace(
            now, to=letter.to, text=letter.text, urgent=letter.urgent, caret=letter.caret
        )
        if typed != now:
            self._show(replace(self._state, letter=typed))

    def settle(self, letter: Letter) -> None:
        """Take what was typed, and keep it."""
        self.edit(letter)
        self._keep()

    def concern_patient(self, *, concerns: bool) -> None:
        """The writer says whether the message is about the patient that is offered."""
        letter = self._state.letter
        if letter is not None and not letter.busy:
            self._show(replace(self._state, letter=replace(letter, concerns=concerns)))
            self._keep()

    def discard(self) -> None:
        """Throw the message away. The page has asked."""
        if self._state.letter is not None and not self._state.letter.busy:
            self._show_letter(busy=True)
            self._keeper.discard(self._on_discarded)

    def send(self) -> None:
        """Send it; its draft goes in the same act."""
        letter = self._state.letter
        known = {person for person, _ in self._state.people}
        if letter is None or not letter.can_send or letter.to not in known:
            return
        to, patient = letter.to, letter.patient
        self._show_letter(busy=True)
        session, text, urgent = self._visit.session(), letter.text, letter.urgent

        def act() -> None:
            self._sources.keeping.send(
                session, to, text, patient, urgent=urgent, draft_id=self._keeper.id
            )
            self._keeper.forget()

        self._tasks.write(act, self._on_sent)

    def _begin(self, letter: Letter) -> None:
        self._show(replace(self._state, letter=letter, aside=False))
        self._tasks.read(lambda _: self._sources.people(), self._on_people)

    def _go_on_with(self, draft: Draft) -> None:
        """What was typed before a kill, a lock or a walk away stands there again."""
        letter = Letter.of(draft.body)
        if letter is not None and not letter.blank:
            self._keeper.adopt(draft)
            self._begin(replace(letter, restored_at=draft.saved_at))

    def _keep(self) -> None:
        letter = self._state.letter
        if letter is not None and not letter.busy:
            self._keeper.keep(letter, self._on_kept)

    # -- answers

    def _read(self, _: CancelToken) -> tuple[WorkItem, ...]:
        return self._sources.keeping.items(self._visit.session())

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
                self._show(replace(self._state, people=others, letter=self._addressed(others)))
            case Failed(fault):
                self._view.show_fault(fault)

    def _addressed(self, people: tuple[Person, ...]) -> Letter | None:
        """A message to somebody who has left is to nobody; who it goes to is never guessed."""
        letter = self._state.letter
        if letter is None or letter.to is None or letter.to in {one for one, _ in people}:
            return letter
        return replace(letter, to=None)

    def _on_kept(self, fault: Fault | None) -> None:
        letter = self._state.letter
        if letter is None:
            if fault is not None:
                self._view.show_fault(fault)
        elif fault != letter.fault and not (fault is None and letter.busy):
            self._show_letter(busy=letter.busy, fault=fault)

    def _on_discarded(self, result: Result[None]) -> None:
        match result:
            case Ok():
                self._show(replace(self._state, letter=None))
            case Failed(fault):
                self._show_letter(busy=False, fault=fault)

    def _on_sent(self, result: Result[None]) -> None:
        match result:
            case Ok():
                self._show(replace(self._state, letter=None))
                self._view.say_sent()
            case Failed(fault):
                self._show_letter(busy=False, fault=fault)

    def _show_letter(self, *, busy: bool, fault: Fault | None = None) -> None:
        if self._state.letter is not None:
            letter = replace(self._state.letter, busy=busy, fault=fault)
            self._show(replace(self._state, letter=letter))

    def _show(self, state: InboxState) -> None:
        self._state = state
        self._view.show_state(state)
