"""A dose beside its order: the same, another one, or no dose of this order at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.administration_hurdles import Answer, DoseAsked, Hurdle, of_the_amount
from app.domain.orders import Dosage
from app.domain.quantities import Quantity, converted
from app.domain.terms import OrderId, Term
from app.kernel.faults import Message

ORAL = Term("口服", "urn:r", "po", "oral")
TUBE = Term("鼻饲", "urn:r", "ng", "nasogastric")


def asked(dose: str | None, unit: str, route: Term | None = None) -> DoseAsked:
    amount = None if dose is None else Decimal(dose)
    return DoseAsked(OrderId("o"), None, amount, unit, route=route)


def ordered(dose: str | None = "0.5", unit: str = "g", route: Term | None = ORAL) -> Dosage:
    return Dosage(None if dose is None else Decimal(dose), unit, route=route)


@pytest.mark.parametrize(
    ("dose", "unit"), [("0.5", "g"), ("0.50", "g"), ("500", "mg"), ("500000", "ug")]
)
def test_equal_amounts_raise_nothing(dose: str, unit: str) -> None:
    assert of_the_amount(asked(dose, unit), ordered()) == ()
    assert of_the_amount(asked(dose, unit, ORAL), ordered()) == ()


def test_another_dose_must_be_confirmed_with_both_numbers() -> None:
    assert of_the_amount(asked("250", "mg"), ordered()) == (
        Hurdle(Message.of("dose.not-as-ordered", asked="250 mg", ordered="0.5 g"), Answer.CONFIRM),
    )


@pytest.mark.parametrize("unit", ["mL", "{tbl}", "[iU]", "", "tablets"])
def test_a_unit_that_does_not_convert_stands(unit: str) -> None:
    (found,) = of_the_amount(asked("1", unit), ordered())

    assert found == Hurdle(Message.of("dose.units-differ", unit=unit, limit="g"), Answer.NOTHING)


@pytest.mark.parametrize("dose", [None, "0", "-1", "NaN", "Infinity"])
def test_no_dose_is_no_dose(dose: str | None) -> None:
    assert of_the_amount(asked(dose, "g"), ordered()) == (
        Hurdle(Message.of("order.missing-dose"), Answer.NOTHING),
    )


def test_another_way_must_be_confirmed_in_words_of_both_languages() -> None:
    (found,) = of_the_amount(asked("0.5", "g", TUBE), ordered())

    assert found == Hurdle(
        Message.of("dose.route-not-as-ordered", asked="鼻饲 (nasogastric)", ordered="口服 (oral)"),
        Answer.CONFIRM,
    )


def test_routes_are_the_same_by_code_and_without_a_common_system_by_their_words() -> None:
    foreign = Term("口服", "urn:elsewhere", "26643006")
    otherwise_worded = Term("经口", "urn:r", "po")

    assert of_the_amount(asked("0.5", "g", foreign), ordered()) == ()
    assert of_the_amount(asked("0.5", "g", otherwise_worded), ordered()) == ()
    plain = of_the_amount(asked("0.5", "g", Term("静滴")), ordered())
    assert [one.message.code for one in plain] == ["dose.route-not-as-ordered"]
    assert dict(plain[0].message.parameters)["asked"] == "静滴"


def test_what_the_order_does_not_say_must_be_confirmed_too() -> None:
    found = of_the_amount(asked("0.5", "g", TUBE), ordered(None, "g", None))

    assert found == (
        Hurdle(Message.of("dose.order-without-amount", asked="0.5 g"), Answer.CONFIRM),
        Hurdle(Message.of("dose.order-without-route", asked="鼻饲 (nasogastric)"), Answer.CONFIRM),
    )
    assert of_the_amount(asked("0.5", "g"), ordered(route=None)) == ()


@given(
    st.decimals("0.001", "1000", places=3),
    st.decimals("0.001", "1000", places=3),
    st.sampled_from(["ug", "mg", "g"]),
    st.sampled_from(["ug", "mg", "g"]),
)
def test_a_dose_is_as_ordered_exactly_when_the_amounts_are_equal(
    one: Decimal, other: Decimal, here: str, there: str
) -> None:
    order = Dosage(other, there, route=ORAL)
    as_ordered = converted(Quantity(other, there), here)
    assert as_ordered is not None

    assert of_the_amount(DoseAsked(OrderId("o"), None, as_ordered.value, here), order) == ()
    found = of_the_amount(DoseAsked(OrderId("o"), None, one, here), order)

    assert bool(found) == (one != as_ordered.value)
