from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.domain.people import Privilege, Session
from app.domain.terms import PatientId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Fault, FaultKind, Message
from app.kernel.tasks import TaskRunner, TaskScope
from app.services.ward_viewing import WardViewing
from tests.support.believable import WARD, boards
from tests.support.desk_kit import (
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
from ui.finding.presenter import FindingPresenter
from ui.finding.state import MOST, FindingState

BROKEN = Fault(FaultKind.STORAGE, Message.of("storage.io"))


@dataclass
class Screen:
    states: list[FindingState] = field(default_factory=list)

    def show_state(self, state: FindingState) -> None:
        self.states.append(state)


class Bench:
    def __init__(
        self, runner: TaskRunner | None = None, focus: str = "", session: Session | None = None
    ) -> None:
        self.reads = FakeWardReads(boards())
        self.screen, self.diary, self.feed = Screen(), Diary(), ChangeFeed()
        self.presenter = FindingPresenter(
            self.screen,
            TaskScope(runner or ImmediateRunner()),
            self.feed,
            a_visit(self.diary, session, focus),
            WardViewing(self.reads, FakePeople(WANG)),
            StillClock(),
        )

    @property
    def state(self) -> FindingState:
        return self.screen.states[-1]

    @property
    def found(self) -> list[tuple[str, str]]:
        return [(hit.patient.id, hit.matched) for hit in self.state.hits or ()]


def test_nobody_is_looked_for_before_something_is_typed() -> None:
    bench = Bench()

    assert bench.state.hits is None
    bench.presenter.look_for("  ")
    assert bench.state.hits is None


def test_what_is_typed_is_found_with_the_field_that_matched() -> None:
    bench = Bench()

    bench.presenter.look_for("李")
    assert bench.found == [("li-ming", "name")]

    bench.presenter.look_for("ox")
    assert bench.found == [("ouyang", "initials")]

    bench.presenter.look_for("7")
    assert bench.found == [("sun", "bed")]


def test_the_answer_to_an_older_query_is_dropped() -> None:
    runner = PatientRunner()
    bench = Bench(runner)
    bench.presenter.look_for("李")
    bench.presenter.look_for("孙")

    runner.go_on()

    assert [s.answered for s in bench.screen.states if s.hits is not None] == ["孙"]


def test_clearing_the_field_takes_the_list_away_and_drops_what_is_on_its_way() -> None:
    runner = PatientRunner()
    bench = Bench(runner)
    bench.presenter.look_for("李")
    bench.presenter.look_for("")

    runner.go_on()

    assert bench.state.hits is None


def test_enter_opens_the_only_one_found() -> None:
    bench = Bench()
    bench.presenter.look_for("孙")

    bench.presenter.open_only()

    assert bench.diary.patients == [("sun", "overview", "")]


def test_enter_never_opens_the_first_of_several() -> None:
    bench = Bench()
    bench.presenter.look_for("li")

    bench.presenter.open_only()

    assert len(bench.found) == 2
    assert bench.diary.patients == []


def test_enter_before_the_answer_opens_nobody_of_the_older_list() -> None:
    runner = PatientRunner()
    bench = Bench(runner)
    bench.presenter.look_for("孙")
    runner.go_on()
    bench.presenter.look_for("孙志")

    bench.presenter.open_only()

    assert bench.state.waiting
    assert bench.diary.patients == []
    runner.go_on()
    assert bench.diary.patients == [("sun", "overview", "")]


def test_enter_and_then_more_typing_opens_nobody() -> None:
    runner = PatientRunner()
    bench = Bench(runner)
    bench.presenter.look_for("孙")
    bench.presenter.open_only()
    bench.presenter.look_for("李明")

    runner.go_on()

    assert bench.diary.patients == []


def test_a_merged_record_opens_the_one_that_survives() -> None:
    bench = Bench()
    ward, rows, as_of = bench.reads.boards[WARD.id]
    sun = next(row for row in rows if row.patient and row.patient.id == "sun")
    assert sun.patient is not None
    merged = replace(sun, patient=replace(sun.patient, superseded_by=PatientId("sun-2")))
    bench.reads.boards[WARD.id] = (ward, (merged,), as_of)
    bench.presenter.look_for("孙")

    bench.presenter.open("sun")

    assert bench.diary.patients == [("sun-2", "overview", "")]


def test_somebody_who_is_not_in_the_list_is_not_opened() -> None:
    bench = Bench()

    bench.presenter.open("sun")

    assert bench.diary.patients == []


def test_alike_names_in_the_list_are_known_as_such() -> None:
    bench = Bench()
    bench.presenter.look_for("li")
    assert all(bench.state.alike(hit) for hit in bench.state.hits or ())

    bench.presenter.look_for("孙")
    assert not any(bench.state.alike(hit) for hit in bench.state.hits or ())


def test_the_focus_of_a_visit_is_looked_for() -> None:
    assert Bench(focus="孙").found == [("sun", "name")]


def test_a_failure_can_be_tried_again() -> None:
    bench = Bench()
    bench.reads.fault = BROKEN
    bench.presenter.look_for("孙")
    assert bench.state.fault == BROKEN
    bench.reads.fault = None

    bench.presenter.try_again()

    assert bench.found == [("sun", "name")]


def test_whoever_may_not_see_the_ward_finds_nobody() -> None:
    bench = Bench(session=a_session(lacks=frozenset({Privilege.SEE_WARD})))

    bench.presenter.look_for("孙")

    assert bench.state.hits is None
    assert bench.state.fault is not None


def test_news_of_patients_looks_again() -> None:
    bench = Bench()
    bench.presenter.look_for("孙")
    bench.reads.boards.clear()

    bench.feed.publish(Changed(frozenset({"census"})))

    assert bench.found == []


def test_a_full_list_says_that_there_may_be_more() -> None:
    hit = Bench(focus="孙").state
    assert not hit.may_be_more
    assert replace(hit, hits=(hit.hits or ()) * MOST).may_be_more
