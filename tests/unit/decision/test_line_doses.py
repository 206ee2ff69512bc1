"""What a line comes to of a substance."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decision.expressions import Unknown, amount
from app.decision.findings import Saying
from app.decision.line_doses import Dosing, quantity
from app.decision.situation import Line
from app.domain.quantities import Quantity
from tests.support.rules_kit import a_knowledge, of, order
from tests.support.situation_kit import a_drug

NO_WEIGHT = Unknown(Saying("rules.why.none"))
LIGHT = Dosing("x", a_knowledge(), Decimal(20))
UNWEIGHED = Dosing("x", a_knowledge(), NO_WEIGHT)
SALT = Dosing("salt", a_knowledge(), Decimal(50))


def line(dose: str = "", frequency: str = "", **told: object) -> Line:
    return order("x", dose, "po", frequency, drug=of("x"), **told)  # type: ignore[arg-type]  # by name


def why(told: Quantity | Unknown) -> str:
    assert isinstance(told, Unknown)
    return told.why.code


def daily(one: Line, dosing: Dosing = LIGHT) -> Quantity | Unknown:
    return dosing.in_a_day(one, dosing.single(one))


def test_one_dose_is_what_is_ordered() -> None:
    assert LIGHT.single(line("500 mg")) == amount("500 mg")


def test_pieces_count_as_what_is_in_them() -> None:
    known = line("2 {tbl}", amount=amount("1 g"))

    assert LIGHT.single(known) == amount("1 g")
    assert why(LIGHT.single(line("2 {tbl}"))) == "rules.why.pieces"


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (line(), "rules.why.no-dose"),
        (line(dose_text="a spoon"), "rules.why.no-dose"),
        (order("x", drug=a_drug("x", "y")), "rules.why.combination"),
        (order("unheard-of"), "rules.why.combination"),
        (line(amount=Quantity(Decimal(1), "")), "rules.why.no-unit"),
    ],
)
def test_what_one_dose_is_not_known_for(one: Line, code: str) -> None:
    assert why(LIGHT.single(one)) == code


def test_the_whole_of_a_combination_is_known() -> None:
    assert LIGHT.product(order("x", "4.5 g", drug=a_drug("x", "y"))) == amount("4.5 g")


def test_a_dose_for_each_kilogram_is_a_dose() -> None:
    told = line("15 mg/kg")

    assert LIGHT.single(told) == amount("300 mg")
    assert why(UNWEIGHED.single(told)) == "rules.why.none"
    assert UNWEIGHED.single_per_kilogram(told) == amount("15 mg/kg")


def test_a_dose_is_divided_by_the_weight() -> None:
    assert LIGHT.single_per_kilogram(line("300 mg")) == amount("15 mg/kg")
    assert why(UNWEIGHED.single_per_kilogram(line("300 mg"))) == "rules.why.none"
    assert why(LIGHT.per_kilogram(NO_WEIGHT)) == "rules.why.none"


@pytest.mark.parametrize(
    ("frequency", "told"),
    [("tid", "1500 mg/d"), ("qw", "500 mg/wk"), ("qod", "250 mg/d"), ("once", "500 mg/d")],
)
def test_a_day_is_as_often_as_it_is_ordered(frequency: str, told: str) -> None:
    assert daily(line("500 mg", frequency)) == amount(told)


def test_what_has_no_end_is_cut_off() -> None:
    told = daily(line("500 mg", "q3d"))

    assert isinstance(told, Quantity)
    assert Fraction(told.value) < Fraction(500, 3)
    assert Fraction(500, 3) - Fraction(told.value) < Fraction(1, 10**20)


def test_how_often_has_to_be_said() -> None:
    assert why(daily(line("500 mg"))) == "rules.why.no-frequency"
    assert why(daily(line("", "tid"))) == "rules.why.no-dose"


def test_what_runs_without_a_break_runs_all_day() -> None:
    assert daily(line("", "cont", rate=amount("10 mg/h"))) == amount("240 mg/d")
    assert daily(line("", rate=amount("1 mg/min"))) == amount("1440 mg/d")
    assert daily(line("", "cont", rate=amount("1 mg/kg/h"))) == amount("480 mg/d")


def test_a_bag_that_runs_in_is_one_bag() -> None:
    assert daily(line("500 mg", "qd", rate=amount("1 g/h"))) == amount("500 mg/d")
    assert why(daily(line("500 mg", rate=amount("1 g/h")))) == "rules.why.no-frequency"


def test_a_rate_nobody_can_compute_with_is_not_known() -> None:
    assert why(daily(line("", "cont", rate=amount("5 foo/h")))) == "rules.why.other-unit"
    assert why(daily(line("", "cont", rate=amount("1 mg/kg/h")), UNWEIGHED)) == "rules.why.none"
    assert why(LIGHT.rate(line())) == "rules.why.no-rate"


def test_lines_are_added_in_the_unit_of_the_first() -> None:
    lines = [line("1 g", "tid"), line("500 mg", "bid")]

    assert LIGHT.of_all(lines, least=False) == amount("4 g/d")
    assert LIGHT.of_all([*lines, line("100 mg", "qd")], least=False) == amount("4.1 g/d")
    assert LIGHT.of_all([line("1 g", "qd")] * 2, least=False) == amount("2 g/d")


def test_a_sum_with_something_unknown_is_what_is_known_at_least() -> None:
    lines = [line("1 g", "tid"), line("1 {tbl}", "tid")]

    assert why(LIGHT.of_all(lines, least=False)) == "rules.why.pieces"
    assert LIGHT.of_all(lines, least=True) == amount("3 g/d")
    assert why(LIGHT.of_all([line()], least=True)) == "rules.why.nothing"


def test_millilitres_and_milligrams_are_not_added() -> None:
    assert why(LIGHT.of_all([line("1 g", "qd"), line("5 mL", "qd")], least=False)) == (
        "rules.why.other-unit"
    )


@pytest.mark.parametrize(
    ("dose", "told"),
    [("1.5 g", "20 mmol"), ("1500 mg", "20 mmol"), ("20 mmol", "20 mmol"), ("5 mL", "5 mL")],
)
def test_a_salt_is_counted_as_its_rules_count_it(dose: str, told: str) -> None:
    assert SALT.product(line(dose)) == amount(told)


def test_a_rate_of_a_salt_is_counted_so_too() -> None:
    assert SALT.rate(line(rate=amount("0.75 g/h"))) == amount("10 mmol/h")
    assert isinstance(SALT.counted(NO_WEIGHT), Unknown)


@given(st.fractions(min_value=0, max_value=10**6, max_denominator=10**4))
def test_a_cut_off_value_never_exceeds_itself(value: Fraction) -> None:
    told = Fraction(quantity(value, "mg").value)

    assert 0 <= value - told < Fraction(1, 10**23)
