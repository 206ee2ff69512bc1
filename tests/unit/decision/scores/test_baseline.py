from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.decision.scores.baseline import Baseline, back_calculated, measured
from app.decision.scores.results import Answer
from app.domain.quantities import Quantity
from tests.unit.decision.scores import kit
from tests.unit.decision.scores.kit import NOW

KDIGO = kit.scores()["KDIGO-AKI"]
CKD_EPI = kit.scores()["CKD-EPI-2021"]
ADMITTED = NOW - timedelta(days=3)


def value(text: str, days: float) -> Answer:
    return kit.answer(text, NOW - timedelta(days=days))


def found(*past: Answer) -> Baseline | None:
    return measured(KDIGO, past, ADMITTED, NOW)


def test_the_lowest_of_7_to_365_days_goes_first() -> None:
    lowest = value("0.9 mg/dL", 200)
    past = (value("90 umol/L", 30), lowest, value("60 umol/L", 2), value("50 umol/L", 400))

    assert found(*past) == Baseline(
        Quantity(Decimal("0.9"), "mg/dL"), "lowest-7-365-days", lowest.at
    )


@pytest.mark.parametrize(("days", "rule"), [(7, "lowest-7-365-days"), (365, "lowest-7-365-days")])
def test_the_ends_of_the_window_belong_to_it(days: float, rule: str) -> None:
    baseline = found(value("80 umol/L", days), value("90 umol/L", 2))

    assert baseline is not None
    assert baseline.rule == rule


@pytest.mark.parametrize("days", [6.99, 365.01])
def test_outside_the_window_the_first_since_admission_counts(days: float) -> None:
    first = value("95 umol/L", 2.9)
    baseline = found(value("80 umol/L", days), value("85 umol/L", 1), first)

    assert baseline == Baseline(Quantity(Decimal(95), "umol/L"), "admission", first.at)


def test_what_is_no_creatinine_and_what_is_later_are_passed_over() -> None:
    assert found() is None
    past = (value("2 umol/L", 20), value("90 furlong", 20), value("high", 20))
    assert found(*past, value("90 umol/L", -1)) is None


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("years", [18, 45, 60, 85, 110])
def test_a_back_calculated_baseline_has_the_assumed_rate(sex: str, years: int) -> None:
    baseline = back_calculated(KDIGO, CKD_EPI, sex, years)
    amount = f"{baseline.value.value} {baseline.value.unit}"
    rate = kit.total("CKD-EPI-2021", {"sex": sex, "age": f"{years} a", "creatinine": amount})

    assert baseline.rule == "back-calculated"
    assert baseline.at is None
    assert abs(rate - 75) <= 1
