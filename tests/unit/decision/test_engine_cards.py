"""Cards of a verdict: what is told as one, under which key, and what is not told again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decision.engine import ANSWERED_FOR
from app.decision.findings import (
    Check,
    Finding,
    Moment,
    Tier,
)
from app.decision.situation import Line, Situation, Standing
from app.decision.verdict import Hiding
from tests.support.situation_kit import (
    DRAFT,
    NOW,
    SIGNED,
    a_finding,
    a_line,
    a_situation,
)
from tests.unit.decision.test_engine import LINES, an_engine, judged

# --- cards ------------------------------------------------------------------------------------


def test_what_is_said_of_the_same_lines_is_one_card_worst_first() -> None:
    verdict = judged(
        a_finding(Check.DUPLICATE, Tier.DRAWER, "3"),
        a_finding(Check.LABORATORY, Tier.INTERRUPTIVE, "2"),
        a_finding(Check.RENAL, Tier.INTERRUPTIVE, "2"),
        a_finding(Check.INTERACTION, Tier.HARD_STOP, "3"),
        a_finding(Check.INTERACTION, Tier.INTERRUPTIVE, "1", "2"),
    )

    assert [(card.tier, [one.check for one in card.findings]) for card in verdict.cards] == [
        (Tier.HARD_STOP, [Check.INTERACTION]),
        (Tier.INTERRUPTIVE, [Check.INTERACTION]),
        (Tier.INTERRUPTIVE, [Check.RENAL, Check.LABORATORY]),
        (Tier.DRAWER, [Check.DUPLICATE]),
    ]
    assert verdict.cards[1].lines == ("1", "2")


def the_key(*lines: Line, moment: Moment = Moment.SIGN, subjects: tuple[str, ...] = ()) -> str:
    told = [one.key for one in lines]
    finding = a_finding(Check.INTERACTION, Tier.INTERRUPTIVE, *told, subjects=subjects or None)
    (card,) = an_engine(finding).judge(a_situation(*lines, moment=moment)).cards
    return card.key


def test_a_card_has_the_same_key_whatever_the_moment_and_the_order() -> None:
    one, other = a_line("a", "x", dose="0.5 g"), a_line("b", "y", Standing.ACTIVE)
    again = a_line("order/7", "x", dose="500 mg"), a_line("order/8", "y", dose="500 mg")
    names = ("x", "y")

    key = the_key(one, other, subjects=names)

    assert key == the_key(*reversed(again), moment=Moment.SELECT, subjects=("y", "x"))


@pytest.mark.parametrize(
    "line",
    [
        a_line("a", "x", dose="501 mg"),
        a_line("a", "x", dose="500 mg", route="iv"),
        a_line("a", "x", dose=""),
        a_line("a", "x", dose="500 furlong"),
        a_line("a", "x+z"),
        Line("a", None, a_line("a").named),
    ],
)
def test_another_dose_route_or_drug_is_another_card(line: Line) -> None:
    key = the_key(line, subjects=("x",))

    assert key == the_key(line, subjects=("x",))
    assert key != the_key(a_line("a", "x"), subjects=("x",))


def test_a_finding_about_a_line_that_is_not_there_has_a_key_too() -> None:
    finding = a_finding(Check.INTERACTION, Tier.INLINE, "1", "gone")

    assert [card.lines for card in judged(finding).cards] == [("1", "gone")]


# --- suppression ------------------------------------------------------------------------------

STATIN = a_finding(Check.INTERACTION, Tier.INTERRUPTIVE, "1", "2")


@pytest.mark.parametrize(
    ("ago", "is_told"),
    [
        (timedelta(0), False),
        (ANSWERED_FOR - timedelta(seconds=1), False),
        (ANSWERED_FOR, True),
        (timedelta(seconds=-1), True),
    ],
)
def test_what_was_answered_is_told_again_a_day_later(ago: timedelta, *, is_told: bool) -> None:
    engine = an_engine(STATIN)
    memory = {card.key: NOW - ago for card in engine.judge(a_situation(*LINES)).cards}

    verdict = engine.judge(a_situation(*LINES), memory)

    assert bool(verdict.cards) is is_told
    assert [one.why for one in verdict.hidden] == ([] if is_told else [Hiding.ANSWERED])
    assert verdict.answers[0].findings == (STATIN,)


def test_a_hard_stop_is_told_every_time() -> None:
    engine = an_engine(a_finding(Check.ROUTE, Tier.HARD_STOP, "1"))
    memory = {card.key: NOW for card in engine.judge(a_situation(*LINES)).cards}

    assert len(engine.judge(a_situation(*LINES), memory).cards) == 1


def test_a_card_that_says_more_than_was_answered_is_told() -> None:
    more = a_finding(Check.RENAL, Tier.INTERRUPTIVE, "1")
    less = a_finding(Check.LABORATORY, Tier.INTERRUPTIVE, "1")
    memory = {card.key: NOW for card in judged(less).cards}
    both = {card.key: NOW for card in judged(less, more).cards}

    assert len(an_engine(less, more).judge(a_situation(*LINES), memory).cards) == 1
    assert an_engine(less).judge(a_situation(*LINES), both).cards == ()


# --- laws -------------------------------------------------------------------------------------

findings = st.builds(
    lambda check, tier, lines, origin: a_finding(check, tier, *lines, origin=origin),
    st.sampled_from(Check),
    st.sampled_from(Tier),
    st.lists(st.sampled_from(["1", "2", "3"]), min_size=1, max_size=2, unique=True),
    st.sampled_from([SIGNED, DRAFT]),
)


@given(st.lists(findings, max_size=12), st.sampled_from(Moment))
def test_a_verdict_holds_what_it_promises(told: list[Finding], moment: Moment) -> None:
    situation: Situation = a_situation(*LINES, moment=moment)
    engine = an_engine(*told)

    verdict = engine.judge(situation)
    quiet = engine.judge(situation, {card.key: NOW for card in verdict.cards})

    ranks = [card.tier.rank for card in verdict.cards]
    assert ranks == sorted(ranks)
    assert len({(card.tier, frozenset(card.lines)) for card in verdict.cards}) == len(ranks)
    said = [*verdict.findings, *(f for one in verdict.hidden for f in one.card.findings)]
    assert len(said) == sum(len(one.findings) for one in verdict.answers)
    for one in said:
        signed = one.origin.may_interrupt or one.check is Check.DOSE_UNIT
        assert signed or not one.tier.interrupts
    assert {card.tier for card in quiet.cards} <= {Tier.HARD_STOP}
    assert engine.judge(situation) == verdict
