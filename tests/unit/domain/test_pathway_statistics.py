"""Figures of pathways: what is counted, among how many, and never a rate of nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pathway_grid import Grid
from app.domain.pathway_statistics import Counted, PathwayFigures, Rate, ReasonFigures, figures
from app.domain.pathways import Enrolment, FactKind, PathwayFact
from app.domain.patients import Stay
from tests.support.pathway_kit import (
    ADMITTED,
    BLOOD,
    DAY,
    DRUG,
    ENROLLED,
    NOW,
    PATH,
    SHANGHAI,
    a_fact,
    a_grid,
    an_exit,
    an_order,
)

VARIANCE, EXTRA = FactKind.VARIANCE, FactKind.EXTRA
COMPLETED = replace(ENROLLED, status="completed", ended_at=NOW + 5 * DAY)
LEFT = replace(ENROLLED, status="revoked", ended_at=NOW + DAY, exit_reason=an_exit())


def counted(
    enrolment: Enrolment = ENROLLED,
    *facts: PathwayFact,
    stay: Stay | None = ADMITTED,
    days: int = 0,
) -> Counted:
    orders = (an_order(BLOOD), an_order(DRUG))
    seen: Grid = a_grid(*facts, orders=orders, enrolment=enrolment, now=NOW + days * DAY)
    return Counted(seen, stay)


def only(*some: Counted) -> PathwayFigures:
    (found,) = figures(some, SHANGHAI)
    return found


def test_enrolments_are_counted_by_how_they_ended() -> None:
    strange = replace(ENROLLED, status="on-hold")

    found = only(counted(), counted(COMPLETED), counted(COMPLETED), counted(LEFT), counted(strange))

    assert (found.enrolled, found.active, found.completed, found.left, found.other) == (
        *(5, 1, 2, 1, 1),
    )
    assert (found.origin, found.title, found.pathway) == ("path|1", ENROLLED.title, PATH)
    assert (found.completion, found.completion.share) == (Rate(2, 3), 2 / 3)


def test_there_is_no_rate_of_nothing() -> None:
    found = only(counted())

    assert found.completion.share is None
    assert found.stay is not None
    assert (found.stay.within.share, found.stay.median_days) == (None, None)
    assert (found.varied.share, found.exits, found.reasons, found.elements) == (0.0, (), (), ())
    assert figures((), SHANGHAI) == ()


def test_exits_are_counted_by_reason_among_all_that_left() -> None:
    silent = replace(LEFT, exit_reason=None)

    found = only(counted(LEFT), counted(LEFT), counted(silent))

    assert found.exits == (
        ReasonFigures("worse", Rate(2, 3), 2),
        ReasonFigures("", Rate(1, 3), 1),
    )


def test_variances_are_counted_by_enrolment_and_by_how_often() -> None:
    twice = counted(
        ENROLLED,
        a_fact(VARIANCE, key="a", reason="refuses"),
        a_fact(VARIANCE, ("first", "teach"), "b", reason="refuses"),
        a_fact(EXTRA, None, "c", reason="other", text="x"),
    )
    elsewhere = counted(ENROLLED, a_fact(VARIANCE, ("gone", "gone"), "d", reason="refuses"))
    bare = counted(ENROLLED, a_fact(VARIANCE, key="e"))
    taken_back = counted(ENROLLED, a_fact(VARIANCE, ("gone", "gone"), reason="other", void=True))

    found = only(twice, elsewhere, bare, taken_back)

    assert found.varied == Rate(3, 4)
    assert found.reasons == (
        ReasonFigures("refuses", Rate(2, 4), 3),
        ReasonFigures("", Rate(1, 4), 1),
        ReasonFigures("other", Rate(1, 4), 1),
    )


def test_an_element_is_counted_once_its_stage_is_over_or_it_is_settled() -> None:
    why = a_fact(VARIANCE, reason="refuses")
    teach = a_fact(VARIANCE, ("first", "teach"), "t", reason="refuses")
    some = (counted(ENROLLED, why), counted(days=1), counted(ENROLLED, why, teach, days=1))
    found = only(counted(), *some)

    told = {(one.stage.key, one.element.key): (one.varied, one.missed) for one in found.elements}
    assert told == {
        ("first", "history"): (Rate(2, 3), Rate(1, 3)),
        ("first", "drug"): (Rate(0, 2), Rate(2, 2)),
        ("first", "teach"): (Rate(1, 2), Rate(0, 2)),
    }


@pytest.mark.parametrize(
    ("days", "within", "shorter", "longer"),
    [(2, 0, 1, 0), (3, 1, 0, 0), (5, 1, 0, 0), (6, 0, 0, 1)],
)
def test_the_length_of_stay_is_held_against_the_standard(
    days: int, within: int, shorter: int, longer: int
) -> None:
    gone = replace(ADMITTED, status="finished", ended_at=NOW + days * DAY)

    stay = only(counted(COMPLETED, stay=gone), counted(LEFT, stay=gone)).stay

    assert stay is not None
    assert (stay.within, stay.shorter, stay.longer) == (
        Rate(within, 1),
        Rate(shorter, 1),
        Rate(longer, 1),
    )
    assert (stay.unknown, stay.median_days) == (0, float(days))


@pytest.mark.parametrize(
    "stay", [None, ADMITTED, replace(ADMITTED, admitted_at=None, ended_at=NOW)]
)
def test_a_stay_whose_days_are_not_recorded_is_counted_apart(stay: Stay | None) -> None:
    found = only(counted(COMPLETED, stay=stay)).stay

    assert found is not None
    assert (found.unknown, found.within) == (1, Rate(0, 0))


def test_a_version_that_is_not_known_here_is_counted_without_its_elements() -> None:
    strange = replace(ENROLLED, origin="path|9")
    seen = a_grid(a_fact(VARIANCE, reason="refuses"), pathway=None, enrolment=strange)

    first, other = figures((Counted(seen, ADMITTED), counted(), counted(COMPLETED)), SHANGHAI)

    assert (first.origin, first.enrolled) == ("path|1", 2)
    assert (other.origin, other.pathway, other.elements, other.stay) == ("path|9", None, (), None)
    assert other.varied == Rate(1, 1)


@given(st.lists(st.sampled_from(["active", "completed", "revoked", "on-hold", "unknown"])))
def test_nobody_is_counted_twice_or_lost(states: list[str]) -> None:
    some = [counted(replace(ENROLLED, status=one, ended_at=NOW + timedelta(1))) for one in states]

    for one in figures(some, SHANGHAI):
        assert one.active + one.completed + one.left + one.other == one.enrolled == len(states)
        assert one.completion.among == one.completed + one.left
        assert sum(reason.enrolments.count for reason in one.exits) == one.left
