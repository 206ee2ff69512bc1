"""Fields of cases as people write them: what is read, and what stays unread."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands.order_cases.fields import Fields
from app.decision.order_text.packs import lexicon
from app.domain.quantities import Quantity, ratio

FIELDS = Fields(lexicon())


@pytest.mark.parametrize(
    ("text", "dose"),
    [
        ("0.5 g", "0.5 g"),
        ("500mg", "500 mg"),
        ("５００ｍｇ", "500 mg"),
        ("1,000 mg", "1000 mg"),
        ("1.2万U", "12000 U"),
        ("320万单位", "3200000 U"),
        ("320 万单位", "3200000 U"),
        ("2.4 MU", "2400000 U"),
        ("40 IU/kg", "40 [iU]/kg"),
        ("15 mg/kg", "15 mg/kg"),
        ("50 mcg", "50 ug"),
        ("2 tablets", "2 {tbl}"),
        ("半片", "0.5 {tbl}"),
        ("10 mmol", "10 mmol"),
        ("10ml", "10 mL"),
        ("1 g/次", "1 g"),
    ],
)
def test_a_dose_is_read(text: str, dose: str) -> None:
    number, unit = dose.split(" ")

    found = FIELDS.dose(text)

    assert found.dose == Quantity(Decimal(number), unit)
    assert found.text == ""


@pytest.mark.parametrize(
    "text", ["0.25", "1", "500-1000 mg", "4 g/day", "some", "0,5 g", "1 g 2 g", "5 zorbs", "mg"]
)
def test_a_dose_that_is_none_is_kept_as_it_was_written(text: str) -> None:
    found = FIELDS.dose(text)

    assert found.dose is None
    assert found.text == text


def test_pieces_and_volumes_are_substance_where_their_strength_is_said() -> None:
    assert FIELDS.dose("0.25 g 2片", "Amoxicillin").amount == Quantity(Decimal("0.50"), "g")
    assert FIELDS.dose("10% 10ml").amount == Quantity(Decimal(1), "g")
    assert FIELDS.dose("2片").amount is None
    assert FIELDS.dose("10 ml").amount is None


@given(st.integers(1, 9999), st.sampled_from(["mg", "g", "ug", "U", "mmol", "mL"]))
def test_any_plain_dose_comes_back(number: int, unit: str) -> None:
    assert FIELDS.dose(f"{number} {unit}").dose == Quantity(Decimal(number), unit)
    assert FIELDS.dose(f"{number}{unit}").dose == Quantity(Decimal(number), unit)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PO", "po"), ("口服", "po"), ("oral", "po"), ("SC", "sc"), ("皮下", "sc"), ("IM", "im"),
        ("ivgtt", "ivgtt"), ("静滴", "ivgtt"), ("静脉滴注", "ivgtt"), ("IVPB", "ivgtt"),
        ("IV", "iv"), ("静推", "iv"), ("IV push", "iv"), ("i.v. bolus", "iv"), ("微泵", "pump"),
        ("IT", "it"), ("鞘内", "it"), ("intrathecal", "it"), ("intra-arterial", "ia"),
        ("TD", "td"), ("PR", "pr"), ("滴眼", "eye"), ("neb", "neb"), ("top", "top"), ("PV", "pv"),
        ("by owl", ""), ("iv or po", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_route_is_read_or_it_is_none(text: str, code: str) -> None:
    assert FIELDS.route(text).code == code


@pytest.mark.parametrize("text", ["IV push", "静推", "推注", "bolus"])
def test_what_goes_in_at_once_is_told_from_a_drip(text: str) -> None:
    assert FIELDS.route(text).pushed
    assert not FIELDS.route("静滴").pushed


@pytest.mark.parametrize(
    ("text", "code", "per_day"),
    [
        ("BID", "bid", Fraction(2)), ("tid", "tid", Fraction(3)), ("每日三次", "tid", Fraction(3)),
        ("q8h", "q8h", Fraction(3)), ("q12h", "q12h", Fraction(2)), ("OD", "qd", Fraction(1)),
        ("once daily", "qd", Fraction(1)), ("daily", "qd", Fraction(1)), ("qn", "qn", Fraction(1)),
        ("weekly", "qw", Fraction(1, 7)), ("每周一次", "qw", Fraction(1, 7)),
        ("biw", "biw", Fraction(2, 7)), ("q3d", "q3d", Fraction(1, 3)),
        ("qod", "qod", Fraction(1, 2)), ("q36h", "q36h", Fraction(2, 3)),
        ("q24h", "q24h", Fraction(1)), ("6 times daily", "6/d", Fraction(6)),
        ("q21d", "q21d", Fraction(1, 21)), ("q3w", "q3w", Fraction(1, 21)),
        ("prn", "prn", None), ("once", "once", None), ("stat", "st", None),
        ("continuous", "cont", None), ("often", "", None), ("q4-6h", "", None), ("", "", None),
    ],
)  # fmt: skip
def test_a_frequency_is_counted_exactly(text: str, code: str, per_day: Fraction | None) -> None:
    found = FIELDS.frequency(text)

    assert (found.code, found.per_day) == (code, per_day)
    assert found.once is (code in {"once", "st"})


def test_as_needed_is_kept_beside_an_interval() -> None:
    found = FIELDS.frequency("q6h prn")

    assert (found.code, found.per_day, found.as_needed) == ("q6h", Fraction(4), True)
    assert FIELDS.frequency("q4-6h prn").as_needed


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("20 mmol/h", "20 mmol/h"),
        ("60 mg/min", "60 mg/min"),
        ("100 ml/h", "100 mL/h"),
        ("0.1 mcg/kg/min", "0.1 ug/kg/min"),
        ("40滴/分", "40 {drop}/min"),
        ("1 g over 30 min", "2 g/h"),
        ("1 g/60min", "1 g/h"),
        ("over 60 min", "1 g/h"),
        ("in 1 h", "1 g/h"),
        ("30分钟滴完", "2 g/h"),
        ("2小时", "0.5 g/h"),
    ],
)
def test_a_rate_is_read_also_as_a_time_for_the_dose(text: str, rate: str) -> None:
    number, unit = rate.split(" ")

    found = FIELDS.rate(text, Quantity(Decimal(1), "g")).rate

    assert found is not None
    assert ratio(found, Quantity(Decimal(number), unit)) == 1


@pytest.mark.parametrize("text", ["快速", "<10 mmol/h", "10-20 ml/h", "fast", "0 min", ""])
def test_a_rate_that_is_none_is_no_rate(text: str) -> None:
    assert FIELDS.rate(text, Quantity(Decimal(1), "g")).rate is None


def test_a_time_is_no_rate_of_a_dose_nobody_knows() -> None:
    assert FIELDS.rate("over 30 min", None).rate is None


def test_a_third_is_as_near_as_any_limit_asks() -> None:
    found = FIELDS.rate("over 90 min", Quantity(Decimal(1), "g")).rate

    assert found is not None
    assert abs(found.value - Decimal(2) / 3) < Decimal("1e-12")


@pytest.mark.parametrize("text", ["push", "推注", "bolus", "IV push"])
def test_a_push_is_no_rate_and_at_once(text: str) -> None:
    assert FIELDS.rate(text, None).pushed


@pytest.mark.parametrize(
    ("text", "solvent"),
    [
        ("NS", "sodium chloride"),
        ("0.9%氯化钠注射液 100ml", "sodium chloride"),
        ("5% GS 250 ml", "glucose"),
        ("Ringer's lactate", "sodium lactate ringer's"),
        ("乳酸钠林格", "sodium lactate ringer's"),
        ("orange juice", ""),
    ],
)
def test_a_solvent_is_known_by_its_names(text: str, solvent: str) -> None:
    assert FIELDS.solvent(text) == solvent


def test_nothing_is_said_to_dilute_in_several_ways() -> None:
    assert all(map(FIELDS.is_nothing, ["", "none", "undiluted", "无", "不稀释"]))
    assert not FIELDS.is_nothing("NS")
