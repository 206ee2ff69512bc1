from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from app.domain.people import Privilege, Session
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Fault, FaultKind, Message
from app.kernel.tasks import TaskRunner, TaskScope
from app.services.ward_viewing import WardViewing, marked_patients
from tests.support.believable import OTHER, WARD, boards
from tests.support.desk_kit import (
    NOW,
    WANG,
    Diary,
    ImmediateRunner,
    PatientRunner,
    StillClock,
    a_session,
    a_visit,
)
from tests.support.fake_keeping import FakePeople
from tests.support.fake_reads import FakeWardReads
from ui.ward.presenter import WardPresenter, WardSources
from ui.ward.state import Filters, Layout, Order, WardState, key_of

BROKEN = Fault(FaultKind.STORAGE, Message.of("storage.io"))


@dataclass
class Screen:
    states: list[WardState] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def show_state(self, state: WardState) -> None:
        self.states.append(state)

    def show_fault(self, fault: Fault) -> None:
        self.faults.append(fault)


class Bench:
    """A presenter over a real service and fake ports."""

    def __init__(
        self,
        *,
        own_list: bool = False,
        runner: TaskRunner | None = None,
        focus: str = "",
        session: Session | None = None,
        reads: FakeWardReads | None = None,
        people: FakePeople | None = None,
    ) -> None:
        self.people = people or FakePeople(WANG)
        self.reads = reads or FakeWardReads(boards())
        self.reads.marks = lambda who: marked_patients(self.people, who)
        self.screen, self.diary, self.feed = Screen(), Diary(), ChangeFeed()
        self.clock = StillClock()
        self.presenter = WardPresenter(
            self.screen,
            TaskScope(runner or ImmediateRunner()),
            self.feed,
            a_visit(self.diary, session, focus),
            WardSources(WardViewing(self.reads, self.people), self.reads.marks, self.clock),
            own_list=own_list,
        )

    @property
    def state(self) -> WardState:
        return self.screen.states[-1]

    @property
    def keys(self) -> list[str]:
        return [key_of(row) for row in self.state.rows]


def test_the_clinicians_own_ward_is_shown_first_in_bed_order() -> None:
    bench = Bench()

    assert bench.state.seen is not None
    assert bench.state.seen.ward == WARD
    assert bench.keys[:4] == ["li-ming", "li-ming-2", "ouyang", "bed:4"]
    assert bench.keys[-1] == "chen"  # the extra bed


def test_the_focus_of_a_visit_is_a_ward() -> None:
    assert Bench(focus="icu").state.seen.ward == OTHER  # type: ignore[union-attr]  # read at once


def test_an_unknown_ward_falls_back_to_the_own_one() -> None:
    assert Bench(focus="gone").state.seen.ward == WARD  # type: ignore[union-attr]  # read at once


def test_nothing_is_said_before_the_answer_comes() -> None:
    runner = PatientRunner()
    bench = Bench(runner=runner)

    assert bench.state.seen is None

    runner.go_on()

    assert bench.state.seen is not None


def test_the_later_of_two_readings_stands() -> None:
    runner = PatientRunner()
    bench = Bench(runner=runner)
    runner.go_on()
    bench.presenter.choose_ward("icu")
    bench.presenter.reload()

    runner.go_on()

    assert [s.seen.ward for s in bench.screen.states if s.seen and s.seen.ward] == [WARD, OTHER]


def test_choosing_the_ward_of_the_moment_reads_nothing() -> None:
    bench = Bench()
    before = len(bench.screen.states)

    bench.presenter.choose_ward(WARD.id)

    assert len(bench.screen.states) == before


def test_critical_leaves_critical_conditions_and_unseen_critical_results() -> None:
    bench = Bench()

    bench.presenter.filter(Filters(critical=True))

    assert bench.keys == ["li-ming"]
    assert bench.state.total == 14


def test_mine_leaves_ones_own_patients() -> None:
    bench = Bench()

    bench.presenter.filter(Filters(mine=True))

    assert bench.keys == ["li-ming", "ouyang", "qian"]


def test_a_level_of_care_leaves_that_level_and_no_empty_bed() -> None:
    bench = Bench()

    bench.presenter.filter(Filters(care="3"))

    assert bench.keys == ["wu", "feng"]
    assert bench.state.care_levels == ("1", "2", "3")


def test_the_most_urgent_stand_first_and_empty_beds_last() -> None:
    bench = Bench()

    bench.presenter.sort(Order.URGENCY)

    assert bench.keys[:2] == ["li-ming", "ouyang"]
    assert bench.keys[-3:] == ["bed:4", "bed:10", "bed:13"]


