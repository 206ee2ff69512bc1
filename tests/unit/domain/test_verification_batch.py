"""A batch of orders passes whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order_verification import (
    Awaiting,
    Review,
    Reviewed,
    Second,
    VerificationRules,
    Wait,
)
from app.domain.orders import OrderClass
from app.domain.skin_tests import SkinGate, SkinStanding
from app.domain.terms import PatientId, Ref
from app.domain.verification_batch import OF_THE_BATCH, objections, obstacles
from tests.unit.domain.verifying_kit import RULES, a_wait, an_order

STRICT = replace(RULES, review_required=True)


def codes(
    asked: Sequence[Awaiting],
    waiting: Sequence[Awaiting] | None = None,
    rules: VerificationRules = RULES,
    *,
    second: bool = False,
) -> list[tuple[Ref, str]]:
    found = objections(asked, asked if waiting is None else waiting, rules, has_second=second)
    return [(one.ref, one.message.code) for one in found]


def only(asked: Awaiting, rules: VerificationRules = RULES, *, second: bool = False) -> list[str]:
    return [code for _, code in codes((asked,), rules=rules, second=second)]


def many(count: int) -> tuple[Awaiting, ...]:
    return tuple(a_wait(an_order(f"o{n}")) for n in range(count))


def test_a_batch_holds_something_and_at_most_a_hundred() -> None:
    assert codes(()) == [(OF_THE_BATCH, "verifying.none-marked")]
    assert codes(many(100)) == []
    assert codes(many(101)) == [(OF_THE_BATCH, "verifying.too-many")]


def test_what_changed_since_it_was_shown_is_not_taken_over() -> None:
    shown = a_wait()
    for now in (
        (),
        (replace(shown, wait=Wait.RESUMED),),
        (replace(shown, turn=1),),
        (replace(shown, order=an_order(note="缓慢")),),
    ):
        assert codes((shown,), now) == [(shown.ref, "verifying.changed")]
    assert codes((shown,), (shown,)) == []


def test_what_the_pharmacy_said_since_is_no_change_but_its_rejection_counts() -> None:
    shown = a_wait()
    rejected = replace(shown, review=Reviewed(shown.ref, Review.REJECTED))

    assert codes((shown,), (rejected,)) == [(shown.ref, "verifying.review-rejected")]


@pytest.mark.parametrize(
    ("review", "plain", "strict"),
    [
        (None, [], ["verifying.review-missing"]),
        (Review.ASKED, [], ["verifying.review-missing"]),
        (Review.PASSED, [], []),
        (Review.REJECTED, ["verifying.review-rejected"], ["verifying.review-rejected"]),
    ],
)
def test_the_review_is_shown_and_required_only_where_the_hospital_says_so(
    review: Review | None, plain: list[str], strict: list[str]
) -> None:
    one = a_wait()
    one = replace(one, review=None if review is None else Reviewed(one.ref, review))

    assert only(one) == plain
    assert only(one, STRICT) == strict


def test_no_review_is_asked_of_what_is_no_drug() -> None:
    assert only(a_wait(an_order(order_class=OrderClass.LABORATORY)), STRICT) == []


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        (SkinGate.NOT_NEEDED, []),
        (SkinGate.NEGATIVE, []),
        (SkinGate.MISSING, ["verifying.skin-missing"]),
        (SkinGate.EXPIRED, ["verifying.skin-expired"]),
        (SkinGate.POSITIVE, ["verifying.skin-positive"]),
    ],
)
def test_a_drug_is_verified_after_a_negative_skin_test_only(
    gate: SkinGate, said: list[str]
) -> None:
    assert only(a_wait(skin=SkinStanding(gate))) == said


def test_a_second_person_is_needed_and_an_unchecked_drug_is_only_told() -> None:
    assert only(a_wait(second=Second.NEEDED)) == ["verifying.second-needed"]
    assert only(a_wait(second=Second.NEEDED), second=True) == []
    assert only(a_wait(second=Second.UNKNOWN)) == []


@pytest.mark.parametrize("wait", [one for one in Wait if one is not Wait.NEW])
def test_a_stop_is_acknowledged_whatever_the_gates_say(wait: Wait) -> None:
    one = a_wait(wait=wait, second=Second.NEEDED, skin=SkinStanding(SkinGate.POSITIVE))

    assert only(one, STRICT) == []


@pytest.mark.parametrize("wait", list(Wait))
def test_what_is_not_understood_or_cannot_be_sent_is_not_taken_over(wait: Wait) -> None:
    guarded = an_order(guarded=True)

    assert only(a_wait(guarded, wait)) == ["verifying.not-understood"]
    assert only(a_wait(wait=wait, unsent="conflict")) == ["verifying.order-conflict"]
    assert only(a_wait(wait=wait, unsent="rejected")) == ["verifying.order-rejected"]
    assert only(a_wait(wait=wait, unsent="saved")) == []


def test_an_infusion_is_taken_over_whole_or_not_at_all() -> None:
    one, two = (a_wait(an_order(key, group="g1")) for key in ("o1", "o2"))
    other = a_wait(an_order("o3", group="g1", patient=PatientId("zhang-wei")))
    stopped = a_wait(an_order("o4", group="g1", status="stopped"), Wait.STOPPED)
    waiting = (one, two, other, stopped)

    assert codes((one,), waiting) == [(one.ref, "verifying.group-not-whole")]
    assert codes((one, two), waiting) == []
    assert codes((stopped,), waiting) == []


def test_what_stands_beside_a_line_says_nothing_of_the_second_person() -> None:
    one = a_wait(second=Second.NEEDED, skin=SkinStanding(SkinGate.EXPIRED))

    (said,) = obstacles(one, RULES)

    assert (said.code, dict(said.parameters)) == ("verifying.skin-expired", {"hours": 24})


@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_one_that_may_not_keeps_all_of_them_back(blocked: list[bool]) -> None:
    asked = [
        a_wait(an_order(f"o{n}"), skin=SkinStanding(SkinGate.MISSING if one else SkinGate.NEGATIVE))
        for n, one in enumerate(blocked)
    ]

    assert bool(codes(asked)) is any(blocked)
