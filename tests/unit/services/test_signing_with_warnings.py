"""Signing while decision support speaks against it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.decision.findings import Tier
from app.domain.decision_events import Response
from app.domain.orders import Following, OrderClass
from app.domain.people import Role
from app.kernel.faults import AppError, FaultKind
from tests.support.fake_deciding import Rule
from tests.unit.services.deciding_house import (
    INLINE,
    PAIR,
    STOP,
    Warned,
    WarnedRescue,
    because,
    both,
    proposed,
)
from tests.unit.services.ordering_kit import bag, drug, refusal, service
from tests.unit.services.verbal_kit import spoken


def test_nothing_is_signed_while_a_warning_is_not_answered() -> None:
    house = Warned(PAIR)

    with pytest.raises(AppError) as refused:
        house.signed(*both())

    assert refusal(refused) == "decision.unanswered"
    assert refused.value.fault.kind is FaultKind.REFUSED
    assert not house.acts.committed


def test_with_a_reason_it_is_signed_and_both_orders_carry_it() -> None:
    house = Warned(PAIR)
    (card,) = house.cards(*both())

    orders = house.signed(*both(), answers=(because(card),))

    for order in orders:
        (override,) = house.now(order).overrides
        assert (override.check, override.tier) == ("ddi", "interruptive")
        assert override.rule == "rule-1@test@1"
        assert override.reason.text == "获益大于风险"
        assert override.by == house.doctor.clinician.id
        assert [one.name for one in override.subjects] == ["华法林", "阿司匹林"]


def test_where_nothing_speaks_against_it_nothing_is_asked_and_nothing_carried() -> None:
    house = Warned(PAIR)

    (order,) = house.signed(drug("华法林"))

    assert house.now(order).overrides == ()
    assert house.acts.committed[-1].decisions == ()


def test_the_journal_gets_one_event_for_the_card_with_the_act_of_its_first_order() -> None:
    house = Warned(PAIR, INLINE)
    (card,) = house.cards(*both())

    orders = house.signed(*both(), answers=(because(card),))

    first, second = house.acts.committed
    assert second.decisions == ()
    passed, ignored = first.decisions
    assert (passed.response, passed.rule) == (Response.OVERRIDDEN, "rule-1")
    assert passed.orders == tuple(one.id for one in orders)
    assert (passed.reason, passed.shown_ms) == ("risk-benefit-ratio", 1200)
    assert (passed.hook, passed.user) == ("order-sign", house.doctor.clinician.id)
    assert passed.context and passed.instance
    assert (ignored.response, ignored.tier) == (Response.IGNORED, "inline")
    assert ignored.orders == (orders[0].id,)


def test_what_is_only_in_the_drawer_is_not_kept_and_what_is_silent_is() -> None:
    drawer, silent = (
        Rule(("华法林",), tier, rule=tier.value) for tier in (Tier.DRAWER, Tier.SILENT)
    )
    house = Warned(drawer, silent)

    house.signed(drug("华法林"))

    (event,) = house.acts.committed[-1].decisions
    assert (event.rule, event.response, event.hidden) == ("silent", Response.NOT_SHOWN, "silent")


def test_a_hard_stop_needs_a_second_person_and_carries_their_name() -> None:
    house = Warned(STOP)
    (card,) = house.cards(drug("长春新碱"))

    with pytest.raises(AppError) as refused:
        house.signed(drug("长春新碱"), answers=(because(card),))
    (order,) = house.signed(drug("长春新碱"), answers=(because(card, house.second()),))

    assert refusal(refused) == "decision.second-missing"
    (override,) = house.now(order).overrides
    assert override.hard
    assert override.witness_name == "chief"
    assert house.journal.kept[-1].witness == "chief"


@pytest.mark.parametrize(
    ("role", "key", "code"),
    [
        (Role.NURSE, "nurse", "decision.second-may-not"),
        (Role.ATTENDING, "zhao", "decision.second-same"),
    ],
)
def test_not_everybody_can_be_the_second_person(role: Role, key: str, code: str) -> None:
    house = Warned(STOP)
    (card,) = house.cards(drug("长春新碱"))

    with pytest.raises(AppError) as refused:
        house.signed(drug("长春新碱"), answers=(because(card, house.second(role, key)),))

    assert refusal(refused) == code


@pytest.mark.parametrize(
    ("reason", "code"),
    [("because", "decision.reason-unknown"), ("other", "decision.words-missing")],
)
def test_a_reason_must_say_something(reason: str, code: str) -> None:
    house = Warned(PAIR)
    (card,) = house.cards(*both())

    with pytest.raises(AppError) as refused:
        house.signed(*both(), answers=(because(card, reason=reason),))

    assert refusal(refused) == code


def test_an_answer_to_a_warning_that_has_changed_answers_nothing() -> None:
    house = Warned(PAIR, STOP)
    (card,) = house.cards(*both())

    with pytest.raises(AppError) as refused:
        house.signed(*both(), drug("长春新碱"), answers=(because(card),))

    assert refusal(refused) == "decision.unanswered"


def test_an_infusion_is_one_act_and_every_member_is_judged() -> None:
    house = Warned(PAIR)
    unit = bag("华法林", "阿司匹林")
    (card,) = house.cards(*unit)

    orders = house.signed(*unit, answers=(because(card),))

    assert len(house.acts.committed) == 1
    assert all(house.now(one).overrides for one in orders)


def test_orders_of_other_classes_are_not_judged() -> None:
    house = Warned(Rule(("二级护理",)))

    (order,) = house.signed(service(OrderClass.NURSING, "二级护理"))

    assert house.now(order).overrides == ()


# --- beside what runs


def test_an_order_that_runs_is_beside_the_new_one() -> None:
    house = Warned(PAIR)
    house.signed(drug("华法林"))

    assert house.cards(drug("阿司匹林"))


def test_an_order_that_the_new_one_revises_is_not() -> None:
    house = Warned(Rule(("华法林", "阿司匹林")))
    (old,) = house.signed(drug("华法林"))
    revised = replace(drug("阿司匹林"), replaces=old.id, following=Following.REVISE)

    assert house.cards(revised) == ()
    assert house.cards(replace(revised, following=None))


# --- what was answered before


def test_the_same_is_asked_once_a_day_and_the_new_order_carries_the_same_reason() -> None:
    house = Warned(PAIR)
    (card,) = house.cards(*both())
    house.signed(*both(), answers=(because(card),))

    house.clock.step(hours=23)
    assert house.cards(*both()) == ()
    orders = house.signed(*both())

    assert {one.reason.code for order in orders for one in house.now(order).overrides} == {
        "risk-benefit-ratio"
    }
    hidden = house.acts.committed[-2].decisions[-1]
    assert (hidden.response, hidden.hidden) == (Response.NOT_SHOWN, "answered")
    house.clock.step(hours=2)
    assert house.cards(*both())


def test_what_does_not_interrupt_any_more_is_carried_no_longer() -> None:
    house = Warned(PAIR)
    (card,) = house.cards(*both())
    house.signed(*both(), answers=(because(card),))

    house.engine.rules = (replace(PAIR, tier=Tier.INLINE),)
    orders = house.signed(*both())

    assert [house.now(one).overrides for one in orders] == [(), ()]


def test_a_hard_stop_is_asked_every_time() -> None:
    house = Warned(STOP)
    (card,) = house.cards(drug("长春新碱"))
    house.signed(drug("长春新碱"), answers=(because(card, house.second()),))

    assert house.cards(drug("长春新碱")) == (card,)


# --- proposals


def test_a_proposal_needs_reasons_and_no_second_person() -> None:
    house = Warned(STOP)
    (card,) = house.cards(drug("长春新碱"))

    with pytest.raises(AppError) as refused:
        proposed(house, drug("长春新碱"), answers=())
    task = proposed(house, drug("长春新碱"), answers=(because(card),))

    assert refusal(refused) == "decision.unanswered"
    (order,) = house.countersigning.orders_of(house.doctor, task)
    assert [one.witness for one in order.overrides] == [None]


def test_who_countersigns_need_not_answer_what_the_proposal_answers() -> None:
    house = Warned(PAIR)
    (card,) = house.cards(*both())
    task = proposed(house, *bag("华法林", "阿司匹林"), answers=(because(card),))

    orders = house.countersigning.countersign(house.doctor, task, ())

    assert [len(one.overrides) for one in orders] == [1, 1]


def test_who_countersigns_releases_a_hard_stop_as_the_second_person() -> None:
    house = Warned(STOP)
    (card,) = house.cards(drug("长春新碱"))
    task = proposed(house, drug("长春新碱"), answers=(because(card),))

    with pytest.raises(AppError) as refused:
        house.countersigning.countersign(house.doctor, task, ())
    (order,) = house.countersigning.countersign(house.doctor, task, (), (because(card),))

    assert refusal(refused) == "decision.unanswered"
    assert [one.witness for one in order.overrides] == [None, house.doctor.clinician.id]
    assert house.acts.committed[-1].decisions[0].response is Response.OVERRIDDEN


def test_a_warning_that_is_new_at_the_countersignature_is_asked() -> None:
    house = Warned(PAIR)
    task = proposed(house, drug("阿司匹林"), answers=())
    (card,) = house.cards(drug("华法林"))
    house.signed(drug("华法林"), answers=(because(card),))
    house.clock.step(hours=25)
    (proposal,) = house.countersigning.orders_of(house.doctor, task)

    with pytest.raises(AppError) as refused:
        house.countersigning.countersign(house.doctor, task, ())
    (again,) = house.checking.check_orders(house.doctor, (proposal,)).interrupting
    (order,) = house.countersigning.countersign(house.doctor, task, (), (because(again.key),))

    assert refusal(refused) == "decision.unanswered"
    assert [one.by for one in order.overrides] == [house.doctor.clinician.id]


# --- by word of mouth


def test_a_rescue_is_never_stopped_and_the_physician_answers_when_confirming() -> None:
    house = WarnedRescue(Rule(("肾上腺素",), Tier.HARD_STOP))

    (order,), task = house.said(spoken())

    kept = house.acts.committed[-1].decisions
    assert [(one.response, one.tier) for one in kept] == [(Response.IGNORED, "hard-stop")]
    with pytest.raises(AppError) as refused:
        house.verbal.confirm(house.physician, task, ())
    assert refusal(refused) == "decision.unanswered"
    (confirmed,) = house.verbal.confirm(house.physician, task, (), (because("rule-1/肾上腺素"),))
    assert not confirmed.unconfirmed
    assert [one.by for one in house.now(order).overrides] == ["li"]


def test_what_nobody_warned_of_is_confirmed_as_ever() -> None:
    house = WarnedRescue()
    (order,), task = house.said(spoken())

    (confirmed,) = house.verbal.confirm(house.physician, task, ())

    assert not confirmed.unconfirmed
    assert house.now(order).overrides == ()
