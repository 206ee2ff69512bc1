from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.decision.findings import Moment
from app.decision.verdict import Verdict
from app.domain.baskets import Basket, BasketItem
from app.domain.orders import OrderDraft
from app.domain.people import Session
from app.domain.terms import PatientId, Term
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.tasks import TaskScope
from tests.support.chart_kit import PATIENT, STAY
from tests.support.decision_kit import FakeJudge, a_verdict
from tests.support.desk_kit import Diary, PatientRunner, a_visit
from ui.orders.check_strip import Checked
from ui.orders.inline_checks import InlineChecks


class Judge(FakeJudge):
    """Answers with what it was asked about."""

    def check(
        self, session: Session, patient: PatientId, drafts: Mapping[str, OrderDraft], moment: Moment
    ) -> Verdict:
        super().check(session, patient, drafts, moment)
        return a_verdict()


class Desk:
    """An inline check whose answers come when they are let."""

    def __init__(self) -> None:
        self.runner, self.judge = PatientRunner(), Judge()
        self.shown: list[Checked] = []
        scope = TaskScope(self.runner)
        self.feed = ChangeFeed()
        visit = replace(a_visit(Diary()), patient=PATIENT)
        self.checks = InlineChecks(self.shown.append, visit, self.judge, self.feed, scope)

    def hear(self, kind: str, patient: PatientId = PATIENT) -> None:
        self.feed.deliver(Changed(frozenset({kind}), frozenset({patient})))
        self.runner.go_on()


def a_draft(drug: str, note: str = "") -> OrderDraft:
    return OrderDraft(PATIENT, STAY, item=Term(drug), note=note)


def test_the_latest_question_wins() -> None:
    at = Desk()
    at.checks.write({"k": a_draft("a")})
    at.checks.write({"k": a_draft("b")})

    at.runner.go_on()

    assert at.judge.asked == [(Moment.SELECT, ("k",))]
    assert at.shown[-1].verdict is not None


def test_a_note_asks_nothing_and_the_basket_is_judged_with_the_form() -> None:
    at = Desk()
    at.checks.hold(Basket((BasketItem("in", a_draft("a")),)))
    at.checks.write({"k": a_draft("b")})
    at.runner.go_on()

    at.checks.write({"k": a_draft("b", "slowly")})
    at.runner.go_on()

    assert at.judge.asked == [(Moment.SELECT, ("in", "k"))]


def test_another_drug_is_not_shown_with_the_warnings_of_the_one_before() -> None:
    at = Desk()
    at.checks.write({"k": a_draft("a"), "other": a_draft("c")})
    at.runner.go_on()
    before = at.shown[-1].verdict

    at.checks.write({"k": a_draft("b"), "other": a_draft("c")})

    assert at.shown[-1].of("k") is None
    assert at.shown[-1].of("other") is before
    at.runner.go_on()
    assert at.shown[-1].of("k") is not None


def test_a_judge_that_fails_is_said_and_asked_again_when_the_chart_changes() -> None:
    at = Desk()
    at.judge.fails = True
    at.checks.write({"k": a_draft("a")})
    at.runner.go_on()
    assert at.shown[-1].fault is not None

    at.judge.fails = False
    at.hear("allergy", PatientId("somebody-else"))
    at.hear("note")
    assert at.shown[-1].verdict is None
    at.hear("allergy")

    assert at.shown[-1].verdict is not None


def test_a_page_that_was_left_hears_no_news() -> None:
    at = Desk()
    at.checks.write({"k": a_draft("a")})
    at.runner.go_on()

    at.checks.close()
    at.hear("allergy")

    assert len(at.judge.asked) == 1


def test_nothing_written_asks_nobody() -> None:
    at = Desk()
    at.checks.write({"k": OrderDraft(PATIENT, STAY)})
    at.checks.hold(Basket())
    at.runner.go_on()

    assert at.judge.asked == []
    assert at.shown == []
