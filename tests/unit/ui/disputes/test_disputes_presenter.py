from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from app.domain.disputes import Discarding
from app.domain.people import Privilege, Session
from app.domain.terms import GroupId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Fault, FaultKind, Message
from app.kernel.tasks import TaskRunner, TaskScope
from tests.support.desk_kit import (
    Diary,
    ImmediateRunner,
    PatientRunner,
    StillClock,
    a_session,
    a_visit,
)
from tests.support.disputes_kit import RIGHT, WRONG, Bench
from ui.disputes.presenter import DisputesPresenter, Witnessed
from ui.disputes.state import Case, DisputesState

BROKEN = Fault(FaultKind.STORAGE, Message.of("storage.io"))
CONFLICT, OVERTAKEN, REFUSED = "dispute-7", "dispute-8", "refused-refused"


@dataclass
class Screen:
    states: list[DisputesState] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    asked: list[tuple[str, Case]] = field(default_factory=list)
    shown: Discarding | None = None

    def show_state(self, state: DisputesState) -> None:
        self.states.append(state)

    def show_fault(self, fault: Fault) -> None:
        self.faults.append(fault)

    def ask_to_keep(self, case: Case) -> None:
        self.asked.append(("keep", case))

    def ask_to_send(self, case: Case) -> None:
        self.asked.append(("send", case))

    def ask_to_take_back(self, case: Case, shown: Discarding) -> None:
        self.asked.append(("take-back", case))
        self.shown = shown


class Desk:
    def __init__(
        self,
        bench: Bench | None = None,
        runner: TaskRunner | None = None,
        session: Session | None = None,
        focus: str = "",
    ) -> None:
        self.bench = bench or Bench()
        self.screen, self.diary, self.feed = Screen(), Diary(), ChangeFeed()
        self.presenter = DisputesPresenter(
            self.screen,
            TaskScope(runner or ImmediateRunner()),
            self.feed,
            a_visit(self.diary, session, focus=focus),
            self.bench.deciding,
            StillClock(),
        )

    @property
    def state(self) -> DisputesState:
        return self.screen.states[-1]

    @property
    def keys(self) -> list[str]:
        return [case.key for case in self.state.cases or ()]


def test_what_has_waited_longest_stands_first_and_is_compared() -> None:
    desk = Desk()

    assert desk.keys == [REFUSED, CONFLICT, OVERTAKEN]
    assert desk.state.selected == REFUSED
    assert desk.state.comparison is None
    desk.presenter.select(CONFLICT)
    assert desk.state.comparison is not None
    assert [one.element for one in desk.state.comparison.differences] == ["status", "statusReason"]


def test_an_act_that_waits_opens_on_the_case_it_waits_for() -> None:
    case = Desk(focus=OVERTAKEN).state.current
    assert case is not None

    assert Desk(focus=case.groups[0]).state.selected == OVERTAKEN


def test_a_focus_opens_on_its_case() -> None:
    assert Desk(focus=OVERTAKEN).state.selected == OVERTAKEN


def test_my_version_is_kept_with_a_reason_once_both_were_on_screen() -> None:
    desk = Desk(focus=CONFLICT)
    assert desk.state.can_keep_mine

    desk.presenter.keep_mine()
    (asked,) = desk.screen.asked
    desk.presenter.confirm_keep(asked[1], "bleeding")

    assert desk.bench.kept == [(7, "bleeding")]
    assert CONFLICT not in desk.keys


def test_a_refused_act_is_tried_again_and_an_overtaken_one_is_asked_about_first() -> None:
    desk = Desk()
    desk.presenter.send()
    assert desk.bench.station.released == ["refused"]

    desk.presenter.select(OVERTAKEN)
    assert not desk.state.can_keep_mine
    desk.presenter.keep_mine()
    desk.presenter.send()
    assert desk.bench.station.released == ["refused"]
    desk.presenter.confirm_send(desk.screen.asked[-1][1])
    assert desk.bench.station.released == ["refused", "placed"]


def test_a_conflict_is_not_simply_sent() -> None:
    desk = Desk(focus=CONFLICT)

    desk.presenter.send()

    assert not desk.state.can_send
    assert desk.screen.asked == []
    assert desk.bench.station.released == []


