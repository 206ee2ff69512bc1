"""What a click on the page of the orders to verify means, without a screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.domain.order_verification import Second, Wait
from app.domain.people import Privilege, Role
from app.domain.skin_tests import Reaction
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Fault, FaultKind, Message
from app.kernel.tasks import TaskRunner, TaskScope
from tests.support.desk_kit import Diary, ImmediateRunner, PatientRunner, a_visit
from tests.support.verifying_room import RIGHT, VerifyingRoom, infusion
from tests.unit.domain.verifying_kit import RULES
from tests.unit.services.verifying_kit import DRUG, a_desk, a_lab, later, signed
from ui.verifying.presenter import Checker, VerifyingPresenter
from ui.verifying.state import Line, Marks, VerifyingState

NEWS = Changed(frozenset({"verification"}))
QIAN = Checker("qian", RIGHT)


@dataclass
class Screen:
    states: list[VerifyingState] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    checks: list[tuple[Marks, tuple[Line, ...]]] = field(default_factory=list)
    readings: list[tuple[Line, bool]] = field(default_factory=list)

    def show_state(self, state: VerifyingState) -> None:
        self.states.append(state)

    def show_fault(self, fault: Fault) -> None:
        self.faults.append(fault)

    def show_done(self, message: Message) -> None:
        self.said.append(message.code)

    def ask_for_checker(self, marks: Marks, to_check: tuple[Line, ...]) -> None:
        self.checks.append((marks, to_check))

    def ask_for_reading(self, line: Line, *, two_read_positive: bool) -> None:
        self.readings.append((line, two_read_positive))


@dataclass
class Bench:
    room: VerifyingRoom = field(default_factory=VerifyingRoom)
    runner: TaskRunner = field(default_factory=ImmediateRunner)
    lacks: frozenset[Privilege] = frozenset()

    def __post_init__(self) -> None:
        self.screen, self.diary, self.feed = Screen(), Diary(), ChangeFeed()
        nurse = self.room.nurse
        held = replace(nurse, may=nurse.may - self.lacks)
        tasks, visit = TaskScope(self.runner), a_visit(self.diary, held)
        self.presenter = VerifyingPresenter(self.screen, tasks, self.feed, visit, self.room.sources)

    @property
    def state(self) -> VerifyingState:
        return self.screen.states[-1]

    def refs(self, *items: str) -> tuple[str, ...]:
        return tuple(line.one.ref for line in self.state.lines if line.one.order.item.text in items)

    def mark(self, *items: str) -> None:
        self.presenter.mark(self.refs(*items))

    @property
    def marked(self) -> list[str]:
        return [one.order.item.text for one in self.state.marks]


def alerting() -> VerifyingRoom:
    return VerifyingRoom(a_desk(alert=True))


def test_nothing_is_claimed_and_nothing_done_before_the_first_reading() -> None:
    bench = Bench(runner=PatientRunner())

    bench.presenter.verify()
    bench.presenter.mark_patient()
    bench.presenter.test()
    bench.presenter.open_order()

    assert bench.state.seen is None
    assert (bench.state.lines, bench.state.current, bench.state.count(Wait.NEW)) == ((), None, 0)
    assert (bench.screen.said, bench.diary.patients) == ([], [])


def test_without_a_ward_nothing_waits() -> None:
    room = VerifyingRoom()
    room.reads.boards = {}
    bench = Bench(room)

    assert bench.state.seen is not None
    assert bench.state.waiting is None


def test_a_mark_brings_its_infusion_and_takes_it_again() -> None:
    bench = Bench()

    bench.mark("氯化钠注射液")
    assert bench.marked == ["氯化钠注射液", "氯化钾注射液"]

    bench.mark("氯化钾注射液")
    assert bench.marked == []


def test_lines_of_an_infusion_stand_together_in_their_order() -> None:
    bench = Bench(VerifyingRoom(drafts=(*infusion("a", "b", "c"), a_lab()), others=()))

    places = [(line.place, line.of) for line in bench.state.lines if line.of > 1]
    assert places == [(0, 3), (1, 3), (2, 3)]


def test_a_mark_stays_while_its_order_reads_the_same() -> None:
    bench = Bench()
    bench.mark("血常规")

    bench.feed.publish(NEWS)

    assert bench.marked == ["血常规"]
    assert bench.state.lost == 0


def test_a_mark_falls_with_its_whole_infusion_when_the_order_reads_otherwise() -> None:
    bench = Bench()
    bench.mark("血常规", "氯化钠注射液")
    changed = bench.refs("氯化钾注射液")[0]
    desk = bench.room.desk
    one = next(line.one for line in bench.state.lines if line.one.ref == changed)
    desk.change(one.ref, note=[{"text": "缓慢"}])

    bench.feed.publish(NEWS)

    assert bench.marked == ["血常规"]
    assert bench.state.lost == 2


def test_what_changed_behind_the_screen_is_not_verified() -> None:
    bench = Bench()
    bench.mark("血常规")
    one = bench.state.marks[0]
    bench.room.desk.change(one.ref, note=[{"text": "空腹"}])

    bench.presenter.verify()

    assert bench.screen.said == ["verifypage.refused"]
    assert [note.message.code for note in bench.state.objected] == ["verifying.changed"]
    assert bench.marked == []
    assert len(bench.refs("血常规")) == 1


def test_a_batch_that_passes_is_verified_and_unmarked() -> None:
    bench = Bench()
    bench.mark("血常规", "氯化钠注射液")

    bench.presenter.verify()

    assert bench.screen.said == ["verifypage.done"]
    assert (bench.marked, bench.state.lost, bench.state.busy) == ([], 0, False)
    assert bench.refs("血常规", "氯化钠注射液") == ()


def test_objections_are_said_before_anybody_types_a_passphrase() -> None:
    bench = Bench(alerting())
    bench.mark("青霉素", "氯化钠注射液")

    bench.presenter.verify()

    assert bench.screen.checks == []
    assert bench.screen.said == ["verifypage.refused"]
    one = next(line.one for line in bench.state.lines if line.one.order.item.text == "青霉素")
    assert [said.code for said in bench.state.obstacles(one)] == ["verifying.skin-missing"]


def test_only_what_is_high_alert_is_checked_by_two() -> None:
    bench = Bench(alerting())
    bench.mark("血常规", "氯化钠注射液")

    bench.presenter.verify()
    (marks, to_check), *_ = bench.screen.checks
    assert (len(marks), len(to_check)) == (3, 2)
    assert all(line.one.second is Second.NEEDED for line in to_check)
    assert len(bench.state.lines) == 4

    bench.presenter.confirm_verify(marks, QIAN)
    assert len(bench.state.lines) == 1


def test_a_wrong_passphrase_verifies_nothing_and_keeps_the_marks() -> None:
    bench = Bench(alerting())
    bench.mark("氯化钠注射液")
    bench.presenter.verify()

    bench.presenter.confirm_verify(bench.screen.checks[0][0], Checker("qian", "no"))

    assert [fault.message.code for fault in bench.screen.faults] == ["vault.wrong-passphrase"]
    assert len(bench.marked) == 2
    assert not bench.state.busy


def test_while_it_is_written_nothing_else_is_marked_or_written() -> None:
    runner = PatientRunner()
    bench = Bench(runner=runner)
    runner.go_on()
    bench.mark("血常规")
    bench.presenter.verify()
    assert bench.state.busy

    bench.mark("氯化钠注射液")
    bench.presenter.unmark()
    bench.presenter.mark_patient()
    bench.presenter.verify()
    bench.presenter.choose_ward("ward-9")
    assert (bench.marked, bench.state.can_verify, len(runner.held)) == (["血常规"], False, 1)

    runner.go_on()
    assert bench.screen.said == ["verifypage.done"]


def test_all_of_a_patient_leaves_whole_infusions_out_that_something_holds() -> None:
    some = infusion("a", "b")
    room = VerifyingRoom(drafts=(replace(some[0], skin_test="required"), some[1]), others=())
    signed(room.desk, a_lab())
    bench = Bench(room)

    bench.presenter.mark_patient()

    assert bench.marked == ["血常规"]
    assert bench.screen.said == ["verifypage.left-out"]


def test_more_than_a_batch_is_refused_as_a_batch() -> None:
    desk = a_desk(rules=replace(RULES, most=1))
    bench = Bench(VerifyingRoom(desk, others=()))
    bench.presenter.mark_patient()

    bench.presenter.verify()

    assert [said.code for said in bench.state.of_the_batch] == ["verifying.too-many"]
    assert len(bench.state.lines) == 3


def test_a_stop_is_acknowledged_like_anything_else() -> None:
    room = VerifyingRoom(drafts=(), others=())
    (order,) = signed(room.desk)
    bench = Bench(room)
    bench.mark(DRUG.text)
    bench.presenter.verify()
    assert not bench.state.lines
    later(room.desk, minutes=5)
    doctor = room.desk.station.who(Role.ATTENDING, "wang")
    room.desk.station.changing.stop(doctor, order, "改药", ())

    bench.presenter.reload()
    assert [line.one.wait for line in bench.state.lines] == [Wait.STOPPED]

    bench.mark(DRUG.text)
    bench.presenter.verify()
    assert bench.screen.said == ["verifypage.done", "verifypage.done"]
    assert not bench.state.lines


def test_a_skin_test_is_asked_for_and_recorded() -> None:
    bench = Bench()
    bench.presenter.select(bench.refs("青霉素")[0])
    bench.presenter.test()
    (line, two), *_ = bench.screen.readings
    assert two

    bench.presenter.confirm_reading(line, Reaction.NEGATIVE, None)

    assert bench.screen.said == ["verifypage.read.negative"]
    assert not bench.state.can_test


def test_a_positive_test_without_its_second_reader_is_refused() -> None:
    bench = Bench()
    bench.presenter.select(bench.refs("青霉素")[0])
    line = bench.state.current
    assert line is not None

    bench.presenter.confirm_reading(line, Reaction.POSITIVE, None)
    assert [fault.message.code for fault in bench.screen.faults] == ["skin.second-needed"]
    assert bench.state.can_test

    bench.presenter.confirm_reading(line, Reaction.POSITIVE, QIAN)
    assert bench.screen.said == ["verifypage.read.positive"]
    assert not bench.state.can_test


def test_whoever_gives_no_drugs_enters_no_skin_test() -> None:
    bench = Bench(lacks=frozenset({Privilege.ADMINISTER}))
    bench.presenter.select(bench.refs("青霉素")[0])

    bench.presenter.test()

    assert bench.screen.readings == []
    assert not bench.state.can_test


def test_a_reading_that_fails_keeps_what_was_known() -> None:
    bench = Bench()
    bench.room.reads.fault = Fault(FaultKind.STORAGE, Message.of("cache.not-read"))

    bench.presenter.pass_time()
    assert bench.state.fault is not None
    assert len(bench.state.lines) == 4

    bench.room.reads.fault = None
    bench.presenter.reload()
    assert bench.state.fault is None


def test_another_ward_begins_without_marks() -> None:
    bench = Bench()
    bench.mark("血常规")
    wards = bench.state.seen.wards if bench.state.seen is not None else ()

    bench.presenter.choose_ward(wards[-1].id)

    assert bench.marked == []
    assert bench.state.waiting is not None
    assert bench.state.waiting.ward.id == wards[-1].id
    bench.presenter.close()
