from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.domain.disputes import Discarding, Way
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
from tests.support.disputes_kit import DOSE_CHANGED, RIGHT, WRONG, Bench
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
    way: Way | None = None
    bundles: list[str] = field(default_factory=list)
    done: list[Message] = field(default_factory=list)

    def show_state(self, state: DisputesState) -> None:
        self.states.append(state)

    def show_fault(self, fault: Fault) -> None:
        self.faults.append(fault)

    def ask_to_keep(self, case: Case) -> None:
        self.asked.append(("keep", case))

    def ask_to_report(self, case: Case) -> None:
        self.asked.append(("report", case))

    def ask_to_send(self, case: Case) -> None:
        self.asked.append(("send", case))

    def ask_to_take_back(self, case: Case, shown: Discarding, way: Way | None) -> None:
        self.asked.append(("take-back", case))
        self.shown, self.way = shown, way

    def ask_to_export(self) -> None:
        self.asked.append(("export", Case("")))

    def show_bundle(self, text: str) -> None:
        self.bundles.append(text)

    def show_done(self, message: Message) -> None:
        self.done.append(message)


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


# --- orders anew, and taking away


def orders_desk() -> Desk:
    return Desk(Bench(open_disputes=[DOSE_CHANGED]), focus="dispute-12")


@pytest.mark.parametrize("way", list(Way))
def test_an_order_is_written_anew_with_a_second_person(way: Way) -> None:
    desk = orders_desk()
    desk.presenter.order_anew(way)
    ((asked, case),) = desk.screen.asked
    assert (asked, desk.screen.way) == ("take-back", way)
    assert desk.screen.shown is not None
    assert desk.screen.shown.high_risk

    desk.presenter.confirm_anew(case, way, desk.screen.shown, "按体重", Witnessed("li", RIGHT))

    assert desk.bench.instead is not None
    assert desk.screen.faults == []
    assert len(desk.bench.taken_back) == 1


def test_a_wrong_passphrase_orders_nothing() -> None:
    desk = orders_desk()
    desk.presenter.order_anew(Way.ANEW)
    ((_, case),) = desk.screen.asked
    assert desk.screen.shown is not None

    desk.presenter.confirm_anew(case, Way.ANEW, desk.screen.shown, "按体重", Witnessed("li", "x"))

    assert desk.screen.faults == [WRONG]
    assert desk.bench.instead is None


def test_a_stopped_order_cannot_be_ordered_anew() -> None:
    desk = Desk(focus=CONFLICT)

    desk.presenter.order_anew(Way.ANEW)

    assert desk.screen.asked == []


def test_what_would_be_sent_is_shown() -> None:
    desk = Desk(focus=CONFLICT)

    desk.presenter.show_bundle()

    (text,) = desk.screen.bundles
    assert '"MedicationRequest"' in text


def test_a_case_is_taken_away_with_a_reason() -> None:
    desk = Desk(focus=CONFLICT)
    desk.presenter.export()
    assert [asked for asked, _ in desk.screen.asked] == ["export"]

    desk.presenter.confirm_export("信息科要", "act.json")

    assert list(desk.bench.written) == [Path("act.json")]
    assert [one.code for one in desk.screen.done] == ["export.done"]


def test_without_a_reason_nothing_is_taken_away() -> None:
    desk = Desk(focus=CONFLICT)

    desk.presenter.confirm_export(" ", "act.json")

    assert desk.bench.written == {}
    assert [one.message.code for one in desk.screen.faults] == ["dispute.reason-missing"]


def test_who_may_not_decide_may_read_and_not_take_away() -> None:
    coder = a_session(lacks=frozenset({Privilege.RESOLVE_CONFLICT}))
    desk = Desk(session=coder, focus=CONFLICT)

    desk.presenter.export()
    desk.presenter.show_bundle()

    assert desk.screen.asked == []
    assert len(desk.screen.bundles) == 1
