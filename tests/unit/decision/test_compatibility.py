"""What goes into one bag, what does not, and what nobody knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decision.checks.compatibility import CompatibilityCheck
from app.decision.findings import Check, Origin, Remedy, Suggestion, Tier
from app.decision.knowledge.compatibility import CompatibilityBook, Fluid, Pairing
from app.decision.situation import Line, Situation, Standing
from app.decision.substances import Substance
from app.domain.terms import Named
from tests.unit.decision.chart_situations import (
    a_line,
    drug,
    findings,
    gaps,
    situation,
    substance,
)

CEFTRIAXONE = substance("ceftriaxone")
CALCIUM = substance("calcium-gluconate", "calcium-salts")
AMIODARONE = substance("amiodarone")
PANTOPRAZOLE = substance("pantoprazole")
VITAMIN = substance("ascorbic-acid")
SALINE = substance("sodium-chloride")
GLUCOSE = substance("glucose")

NS = Fluid("ns", Named("盐水", "Saline"), frozenset({"sodium-chloride"}), ("NS", "0.9%氯化钠"))
D5W = Fluid("d5w", Named("糖水", "Glucose 5%"), frozenset({"glucose"}), ("D5W", "5%GS", "葡萄糖"))
GNS = Fluid(
    "gns",
    Named("糖盐水", "Glucose saline"),
    frozenset({"glucose", "sodium-chloride"}),
    ("GNS", "葡萄糖氯化钠"),
)
WATER = Fluid("water", Named("水", "Water"), frozenset(), ("WFI",))


def pairing(
    rule: str,
    first: str,
    second: str,
    tier: Tier | None,
    *,
    apart: Tier | None = None,
    days: int | None = None,
    instead: str = "",
) -> Pairing:
    return Pairing(
        frozenset(first.split("|")),
        frozenset(second.split("|")),
        None if days is None else timedelta(days=days),
        tier,
        apart,
        instead,
        Origin(rule, "compatibility@1", "a label", "active"),
    )


LOUD, WARN, STOP = Tier.INTERRUPTIVE, Tier.INLINE, Tier.HARD_STOP
BOOK = CompatibilityBook(
    fluids=(NS, D5W, GNS, WATER),
    pairings=(
        pairing("calcium", "ceftriaxone", "class:calcium-salts", LOUD, apart=Tier.DRAWER),
        pairing("neonate", "ceftriaxone", "class:calcium-salts", STOP, apart=STOP, days=29),
        pairing("saline", "amiodarone", "sodium-chloride", LOUD, instead="d5w"),
        pairing("alone", "pantoprazole", "class:any", WARN),
        pairing("ok", "pantoprazole|ceftriaxone", "fluid:ns", None),
        pairing("ok-glucose", "amiodarone", "fluid:d5w", None),
    ),
    mixed=frozenset({"iv", "ivgtt", "sc"}),
    running=frozenset({"iv", "ivgtt"}),
)
CHECK = CompatibilityCheck(BOOK)


def bagged(key: str, *parts: Substance, group: str = "1", route: str = "ivgtt") -> Line:
    return replace(a_line(key, *parts), group=group, route=route)


def dissolved(key: str, part: Substance, text: str, *, solvent: Substance | None = None) -> Line:
    known = drug(solvent) if solvent is not None else None
    return replace(bagged(key, part, group=""), diluent_text=text, diluent=known)


def told(*lines: Line, age: str = "40") -> list[tuple[str, Tier]]:
    return [(one.origin.rule, one.tier) for one in findings(CHECK(situation(*lines, age=age)))]


def unsure(*lines: Line, age: str = "40") -> list[str]:
    return [one.why.code for one in gaps(CHECK(situation(*lines, age=age)))]


# --- one bag ------------------------------------------------------------------------------------


def test_two_drugs_of_one_group_are_looked_at_together() -> None:
    lines = bagged("a", CEFTRIAXONE), bagged("b", CALCIUM)

    assert told(*lines) == told(*reversed(lines)) == [("calcium", LOUD)]
    assert told(bagged("a", CEFTRIAXONE), bagged("b", CALCIUM, route="sc", group="2")) == []


def test_a_drug_and_its_diluent_are_one_bag() -> None:
    assert told(dissolved("a", AMIODARONE, "NS 100 mL")) == [("saline", LOUD)]
    assert told(dissolved("a", AMIODARONE, "葡萄糖氯化钠注射液")) == [("saline", LOUD)]
    assert told(dissolved("a", AMIODARONE, "5%GS 250ml")) == []
    assert unsure(dissolved("a", AMIODARONE, "D5W")) == []


def test_a_diluent_that_is_known_as_a_drug_counts_the_same() -> None:
    assert told(dissolved("a", AMIODARONE, "", solvent=SALINE)) == [("saline", LOUD)]
    assert told(dissolved("a", AMIODARONE, "the clear one", solvent=SALINE)) == [("saline", LOUD)]
    assert told(dissolved("a", CEFTRIAXONE, "", solvent=CALCIUM)) == [("calcium", LOUD)]


def test_a_fluid_that_is_a_line_of_the_group_is_its_diluent() -> None:
    bag = bagged("a", AMIODARONE), bagged("b", SALINE), bagged("c", GLUCOSE)

    assert told(*bag) == [("saline", LOUD)]
    # Two fluids in one bag are nobody's question.
    assert unsure(*bag) == []


def test_the_finding_offers_the_fluid_to_take_instead() -> None:
    (found,) = findings(CHECK(situation(dissolved("a", AMIODARONE, "NS"))))

    assert found.lines == ("a",)
    assert [one.name for one in found.subjects] == ["amiodarone", "盐水"]
    assert found.suggestions == (Suggestion(Remedy.DILUENT, "a", "d5w", D5W.name),)


def test_what_is_about_everything_gives_way_to_what_is_known_of_these_two() -> None:
    bag = bagged("a", PANTOPRAZOLE), bagged("b", VITAMIN), bagged("c", SALINE)

    assert told(*bag) == [("alone", WARN)]
    assert unsure(*bag) == ["compatibility.why.no-data"]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((bagged("a", CEFTRIAXONE), bagged("b", VITAMIN)), "compatibility.why.no-data"),
        ((dissolved("a", VITAMIN, "NS"),), "compatibility.why.no-data"),
        ((dissolved("a", CEFTRIAXONE, "the blue one"),), "compatibility.why.diluent"),
        ((bagged("a", CEFTRIAXONE), bagged("b")), "compatibility.why.drug"),
    ],
)
def test_without_data_it_says_so(lines: tuple[Line, ...], why: str) -> None:
    answers = CHECK(situation(*lines))

    assert [one.why.code for one in gaps(answers)] == [why]
    assert answers[0].applies and not findings(answers)


def test_a_drug_alone_and_one_that_is_swallowed_are_not_looked_at() -> None:
    swallowed = replace(dissolved("a", VITAMIN, "NS"), route="po")

    for lines in ((bagged("a", CEFTRIAXONE),), (bagged("a"),), (swallowed,), ()):
        (found,) = CHECK(situation(*lines))
        assert (found.applies, found.findings, found.gaps) == (False, (), ())


def test_a_route_nobody_said_may_be_a_vein() -> None:
    assert told(replace(dissolved("a", AMIODARONE, "NS"), route="")) == [("saline", LOUD)]


def test_the_same_drug_twice_in_a_bag_is_nothing() -> None:
    assert unsure(bagged("a", VITAMIN), bagged("b", VITAMIN)) == []


def test_a_bag_that_is_hung_already_is_looked_at_with_what_is_added() -> None:
    hung = replace(bagged("b", CALCIUM), standing=Standing.ACTIVE)

    assert told(bagged("a", CEFTRIAXONE), hung) == [("calcium", LOUD)]
    assert told(bagged("a", CEFTRIAXONE), replace(hung, standing=Standing.STOPPED)) == []
    assert told(hung, replace(bagged("a", CEFTRIAXONE), standing=Standing.ACTIVE)) == []


# --- age ----------------------------------------------------------------------------------------


def test_in_a_newborn_it_is_a_hard_stop_up_to_the_last_day() -> None:
    lines = bagged("a", CEFTRIAXONE), bagged("b", CALCIUM)

    assert told(*lines, age="0.0767") == [("neonate", STOP)]
    assert told(*lines, age="0.0793") == [("neonate", STOP)]
    assert told(*lines, age="0.0795") == [("calcium", LOUD)]


def test_of_an_age_nobody_knows_the_louder_row_is_a_gap() -> None:
    lines = bagged("a", CEFTRIAXONE), bagged("b", CALCIUM)

    assert told(*lines, age="") == [("calcium", LOUD)]
    assert unsure(*lines, age="") == ["compatibility.why.age"]


# --- at one time --------------------------------------------------------------------------------


def test_two_bags_at_one_time_are_told_only_where_a_row_says_so() -> None:
    lines = bagged("a", CEFTRIAXONE, group="1"), bagged("b", CALCIUM, group="2")

    assert told(*lines) == [("calcium", Tier.DRAWER)]
    assert told(*lines, age="0.05") == [("neonate", STOP)]
    (found,) = findings(CHECK(situation(*lines, age="40")))
    assert (found.said.code, found.suggestions) == ("compatibility.not-one-line", ())
    quiet = bagged("a", AMIODARONE, group="1"), bagged("b", SALINE, group="2")
    assert told(*quiet) == [] and unsure(*quiet) == []
    (nothing,) = CHECK(situation(*quiet))
    assert not nothing.applies


def test_what_does_not_run_into_a_vein_shares_no_line() -> None:
    injected = bagged("b", CALCIUM, group="2", route="sc")

    assert told(bagged("a", CEFTRIAXONE, group="1"), injected) == []


def test_two_bags_that_hang_already_are_nobodys_question() -> None:
    hung = [
        replace(bagged(key, part, group=key), standing=Standing.ACTIVE)
        for key, part in (("a", CEFTRIAXONE), ("b", CALCIUM))
    ]

    assert told(*hung, bagged("c", VITAMIN, group="c")) == []
    assert told(*hung, bagged("c", CALCIUM, group="c")) == [("calcium", Tier.DRAWER)]


def test_a_wide_row_about_two_bags_gives_way_too() -> None:
    wide = pairing("wide", "pantoprazole", "class:any", WARN, apart=WARN)
    narrow = pairing("narrow", "pantoprazole", "ascorbic-acid", None)
    check = CompatibilityCheck(replace(BOOK, pairings=(wide, narrow)))

    def of(part: Substance) -> list[str]:
        lines = bagged("a", PANTOPRAZOLE, group="1"), bagged("b", part, group="2")
        return [one.origin.rule for one in findings(check(situation(*lines)))]

    assert of(AMIODARONE) == ["wide"]
    assert of(VITAMIN) == []


# --- fluids and parts ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NS", "ns"),
        ("n s", "ns"),
        ("ＮＳ 100毫升", "ns"),
        ("0.9%氯化钠注射液 250 ml", "ns"),
        ("5%GS", "d5w"),
        ("葡萄糖", "d5w"),
        ("葡萄糖氯化钠注射液", "gns"),
    ],
)
def test_a_fluid_is_known_by_what_people_write(text: str, code: str) -> None:
    found = BOOK.fluid(text)

    assert found is not None and found.code == code


@pytest.mark.parametrize("text", ["", "insulin", "PBS", "100 ml"])
def test_what_is_no_fluid_is_none(text: str) -> None:
    assert BOOK.fluid(text) is None


def test_a_drug_that_is_just_what_a_fluid_holds_is_that_fluid() -> None:
    assert BOOK.part("a", drug(GLUCOSE, SALINE)).subjects >= {"fluid:gns", "fluid:any", "glucose"}
    assert not BOOK.part("a", drug(VITAMIN)).is_fluid
    assert BOOK.diluent("a", "the blue one", None) is None
    assert BOOK.named("ns") == NS.name
    assert BOOK.named("") is None


PARTS = (CEFTRIAXONE, CALCIUM, AMIODARONE, PANTOPRAZOLE, VITAMIN, SALINE, GLUCOSE)


@settings(max_examples=30)
@given(st.lists(st.sampled_from(PARTS), min_size=2, max_size=5, unique=True))
def test_of_every_two_in_a_bag_something_is_known_or_it_is_said_that_nothing_is(
    parts: list[Substance],
) -> None:
    lines = [bagged(one.code, one) for one in parts]
    asked: Situation = situation(*lines, age="40")
    (found,) = CHECK(asked)

    assert found.check is Check.COMPATIBILITY
    spoken = {frozenset(one.lines) for one in found.findings}
    open_ones = {frozenset(one.lines) for one in found.gaps}
    assert not spoken & open_ones
    for place, one in enumerate(lines):
        for other in lines[place + 1 :]:
            assert one.drug is not None and other.drug is not None
            first, second = BOOK.part(one.key, one.drug), BOOK.part(other.key, other.drug)
            known = bool(BOOK.known(first, second)) or (first.is_fluid and second.is_fluid)
            assert (frozenset({one.key, other.key}) in open_ones) is not known
