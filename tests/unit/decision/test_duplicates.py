"""What is ordered twice, what goes together, and what nobody can compare."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decision.checks.duplicates import DuplicateCheck
from app.decision.findings import Check, Origin, Remedy, Suggestion, Tier
from app.decision.knowledge.duplicates import (
    DuplicateBook,
    DuplicateRule,
    Exemption,
    FullDose,
    Reach,
)
from app.decision.situation import Line, Standing
from app.decision.substances import Substance
from app.domain.quantities import Quantity
from tests.unit.decision.chart_situations import (
    a_line,
    answer,
    findings,
    gaps,
    situation,
    substance,
)

PARACETAMOL = substance("paracetamol")
CODEINE = substance("codeine", "opioids")
MORPHINE = substance("morphine", "opioids")
OMEPRAZOLE = substance("omeprazole", "ppis")
PANTOPRAZOLE = substance("pantoprazole", "ppis")
WARFARIN = substance("warfarin", "anticoagulants", "vitamin-k-antagonists")
ENOXAPARIN = substance("enoxaparin", "anticoagulants", "heparins")
APIXABAN = substance("apixaban", "anticoagulants")
SALINE = substance("sodium-chloride")


def rule(
    name: str,
    subjects: str,
    *,
    check: Check = Check.DUPLICATE_CLASS,
    reach: Reach = Reach.SYSTEMIC,
    tier: Tier = Tier.INLINE,
    quieter: Tier = Tier.INLINE,
) -> DuplicateRule:
    origin = Origin(name, "duplicates@1", "a pharmacist", "active")
    return DuplicateRule(check, frozenset(subjects.split("|")), reach, tier, quieter, origin)


def exempt(
    first: str, second: str, *rules: str, as_needed: bool = False, routes: str = ""
) -> Exemption:
    return Exemption(
        frozenset({first}),
        frozenset({second}),
        frozenset(rules),
        as_needed,
        frozenset(filter(None, routes.split("|"))),
    )


BOOK = DuplicateBook(
    rules=(
        rule("same", "class:any", check=Check.DUPLICATE),
        rule("same-anti", "class:anticoagulants", check=Check.DUPLICATE, tier=Tier.INTERRUPTIVE),
        rule("ppis", "class:ppis"),
        rule("opioids", "class:opioids"),
        rule("inhaled", "salbutamol|terbutaline", reach=Reach.ANY),
        rule("anticoagulants", "class:anticoagulants", tier=Tier.INTERRUPTIVE),
    ),
    exemptions=(
        exempt("class:vitamin-k-antagonists", "class:heparins", "anticoagulants"),
        exempt("class:opioids", "class:opioids", as_needed=True),
        exempt("sodium-chloride", "sodium-chloride", "same", routes="ivgtt|pump"),
    ),
    limits=(
        FullDose(frozenset({"enoxaparin"}), frozenset({"sc"}), Quantity(Decimal(40), "mg")),
        FullDose(frozenset({"apixaban"}), frozenset(), Quantity(Decimal(5), "mg")),
    ),
    local=frozenset({"top", "neb"}),
)
CHECK = DuplicateCheck(BOOK)


def told(*lines: Line) -> list[tuple[str, Tier]]:
    return [(one.origin.rule, one.tier) for one in findings(CHECK(situation(*lines)))]


def running(key: str, *parts: Substance) -> Line:
    return replace(a_line(key, *parts), standing=Standing.ACTIVE)


def dosed(line: Line, milligrams: str, per_day: Fraction | None, route: str = "sc") -> Line:
    dose = Quantity(Decimal(milligrams), "mg")
    return replace(line, dose=dose, per_day=per_day, route=route)


SAME = [("same", Tier.INLINE)]


def test_the_same_ingredient_is_found_in_another_new_line_and_in_a_running_one() -> None:
    new = a_line("a", PARACETAMOL)

    assert told(new, a_line("b", PARACETAMOL, CODEINE)) == SAME
    assert told(new, running("b", PARACETAMOL)) == SAME
    assert told(new, a_line("b", CODEINE)) == []


def test_what_has_ended_is_nothing_and_neither_are_two_running_ones() -> None:
    ended = replace(running("b", PARACETAMOL), standing=Standing.STOPPED)

    assert told(a_line("a", PARACETAMOL), ended) == []
    assert told(running("a", PARACETAMOL), running("b", PARACETAMOL)) == []


def test_an_order_is_no_duplicate_of_the_one_it_takes_the_place_of() -> None:
    revised = replace(a_line("a", PARACETAMOL), replaces="b")

    assert told(revised, running("b", PARACETAMOL)) == []
    assert told(revised, running("c", PARACETAMOL)) == SAME
    # What goes is no duplicate of anything else either.
    assert told(revised, a_line("c", CODEINE), running("b", CODEINE)) == []


def test_two_of_a_class_are_one_finding_and_the_ingredient_goes_before_it() -> None:
    assert told(a_line("a", OMEPRAZOLE), running("b", PANTOPRAZOLE)) == [("ppis", Tier.INLINE)]
    assert told(a_line("a", OMEPRAZOLE), running("b", OMEPRAZOLE)) == SAME


def test_what_acts_where_it_is_put_is_no_duplicate_of_what_is_swallowed() -> None:
    swallowed = replace(a_line("a", PARACETAMOL), route="po")

    assert told(swallowed, replace(running("b", PARACETAMOL), route="top")) == []
    assert told(swallowed, replace(running("b", PARACETAMOL), route="")) == SAME
    assert told(swallowed, replace(running("b", PARACETAMOL), route="iv")) == SAME


def test_a_rule_about_every_route_speaks_of_local_ones() -> None:
    one = replace(a_line("a", substance("salbutamol")), route="neb")
    other = replace(running("b", substance("terbutaline")), route="neb")

    assert told(one, other) == [("inhaled", Tier.INLINE)]


def test_two_anticoagulants_interrupt_and_bridging_does_not() -> None:
    loud = [("anticoagulants", Tier.INTERRUPTIVE)]

    assert told(a_line("a", APIXABAN), running("b", WARFARIN)) == loud
    assert told(a_line("a", WARFARIN), running("b", ENOXAPARIN)) == []
    assert told(a_line("a", ENOXAPARIN), running("b", WARFARIN)) == []
    assert told(a_line("a", ENOXAPARIN), running("b", ENOXAPARIN)) == [
        ("same-anti", Tier.INTERRUPTIVE)
    ]


@pytest.mark.parametrize(
    ("milligrams", "per_day", "route", "tier"),
    [
        ("40", Fraction(1), "sc", Tier.INLINE),
        ("20", Fraction(2), "sc", Tier.INLINE),
        ("40", Fraction(2), "sc", Tier.INTERRUPTIVE),
        ("40", Fraction(1), "iv", Tier.INTERRUPTIVE),
        ("40", None, "sc", Tier.INTERRUPTIVE),
    ],
)
def test_only_what_is_known_to_be_less_than_a_full_dose_is_quieter(
    milligrams: str, per_day: Fraction | None, route: str, tier: Tier
) -> None:
    line = dosed(running("b", ENOXAPARIN), milligrams, per_day, route)

    assert told(a_line("a", APIXABAN), line) == [("anticoagulants", tier)]


def test_a_single_dose_is_the_dose_of_its_day_and_an_unlike_unit_says_nothing() -> None:
    once = replace(dosed(running("b", ENOXAPARIN), "40", None), once=True)
    units = replace(once, dose=Quantity(Decimal(4000), "[iU]"))

    assert told(a_line("a", APIXABAN), once) == [("anticoagulants", Tier.INLINE)]
    assert told(a_line("a", APIXABAN), units) == [("anticoagulants", Tier.INTERRUPTIVE)]


def test_one_when_needed_goes_with_one_that_is_scheduled() -> None:
    scheduled, needed = running("b", MORPHINE), replace(a_line("a", MORPHINE), as_needed=True)

    assert told(needed, scheduled) == []
    assert told(a_line("a", MORPHINE), scheduled) == SAME
    assert told(needed, replace(scheduled, as_needed=True)) == SAME
    assert told(replace(a_line("a", PARACETAMOL), as_needed=True), running("b", PARACETAMOL)) == (
        SAME
    )


def test_an_exemption_of_some_routes_holds_where_both_are_given_so() -> None:
    def of(one: str, other: str) -> list[tuple[str, Tier]]:
        return told(
            replace(a_line("a", SALINE), route=one), replace(running("b", SALINE), route=other)
        )

    assert of("ivgtt", "pump") == []
    assert of("ivgtt", "po") == SAME
    assert of("", "ivgtt") == SAME


def test_the_finding_names_both_lines_and_what_they_share() -> None:
    (found,) = findings(CHECK(situation(a_line("a", PARACETAMOL, CODEINE), running("b", CODEINE))))

    assert found.lines == ("a", "b")
    assert [one.name for one in found.subjects] == ["paracetamol-codeine", "codeine"]
    assert dict(found.said.words)["ingredient"] == CODEINE.name
    assert found.suggestions == (Suggestion(Remedy.REMOVE, "a"),)


def test_a_name_that_means_nothing_cannot_be_compared() -> None:
    answers = CHECK(situation(a_line("a", PARACETAMOL), a_line("b")))

    assert [(one.check, one.lines) for one in gaps(answers)] == [
        (Check.DUPLICATE, ("b",)),
        (Check.DUPLICATE_CLASS, ("b",)),
    ]


def test_a_line_alone_has_nothing_to_be_compared_with() -> None:
    for lines in ((a_line("a", PARACETAMOL),), (a_line("a"),), ()):
        answers = CHECK(situation(*lines))
        assert not any(one.applies for one in answers)
        assert gaps(answers) == []
    assert answer(
        CHECK(situation(a_line("a", PARACETAMOL), a_line("b", CODEINE))), Check.DUPLICATE
    ).applies


ALL = (PARACETAMOL, CODEINE, MORPHINE, OMEPRAZOLE, PANTOPRAZOLE, WARFARIN, ENOXAPARIN, APIXABAN)


@settings(max_examples=30)
@given(st.lists(st.sampled_from(ALL), min_size=2, max_size=6))
def test_neither_the_order_of_the_basket_nor_who_came_first_matters(
    drugs: list[Substance],
) -> None:
    lines = [a_line(str(place), one) for place, one in enumerate(drugs)]

    def pairs(some: list[Line]) -> set[tuple[str, frozenset[str]]]:
        found = findings(CHECK(situation(*some)))
        return {(one.origin.rule, frozenset(one.lines)) for one in found}

    assert pairs(lines) == pairs(list(reversed(lines)))
    same = {
        frozenset({one.key, other.key})
        for one in lines
        for other in lines
        if one.key < other.key and one.drug == other.drug
    }
    assert {about for rule, about in pairs(lines) if rule.startswith("same")} == same
