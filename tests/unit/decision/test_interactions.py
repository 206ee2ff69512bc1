"""Which rules two substances meet, and how loudly each may be told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decision.findings import Tier
from app.decision.knowledge.interactions import (
    ANY,
    InteractionBook,
    LocalRoute,
    Published,
    Severity,
    spelled_out,
)
from tests.support.knowledge_kit import a_rule, met, side

HIGH, LOW = Published.HIGH_PRIORITY, Published.NON_INTERRUPTIVE


def test_a_pair_is_found_from_either_end() -> None:
    book = InteractionBook((a_rule(side("a", "b"), side("x")),))

    assert met(book, "a", "x") == met(book, "x", "a") == [("r1", Tier.INTERRUPTIVE)]
    assert met(book, "a", "b") == met(book, "a", "unheard-of") == []


def test_the_sides_are_told_in_the_order_of_the_question() -> None:
    book = InteractionBook((a_rule(side("a", days=14), side("x", local=True)),))

    (straight,), (turned,) = book.between("a", "x"), book.between("x", "a")

    assert (straight.one, straight.other) == (turned.other, turned.one)
    assert straight.other.local


def test_nothing_interacts_with_itself_even_where_it_stands_on_both_sides() -> None:
    book = InteractionBook((a_rule(side("a", "b"), side("a", "b")),))

    assert met(book, "a", "a") == []
    assert met(book, "a", "b") == [("r1", Tier.INTERRUPTIVE)]


def test_a_rule_about_every_substance_is_about_one_nobody_lists() -> None:
    book = InteractionBook((a_rule(side("charcoal"), side(ANY)),))

    assert met(book, "whatever", "charcoal") == [("r1", Tier.INTERRUPTIVE)]
    assert met(book, "whatever", "another") == []


def test_the_loudest_comes_first_then_the_onc_lists_then_the_gravest() -> None:
    pair = (side("a"), side("x"))
    book = InteractionBook(
        (
            a_rule(*pair, Tier.DRAWER, rule="quiet"),
            a_rule(*pair, rule="lighter", severity=Severity.NOT_RECOMMENDED),
            a_rule(*pair, rule="graver"),
            a_rule(*pair, rule="onc", published=HIGH, severity=Severity.NOT_RECOMMENDED),
        )
    )

    assert [rule for rule, _ in met(book, "a", "x")] == ["onc", "graver", "lighter", "quiet"]


@pytest.mark.parametrize("conditional", [False, True])
@pytest.mark.parametrize("status", ["active", "draft", "pilot"])
def test_only_a_settled_rule_somebody_answers_for_interrupts(
    status: str, *, conditional: bool
) -> None:
    rule = a_rule(side("a"), side("x"), status=status, conditional=conditional)

    settled = status == "active" and not conditional
    assert met(InteractionBook((rule,)), "a", "x") == [
        ("r1", Tier.INTERRUPTIVE if settled else Tier.INLINE)
    ]


def test_a_quiet_rule_stays_quiet_as_a_draft() -> None:
    rule = a_rule(side("a"), side("x"), Tier.DRAWER, status="draft")

    assert met(InteractionBook((rule,)), "a", "x") == [("r1", Tier.DRAWER)]


def test_what_need_not_interrupt_is_told_in_the_drawer_whatever_another_list_says() -> None:
    pair = (side("a"), side("x"))
    loud, low = a_rule(*pair, rule="ansm"), a_rule(*pair, Tier.DRAWER, rule="low", published=LOW)

    assert met(InteractionBook((loud, low)), "x", "a") == [
        ("low", Tier.DRAWER),
        ("ansm", Tier.DRAWER),
    ]
    assert met(InteractionBook((loud,)), "x", "a") == [("ansm", Tier.INTERRUPTIVE)]


def test_what_must_always_alert_does_though_it_stands_in_both_lists() -> None:
    pair = (side("a"), side("x"))
    high = a_rule(*pair, rule="high", published=HIGH)
    low = a_rule(*pair, Tier.DRAWER, rule="low", published=LOW)

    assert met(InteractionBook((low, high)), "a", "x")[0] == ("high", Tier.INTERRUPTIVE)


def test_a_route_is_local_but_for_what_is_given_by_it_for_the_whole_body() -> None:
    book = InteractionBook((), (LocalRoute("top", frozenset({"fentanyl"})), LocalRoute("eye")))

    assert book.is_local("miconazole", "top")
    assert book.is_local("fentanyl", "eye")
    assert not book.is_local("fentanyl", "top")
    assert not book.is_local("miconazole", "po")
    assert not book.is_local("miconazole", "")


def test_classes_and_groups_are_spelled_out() -> None:
    classes = {"ssris": frozenset({"sertraline", "paroxetine"})}
    groups = {"maois": frozenset({"phenelzine"})}

    told = spelled_out(("warfarin", "class:ssris", "group:maois", ANY), classes, groups)

    assert set(told) == {"warfarin", "sertraline", "paroxetine", "phenelzine", ANY}
    with pytest.raises(KeyError):
        list(spelled_out(("class:maois",), classes, groups))


RULES = st.builds(
    a_rule,
    st.builds(lambda codes: side(*codes), st.sets(st.sampled_from("abcd"), min_size=1)),
    st.builds(lambda codes: side(*codes), st.sets(st.sampled_from("abcd"), min_size=1)),
    st.sampled_from(Tier),
    severity=st.sampled_from(Severity),
    published=st.sampled_from(Published),
    status=st.sampled_from(["active", "draft"]),
    conditional=st.booleans(),
)


@given(st.lists(RULES, max_size=6), st.sampled_from("abcd"), st.sampled_from("abcd"))
def test_the_answer_is_the_same_from_either_end_and_never_louder_than_a_rule(
    rules: list[object], one: str, other: str
) -> None:
    book = InteractionBook(rules)  # type: ignore[arg-type]
    found, turned = book.between(one, other), book.between(other, one)

    assert [m.tier for m in found] == [m.tier for m in turned]
    assert [m.tier.rank for m in found] == sorted(m.tier.rank for m in found)
    assert all(m.tier.rank >= m.rule.loudest.rank >= m.rule.tier.rank for m in found)
    assert not any(
        m.tier.interrupts and (m.rule.conditional or m.rule.origin.status != "active")
        for m in found
    )
