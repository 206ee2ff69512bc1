"""How fast something runs, said in every unit that what is known allows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.infusion_rates import Running, rate_in, rate_over, runs_for
from app.domain.quantities import Quantity, figure
from app.kernel.faults import Message


def q(value: str, unit: str) -> Quantity:
    return Quantity(Decimal(value), unit)


SYRINGE = Running(
    amount=q("200", "mg"),
    volume=q("50", "mL"),
    weight=q("70", "kg"),
    drop_factor=q("20", "{drop}/mL"),
)


def code(found: Fraction | timedelta | Message) -> str:
    assert isinstance(found, Message), found
    return found.code


@pytest.mark.parametrize(
    ("rate", "unit", "same"),
    [
        (q("5", "mL/h"), "mg/h", Fraction(20)),
        (q("20", "mg/h"), "mL/h", Fraction(5)),
        (q("4.2", "mL/h"), "ug/kg/min", Fraction(4)),
        (q("4", "ug/kg/min"), "mL/h", Fraction(42, 10)),
        (q("4", "ug/kg/min"), "mg/h", Fraction(168, 10)),
        (q("60", "mL/h"), "{drop}/min", Fraction(20)),
        (q("20", "{drop}/min"), "mL/h", Fraction(60)),
        (q("1", "mL/kg/h"), "mL/h", Fraction(70)),
        (q("70", "mL/h"), "mL/kg/h", Fraction(1)),
        (q("100", "mL/h"), "L/d", Fraction(24, 10)),
    ],
)
def test_a_rate_is_the_same_in_another_unit(rate: Quantity, unit: str, same: Fraction) -> None:
    assert rate_in(rate, unit, SYRINGE) == same


@pytest.mark.parametrize(
    ("rate", "unit", "known"),
    [
        (q("5", "mL/h"), "mg/h", Running()),
        (q("5", "mL/h"), "mg/h", Running(amount=q("200", "mg"))),
        (q("5", "mL/h"), "mg/h", Running(amount=q("0", "mg"), volume=q("50", "mL"))),
        (q("5", "mL/h"), "U/h", SYRINGE),
        (q("5", "mL/h"), "{drop}/min", Running(volume=q("50", "mL"))),
        (q("5", "{drop}/min"), "mL/h", Running(volume=q("50", "mL"))),
        (
            q("5", "ug/kg/min"),
            "mL/h",
            Running(amount=SYRINGE.amount, volume=SYRINGE.volume),
        ),
        (q("5", "mg/h"), "mL/h", Running(weight=q("70", "kg"))),
    ],
)
def test_what_is_missing_for_a_rate_is_not_assumed(
    rate: Quantity, unit: str, known: Running
) -> None:
    assert code(rate_in(rate, unit, known)) == "arithmetic.rate-not-convertible"


def test_a_rate_must_be_one_and_above_nothing() -> None:
    assert code(rate_in(q("5", "furlong/h"), "mL/h", SYRINGE)) == "arithmetic.rate-unit"
    assert code(rate_in(q("0", "mL/h"), "mg/h", SYRINGE)) == "order.rate-not-positive"
    assert code(rate_in(q("5", "mg"), "mL/h", SYRINGE)) == "arithmetic.rate-not-convertible"
    assert code(runs_for(q("5", "mg"), SYRINGE)) == "arithmetic.rate-not-convertible"


def test_a_bag_runs_as_long_as_its_volume_lasts() -> None:
    assert runs_for(q("5", "mL/h"), SYRINGE) == timedelta(hours=10)
    assert runs_for(q("20", "mg/h"), SYRINGE) == timedelta(hours=10)
    bag = Running(volume=q("500", "mL"), drop_factor=q("15", "{drop}/mL"))
    assert runs_for(q("40", "{drop}/min"), bag) == timedelta(hours=3, minutes=7, seconds=30)


def test_a_bag_that_ends_between_two_seconds_is_said_to_end_at_the_first() -> None:
    bag = Running(volume=q("1", "mL"))

    assert runs_for(q("7", "mL/h"), bag) == timedelta(seconds=514)


def test_nobody_knows_how_long_an_unknown_volume_lasts() -> None:
    assert code(runs_for(q("5", "mL/h"), Running())) == "arithmetic.volume-not-stated"
    in_grams = Running(volume=q("5", "g"))
    assert code(runs_for(q("5", "mL/h"), in_grams)) == "arithmetic.volume-not-stated"
    never = q("0.0000000000000001", "mL/h")
    assert code(runs_for(never, SYRINGE)) == "arithmetic.never-ends"


def test_the_rate_for_a_given_time() -> None:
    bag = Running(volume=q("100", "mL"), drop_factor=q("20", "{drop}/mL"))
    half = timedelta(minutes=30)

    assert rate_over(bag, half, "mL/h") == 200
    assert figure(rate_over(bag, half, "{drop}/min")).text == "≈ 66.67"  # type: ignore[arg-type]  # a fraction, as the line above shows
    assert code(rate_over(bag, half, "mg/h")) == "arithmetic.rate-unit"
    assert code(rate_over(bag, timedelta(0), "mL/h")) == "arithmetic.volume-not-stated"
    assert code(rate_over(Running(), half, "mL/h")) == "arithmetic.volume-not-stated"


_POSITIVE = st.decimals("0.01", "1000", places=2)
_UNITS = ("mL/h", "mg/h", "ug/kg/min", "{drop}/min", "mL/kg/h", "mg/kg/d", "L/d")


@given(_POSITIVE, _POSITIVE, _POSITIVE, _POSITIVE, st.sampled_from(_UNITS), st.sampled_from(_UNITS))
def test_every_rate_comes_back_from_every_unit(
    amount: Decimal, volume: Decimal, weight: Decimal, value: Decimal, one: str, other: str
) -> None:
    known = Running(
        Quantity(amount, "mg"),
        Quantity(volume, "mL"),
        Quantity(weight, "kg"),
        q("20", "{drop}/mL"),
    )
    base = rate_in(Quantity(value, one), "mL/h", known)
    there = rate_in(Quantity(value, one), other, known)
    assert isinstance(base, Fraction)
    assert isinstance(there, Fraction)

    factor = rate_in(Quantity(Decimal(1), other), "mL/h", known)

    assert isinstance(factor, Fraction)
    assert there * factor == base


@given(_POSITIVE, st.integers(1, 100_000))
def test_a_rate_for_a_time_lasts_for_that_time(volume: Decimal, seconds: int) -> None:
    bag = Running(volume=Quantity(volume, "mL"))
    lasts = timedelta(seconds=seconds)

    rate = rate_over(bag, lasts, "mL/h")

    assert isinstance(rate, Fraction)
    assert Fraction(volume) / rate * 3600 == seconds
