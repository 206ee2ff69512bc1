"""Conditions of order sets: what is not known is unknown, and never holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order_set_conditions import Facts, Question, Verdict, verdict, weight_for
from app.domain.patients import AllergyState, Measured, Sex
from tests.unit.domain.set_kit import (
    ALLERGENS,
    CEFTRIAXONE,
    CONDITIONS,
    DAY,
    KNOWN,
    NOW,
    NUT,
    PENICILLIN,
    allergic_to,
)

NOTHING = Facts(NOW)


def said(code: str, facts: Facts) -> Verdict:
    return verdict(CONDITIONS[code], facts, ALLERGENS)


def test_every_test_there_is_has_a_condition_here() -> None:
    assert {one.test for one in CONDITIONS.values()} == set(Question)


@pytest.mark.parametrize("code", sorted(CONDITIONS))
def test_of_a_patient_of_whom_nothing_is_known_everything_is_unknown(code: str) -> None:
    assert said(code, NOTHING) is Verdict.UNKNOWN


@pytest.mark.parametrize("code", sorted(set(CONDITIONS) - {"female"}))
def test_of_a_patient_of_whom_all_is_known_it_holds(code: str) -> None:
    assert said(code, KNOWN) is Verdict.HOLDS


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("no-penicillin", allergic_to(PENICILLIN)),
        ("adult", replace(KNOWN, age_years=17)),
        ("young", replace(KNOWN, age_years=80)),
        ("female", KNOWN),
        ("not-pregnant", replace(KNOWN, pregnant=True)),
        ("egfr", replace(KNOWN, egfr=Measured(Decimal(29), "mL/min", NOW - DAY))),
    ],
)
def test_it_fails_where_the_chart_says_so(code: str, facts: Facts) -> None:
    assert said(code, facts) is Verdict.FAILS


def test_an_allergy_to_something_else_that_is_known_does_not_matter() -> None:
    assert said("no-penicillin", allergic_to(CEFTRIAXONE)) is Verdict.HOLDS


@pytest.mark.parametrize(
    "facts",
    [
        allergic_to(NUT, checkable=False),
        allergic_to(replace(PENICILLIN, code="other")),
        replace(KNOWN, allergy_state=AllergyState.NOT_RECORDED),
        replace(KNOWN, allergy_state=AllergyState.UNAVAILABLE),
    ],
    ids=["free-text", "a-code-nobody-has-placed", "nobody-asked", "not-here"],
)
def test_an_allergy_that_cannot_be_placed_leaves_it_unknown(facts: Facts) -> None:
    assert said("no-penicillin", facts) is Verdict.UNKNOWN


def test_an_allergy_that_was_refuted_is_none() -> None:
    refuted = replace(allergic_to(PENICILLIN, active=False), allergy_state=AllergyState.NONE_KNOWN)

    assert said("no-penicillin", refuted) is Verdict.HOLDS


@pytest.mark.parametrize("sex", [Sex.OTHER, Sex.UNKNOWN])
def test_a_sex_that_was_not_stated_is_unknown(sex: Sex) -> None:
    assert said("female", replace(KNOWN, sex=sex)) is Verdict.UNKNOWN
    assert said("female", replace(KNOWN, sex=Sex.FEMALE)) is Verdict.HOLDS


def test_a_woman_of_child_bearing_age_is_pregnant_or_not_only_where_somebody_said_so() -> None:
    woman = replace(KNOWN, sex=Sex.FEMALE, age_years=30)

    assert said("not-pregnant", woman) is Verdict.UNKNOWN
    assert said("not-pregnant", replace(woman, age_years=55)) is Verdict.HOLDS
    assert said("not-pregnant", replace(woman, pregnant=False)) is Verdict.HOLDS


@given(age=st.timedeltas(min_value=timedelta(days=-5), max_value=timedelta(days=400)))
def test_a_weight_counts_while_it_is_recent_and_not_from_the_future(age: timedelta) -> None:
    facts = replace(KNOWN, weight=Measured(Decimal(68), "kg", NOW - age))
    recent = timedelta() <= age <= 30 * DAY

    assert said("weight", facts) is (Verdict.HOLDS if recent else Verdict.UNKNOWN)
    assert (weight_for(CONDITIONS["weight"], facts) is not None) is recent


@pytest.mark.parametrize(("value", "unit"), [("68", "[lb_av]"), ("0", "kg")])
def test_a_weight_in_another_unit_or_of_nothing_is_no_weight(value: str, unit: str) -> None:
    facts = replace(KNOWN, weight=Measured(Decimal(value), unit, NOW))

    assert weight_for(CONDITIONS["weight"], facts) is None
    assert said("weight", facts) is Verdict.UNKNOWN


def test_a_condition_without_a_span_takes_a_value_of_any_age() -> None:
    old = replace(KNOWN, egfr=Measured(Decimal(80), "mL/min", NOW - 900 * DAY))

    assert verdict(replace(CONDITIONS["egfr"], within=None), old, ALLERGENS) is Verdict.HOLDS
    assert said("egfr", old) is Verdict.UNKNOWN
