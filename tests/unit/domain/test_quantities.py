"""Amounts with units: exact within one dimension, and nothing outside it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.quantities import (
    Figure,
    Measure,
    Quantity,
    converted,
    convertible,
    decimal_of,
    figure,
    is_positive,
    measure,
    nearest,
    number,
    ratio,
    same_amount,
)
from resources.reading import rows

MASS = ("ng", "ug", "mg", "g", "kg")
VOLUME = ("uL", "mL", "dL", "L")
FAMILIES = (MASS, VOLUME, ("[iU]", "k[iU]", "M[iU]"), ("U", "kU"), ("umol", "mmol", "mol"))
ALONE = ("{tbl}", "{capsule}", "{vial}", "{drop}", "meq", "%", "kcal")
UNITS = [*(unit for family in FAMILIES for unit in family), *ALONE]

values = st.decimals("0.000001", "1000000", places=6)
family = st.sampled_from(FAMILIES)
pairs = family.flatmap(lambda units: st.tuples(st.sampled_from(units), st.sampled_from(units)))


def q(value: str, unit: str) -> Quantity:
    return Quantity(Decimal(value), unit)


@pytest.mark.parametrize(
    ("value", "unit", "into", "same"),
    [
        ("0.5", "g", "mg", "500"),
        ("250", "ug", "mg", "0.25"),
        ("1", "kg", "ng", "1000000000000"),
        ("80", "k[iU]", "[iU]", "80000"),
        ("1.5", "L", "mL", "1500"),
        ("5", "ug/kg/min", "mg/kg/h", "0.3"),
        ("2", "mg/mL", "g/L", "2"),
        ("75", "mg/m2", "g/m2", "0.075"),
    ],
)
def test_an_amount_is_the_same_in_another_unit(value: str, unit: str, into: str, same: str) -> None:
    assert converted(q(value, unit), into) == q(same, into)


@pytest.mark.parametrize(
    "row",
    [row for row in rows("order_text", "units") if row["dimension"] in ("mass", "volume")],
    ids=lambda row: row["word"],
)
def test_the_units_of_typed_orders_have_the_same_size_here(row: dict[str, str]) -> None:
    base = {"mass": "mg", "volume": "mL"}[row["dimension"]]

    same = converted(q("1", row["ucum"]), base)

    assert same is not None
    assert same.value == Decimal(row["factor"])


@given(values, pairs)
def test_there_and_back_is_the_same_to_the_last_digit(
    value: Decimal, units: tuple[str, str]
) -> None:
    here, there = units
    moved = converted(Quantity(value, here), there)

    assert moved is not None
    assert converted(moved, here) == Quantity(value, here)
    assert same_amount(Quantity(value, here), moved) is True
    assert ratio(Quantity(value, here), moved) == 1


@given(values, st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_nothing_is_converted_into_another_dimension(value: Decimal, one: str, two: str) -> None:
    together = one == two or any(one in family and two in family for family in FAMILIES)
    quantity = Quantity(value, one)

    assert convertible(one, two) == convertible(two, one) == together
    assert (converted(quantity, two) is not None) == together
    assert (ratio(quantity, Quantity(Decimal(1), two)) is not None) == together
    assert (same_amount(quantity, Quantity(Decimal(1), two)) is not None) == together


def test_units_of_an_enzyme_and_international_units_are_not_the_same() -> None:
    assert not convertible("U", "[iU]")
    assert convertible("[IU]", "[iU]")


@pytest.mark.parametrize("unit", ["", "tablet", "/h", "mg/tablet", "tablet/mg", "mg{total}", "x2"])
def test_a_unit_that_is_not_known_measures_nothing(unit: str) -> None:
    assert measure(q("1", unit)) is None
    assert not convertible(unit, "mg")
    assert not convertible("mg", unit)


def test_an_unknown_unit_is_still_itself_and_no_unit_is_nothing() -> None:
    assert converted(q("2", "tablet"), "tablet") == q("2", "tablet")
    assert same_amount(q("2", "tablet"), q("2.0", "tablet")) is True
    assert not convertible("", "")
    assert same_amount(q("2", ""), q("2", "")) is None


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E+100000", "1E-31"])
def test_what_is_no_usable_number_is_not_computed_with(value: str) -> None:
    bad = q(value, "mg")

    assert measure(bad) is None
    assert not is_positive(bad)
    assert ratio(bad, q("1", "mg")) is None
    assert same_amount(bad, q("1", "mg")) is None
    assert converted(bad, "g") is None
    assert is_positive(q("1E+3", "mg"))


def test_nothing_goes_into_an_amount_of_nothing() -> None:
    assert ratio(q("5", "mg"), q("0", "mg")) is None
    assert not is_positive(q("0", "mg"))
    assert same_amount(q("0", "mg"), q("0", "g")) is True


def test_what_has_no_end_is_not_converted_but_can_be_shown() -> None:
    rate = q("1", "mg/h")
    known = measure(rate)
    assert known is not None
    per_minute = known.into("mg/min")

    assert converted(rate, "mg/min") is None
    assert per_minute == Fraction(1, 60)
    assert figure(per_minute) == Figure(Decimal("0.01667"), exact=False)
    assert known.into("mL/h") is None
    assert known.into("nonsense") is None


@given(st.fractions(min_value=0, max_value=10**9, max_denominator=10**6))
def test_a_figure_is_exact_or_says_that_it_is_not(share: Fraction) -> None:
    shown = figure(share)

    assert shown.exact == (decimal_of(share) is not None)
    if shown.exact:
        assert Fraction(shown.value) == share
    else:
        assert abs(Fraction(shown.value) - share) <= share / 1000
        assert shown.text.startswith("≈ ")


@given(st.decimals(places=9, allow_nan=False, min_value=-(10**12), max_value=10**12))
def test_every_decimal_comes_back_whole(value: Decimal) -> None:
    assert decimal_of(Fraction(value)) == value


@given(
    st.fractions(min_value=0, max_value=10**6, max_denominator=1000),
    st.sampled_from(["0.01", "0.25", "0.5", "5", "12.5"]),
)
def test_the_nearest_multiple_is_at_most_half_a_step_away(share: Fraction, step: str) -> None:
    found = nearest(share, Fraction(step))

    assert Fraction(found) % Fraction(step) == 0
    assert abs(Fraction(found) - share) <= Fraction(step) / 2


def test_half_a_step_goes_up_and_a_step_must_be_one() -> None:
    assert nearest(Fraction(25, 10), Fraction(1)) == 3
    with pytest.raises(ValueError, match="positive"):
        nearest(Fraction(1), Fraction(0))
    with pytest.raises(ValueError, match="decimal"):
        nearest(Fraction(2, 3), Fraction(1, 3))


@pytest.mark.parametrize(
    ("value", "text"),
    [("500", "500"), ("5E+2", "500"), ("0.50", "0.5"), ("5.00", "5"), ("1E-7", "0.0000001")],
)
def test_a_number_is_written_without_exponent_and_idle_noughts(value: str, text: str) -> None:
    assert number(Decimal(value)) == text
    assert q(value, "mg").text == f"{text} mg"
    assert figure(Fraction(Decimal(value))).text == text


@pytest.mark.parametrize(
    ("unit", "text"),
    [("{tbl}", "tbl"), ("[iU]/mL", "IU/mL"), ("{drop}/min", "drop/min"), ("mg", "mg")],
)
def test_a_unit_is_spelled_for_the_eye(unit: str, text: str) -> None:
    assert q("2", unit).text == f"2 {text}"


def test_measures_multiply_and_divide_with_their_dimensions() -> None:
    mass, volume = measure(q("2", "g")), measure(q("4", "L"))
    assert mass is not None
    assert volume is not None

    assert (mass / volume).into("g/L") == Fraction(1, 2)
    assert (mass / volume * volume) == mass
    assert (mass / mass) == Measure(Fraction(1))
    with pytest.raises(ZeroDivisionError):
        mass / Measure(Fraction(0))
