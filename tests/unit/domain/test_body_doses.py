"""Doses by weight or surface, and how they are rounded."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.body_doses import BodyDose, body_dose
from app.domain.quantities import Figure, Quantity
from app.kernel.faults import Message


def q(value: str, unit: str) -> Quantity:
    return Quantity(Decimal(value), unit)


def made(found: BodyDose | Message) -> BodyDose:
    assert isinstance(found, BodyDose), found
    return found


def code(found: BodyDose | Message) -> str:
    assert isinstance(found, Message), found
    return found.code


def test_a_dose_by_weight_shows_both_numbers_with_their_unit() -> None:
    one = made(body_dose(q("15", "mg/kg"), q("12.3", "kg"), "mg"))

    assert (one.exact, one.rounded) == (Figure(Decimal("184.5")), None)
    assert one.said == Message.of(
        "arithmetic.by-body", asked="15 mg/kg", body="12.3 kg", exact="= 184.5", unit="mg"
    )


def test_a_weight_in_grams_gives_the_same_dose() -> None:
    one = made(body_dose(q("15", "mg/kg"), q("12300", "g"), "g"))

    assert one.exact == Figure(Decimal("0.1845"))


def test_a_rounded_dose_says_what_was_rounded_and_by_how_much() -> None:
    one = made(body_dose(q("15", "mg/kg"), q("12.3", "kg"), "mg", step=q("0.025", "g")))

    assert (one.rounded, one.off) == (q("175", "mg"), Figure(Decimal("-5.1"), exact=False))
    assert dict(one.said.parameters)["off"] == "≈ -5.1"
    up = made(body_dose(q("10", "mg/kg"), q("19", "kg"), "mg", step=q("100", "mg")))
    assert up.rounded == q("200", "mg")
    assert dict(up.said.parameters)["off"] == "≈ +5.3"


def test_a_dose_a_day_is_parted_into_its_doses() -> None:
    one = made(body_dose(q("40", "mg/kg/d"), q("20", "kg"), "mg", doses_a_day=3))

    assert one.exact == Figure(Decimal("266.7"), exact=False)
    assert made(body_dose(q("40", "mg/kg/d"), q("20", "kg"), "mg", doses_a_day=4)).exact.exact


def test_a_dose_by_surface_is_computed_like_one_by_weight() -> None:
    assert made(body_dose(q("75", "mg/m2"), q("1.8", "m2"), "mg")).exact.value == 135


@pytest.mark.parametrize(
    ("per_body", "body", "unit", "doses"),
    [
        (q("15", "mg"), q("20", "kg"), "mg", None),
        (q("75", "mg/m2"), q("70", "kg"), "mg", None),
        (q("15", "mg/kg"), q("20", "kg"), "mL", None),
        (q("15", "mg/kg"), q("20", "kg"), "mg", 3),
        (q("40", "mg/kg/d"), q("20", "kg"), "mg", None),
        (q("40", "mg/kg/d"), q("20", "kg"), "mg", 0),
        (q("15", "tablets/kg"), q("20", "kg"), "mg", None),
        (q("15", "mg/kg"), q("20", "stone"), "mg", None),
    ],
)
def test_what_does_not_make_a_dose_is_refused(
    per_body: Quantity, body: Quantity, unit: str, doses: int | None
) -> None:
    assert code(body_dose(per_body, body, unit, doses_a_day=doses)) == "arithmetic.not-by-body"


def test_nothing_is_computed_of_no_dose_or_no_body() -> None:
    assert code(body_dose(q("0", "mg/kg"), q("9", "kg"), "mg")) == "order.dose-not-positive"
    assert code(body_dose(q("5", "mg/kg"), q("-9", "kg"), "mg")) == "arithmetic.body-not-positive"


@pytest.mark.parametrize("step", [q("0", "mg"), q("5", "mL"), q("1", "mg/h")])
def test_a_step_of_something_else_rounds_nothing(step: Quantity) -> None:
    found = body_dose(q("15", "mg/kg"), q("12", "kg"), "mg", step=step)

    assert code(found) == "arithmetic.step-unusable"


def test_a_dose_is_never_rounded_away() -> None:
    found = body_dose(q("1", "mg/kg"), q("2", "kg"), "mg", step=q("100", "mg"))

    assert code(found) == "arithmetic.rounded-to-nothing"


@given(
    st.decimals("0.01", "100", places=2),
    st.decimals("0.5", "250", places=2),
    st.sampled_from(["0.1", "0.5", "5", "25"]),
)
def test_rounding_is_at_most_half_a_step_and_the_exact_dose_stays(
    per_kg: Decimal, weight: Decimal, step: str
) -> None:
    found = body_dose(Quantity(per_kg, "mg/kg"), Quantity(weight, "kg"), "mg", q(step, "mg"))

    exact = Fraction(per_kg) * Fraction(weight)
    if isinstance(found, Message):
        assert exact < Fraction(step) / 2
        return
    assert found.exact == Figure(per_kg * weight)
    assert found.rounded is not None
    assert abs(Fraction(found.rounded.value) - exact) <= Fraction(step) / 2
    assert Fraction(found.rounded.value) % Fraction(step) == 0
