"""The alert budget for the pharmacy committee."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, tzinfo
from fractions import Fraction
from functools import cache

from app.domain.alert_budget import AlertReport, Budget, report
from app.domain.people import Privilege, Session
from app.kernel.clock import Clock
from app.ports.deciding import DecisionJournal
from app.services.authority import needs
from resources.reading import rows


@cache
def alert_budget() -> Budget:
    """The budget of the pack."""
    told = {row["name"]: Fraction(row["value"]) for row in rows("alert_budget", "budget")}
    return Budget(
        windows=told["windows_per_100"],
        review=told["review_per_100"],
        doctor_day=told["cards_per_doctor_day"],
        overridden=told["override_percent"],
        fired=int(told["rule_fired"]),
        rule_overridden=told["rule_override_percent"],
    )


@dataclass(frozen=True, slots=True)
class AlertReviewing:
    """Counts what decision support said on this workstation, and what was done about it."""

    journal: DecisionJournal
    clock: Clock
    zone: tzinfo
    budget: Budget

    @needs(Privilege.REVIEW_DECISIONS)
    def report(self, session: Session, days: int) -> AlertReport:  # noqa: ARG002 - read by the guard
        """The last so many days, to this moment."""
        since = self.clock.now() - timedelta(days=days)
        return report(self.journal.events(since=since), self.zone)
