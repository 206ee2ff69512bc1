"""A journal in which one rule is nearly always overridden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.decision_events import DecisionEvent, Response
from app.domain.terms import OrderId
from app.kernel.faults import AppError, Fault
from app.services.alert_reviewing import AlertReviewing, alert_budget
from tests.support.decision_events import an_event
from tests.support.desk_kit import NOW, StillClock

_SHOWN = an_event(at=NOW - timedelta(days=10), rule="onc-high-25", orders=())


@dataclass
class AlertsRoom:
    """`DecisionJournal` as far as it is read here."""

    fault: Fault | None = None

    @property
    def reviewing(self) -> AlertReviewing:
        journal = self
        return AlertReviewing(
            journal,  # type: ignore[arg-type]  # the one method it uses
            StillClock(),
            ZoneInfo("Asia/Shanghai"),
            alert_budget(),
        )

    def events(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[DecisionEvent, ...]:
        """What was said since then."""
        del until
        if self.fault is not None:
            raise AppError(self.fault)
        return tuple(one for one in _events() if since is None or one.at >= since)


def _events() -> Iterator[DecisionEvent]:
    for place in range(60):
        asked = replace(_SHOWN, instance=f"i{place}", at=_SHOWN.at - timedelta(days=place // 10))
        if place < 56:
            reason = "risk-benefit-ratio" if place < 40 else "other"
            yield replace(asked, reason=reason)
        else:
            yield replace(asked, response=Response.REMOVED, reason="")
        yield replace(asked, rule="ansm-12", tier="inline", response=Response.IGNORED, reason="")
        orders = tuple(OrderId(f"o{place}-{n}") for n in range(15))
        yield replace(
            asked,
            rule="signing",
            check="",
            card="",
            tier="silent",
            response=Response.SIGNED,
            reason="",
            orders=orders,
        )
