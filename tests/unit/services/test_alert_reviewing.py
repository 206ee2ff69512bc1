"""The alert budget as the committee asks for it: a period back from now, and its own budget."""

from __future__ import annotations

from fractions import Fraction

from app.services.alert_reviewing import alert_budget
from tests.support.alerts_room import AlertsRoom
from tests.support.desk_kit import a_session


def test_the_last_days_are_counted_and_no_others() -> None:
    reviewing = AlertsRoom().reviewing

    assert reviewing.report(a_session(), 30).orders == 900
    assert reviewing.report(a_session(), 12).orders == 450
    assert reviewing.report(a_session(), 7).orders == 0


def test_the_budget_is_that_of_the_pack() -> None:
    budget = alert_budget()

    assert (budget.windows, budget.review) == (Fraction(3), Fraction(5))
    assert (budget.fired, budget.rule_overridden) == (50, Fraction(90))
    assert (budget.doctor_day, budget.overridden) == (Fraction(5), Fraction(60))
