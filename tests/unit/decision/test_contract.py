"""The words the engine is asked and answers in."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decision.findings import Answer, Check, Gap, Origin, Outcome, Saying, Tier
from app.decision.situation import Reading, Standing, Subject, Truth
from app.decision.verdict import Card, Hidden, Hiding, Verdict
from app.domain.quantities import Quantity
from app.domain.terms import Named
from app.kernel.faults import Message
from tests.support.situation_kit import (
    NOW,
    a_drug,
    a_finding,
    a_line,
    a_situation,
    a_substance,
)

WHY = Saying.of("decision.why.unit", fact="x")
tiers = st.sampled_from(Tier)


@given(tiers, tiers)
def test_a_tier_is_capped_to_the_quieter(one: Tier, other: Tier) -> None:
    found = one.at_most(other)

    assert found in (one, other)
    assert found.rank == max(one.rank, other.rank)
    assert found is other.at_most(one)
    assert one.interrupts is (one.rank < Tier.INLINE.rank)


def test_only_what_is_active_may_interrupt() -> None:
    told = {
        status: Origin("r", "p@1", "s", status).may_interrupt
        for status in ("active", "draft", "pilot", "Active", "")
    }

    assert [status for status, may in told.items() if may] == ["active"]


def test_a_saying_is_a_message_in_either_language() -> None:
    said = Saying.of("a.b", drug=Named("华法林", "Warfarin"), count=2, text="x")

    assert said.message("en") == Message.of("a.b", drug="Warfarin", count=2, text="x")
    assert said.message("zh_CN") == Message.of("a.b", drug="华法林", count=2, text="x")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(Check.AGE), Outcome.CHECKED),
        (Answer(Check.AGE, (a_finding(Check.AGE, Tier.INLINE, "1"),)), Outcome.CHECKED),
        (Answer(Check.AGE, gaps=(Gap(Check.AGE, WHY),)), Outcome.NOT_CHECKABLE),
        (Answer(Check.AGE, applies=False), Outcome.NOT_APPLICABLE),
    ],
)
def test_not_applicable_checked_and_not_checkable_are_three(
    answer: Answer, outcome: Outcome
) -> None:
    assert answer.outcome is outcome


def test_what_is_true_false_or_not_known() -> None:
    assert [Truth.of(one) for one in (True, False, None)] == [Truth.YES, Truth.NO, Truth.UNKNOWN]


def test_the_newest_reading_stands_first_and_none_is_none() -> None:
    new, old = (Reading(Quantity(Decimal(n), "mmol/L"), NOW - timedelta(days=n)) for n in (1, 2))
    subject = Subject(readings={"k": (new, old), "na": ()})

    assert subject.latest("k") == new
    assert subject.latest("na") is None
    assert subject.latest("mg") is None


def test_a_dose_is_compared_as_substance_where_that_is_known() -> None:
    line = a_line("1", dose="2 {tbl}")
    counted = type(line)(
        key="1",
        drug=line.drug,
        named=line.named,
        dose=line.dose,
        amount=Quantity(Decimal(500), "mg"),
    )

    assert line.substance_dose == Quantity(Decimal(2), "{tbl}")
    assert counted.substance_dose == Quantity(Decimal(500), "mg")


def test_every_pair_with_a_new_line_comes_once_and_the_new_one_first() -> None:
    running = a_line("r", standing=Standing.ACTIVE)
    ended = a_line("e", standing=Standing.STOPPED)
    situation = a_situation(running, a_line("1"), ended, a_line("2"))

    pairs = [(one.key, other.key) for one, other in situation.pairs()]

    assert pairs == [("1", "2"), ("1", "r"), ("1", "e"), ("2", "r"), ("2", "e")]
    assert [one.key for one in situation.new] == ["1", "2"]


def test_a_substance_is_what_it_is_and_its_classes() -> None:
    one = a_substance("amoxicillin", "penicillins", "beta-lactams")

    assert one.belongs("amoxicillin")
    assert one.belongs("class:penicillins")
    assert not one.belongs("penicillins")
    assert not one.belongs("class:amoxicillin")


def test_a_combination_names_the_ingredients_that_are_concerned() -> None:
    drug = a_drug("amoxicillin", "clavulanic-acid")

    assert [one.code for one in drug.concerning(["clavulanic-acid"])] == ["clavulanic-acid"]
    assert [*drug.concerning(["class:penicillins"])] == []


def test_a_verdict_sums_up_its_cards_and_answers() -> None:
    loud = a_finding(Check.ROUTE, Tier.HARD_STOP, "1", "2")
    quiet = a_finding(Check.RENAL, Tier.INLINE, "2", "3")
    cards = (
        Card("a", Tier.HARD_STOP, (loud,)),
        Card("b", Tier.INLINE, (quiet, a_finding(Check.LABORATORY, Tier.INLINE, "3", "2"))),
    )
    gap = Gap(Check.AGE, WHY)
    verdict = Verdict(
        cards,
        (Answer(Check.ROUTE, (loud,)), Answer(Check.AGE, gaps=(gap,))),
        (Hidden(cards[1], Hiding.SILENT),),
    )

    assert verdict.interrupting == cards[:1]
    assert verdict.gaps == (gap,)
    assert verdict.checks(Outcome.CHECKED) == (Check.ROUTE,)
    assert verdict.findings[:2] == (loud, quiet)
    assert cards[1].lead is quiet
    assert cards[1].lines == ("2", "3")
