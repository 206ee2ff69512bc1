"""From a dose to pieces of a product, and to a course."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.portions import Division, Portion, Product, amount, course, portion
from app.domain.quantities import Quantity, converted
from app.domain.strengths import read_strength
from app.kernel.faults import Message


def q(value: str, unit: str) -> Quantity:
    return Quantity(Decimal(value), unit)


def product(
    written: str, division: Division = Division.HALF, pieces: tuple[str, ...] = ("{tbl}",)
) -> Product:
    strength = read_strength(written)
    assert strength is not None
    return Product("tab", strength, pieces, "unit.tablet", division)


def made(dose: Quantity, one: Product) -> Portion:
    found = portion(dose, one)
    assert isinstance(found, Portion), found
    return found


def refused(dose: Quantity, one: Product) -> Message:
    found = portion(dose, one)
    assert isinstance(found, Message), found
    return found


def test_a_dose_is_so_many_pieces() -> None:
    assert made(q("500", "mg"), product("0.25g")).count == 2
    assert made(q("125", "mg"), product("0.25g")).count == Fraction(1, 2)
    assert made(q("1.5", "{tbl}"), product("0.25g")).count == Fraction(3, 2)


def test_a_quarter_or_a_third_of_a_tablet_is_not_dispensed_exactly() -> None:
    said = refused(q("100", "mg"), product("300mg"))

    assert said == Message.of(
        "arithmetic.not-exact",
        **{"dose": "100 mg", "number": "≈ 0.3333", "@piece": "unit.tablet", "strength": "300mg"},
    )
    assert refused(q("0.25", "{tbl}"), product("300mg")).code == "arithmetic.not-exact"
    assert made(q("150", "mg"), product("300mg")).count == Fraction(1, 2)


def test_a_capsule_is_not_halved_and_a_whole_one_is_taken() -> None:
    capsule = product("50mg", Division.WHOLE, ("{capsule}",))

    assert refused(q("25", "mg"), capsule).code == "arithmetic.not-exact"
    assert made(q("100", "mg"), capsule).count == 2


def test_a_strength_that_is_said_in_two_units_answers_in_either() -> None:
    vial = product("0.48g(80万U)", Division.MEASURED, ("{vial}",))

    assert made(q("1600000", "U"), vial).count == 2
    assert made(q("480", "mg"), vial).count == 1
    assert refused(q("800000", "[iU]"), vial).code == "arithmetic.units-differ"


def test_part_of_an_ampoule_is_a_volume() -> None:
    ampoule = product("2ml:50mg", Division.MEASURED, ("{ampule}", "{vial}"))
    one = made(q("12.5", "mg"), ampoule)

    assert (one.count, one.volume, one.opened) == (Fraction(1, 4), Fraction(1, 2), 1)
    assert made(q("0.5", "mL"), ampoule).count == Fraction(1, 4)
    assert made(q("2", "{vial}"), ampoule).count == 2
    assert one.said.code == "arithmetic.portion-measured"
    assert dict(one.said.parameters)["volume"] == "0.5"
    assert made(q("1", "{tbl}"), product("5mg")).said.code == "arithmetic.portion"


@pytest.mark.parametrize(
    ("dose", "written", "code"),
    [
        (q("80", "mg"), "80mg/5mg", "arithmetic.combination"),
        (q("80", "mL"), "80mg/5mg", "arithmetic.units-differ"),
        (q("10", "mg"), "1.34mg/ml", "arithmetic.piece-not-stated"),
        (q("10", "mg"), "1%", "arithmetic.only-percent"),
        (q("10", "mg"), "500ml", "arithmetic.units-differ"),
        (q("0", "mg"), "5mg", "order.dose-not-positive"),
        (q("NaN", "mg"), "5mg", "order.dose-not-positive"),
        (q("5", ""), "5mg", "arithmetic.units-differ"),
    ],
)
def test_a_dose_that_a_product_does_not_measure_is_refused_with_the_reason(
    dose: Quantity, written: str, code: str
) -> None:
    assert refused(dose, product(written)).code == code


def test_of_a_combination_pieces_can_be_ordered() -> None:
    assert made(q("1", "{tbl}"), product("80mg/5mg")).count == 1


@given(
    st.integers(1, 40),
    st.sampled_from(["0.25g", "81mg", "25ug", "0.089mg", "2ml:0.1g", "80万U"]),
    st.sampled_from(list(Division)),
)
def test_the_substance_of_a_count_of_pieces_makes_that_count_again(
    halves: int, written: str, division: Division
) -> None:
    one = product(written, division)
    count = Quantity(Decimal(halves) / 2, "{tbl}")
    held = amount(count, one)
    assert held is not None

    again = portion(held, one)

    if division is Division.WHOLE and halves % 2:
        assert isinstance(again, Message)
    else:
        assert isinstance(again, Portion)
        assert again.count == Fraction(count.value)


@given(st.decimals("0.001", "5000", places=3), st.sampled_from(["0.25g", "300mg", "70mg", "3mg"]))
def test_what_is_dispensed_is_the_dose_to_the_last_digit(value: Decimal, written: str) -> None:
    one = product(written)

    found = portion(Quantity(value, "mg"), one)

    held = converted(one.strength.amounts[0], "mg")
    assert held is not None
    share = Fraction(value) / Fraction(held.value)
    assert isinstance(found, Portion) == ((share * 2).denominator == 1)
    if isinstance(found, Portion):
        assert found.count * Fraction(held.value) == Fraction(value)


def test_a_count_of_something_else_or_of_a_combination_has_no_amount() -> None:
    assert amount(q("2", "{tbl}"), product("5mg")) == q("10", "mg")
    assert amount(q("2", "{capsule}"), product("5mg")) is None
    assert amount(q("2", "{tbl}"), product("80mg/5mg")) is None
    assert amount(q("2", "{tbl}"), product("1.34mg/ml")) is None
    assert amount(q("0", "{tbl}"), product("5mg")) is None


# --- a course


def test_a_course_of_whole_pieces_is_one_number() -> None:
    one = course(made(q("500", "mg"), product("0.25g")), 9)

    assert (one.least, one.most) == (18, 18)
    assert one.said.code == "arithmetic.course"
    assert dict(one.said.parameters)["number"] == 18


def test_a_course_of_halves_depends_on_whether_the_other_half_is_kept() -> None:
    one = course(made(q("125", "mg"), product("0.25g")), 9)

    assert (one.least, one.most) == (5, 9)
    assert one.said.code == "arithmetic.course-between"


def test_a_bottle_serves_the_whole_course() -> None:
    bottle = product("60ml:1.2g", Division.SHARED, ("{bottle}",))
    one = course(made(q("100", "mg"), bottle), 21)

    assert (one.least, one.most) == (2, 2)


@given(st.fractions(min_value=Fraction(1, 8), max_value=20), st.integers(0, 200))
def test_a_course_never_hands_out_too_little(count: Fraction, doses: int) -> None:
    for division in Division:
        one = course(Portion(product("5mg", division), q("5", "mg"), count), doses)

        assert count * doses <= one.least <= one.most
        assert one.least - count * doses < 1
        if division is not Division.SHARED:
            assert one.most == math.ceil(count) * doses


def test_there_is_no_negative_course() -> None:
    with pytest.raises(ValueError, match="fewer than no"):
        course(made(q("5", "mg"), product("5mg")), -1)
