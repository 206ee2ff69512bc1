"""What comes late attaches to what was signed; feedback is sent until it is heard."""

from __future__ import annotations

import threading

import pytest

from app.domain.remote_cards import Reply
from app.domain.terms import OrderId, Term
from app.fhir.cds_hooks import Feedback
from app.kernel.changes import Changed
from app.kernel.faults import FaultKind, app_error
from app.ports.remote_checks import Came
from tests.support.cache_kit import NOW
from tests.support.hook_house import A_CARD, Says, cards
from tests.sync.cds_hooks.kit import CALL, FEEDBACK, Desk, a_desk

ORDER = OrderId("order-1")
OVERRIDDEN = Feedback("c-1", Reply.OVERRIDDEN, NOW, reason=Term("why", "urn:x", "x", "why"))
ACCEPTED = Feedback("c-2", Reply.ACCEPTED, NOW, ("s-1",))


def finished(desk: Desk) -> None:
    """Let the errands run to their end."""
    desk.checks._errands.submit(int).result(5)


def test_a_late_card_belongs_to_the_order_that_was_signed_meanwhile() -> None:
    hold = threading.Event()
    delete = {"type": "delete", "description": "d", "resourceId": "MedicationRequest/d1"}
    suggestion = {"label": "take it out", "actions": [delete]}
    card = {**A_CARD, "suggestions": [suggestion], "selectionBehavior": "any"}
    with a_desk(soft_seconds=0.1) as desk:
        desk.house.answers[CALL] = cards(card, hold=hold)
        assert desk.ask(instance="i-7").came is Came.LATE
        desk.checks.signed("i-7", {"d1": ORDER})
        assert desk.checks.of_order(ORDER) == ()

        hold.set()
        assert desk.told.wait(5)

        (late,) = desk.checks.of_order(ORDER)
        assert desk.news == [Changed(frozenset({"remote-card"}), frozenset({"li-ming"}))]
    assert (late.name, late.came, late.cards[0].summary) == (
        "合理用药",
        Came.ANSWERED,
        "Look at the potassium.",
    )
    # There is no draft any more: nothing is changed by a click, least of all a signed order.
    assert late.cards[0].suggestions[0].by_hand


@pytest.mark.expects_log("a late answer was not kept: storage.full")
def test_a_late_answer_that_cannot_be_kept_is_not_told() -> None:
    assert _came_late_to(app_error(FaultKind.STORAGE, "storage.full")) == []


def test_a_late_answer_at_the_very_end_disturbs_nobody() -> None:
    assert _came_late_to(RuntimeError("closing")) == []


def _came_late_to(error: Exception) -> list[Changed]:
    """The news, when the writer refuses."""
    hold, tried = threading.Event(), threading.Event()

    def turn(_: object) -> None:
        tried.set()
        raise error

    with a_desk(soft_seconds=0.1, turn=turn) as desk:  # type: ignore[arg-type]  # never answers
        desk.house.answers[CALL] = cards(A_CARD, hold=hold)
        assert desk.ask().came is Came.LATE
        hold.set()
        assert tried.wait(5)
    return desk.news


def test_what_was_in_time_is_not_told_again() -> None:
    with a_desk() as desk:
        desk.house.answers[CALL] = cards(A_CARD)
        assert desk.ask().came is Came.ANSWERED
        desk.checks.signed("i-1", {"d1": ORDER})

        assert desk.checks.of_order(ORDER) == () and desk.news == []


@pytest.mark.parametrize("hook", ["order-select", "patient-view"])
def test_late_at_another_moment_is_too_late(hook: str) -> None:
    hold = threading.Event()
    with a_desk(soft_seconds=0.1) as desk:
        desk.house.answers[CALL] = cards(A_CARD, hold=hold)
        assert desk.ask(hook).came is Came.LATE
        hold.set()

    assert desk.answers.late == {} and desk.news == []


def test_a_late_answer_of_a_service_that_was_taken_off_the_list_is_still_there() -> None:
    hold = threading.Event()
    with a_desk(soft_seconds=0.1) as desk:
        desk.house.answers[CALL] = cards(A_CARD, hold=hold)
        desk.ask()
        desk.checks.signed("i-1", {"d1": ORDER})
        hold.set()
        assert desk.told.wait(5)
        kept = desk.answers
    with a_desk() as later:
        later.answers.orders = kept.orders
        (late,) = kept.late.values()
        later.answers.keep_late(type(late)("i-1", "former", late.patient, late.at, late.body))

        (found,) = later.checks.of_order(ORDER)

    assert (found.service, found.name, len(found.cards)) == ("former", "former", 1)


def test_feedback_goes_out_with_a_token() -> None:
    with a_desk() as desk:
        desk.house.answers[FEEDBACK] = Says(200)
        desk.checks.reply("pass", OVERRIDDEN)
        desk.checks.reply("pass", ACCEPTED)
        finished(desk)
        finished(desk)
        first, second = desk.house.of(FEEDBACK)

        assert desk.tokens.admits(first.token, f"{desk.house.base}{FEEDBACK}")
        assert desk.answers.waiting == {}
    assert first.body["feedback"][0]["outcome"] == "overridden"  # type: ignore[index,call-overload]
    assert second.body["feedback"][0]["acceptedSuggestions"] == [{"id": "s-1"}]  # type: ignore[index,call-overload]


@pytest.mark.parametrize("status", [500, 503, 401, 403, 429, 302])
def test_feedback_that_was_not_heard_is_sent_again_later(status: int) -> None:
    with a_desk() as desk:
        desk.house.answers[FEEDBACK] = Says(status)
        desk.checks.reply("pass", OVERRIDDEN)
        finished(desk)
        assert len(desk.answers.waiting) == 1
        desk.checks.nudge()
        finished(desk)
        assert len(desk.house.of(FEEDBACK)) == 1  # not before a minute has passed

        desk.clock.step(seconds=60)
        desk.house.answers[FEEDBACK] = Says(202)
        desk.checks.nudge()
        finished(desk)

        assert len(desk.house.of(FEEDBACK)) == 2
        assert desk.answers.waiting == {}


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_a_service_that_wants_no_feedback_is_not_asked_again(status: int) -> None:
    with a_desk() as desk:
        desk.house.answers[FEEDBACK] = Says(status)
        desk.checks.reply("pass", OVERRIDDEN)
        finished(desk)
        assert desk.answers.waiting == {}


def test_feedback_to_nobody_on_the_list_is_let_go() -> None:
    with a_desk() as desk:
        desk.checks.reply("former", OVERRIDDEN)
        finished(desk)
        assert desk.answers.waiting == {} and desk.house.of(FEEDBACK) == []


def test_a_service_that_does_not_hear_is_asked_once_a_time() -> None:
    with a_desk() as desk:
        for _ in range(3):
            desk.answers.put("pass", b"{}", NOW)
        desk.house.answers[FEEDBACK] = Says(500)
        desk.checks.nudge()
        finished(desk)
        assert len(desk.house.of(FEEDBACK)) == 1
        assert len(desk.answers.waiting) == 3


def test_feedback_is_given_up_after_a_week() -> None:
    with a_desk() as desk:
        desk.house.answers[FEEDBACK] = Says(500)
        desk.answers.put("pass", b"{}", NOW)
        for _ in range(200):
            desk.answers.put_off(1, NOW)
        desk.checks.nudge()
        finished(desk)
        assert desk.answers.waiting == {}
