"""What the alert budget page shows."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from fractions import Fraction

from app.domain.alert_budget import AlertReport, Budget, RuleRecord
from app.kernel.faults import Fault

PERIODS = (7, 30, 90)
"""Days one can look back."""


class Standing(enum.Enum):
    """How a figure stands to its budget."""

    UNKNOWN = "unknown"
    WITHIN = "within"
    OVER = "over"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of the budget.

    Attributes:
        value: None when nothing happened to count it from.
    """

    name: str
    value: Fraction | None
    limit: Fraction
    standing: Standing


@dataclass(frozen=True, slots=True)
class AlertsState:
    """The page as a value.

    Attributes:
        days: The period, back from now.
        found: None until it has been counted once.
        fault: Why it could not be; what was counted before stays.
    """

    budget: Budget
    days: int = PERIODS[1]
    found: AlertReport | None = None
    selected: str = ""
    fault: Fault | None = None

    @property
    def measures(self) -> tuple[Measure, ...]:
        found, budget = self.found, self.budget
        if found is None:
            return ()
        return (
            _measure("windows", found.windows_per_100, budget.windows, budget.review),
            _measure("doctor-day", found.cards_per_doctor_day, budget.doctor_day),
            _measure("overridden", found.override_percent, budget.overridden),
        )

    @property
    def rules(self) -> tuple[RuleRecord, ...]:
        return self.found.rules if self.found is not None else ()

    @property
    def to_review(self) -> tuple[RuleRecord, ...]:
        """Rules the committee is to look at."""
        return tuple(one for one in self.rules if one.to_review(self.budget))


def _measure(
    name: str, value: Fraction | None, limit: Fraction, review: Fraction | None = None
) -> Measure:
    if value is None:
        return Measure(name, value, limit, Standing.UNKNOWN)
    if review is not None and value > review:
        return Measure(name, value, limit, Standing.REVIEW)
    return Measure(name, value, limit, Standing.OVER if value > limit else Standing.WITHIN)


def key_of(rule: RuleRecord) -> str:
    """Its place in the table."""
    return f"{rule.pack} {rule.check} {rule.rule}"
