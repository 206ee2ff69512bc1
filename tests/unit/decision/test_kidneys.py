"""Renal function out of creatinine, as the worked examples have it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.quantities import Quantity
from tests.support.rules_kit import kidneys


def mg_per_dl(text: str) -> Quantity:
    return Quantity(Decimal(text), "mg/dL")


@pytest.mark.parametrize(
    ("age", "sex", "creatinine", "rate"),
    [("50", "male", "1.0", 92), ("60", "female", "0.8", 84), ("80", "female", "2.0", 25)],
)
def test_the_filtration_of_the_examples(age: str, sex: str, creatinine: str, rate: int) -> None:
    found = kidneys().filtration(mg_per_dl(creatinine), Decimal(age), sex)

    assert found is not None
    assert round(found.value) == rate
    assert found.unit == "mL/min/{1.73_m2}"


def test_the_clearance_of_the_example() -> None:
    found = kidneys().clearance(mg_per_dl("1.2"), Decimal(72), "female", Decimal(60))

    assert found == Quantity(Decimal("40.1"), "mL/min")


def test_micromoles_are_converted() -> None:
    found = kidneys().filtration(Quantity(Decimal("88.4"), "umol/L"), Decimal(50), "male")

    assert found is not None
    assert round(found.value) == 92


def test_past_its_range_a_clearance_is_nothing() -> None:
    found = kidneys().clearance(mg_per_dl("1"), Decimal(150), "male", Decimal(60))

    assert found == Quantity(Decimal(0), "mL/min")


@pytest.mark.parametrize(("value", "unit"), [("80", "mmol/kg"), ("0", "mg/dL")])
def test_what_is_no_creatinine_gives_nothing(value: str, unit: str) -> None:
    assert kidneys().filtration(Quantity(Decimal(value), unit), Decimal(50), "male") is None
