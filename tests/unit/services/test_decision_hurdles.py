"""What a nurse is told before a dose."""

from __future__ import annotations

from app.decision.findings import Check, Moment, Tier
from app.domain.administration_hurdles import Answer
from app.domain.orders import OrderClass
from tests.support.fake_deciding import Rule
from tests.unit.services.deciding_house import (
    INLINE,
    PAIR,
    STOP,
    Warned,
    WarnedRescue,
    because,
    both,
)
from tests.unit.services.ordering_kit import drug, service
from tests.unit.services.verbal_kit import spoken


def said(house: Warned, order: object) -> list[tuple[str, Answer]]:
    hurdles = house.hurdles.hurdles(order)  # type: ignore[arg-type]  # an order of the test
    return [(one.message.code, one.answer) for one in hurdles]


def test_the_reason_of_the_prescriber_is_told_and_stops_nobody() -> None:
    house = Warned(PAIR)
    (card,) = house.cards(*both())
    order, _ = house.signed(*both(), answers=(because(card),))

    (told,) = house.hurdles.hurdles(house.now(order))

    assert (told.message.code, told.answer) == ("dose.warning-overridden", Answer.TOLD)
    words = dict(told.message.parameters)
    assert words["by"] == house.doctor.clinician.name.name
    assert words["subjects"] == "华法林 + 阿司匹林"
    assert words["reason"] == "获益大于风险 (benefit outweighs the risk)"


def test_a_hard_stop_that_was_released_wants_a_look_and_names_who_agreed() -> None:
    house = Warned(STOP)
    (card,) = house.cards(drug("长春新碱"))
    (order,) = house.signed(drug("长春新碱"), answers=(because(card, house.second()),))

    (told,) = house.hurdles.hurdles(house.now(order))

    assert (told.message.code, told.answer) == ("dose.hard-stop-overridden", Answer.CONFIRM)
    assert dict(told.message.parameters)["second"] == "chief"


def test_a_hard_stop_that_nobody_released_says_so() -> None:
    house = WarnedRescue(Rule(("肾上腺素",), Tier.HARD_STOP))
    (order,), task = house.said(spoken())
    house.verbal.confirm(house.physician, task, (), (because("rule-1/肾上腺素"),))

    assert said(house, house.now(order)) == [("dose.hard-stop-answered", Answer.CONFIRM)]


def test_what_has_come_to_light_since_needs_a_second_person() -> None:
    house = Warned()
    (order,) = house.signed(drug("阿莫西林"))
    assert said(house, house.now(order)) == []

    house.engine.rules = (Rule(("阿莫西林",), check=Check.ALLERGY, rule="allergy-1"),)

    assert said(house, house.now(order)) == [("decision.why.failed", Answer.WITNESS)]
    assert house.engine.judged[-1].moment is Moment.ADMINISTER
    assert [one.key for one in house.engine.judged[-1].new] == [order.id]


def test_what_is_quieter_is_only_told() -> None:
    house = Warned(INLINE)
    (order,) = house.signed(drug("华法林"))

    assert said(house, house.now(order)) == [("decision.why.failed", Answer.TOLD)]


def test_a_reason_given_with_the_other_order_counts_for_this_one() -> None:
    house = Warned()
    (first,) = house.signed(drug("华法林"))
    house.engine.rules = (PAIR,)
    (card,) = house.cards(drug("阿司匹林"))
    house.signed(drug("阿司匹林"), answers=(because(card),))

    assert said(house, house.now(first)) == []


def test_a_sentence_names_drugs_in_both_languages() -> None:
    house = Warned()
    (order,) = house.signed(drug("华法林"))
    house.engine.rules = (Rule(("华法林",), Tier.INLINE, says="decision.why.unit"),)

    (told,) = house.hurdles.hurdles(house.now(order))

    assert dict(told.message.parameters) == {"drug": "华法林 (WARFARIN)", "count": 1}


def test_other_orders_are_nothing_to_it() -> None:
    house = Warned()
    (order,) = house.signed(service(OrderClass.NURSING, "二级护理"))
    house.engine.rules = (Rule(("二级护理",)),)

    assert said(house, house.now(order)) == []