def test_a_dangerous_act_is_taken_back_with_a_second_person() -> None:
    desk = Desk(focus=CONFLICT)
    desk.presenter.take_back()
    assert desk.screen.shown is not None
    assert desk.screen.shown.high_risk
    case = desk.screen.asked[-1][1]

    desk.presenter.confirm_take_back(case, desk.screen.shown, "wrong patient", Witnessed("li", "x"))
    assert desk.screen.faults == [WRONG]
    assert desk.bench.taken_back == []

    right = Witnessed("li", RIGHT)
    desk.presenter.confirm_take_back(case, desk.screen.shown, "wrong patient", right)
    ((groups, decision),) = desk.bench.taken_back
    assert groups == (GroupId("stopped"),)
    assert decision.witness == "li"
    assert CONFLICT not in desk.keys


def test_another_act_is_taken_back_alone() -> None:
    desk = Desk()
    desk.presenter.take_back()
    assert desk.screen.shown is not None
    assert not desk.screen.shown.high_risk

    desk.presenter.confirm_take_back(
        desk.screen.asked[-1][1], desk.screen.shown, "typing error", Witnessed()
    )

    assert desk.bench.taken_back[0][1].witness is None
    assert REFUSED not in desk.keys


def test_what_would_go_with_it_cannot_be_read_says_so() -> None:
    desk = Desk()
    desk.bench.station.reads.held = []
    desk.bench.fault = BROKEN

    desk.presenter.reload()

    assert desk.state.fault == BROKEN
    assert desk.state.cases is not None


@pytest.mark.parametrize("wish", ["keep_mine", "send", "take_back"])
def test_somebody_who_may_not_decide_can_only_look(wish: str) -> None:
    session = a_session(lacks=frozenset({Privilege.RESOLVE_CONFLICT}))
    desk = Desk(session=session, focus=CONFLICT)

    getattr(desk.presenter, wish)()

    assert desk.state.comparison is not None
    assert not (desk.state.can_keep_mine or desk.state.can_send or desk.state.can_take_back)
    assert desk.screen.asked == []


def test_a_failed_decision_is_told_and_the_case_stays() -> None:
    desk = Desk(focus=CONFLICT)
    case = desk.state.current
    assert case is not None
    desk.bench.fault = BROKEN

    desk.presenter.confirm_keep(case, "why")

    assert desk.screen.faults == [BROKEN]
    assert CONFLICT in desk.keys


def test_while_a_decision_is_written_no_other_is_taken() -> None:
    runner = PatientRunner()
    desk = Desk(runner=runner, focus=CONFLICT)
    runner.go_on()
    case = desk.state.current
    assert case is not None

    desk.presenter.confirm_keep(case, "why")

    assert desk.state.deciding == {CONFLICT}
    assert not desk.state.can_take_back
    runner.go_on()
    assert desk.state.deciding == frozenset()


def test_news_of_the_outbox_reads_again_and_other_news_does_not() -> None:
    desk = Desk()
    desk.bench.open_disputes = []
    desk.feed.publish(Changed(frozenset({"result"})))
    assert CONFLICT in desk.keys

    desk.feed.publish(Changed(frozenset({"outbox"})))
    assert desk.keys == [REFUSED]


def test_the_patient_opens_at_the_disputed_record() -> None:
    desk = Desk(focus=CONFLICT)

    desk.presenter.open_patient()

    assert desk.diary.patients == [("li-ming", "overview", "MedicationRequest/m-1")]


def test_nothing_to_decide_does_nothing() -> None:
    bench = Bench(open_disputes=[])
    bench.station.reads.held = []
    desk = Desk(bench)

    for wish in ("keep_mine", "send", "take_back", "open_patient"):
        getattr(desk.presenter, wish)()

    assert desk.keys == []
    assert desk.state.current is None


def test_a_closed_presenter_hears_nothing() -> None:
    desk = Desk()
    before = len(desk.screen.states)
    desk.presenter.close()

    desk.feed.publish(Changed(frozenset({"outbox"})))

    assert len(desk.screen.states) == before
