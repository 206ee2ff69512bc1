"""Conditions of rules: what they read, and that what is not known never becomes a yes or a no."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decision.expressions import Fact, Judged, Unknown, amount, expression, names_in
from app.decision.findings import Evidence, Saying
from app.decision.situation import Truth
from app.domain.quantities import Quantity
from app.domain.terms import Named

WHY = Unknown(Saying.of("decision.why.unit", fact="x"))
SEEN = Evidence(Named("钾", "Potassium"), "5.9 mmol/L")


@dataclass(frozen=True)
class SomeFacts:
    """Facts by name; `ages` in hours."""

    told: Mapping[str, Fact]
    ages: Mapping[str, int] = field(default_factory=dict)

    def fact(self, name: str, oldest: timedelta | None) -> Fact | Unknown:
        if name not in self.told:
            return WHY
        old = timedelta(hours=self.ages.get(name, 0))
        return WHY if oldest is not None and old > oldest else self.told[name]


def amounts(**values: str) -> SomeFacts:
    return SomeFacts({name: Fact(amount(value), (SEEN,)) for name, value in values.items()})


def judged(told: object, facts: SomeFacts) -> Judged:
    return expression(json.dumps(told))(facts)


def truth(told: object, facts: SomeFacts) -> Truth:
    return judged(told, facts).truth


# --- comparisons ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sign", "below", "at", "above"),
    [
        ("<", Truth.YES, Truth.NO, Truth.NO),
        ("<=", Truth.YES, Truth.YES, Truth.NO),
        ("==", Truth.NO, Truth.YES, Truth.NO),
        (">=", Truth.NO, Truth.YES, Truth.YES),
        (">", Truth.NO, Truth.NO, Truth.YES),
    ],
)
def test_an_amount_is_compared_at_its_border(
    sign: str, below: Truth, at: Truth, above: Truth
) -> None:
    told = [sign, "k", "5.5 mmol/L"]

    found = [truth(told, amounts(k=f"{value} mmol/L")) for value in ("5.4", "5.5", "5.6")]

    assert found == [below, at, above]


def test_units_of_one_dimension_are_compared_as_what_they_are() -> None:
    assert truth([">", "dose", "4 g"], amounts(dose="4001 mg")) is Truth.YES
    assert truth([">", "dose", "4 g"], amounts(dose="4000 mg")) is Truth.NO
    assert truth([">", "dose", "0 g"], amounts(dose="1 mg")) is Truth.YES


def test_a_negative_limit_and_one_without_a_unit_are_read() -> None:
    assert truth(["<", "be", "-3 mmol/L"], amounts(be="-4 mmol/L")) is Truth.YES
    assert truth(["<", "be", "-3 mmol/L"], amounts(be="-2000 umol/L")) is Truth.NO
    assert truth([">=", "inr", "4.5"], amounts(inr="4.5")) is Truth.YES


@pytest.mark.parametrize(
    "value",
    [
        Quantity(Decimal(3), "{tbl}"),
        Quantity(Decimal(3), "furlong"),
        Quantity(Decimal("NaN"), "mg"),
        "many",
        frozenset({"many"}),
    ],
)
def test_what_cannot_be_compared_is_not_known(value: Quantity | str | frozenset[str]) -> None:
    found = judged([">", "dose", "4 g"], SomeFacts({"dose": Fact(value)}))

    assert found.truth is Truth.UNKNOWN
    assert [one.why.code for one in found.missing] == ["decision.why.unit"]


def test_a_fact_that_is_too_old_is_not_known() -> None:
    facts = SomeFacts({"k": Fact(amount("6 mmol/L"))}, {"k": 73})

    assert truth([">", "k", "5.5 mmol/L", "72 h"], facts) is Truth.UNKNOWN
    assert truth([">", "k", "5.5 mmol/L", "4 d"], facts) is Truth.YES
    assert truth([">", "k", "5.5 mmol/L"], facts) is Truth.YES


# --- words ------------------------------------------------------------------------------------


def test_a_word_and_a_list_are_read() -> None:
    facts = SomeFacts(
        {"route": Fact("iv", (SEEN,)), "problems": Fact(frozenset({"asthma", "copd"}))}
    )

    assert judged(["in", "route", "iv", "ivgtt"], facts) == Judged(Truth.YES, evidence=(SEEN,))
    assert truth(["is", "route", "po"], facts) is Truth.NO
    assert truth(["has", "problems", "asthma"], facts) is Truth.YES
    assert truth(["has", "problems", "gout"], facts) is Truth.NO
    assert truth(["is", "pregnant", "yes"], facts) is Truth.UNKNOWN


def test_known_says_whether_and_is_always_known_itself() -> None:
    assert truth(["known", "k"], amounts(k="4 mmol/L")) is Truth.YES
    assert truth(["known", "na"], amounts(k="4 mmol/L")) is Truth.NO
    assert truth(["not", ["known", "na"]], amounts()) is Truth.YES
    assert truth(["always"], amounts()) is Truth.YES


# --- joined -----------------------------------------------------------------------------------


def leaf(told: Truth) -> list[str]:
    return {
        Truth.YES: [">", "k", "5 mmol/L"],
        Truth.NO: ["<", "k", "5 mmol/L"],
        Truth.UNKNOWN: [">", "na", "5 mmol/L"],
    }[told]


FACTS = amounts(k="6 mmol/L")
_STRENGTH = {Truth.NO: 0, Truth.UNKNOWN: 1, Truth.YES: 2}
truths = st.sampled_from(Truth)


@given(st.lists(truths, min_size=2, max_size=5))
def test_and_is_the_least_and_or_the_most_of_its_parts(parts: list[Truth]) -> None:
    told = [leaf(one) for one in parts]

    assert truth(["and", *told], FACTS) is min(parts, key=_STRENGTH.__getitem__)
    assert truth(["or", *told], FACTS) is max(parts, key=_STRENGTH.__getitem__)


trees = st.recursive(
    truths.map(leaf),
    lambda inner: (
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: ["and", *parts])
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: ["or", *parts])
        | inner.map(lambda one: ["not", one])
    ),
    max_leaves=8,
)


@given(trees)
def test_not_turns_yes_and_no_and_leaves_the_unknown(told: object) -> None:
    turned = {Truth.YES: Truth.NO, Truth.NO: Truth.YES, Truth.UNKNOWN: Truth.UNKNOWN}

    assert truth(["not", told], FACTS) is turned[truth(told, FACTS)]
    assert truth(["not", ["not", told]], FACTS) is truth(told, FACTS)


@given(trees, trees)
def test_de_morgan_holds(one: object, other: object) -> None:
    both = truth(["not", ["and", one, other]], FACTS)

    assert both is truth(["or", ["not", one], ["not", other]], FACTS)
    assert truth(["and", one, other], FACTS) is truth(["and", other, one], FACTS)


@given(trees)
def test_to_learn_what_was_not_known_only_decides_what_was_open(told: object) -> None:
    before = truth(told, FACTS)
    after = {truth(told, amounts(k="6 mmol/L", na=f"{n} mmol/L")) for n in (4, 6)}

    assert before is Truth.UNKNOWN or after == {before}


@given(trees)
def test_whoever_is_told_that_it_is_open_is_told_why(told: object) -> None:
    found = judged(told, FACTS)

    assert bool(found.missing) == (found.truth is Truth.UNKNOWN)
    assert found.truth is Truth.YES or not found.evidence


def test_a_yes_brings_what_it_rests_on() -> None:
    told = ["and", [">", "k", "5 mmol/L"], ["is", "sex", "male"]]
    male = Evidence(Named("性别", "Sex"), "male")
    facts = SomeFacts({"k": Fact(amount("6 mmol/L"), (SEEN,)), "sex": Fact("male", (male,))})

    assert judged(told, facts).evidence == (SEEN, male)
    assert judged(["or", leaf(Truth.NO), [">", "k", "5 mmol/L"]], facts).evidence == (SEEN,)


# --- what is no condition ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "k > 5",
        "[]",
        "{}",
        '"always"',
        '["always", 1]',
        '["not"]',
        '["not", ["always"], ["always"]]',
        '["and", ["always"]]',
        '["or"]',
        '["known"]',
        '["known", "k", "na"]',
        '["is"]',
        '["is", "sex"]',
        '["~", "k", "5"]',
        '[">", "k"]',
        '[">", "k", 5]',
        '[">", "k", "5 mmol/L", "72 h", "x"]',
        '[">", "k", "much"]',
        '[">", "k", "5 mmol/L", "three days"]',
        '["and", ["always"], ["nonsense"]]',
    ],
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not "):
        expression(text)


def test_the_facts_of_a_condition_are_named() -> None:
    told = '["and", ["or", [">", "k", "5"], ["known", "mg"]], ["not", ["is", "sex", "male"]], []]'

    assert names_in(told) == {"k", "mg", "sex"}
    assert names_in('["always"]') == frozenset()
