"""What a skin test says to a drug."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.skin_tests import Reaction, SkinGate, SkinResult, skin_standing
from app.domain.terms import PatientId, Ref, Term
from tests.unit.domain.verifying_kit import NOW, RULES, a_reading, an_order, ref_of

ASKED = an_order(skin_test="required")
HOURS = st.floats(min_value=-200, max_value=200, allow_nan=False)


def gate(*results: SkinResult, skin_test: str = "required", doses: tuple[float, ...] = ()) -> str:
    order = an_order(skin_test=skin_test)
    times = [NOW + timedelta(hours=one) for one in doses]
    found = skin_standing(order, ref_of(order), results, NOW, RULES.skin_valid, times)
    return found.gate.value


def test_a_drug_that_asks_for_no_test_passes_and_one_that_asks_waits_for_it() -> None:
    assert gate(skin_test="") == "not-needed"
    assert gate(skin_test="exempt") == "not-needed"
    assert gate() == "missing"
    assert gate(a_reading()) == "negative"


@pytest.mark.parametrize(("hours", "said"), [(-24, "negative"), (-24.01, "expired")])
def test_a_negative_result_covers_what_begins_within_its_time(hours: float, said: str) -> None:
    assert gate(a_reading(hours=hours)) == said


def test_a_result_without_a_time_or_from_the_future_covers_nothing() -> None:
    assert gate(a_reading(hours=None)) == "expired"
    assert gate(a_reading(hours=1)) == "expired"


def test_what_goes_on_without_a_break_stays_covered() -> None:
    old = a_reading(hours=-50)

    assert gate(old, doses=(-49, -30, -10)) == "negative"
    assert gate(old, doses=(-49, -10)) == "expired"
    assert gate(old, doses=(-49, -30)) == "expired"
    assert gate(old, doses=(-60,)) == "expired"


def test_a_positive_result_closes_the_gate_however_old_and_whatever_came_after() -> None:
    positive = a_reading(Reaction.POSITIVE, hours=-900)

    assert gate(positive, a_reading()) == "positive"
    assert gate(positive, skin_test="") == "positive"
    assert gate(positive, skin_test="exempt") == "positive"


def test_only_a_result_of_the_same_patient_and_drug_or_of_this_very_order_counts() -> None:
    other = Term("头孢唑林", "urn:wardone:formulary", "neml2026-009")

    assert gate(a_reading(drug=other)) == "missing"
    assert gate(a_reading(drug=Term("青霉素"))) == "missing"
    assert gate(a_reading(patient=PatientId("zhang-wei"))) == "missing"
    assert gate(a_reading(drug=other, orders=(ref_of(ASKED),))) == "negative"


def test_a_drug_without_a_code_is_matched_by_the_order_alone() -> None:
    order = an_order(item=Term("自备药"), skin_test="required")

    def found(result: SkinResult) -> SkinGate:
        return skin_standing(order, ref_of(order), [result], NOW, RULES.skin_valid).gate

    assert found(a_reading(drug=Term("自备药"))) is SkinGate.MISSING
    assert found(a_reading(drug=Term("自备药"), orders=(ref_of(order),))) is SkinGate.NEGATIVE


def test_only_two_gates_let_pass() -> None:
    assert {one for one in SkinGate if one.lets_pass} == {SkinGate.NOT_NEEDED, SkinGate.NEGATIVE}


@given(st.lists(st.tuples(st.sampled_from(Reaction), HOURS), max_size=6), st.randoms())
def test_the_order_in_which_results_arrive_does_not_matter(
    readings: list[tuple[Reaction, float]], mixed: object
) -> None:
    results = [
        a_reading(reaction, hours, ref=Ref(f"Observation/{n}"))
        for n, (reaction, hours) in enumerate(readings)
    ]
    other = results.copy()
    mixed.shuffle(other)  # type: ignore[attr-defined]  # hypothesis gives a random.Random

    assert gate(*results) == gate(*other)


@given(st.lists(HOURS, max_size=6), HOURS)
def test_without_a_negative_result_no_dose_before_ever_opens_the_gate(
    doses: list[float], read: float
) -> None:
    assert gate(doses=tuple(doses)) == "missing"
    assert gate(a_reading(Reaction.POSITIVE, read), doses=tuple(doses)) == "positive"