def test_by_care_no_order_stands_behind_every_level() -> None:
    bench = Bench()

    bench.presenter.sort(Order.CARE)

    assert bench.keys[:2] == ["li-ming", "ouyang"]
    assert bench.keys[-4] == "zhao"


def test_the_layout_changes_nothing_else() -> None:
    bench = Bench()
    keys = bench.keys

    bench.presenter.lay_out(Layout.TABLE)

    assert bench.state.layout is Layout.TABLE
    assert bench.keys == keys


def test_a_patient_is_opened_and_an_empty_bed_is_not() -> None:
    bench = Bench()

    bench.presenter.open("bed:4")
    bench.presenter.open("")
    bench.presenter.open("li-ming")

    assert bench.diary.patients == [("li-ming", "overview", "")]


def test_a_mark_puts_a_patient_on_the_list_and_another_takes_them_off() -> None:
    bench = Bench()

    bench.presenter.toggle_mark("sun")
    marked = marked_patients(bench.people, WANG.id)
    bench.presenter.toggle_mark("sun")

    assert marked == ("sun",)
    assert bench.state.seen is not None
    assert bench.state.seen.marked == frozenset()


def test_an_empty_bed_cannot_be_marked() -> None:
    bench = Bench()

    bench.presenter.toggle_mark("bed:4")

    assert marked_patients(bench.people, WANG.id) == ()


def test_somebody_who_is_not_on_the_board_cannot_be_marked() -> None:
    bench = Bench()

    bench.presenter.toggle_mark("stranger")

    assert marked_patients(bench.people, WANG.id) == ()


def test_ones_own_list_holds_marked_patients_too() -> None:
    bench = Bench()
    bench.presenter.toggle_mark("sun")
    mine = Bench(own_list=True, reads=bench.reads, people=bench.people)

    assert sorted(mine.keys) == ["li-ming", "ouyang", "qian", "sun"]
    assert mine.state.layout is Layout.TABLE


def test_ones_own_list_is_as_old_as_its_oldest_ward() -> None:
    assert Bench(own_list=True).state.seen.as_of == NOW  # type: ignore[union-attr]  # read at once


def test_ones_own_list_has_no_time_while_a_ward_has_none() -> None:
    bench = Bench(own_list=True, reads=FakeWardReads(boards(None)))

    assert bench.state.seen is not None
    assert bench.state.seen.as_of is None


@pytest.mark.parametrize(("minutes", "stale"), [(15, False), (16, True)])
def test_data_older_than_a_quarter_of_an_hour_is_old(minutes: int, stale: bool) -> None:  # noqa: FBT001 - a table
    bench = Bench(reads=FakeWardReads(boards(NOW - timedelta(minutes=minutes))))

    assert bench.state.stale is stale


def test_a_ward_that_never_came_whole_says_so() -> None:
    assert Bench(focus="icu").state.never_downloaded
    assert not Bench().state.never_downloaded


def test_without_any_ward_there_is_nothing_and_it_waits_for_the_first_download() -> None:
    bench = Bench(reads=FakeWardReads())

    assert bench.state.rows == ()
    assert bench.state.never_downloaded


def test_a_failed_reading_keeps_what_was_read() -> None:
    bench = Bench()
    bench.reads.fault = BROKEN

    bench.presenter.reload()

    assert bench.state.fault == BROKEN
    assert len(bench.keys) == 14


def test_the_next_good_reading_takes_the_fault_away() -> None:
    bench = Bench(reads=FakeWardReads(boards(), fault=BROKEN))
    assert bench.state.fault == BROKEN
    bench.reads.fault = None

    bench.presenter.reload()

    assert bench.state.fault is None


def test_whoever_may_not_see_the_ward_sees_nothing() -> None:
    session = a_session(lacks=frozenset({Privilege.SEE_WARD}))

    bench = Bench(session=session)

    assert bench.state.seen is None
    assert bench.state.fault is not None
    assert bench.state.fault.kind is FaultKind.REFUSED


def test_news_of_the_census_is_read() -> None:
    bench = Bench()
    ward, rows, as_of = bench.reads.boards[WARD.id]
    bench.reads.boards[WARD.id] = (ward, rows[:2], as_of)

    bench.feed.publish(Changed(frozenset({"draft"})))
    assert len(bench.keys) == 14

    bench.feed.publish(Changed(frozenset({"census"})))
    assert len(bench.keys) == 2


def test_a_closed_presenter_hears_no_news() -> None:
    bench = Bench()
    bench.presenter.close()
    before = len(bench.screen.states)

    bench.feed.publish(Changed(frozenset({"census"})))

    assert len(bench.screen.states) == before
