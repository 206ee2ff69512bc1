"""A decision is told to every page, and only after it was written."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.domain.duplicates import Duplicate
from app.domain.sending import EVERY_KIND
from app.domain.terms import GroupId, PractitionerId, Ref
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.acts import Act
from app.ports.disputes import Decision
from app.services.publishing import PublishedDisputes, PublishedDuplicates
from tests.unit.services.kit import NOW
from tests.unit.services.test_dispute_settling import ACT, BASE, DISPUTE, ORDER, OneDispute

WHY = Decision(PractitionerId("wang"), NOW, "why")


def heard() -> tuple[OneDispute, PublishedDisputes, list[Changed]]:
    disputes, feed, news = OneDispute(), ChangeFeed(), list[Changed]()
    feed.listen(news.append)
    return disputes, PublishedDisputes(disputes, feed), news


def test_reading_is_no_news() -> None:
    disputes, published, news = heard()

    assert published.disputes() == (DISPUTE,)
    assert published.sides(DISPUTE.id) == disputes.sides_now
    assert published.resting_on((ACT.group,)) == (ACT,)
    assert published.documents_of((ACT.group,)) == (BASE,)
    assert news == []


def test_a_decision_may_change_every_page() -> None:
    disputes, published, news = heard()
    act = Act(GroupId("g"), "conflict.keep-mine", None, PractitionerId("wang"), NOW, ())

    published.keep_mine(DISPUTE.id, act, WHY)
    changed = published.discard((ACT.group,), WHY)

    assert changed == (ORDER,)
    assert [one.kinds for one in news] == [EVERY_KIND, EVERY_KIND]
    assert len(disputes.kept) == len(disputes.taken_back) == 1


def test_a_decision_that_failed_is_not_told() -> None:
    class Refusing(OneDispute):
        def discard(
            self, groups: tuple[GroupId, ...], decision: Decision, instead: Act | None = None
        ) -> tuple[()]:
            detail = f"{len(groups)} {decision.by} {instead}"
            raise app_error(FaultKind.CONFLICT, "dispute.grown", detail)

    feed, news = ChangeFeed(), list[Changed]()
    feed.listen(news.append)

    with pytest.raises(AppError):
        PublishedDisputes(Refusing(), feed).discard((ACT.group,), WHY)

    assert news == []


class OneCase:
    """`DuplicateActs` with one pair before a person."""

    def __init__(self, *, changes: bool) -> None:
        self._changes = changes

    def open_duplicates(self) -> frozenset[tuple[Ref, Ref]]:
        return frozenset({(ORDER, ORDER)})

    def keep_duplicates(
        self, found: tuple[Duplicate, ...], over: frozenset[tuple[Ref, Ref]], at: datetime
    ) -> bool:
        assert (found, over, at) == ((), frozenset(), NOW)
        return self._changes


@pytest.mark.parametrize("changes", [True, False])
def test_a_case_that_was_opened_or_closed_is_told(changes: bool) -> None:  # noqa: FBT001
    feed, news = ChangeFeed(), list[Changed]()
    feed.listen(news.append)
    published = PublishedDuplicates(OneCase(changes=changes), feed)

    assert published.open_duplicates() == {(ORDER, ORDER)}
    assert published.keep_duplicates((), frozenset(), NOW) is changes
    assert bool(news) is changes
