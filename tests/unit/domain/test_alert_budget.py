"""The alert budget: what is counted from the journal, and what the committee is to look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.alert_budget import AlertReport, Budget, RuleRecord, report
from app.domain.decision_events import DecisionEvent, Response
from app.domain.terms import OrderId, PractitionerId
from tests.support.decision_events import an_event

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
BUDGET = Budget(Fraction(3), Fraction(5), Fraction(5), Fraction(60), 50, Fraction(90))
EVENT = an_event(at=NOW, instance="i1", card="c1", orders=())
SIGNED = replace(
    EVENT,
    rule="signing",
    check="",
    tier="silent",
    card="",
    response=Response.SIGNED,
    reason="",
    orders=(OrderId("a"), OrderId("b"), OrderId("c"), OrderId("d")),
)


def counted(*events: DecisionEvent) -> AlertReport:
    return report(events, ZONE)


def test_a_window_is_one_asking_and_a_card_may_have_several_rules() -> None:
    found = counted(SIGNED, EVENT, replace(EVENT, rule="ansm-9"), replace(EVENT, card="c2"))

    assert (found.orders, found.windows, found.cards, found.overridden) == (4, 1, 2, 2)
    assert found.windows_per_100 == 25
    assert found.override_percent == 100
    assert {one.rule: one.shown for one in found.rules} == {EVENT.rule: 2, "ansm-9": 1}


def test_what_was_not_shown_or_did_not_interrupt_counts_for_nothing() -> None:
    hidden = replace(EVENT, response=Response.NOT_SHOWN)
    quiet = replace(EVENT, tier="inline", response=Response.IGNORED)

    found = counted(SIGNED, hidden, quiet)

    assert (found.windows, found.cards, found.most) == (0, 0, 0)
    (rule,) = found.rules
    assert (rule.shown, rule.quiet, rule.hidden) == (0, 1, 1)
    assert rule.override_percent is None


def test_what_was_followed_is_no_override() -> None:
    found = counted(
        replace(EVENT, response=Response.ACCEPTED, reason=""),
        replace(EVENT, instance="i2", response=Response.OVERRIDDEN),
        replace(EVENT, instance="i3", response=Response.REMOVED, reason=""),
        replace(EVENT, instance="i4", response=Response.ABANDONED, reason=""),
    )

    assert (found.cards, found.overridden) == (4, 1)
    assert found.override_percent == 25
    (rule,) = found.rules
    assert rule.reasons == {"risk-benefit-ratio": 1}
    assert rule.answers[Response.REMOVED] == 1


def test_days_are_those_of_the_ward() -> None:
    before_midnight = replace(EVENT, at=datetime(2026, 11, 25, 15, 59, tzinfo=UTC))
    after_midnight = replace(EVENT, at=datetime(2026, 11, 25, 16, 1, tzinfo=UTC), instance="i2")
    other = replace(EVENT, user=PractitionerId("li"), instance="i3")

    found = counted(before_midnight, after_midnight, other)

    assert (found.doctor_days, found.cards, found.most) == (3, 3, 1)
    assert found.cards_per_doctor_day == 1


def test_of_nothing_no_rate_is_known() -> None:
    found = counted()

    assert found.windows_per_100 is None
    assert found.cards_per_doctor_day is None
    assert found.override_percent is None


@pytest.mark.parametrize(
    ("shown", "overridden", "listed"),
    [(50, 45, True), (50, 44, False), (49, 49, False), (0, 0, False)],
)
def test_a_rule_that_is_nearly_always_overridden_is_for_the_committee(
    shown: int,
    overridden: int,
    listed: bool,  # noqa: FBT001 - a table
) -> None:
    rule = RuleRecord("r", "p", "ddi", shown, {Response.OVERRIDDEN: overridden})

    assert rule.to_review(BUDGET) is listed


def test_what_interrupts_most_comes_first() -> None:
    found = counted(
        replace(EVENT, rule="quiet", tier="inline", response=Response.IGNORED),
        replace(EVENT, rule="once"),
        replace(EVENT, rule="twice", instance="i2"),
        replace(EVENT, rule="twice", instance="i3"),
    )

    assert [one.rule for one in found.rules] == ["twice", "once", "quiet"]


EVENTS = st.builds(
    lambda instance, card, rule, tier, response: replace(
        EVENT,
        # Everything of one asking is of one moment.
        at=NOW + timedelta(hours=20 * instance),
        instance=str(instance),
        card=card,
        rule=rule,
        tier=tier,
        response=response,
    ),
    st.integers(0, 3),
    st.sampled_from("xy"),
    st.sampled_from(["r1", "r2"]),
    st.sampled_from(["hard-stop", "interruptive", "inline", "silent"]),
    st.sampled_from(list(Response)),
)


@given(st.lists(EVENTS, max_size=12))
def test_figures_agree_with_each_other_in_any_order(events: list[DecisionEvent]) -> None:
    found = counted(*events)

    assert found == counted(*reversed(events))
    assert found.windows <= found.cards
    assert found.overridden <= found.cards
    assert sum(one.shown for one in found.rules) >= found.cards
