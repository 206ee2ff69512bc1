"""The presenter of the inbox over services in memory, and a view that writes down."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.domain.people import Session
from app.domain.terms import PractitionerId
from app.kernel.changes import ChangeFeed
from app.kernel.faults import Fault, FaultKind, Message
from app.kernel.tasks import TaskRunner, TaskScope
from tests.support.desk_kit import (
    Diary,
    ImmediateRunner,
    a_visit,
)
from tests.support.inbox_kit import PEOPLE, PostRoom
from ui.inbox.presenter import InboxPresenter, InboxSources
from ui.inbox.state import InboxState, Letter

FULL = Fault(FaultKind.STORAGE, Message.of("storage.full"))
ZHOU = PractitionerId("dr-zhou")


@dataclass
class Screen:
    states: list[InboxState] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    sent: int = 0

    def show_state(self, state: InboxState) -> None:
        self.states.append(state)

    def show_fault(self, fault: Fault) -> None:
        self.faults.append(fault)

    def say_sent(self) -> None:
        self.sent += 1


class Bench:
    def __init__(
        self,
        runner: TaskRunner | None = None,
        session: Session | None = None,
        room: PostRoom | None = None,
    ) -> None:
        self.room = room or PostRoom()
        self.screen, self.diary, self.feed = Screen(), Diary(), ChangeFeed()
        self.presenter = InboxPresenter(
            self.screen,
            TaskScope(runner or ImmediateRunner()),
            self.feed,
            a_visit(self.diary, session),
            InboxSources(self.room.keeping, lambda: PEOPLE, self.room.clock, self.room.drafting),
        )

    @property
    def state(self) -> InboxState:
        return self.screen.states[-1]

    @property
    def letter(self) -> Letter:
        assert self.state.letter is not None
        return self.state.letter

    def typed(self, **what: object) -> None:
        self.presenter.edit(replace(self.letter, **what))  # type: ignore[arg-type]  # fields of a letter
