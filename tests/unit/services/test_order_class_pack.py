"""The classes and kinds pack says of every class and kind what follows from it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.orders import OrderClass, OrderKind
from app.services.order_class_pack import (
    Asked,
    class_rules,
    exclusive_classes,
    kind_rules,
    lapse_of,
)


def test_every_class_and_every_kind_has_a_rule() -> None:
    assert set(class_rules()) == set(OrderClass)
    assert set(kind_rules()) == set(OrderKind)


def test_a_new_diet_level_of_care_or_condition_stops_the_old_one() -> None:
    assert exclusive_classes() == {
        OrderClass.DIET,
        OrderClass.LEVEL_OF_CARE,
        OrderClass.CONDITION,
    }


def test_a_single_standby_order_lapses_after_twelve_hours_and_no_other_does() -> None:
    assert lapse_of(OrderKind.SOS) == timedelta(hours=12)
    assert [kind for kind in OrderKind if lapse_of(kind) is not None] == [OrderKind.SOS]


@pytest.mark.parametrize("order_class", list(OrderClass))
def test_a_class_begins_with_a_kind_that_it_allows(order_class: OrderClass) -> None:
    rule = class_rules()[order_class]

    assert rule.default_kind in rule.kinds
    assert len(set(rule.kinds)) == len(rule.kinds)


def test_standby_orders_are_given_as_needed_and_scheduled_ones_are_not() -> None:
    needed = {kind for kind, rule in kind_rules().items() if rule.as_needed}

    assert needed == {OrderKind.PRN, OrderKind.SOS}


def test_only_what_holds_until_it_is_stopped_is_long_term() -> None:
    long_term = {kind for kind, rule in kind_rules().items() if rule.long_term}

    assert long_term == {OrderKind.LONG_TERM, OrderKind.PRN}


def test_a_medication_must_say_how_often_and_a_level_of_care_is_not_asked() -> None:
    rules = class_rules()

    assert rules[OrderClass.MEDICATION].frequency is Asked.REQUIRED
    assert rules[OrderClass.NURSING].frequency is Asked.OFFERED
    assert rules[OrderClass.LEVEL_OF_CARE].frequency is Asked.NO


def test_what_is_done_once_needs_no_frequency() -> None:
    once = {kind for kind, rule in kind_rules().items() if not rule.frequency}

    assert once == {OrderKind.TEMPORARY, OrderKind.STAT, OrderKind.SOS, OrderKind.VERBAL}


def test_who_examines_or_operates_is_told_why() -> None:
    rules = class_rules()

    assert rules[OrderClass.IMAGING].needs_reason
    assert rules[OrderClass.OPERATION].needs_reason
    assert not rules[OrderClass.NURSING].needs_reason


def test_every_class_names_the_resource_of_its_documents() -> None:
    resources = {one: rule.resource for one, rule in class_rules().items()}

    assert resources[OrderClass.MEDICATION] == "MedicationRequest"
    assert resources[OrderClass.DIET] == "NutritionOrder"
    others = set(OrderClass) - {OrderClass.MEDICATION, OrderClass.DIET}
    assert {resources[one] for one in others} == {"ServiceRequest"}
