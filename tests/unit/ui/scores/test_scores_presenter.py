"""What a click on the page of scores means: answers, what is asked next, and what news does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.decision.scores.results import Incomplete, NotApplicable, Scored
from app.domain.people import Role
from app.kernel.changes import Changed
from app.kernel.faults import Fault, FaultKind, Message
from tests.support.chart_kit import PATIENT, ChartHouse, Screen
from tests.support.desk_kit import a_desk
from tests.support.scores_kit import CALM, ScoresRoom, a_round
from ui.scores.presenter import ScoresPresenter
from ui.scores.state import TRENDED, ScoresState


@pytest.fixture
def room() -> ScoresRoom:
    return ScoresRoom(ChartHouse(a_desk()))


def presenter(room: ScoresRoom, focus: str = "") -> ScoresPresenter:
    house = room.house
    desk = house.desk
    return ScoresPresenter(
        Screen(), house.visit(focus), PATIENT, room.sources, desk.scope(), desk.feed
    )


def total(state: ScoresState) -> int | None:
    one = state.chosen
    return int(one.result.total) if one and isinstance(one.result, Scored) else None


def test_news2_stands_first_and_has_its_course(room: ScoresRoom) -> None:
    state = presenter(room).state

    assert state.chosen is not None
    assert state.chosen.table.code == TRENDED
    assert total(state) == 10
    assert len(state.trend) == 3
    assert len(state.standings) == 22


def test_a_visit_may_name_a_score(room: ScoresRoom) -> None:
    chosen = presenter(room, "SIRS").state.chosen

    assert chosen is not None
    assert chosen.table.code == "SIRS"


def test_what_is_asked_is_answered_and_the_next_is_asked(room: ScoresRoom) -> None:
    at = presenter(room, "CURB-65")
    assert at.state.item == "urea"
    at.answer_words("9 mmol/L")

    assert total(at.state) == 3
    assert set(at.state.given) == {"urea"}
    at.take_back()
    assert total(at.state) is None
    assert not at.state.can_take_back


def test_a_number_that_could_be_two_is_refused_and_said(room: ScoresRoom) -> None:
    at = presenter(room, "MELD")
    assert at.state.item == "bilirubin"
    at.answer_words("3")

    assert at.state.refusal is not None
    assert at.state.refusal.code == "scores.told.no-unit"
    assert at.state.given == {}
    at.answer_words("unknown")
    assert (at.state.refusal, at.state.given) == (None, {})
    at.answer_words("3 mg/dL")
    assert set(at.state.given) == {"bilirubin"}
    assert at.state.item == "inr"


def test_an_answer_counts_in_every_score_that_asks_it(room: ScoresRoom) -> None:
    at = presenter(room, "Padua")
    at.go_to("previous-vte")
    at.answer("yes")
    at.choose("Wells-PE")

    assert at.state.chosen is not None
    assert at.state.chosen.found["previous-vte"].answer.value == "yes"


def test_the_rest_is_denied_only_where_it_was_open(room: ScoresRoom) -> None:
    at = presenter(room, "CHA2DS2-VASc")
    at.deny_rest()

    assert total(at.state) == 2
    assert "hypertension" not in at.state.given
    assert at.state.open_flags == ()
    at.choose("SIRS")
    assert at.state.open_flags == ()


def test_nothing_is_answered_where_nothing_is_asked(room: ScoresRoom) -> None:
    at = presenter(room, "Padua")
    at.go_to("mass-index")
    assert not at.state.can_answer
    at.answer("30")
    at.answer_words("30")
    at.answer("")

    assert at.state.given == {}


def test_time_makes_what_was_measured_old(room: ScoresRoom) -> None:
    at = presenter(room)
    room.house.clock.at += timedelta(hours=12)
    at.pass_time()

    assert total(at.state) is None
    assert at.state.chosen is not None
    assert isinstance(at.state.chosen.result, Incomplete)
    assert "breaths" in at.state.chosen.result.stale
    problem = at.state.problem("breaths")
    assert problem is not None


def test_a_new_round_is_counted_and_answers_stay(room: ScoresRoom) -> None:
    at = presenter(room, "Padua")
    at.answer("no")
    room.reads.vital_list = (*room.reads.vital_list, *a_round(0.1, CALM | {"oxygen": "0"}))
    room.house.desk.feed.publish(Changed(frozenset({"vital"}), frozenset({PATIENT})))
    at.choose(TRENDED)

    assert total(at.state) == 0
    assert "active-cancer" in at.state.given


def test_what_was_read_stays_when_it_cannot_be_read_again(room: ScoresRoom) -> None:
    at = presenter(room)
    room.reads.fault = Fault(FaultKind.STORAGE, Message("chart.not-here"))
    at.load()

    assert at.state.fault is not None
    assert total(at.state) == 10
    room.reads.fault = None
    at.load()
    assert at.state.fault is None


def test_before_anything_was_read_nothing_is_counted(room: ScoresRoom) -> None:
    room.reads.fault = Fault(FaultKind.STORAGE, Message("chart.not-here"))
    at = presenter(room)
    at.pass_time()
    at.answer_words("3")

    assert (at.state.chosen, at.state.item, at.state.lines) == (None, "", ())
    assert at.state.problem("breaths") is None


def test_what_is_not_for_the_patient_stands_last(room: ScoresRoom) -> None:
    room.reads.born = room.house.clock.now().date() - timedelta(days=365 * 8)
    state = presenter(room).state

    refused = [isinstance(one.result, NotApplicable) for one in state.standings]
    assert refused == sorted(refused)
    assert any(refused) and not all(refused)
    last = replace(state, score="NEWS2")
    assert last.open_flags == ()
    assert last.problem("breaths") is None


def test_a_score_is_recorded_with_what_was_answered(room: ScoresRoom) -> None:
    at = presenter(room, "CURB-65")
    assert not at.state.can_record
    at.record()
    assert room.house.acts.committed == []
    at.answer_words("9 mmol/L")
    at.record()

    (act,) = room.house.acts.committed
    assert act.kind == "score.record"
    assert at.state.notice == Message.of("scores.recorded", score="CURB-65")
    assert (at.state.busy, at.state.act_fault) == (False, None)


def test_a_score_that_cannot_be_recorded_says_why(room: ScoresRoom) -> None:
    at = presenter(room)
    room.house.lease = timedelta(hours=-1)
    at.record()

    assert at.state.act_fault is not None
    assert at.state.act_fault.kind is FaultKind.SIGNED_OUT
    assert room.house.acts.committed == []


def test_whoever_may_not_record_is_not_offered_it(room: ScoresRoom) -> None:
    room.house.role = Role.PHARMACIST
    at = presenter(room)
    at.record()

    assert total(at.state) == 10
    assert not at.state.can_record
    assert room.house.acts.committed == []


def test_a_closed_page_hears_no_news(room: ScoresRoom) -> None:
    at = presenter(room)
    at.close()
    before = room.reads.readings
    room.house.desk.feed.publish(Changed(frozenset({"vital"}), frozenset({PATIENT})))

    assert room.reads.readings == before
