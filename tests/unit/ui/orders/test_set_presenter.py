"""What a click on the sheet of order sets means, without a screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from app.domain.orders import OrderDraft
from app.kernel.faults import Fault, FaultKind, Message
from app.kernel.tasks import TaskRunner, TaskScope
from tests.support.desk_kit import Diary, ImmediateRunner, PatientRunner, a_visit
from tests.support.sets_kit import LI, PENICILLIN, SetRoom
from ui.orders.set_presenter import SetPresenter
from ui.orders.set_state import SetSheetState, number

DENIED = Fault(FaultKind.REFUSED, Message.of("access.not-granted"))


@dataclass
class Screen:
    states: list[SetSheetState] = field(default_factory=list)
    handed: list[tuple[OrderDraft, ...]] = field(default_factory=list)

    def show_state(self, state: SetSheetState) -> None:
        self.states.append(state)

    def hand_over(self, drafts: tuple[OrderDraft, ...]) -> None:
        self.handed.append(drafts)


@dataclass
class Bench:
    room: SetRoom = field(default_factory=SetRoom)
    runner: TaskRunner = field(default_factory=ImmediateRunner)

    def __post_init__(self) -> None:
        self.screen = Screen()
        visit = replace(a_visit(Diary()), patient=LI)
        tasks = TaskScope(self.runner)
        self.presenter = SetPresenter(self.screen, tasks, visit, self.room.sets, lambda: "en")

    @property
    def state(self) -> SetSheetState:
        return self.presenter.state


def test_sets_are_found_while_their_name_is_typed() -> None:
    bench = Bench()
    assert len(bench.state.found) == 8

    bench.presenter.search("ndz")

    assert [one.code for one in bench.state.found] == ["sepsis-hour-1"]


def test_a_set_is_opened_with_what_is_right_for_the_patient() -> None:
    bench = Bench()
    bench.presenter.open_set("sepsis-hour-1")

    assert {"meropenem", "meropenem-ns", "ringer"} <= bench.state.keys
    assert bench.state.can_add


def test_what_the_patient_is_allergic_to_is_not_preselected_and_must_be_chosen_otherwise() -> None:
    bench = Bench(SetRoom(allergies=(PENICILLIN,)))
    bench.presenter.open_set("sepsis-hour-1")

    assert not bench.state.keys & {"meropenem", "meropenem-ns", "piptazo"}
    assert [one.field for one in bench.state.objections] == ["antibiotic"]
    bench.presenter.add()
    assert bench.screen.handed == []

    bench.presenter.mark(bench.state.keys | {"meropenem"})
    assert {"meropenem", "meropenem-ns"} <= bench.state.keys
    bench.presenter.add()
    assert len(bench.screen.handed[0]) == len(bench.state.keys)


def test_an_infusion_is_unmarked_whole() -> None:
    bench = Bench()
    bench.presenter.open_set("sepsis-hour-1")
    bench.presenter.mark(bench.state.keys - {"meropenem-ns"})

    assert not bench.state.keys & {"meropenem", "meropenem-ns"}


def test_a_dose_that_is_typed_is_the_dose_of_the_draft() -> None:
    bench = Bench()
    bench.presenter.open_set("sepsis-hour-1")
    bench.presenter.go_to("ringer")
    assert bench.state.line is not None
    assert bench.state.line.dose == Decimal(1700)

    bench.presenter.type_dose("1500")
    bench.presenter.add()
    (ringer,) = [one for one in bench.screen.handed[0] if one.dosage.dose == 1500]
    assert ringer.dosage.unit == "mL"

    bench.presenter.type_dose("viel")
    assert not bench.state.can_add
    bench.presenter.type_dose("1700")
    assert bench.state.typed == {}
    assert bench.state.can_add


def test_a_line_without_a_dose_takes_none() -> None:
    bench = Bench()
    bench.presenter.type_dose("1")
    bench.presenter.open_set("sepsis-hour-1")
    bench.presenter.go_to("monitor")
    bench.presenter.type_dose("1")

    assert bench.state.typed == {}


def test_without_a_weight_a_dose_per_kg_stays_open() -> None:
    bench = Bench(SetRoom(weight=None))
    bench.presenter.open_set("sepsis-hour-1")
    bench.presenter.mark(bench.state.keys | {"ringer"})

    assert [one.message.code for one in bench.state.objections] == ["order_sets.dose-per-kg"]
    bench.presenter.go_to("ringer")
    bench.presenter.type_dose("1000")
    assert bench.state.can_add


def test_a_chart_that_may_not_be_read_is_said_and_the_other_set_can_be_opened() -> None:
    bench = Bench()
    bench.room.fault = DENIED
    bench.presenter.open_set("stemi")
    assert (bench.state.fault, bench.state.offer) == (DENIED, None)

    bench.room.fault = None
    bench.presenter.open_set("stemi")
    assert (bench.state.fault, bench.state.offer is not None) == (None, True)

    bench.room.fault = DENIED
    bench.presenter.mark(bench.state.keys)
    bench.presenter.add()
    assert bench.state.fault == DENIED
    assert bench.screen.handed == []


def test_the_answer_of_a_set_that_is_no_longer_wanted_is_dropped() -> None:
    runner = PatientRunner()
    bench = Bench(runner=runner)
    bench.presenter.mark({"nothing"})
    bench.presenter.search("x")
    runner.go_on()
    bench.presenter.open_set("stemi")
    bench.presenter.open_set("transfusion")
    runner.go_on()

    assert bench.state.offer is not None
    assert bench.state.offer.set.code == "transfusion"
    bench.presenter.close()


def test_what_is_no_number_is_none() -> None:
    assert number(" 1.5 ") == Decimal("1.5")
    assert number("1,5 g") is None
