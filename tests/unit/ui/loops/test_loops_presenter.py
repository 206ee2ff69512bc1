"""What a click on a page of closed loops means, without a screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from app.domain.census import Ward
from app.domain.people import Session
from app.domain.terms import PatientId, WardId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Fault, FaultKind, Message
from app.kernel.tasks import TaskRunner, TaskScope
from tests.support.desk_kit import Diary, ImmediateRunner, PatientRunner, a_visit
from tests.support.loops_kit import LI, ZHANG, LoopRoom
from ui.loops.presenter import LoopSources, LoopsPresenter
from ui.loops.state import LoopsState, Part, Standing, belongs, standing

NEWS = Changed(frozenset({"order"}))


@dataclass
class Screen:
    states: list[LoopsState] = field(default_factory=list)

    def show_state(self, state: LoopsState) -> None:
        self.states.append(state)


class Wards:
    """`WardViewing` of a few wards, or of none."""

    def __init__(self, *wards: Ward) -> None:
        self._wards = wards

    def wards(self, session: Session) -> tuple[Ward, ...]:
        del session
        return self._wards


@dataclass
class Bench:
    patient: PatientId | None = None
    focus: str = ""
    runner: TaskRunner = field(default_factory=ImmediateRunner)
    wards: object = None

    def __post_init__(self) -> None:
        self.room, self.screen = LoopRoom(), Screen()
        self.diary, self.feed = Diary(), ChangeFeed()
        visit = replace(a_visit(self.diary, focus=self.focus), patient=self.patient)
        wards = self.wards or self.room.wards
        sources = LoopSources(self.room.tracking, wards, self.room.clock)  # type: ignore[arg-type]  # the method it uses
        self.presenter = LoopsPresenter(
            self.screen, TaskScope(self.runner), self.feed, visit, sources
        )

    @property
    def state(self) -> LoopsState:
        return self.screen.states[-1]


def test_nothing_is_claimed_before_the_first_reading() -> None:
    bench = Bench(runner=PatientRunner())

    assert bench.state.seen is None
    assert (bench.state.current, bench.state.node, bench.state.listed) == (None, None, ())
    assert bench.state.count(Part.ALL) == 0
    assert bench.state.figures.completion is None
    assert bench.state.ref_of("x") == "x"
    bench.presenter.open_orders()
    bench.presenter.choose_ward("ward-9")
    assert bench.diary.patients == []


def test_the_worst_comes_first_and_its_waited_for_node_is_under_the_caret() -> None:
    bench = Bench()

    found = [standing(one) for one in bench.state.listed]

    assert found[0] is Standing.LATE
    assert found == sorted(found, key=list(Standing).index)
    assert bench.state.node is not None
    assert bench.state.node.node.step == "GIVE"


def test_a_chart_keeps_the_order_of_the_orders() -> None:
    bench = Bench(LI, "cbc")

    assert [one.ref.partition("/")[2] for one in bench.state.listed] == [
        *("late", "given", "fresh", "cbc", "bed")
    ]
    assert bench.state.current is not None
    assert bench.state.current.ref == "ServiceRequest/cbc"


def test_parts_overlap_where_a_loop_is_late_and_misses_a_node() -> None:
    bench = Bench()
    listed = bench.state.listed

    for part in Part:
        assert bench.state.count(part) == sum(belongs(one, part) for one in listed)
    bench.presenter.list_part(Part.UNMATCHED)
    assert [one.ref for one in bench.state.listed] == ["ServiceRequest/bed"]
    assert bench.state.node is None


def test_selecting_another_order_forgets_the_caret() -> None:
    bench = Bench()
    bench.presenter.point("SIGN")
    assert bench.state.step == "SIGN"
    assert bench.state.node is not None
    assert bench.state.node.node.step == "SIGN"

    bench.presenter.select("ServiceRequest/cbc")
    bench.presenter.select("")

    assert (bench.state.selected, bench.state.step) == ("ServiceRequest/cbc", "")


def test_the_order_opens_in_its_chart() -> None:
    bench = Bench()

    bench.presenter.open_orders()
    bench.presenter.select("Observation/k")
    bench.presenter.open_orders()

    assert bench.diary.patients == [(LI, "orders", "late"), (ZHANG, "orders", "")]


def test_news_is_read_and_a_failure_keeps_what_was_read() -> None:
    bench = Bench()
    before = bench.state.seen
    bench.room.fault = Fault(FaultKind.STORAGE, Message.of("storage.io"))

    bench.feed.publish(NEWS)

    assert bench.state.fault is not None
    assert bench.state.seen is before
    bench.room.fault = None
    bench.presenter.pass_time()
    assert bench.state.fault is None


def test_news_of_another_patient_is_nothing_to_a_chart() -> None:
    bench = Bench(LI)
    shown = len(bench.screen.states)

    bench.feed.publish(Changed(frozenset({"order"}), frozenset({ZHANG})))
    bench.feed.publish(Changed(frozenset({"settings"})))
    assert len(bench.screen.states) == shown
    bench.feed.publish(Changed(frozenset({"order"}), frozenset({LI})))

    assert len(bench.screen.states) > shown


def test_a_closed_presenter_hears_nothing() -> None:
    bench = Bench()
    bench.presenter.close()
    shown = len(bench.screen.states)

    bench.feed.publish(NEWS)

    assert len(bench.screen.states) == shown


@pytest.mark.parametrize("focus", ["", "no-such-ward"])
def test_a_workstation_without_wards_has_an_empty_board(focus: str) -> None:
    bench = Bench(focus=focus, wards=Wards())

    assert bench.state.seen is not None
    assert bench.state.listed == ()


def test_another_ward_is_read_once() -> None:
    wards = (
        Ward(WardId("ward-3"), LoopRoom().ward(WardId("ward-3")).ward.name, 2, 2),
        Ward(WardId("ward-9"), LoopRoom().ward(WardId("ward-9")).ward.name, 2, 2),
    )
    bench = Bench(wards=Wards(*wards))

    bench.presenter.focus_on(wards[1].id)
    shown = len(bench.screen.states)
    bench.presenter.choose_ward("ward-9")

    assert bench.state.seen is not None
    assert bench.state.seen.ward is not None
    assert bench.state.seen.ward.id == "ward-9"
    assert len(bench.screen.states) == shown
