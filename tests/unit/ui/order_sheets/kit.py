"""A presenter of the order sheets, and a screen that writes down what it is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.kernel.changes import Changed
from app.kernel.faults import Fault, Message
from app.kernel.tasks import TaskRunner
from app.services.order_printing import Impression
from tests.support.desk_kit import Diary, ImmediateRunner, a_desk
from tests.support.sheets_kit import PATIENT, PrintRoom
from ui.order_sheets.presenter import SheetPresenter
from ui.order_sheets.state import SheetState
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit

NEWS = Changed(frozenset({"order"}), frozenset({PATIENT}))


@dataclass
class Screen:
    states: list[SheetState] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    done: list[Message] = field(default_factory=list)
    drawn: list[Impression] = field(default_factory=list)
    asked: int = 0
    whys: int = 0
    printers: int = 0
    takes: bool = True

    def show_state(self, state: SheetState) -> None:
        self.states.append(state)

    def show_fault(self, fault: Fault) -> None:
        self.faults.append(fault)

    def show_done(self, message: Message) -> None:
        self.done.append(message)

    def ask_to_save(self) -> None:
        self.asked += 1

    def ask_why(self) -> None:
        self.whys += 1

    def ask_printer(self) -> None:
        self.printers += 1

    def draw(self, made: Impression) -> bool:
        self.drawn.append(made)
        return self.takes


@dataclass
class Seat:
    room: PrintRoom
    desk: Desk
    screen: Screen
    presenter: SheetPresenter

    @property
    def state(self) -> SheetState:
        return self.presenter.state

    @property
    def fault_codes(self) -> list[str]:
        return [one.message.code for one in self.screen.faults]


def seated(room: PrintRoom | None = None, runner: TaskRunner | None = None) -> Seat:
    here, desk, screen = room or PrintRoom(), a_desk(runner or ImmediateRunner()), Screen()
    visit = Visit(here.session, Diary(), PATIENT)
    presenter = SheetPresenter(
        screen, visit, PATIENT, here.printing, desk.scope(), desk.feed, here.clock
    )
    return Seat(here, desk, screen, presenter)
