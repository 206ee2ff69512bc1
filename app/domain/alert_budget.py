"""The alert budget: how often decision support interrupted, and what people did about it.

Counted from the journal alone. A window is one asking in which something interrupted; a card that
was told again within a day, or tolerated, was not shown and counts for nothing. A rule that is
nearly always overridden is named for the pharmacy committee; nothing is ever demoted by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from fractions import Fraction

from app.domain.decision_events import DecisionEvent, Response
from app.domain.terms import OrderId, PractitionerId

INTERRUPTING = frozenset({"hard-stop", "interruptive"})


@dataclass(frozen=True, slots=True)
class Budget:
    """What is not to be exceeded; a row of the pack each.

    Attributes:
        windows: Interrupting windows for 100 signed medication orders.
        review: The same, from which the committee reviews.
        doctor_day: Interrupting cards for a doctor and day.
        overridden: Interrupting cards that are overridden, in percent.
        fired: So often a rule has fired before it is judged.
        rule_overridden: A rule that is overridden so often is listed, in percent.
    """

    windows: Fraction
    review: Fraction
    doctor_day: Fraction
    overridden: Fraction
    fired: int
    rule_overridden: Fraction


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """What became of one rule.

    Attributes:
        shown: How often it interrupted.
        answers: How often each thing was done about it.
        quiet: How often it was told without interrupting.
        hidden: How often it was not told, because it had been answered or tolerated.
        reasons: Codes of the reasons for which it was overridden, and how often.
    """

    rule: str
    pack: str
    check: str
    shown: int = 0
    answers: Mapping[Response, int] = field(default_factory=dict)
    quiet: int = 0
    hidden: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def overridden(self) -> int:
        return self.answers.get(Response.OVERRIDDEN, 0)

    @property
    def override_percent(self) -> Fraction | None:
        """Of what interrupted; None when nothing did."""
        return Fraction(100 * self.overridden, self.shown) if self.shown else None

    def to_review(self, budget: Budget) -> bool:
        """Whether the committee is to look at it."""
        share = self.override_percent
        return share is not None and self.shown >= budget.fired and share >= budget.rule_overridden


@dataclass(frozen=True, slots=True)
class AlertReport:
    """A period in figures.

    Attributes:
        orders: Medication orders that were signed.
        windows: Askings in which something interrupted.
        cards: Cards that interrupted.
        overridden: Of these, passed with a reason.
        doctor_days: Doctors and days on which something was signed or told.
        most: The most cards on one of them.
        rules: What interrupted most first, then what was told most.
    """

    orders: int
    windows: int
    cards: int
    overridden: int
    doctor_days: int
    most: int
    rules: tuple[RuleRecord, ...]

    @property
    def windows_per_100(self) -> Fraction | None:
        """None when nothing was signed: nobody knows."""
        return Fraction(100 * self.windows, self.orders) if self.orders else None

    @property
    def cards_per_doctor_day(self) -> Fraction | None:
        return Fraction(self.cards, self.doctor_days) if self.doctor_days else None

    @property
    def override_percent(self) -> Fraction | None:
        return Fraction(100 * self.overridden, self.cards) if self.cards else None


def report(events: Iterable[DecisionEvent], zone: tzinfo) -> AlertReport:
    """Count a period; a day is the ward's.

    Args:
        events: Of the journal, in any order.
        zone: The ward's time zone.
    """
    told = tuple(events)
    orders: set[OrderId] = set()
    days: set[tuple[PractitionerId, date]] = set()
    cards: dict[tuple[str, str], Response] = {}
    per_day: Counter[tuple[PractitionerId, date]] = Counter()
    for one in told:
        day = (one.user, one.at.astimezone(zone).date())
        days.add(day)
        if one.response is Response.SIGNED:
            orders.update(one.orders)
        elif _interrupted(one):
            key = (one.instance, one.card)
            if key not in cards:
                per_day[day] += 1
            if cards.get(key) is not Response.OVERRIDDEN:
                cards[key] = one.response
    return AlertReport(
        orders=len(orders),
        windows=len({instance for instance, _ in cards}),
        cards=len(cards),
        overridden=sum(one is Response.OVERRIDDEN for one in cards.values()),
        doctor_days=len(days),
        most=max(per_day.values(), default=0),
        rules=_rules(told),
    )


def _interrupted(event: DecisionEvent) -> bool:
    return event.tier in INTERRUPTING and event.response is not Response.NOT_SHOWN


def _rules(events: Iterable[DecisionEvent]) -> tuple[RuleRecord, ...]:
    grouped: defaultdict[tuple[str, str, str], list[DecisionEvent]] = defaultdict(list)
    for one in events:
        if one.response is not Response.SIGNED:
            grouped[one.rule, one.pack, one.check].append(one)
    found = [_record(*key, group) for key, group in grouped.items()]
    return tuple(sorted(found, key=lambda one: (-one.shown, -one.quiet, one.check, one.rule)))


def _record(rule: str, pack: str, check: str, events: Iterable[DecisionEvent]) -> RuleRecord:
    answers: Counter[Response] = Counter()
    reasons: Counter[str] = Counter()
    shown = quiet = hidden = 0
    for one in events:
        if one.response is Response.NOT_SHOWN:
            hidden += 1
        elif _interrupted(one):
            shown += 1
            answers[one.response] += 1
            if one.response is Response.OVERRIDDEN:
                reasons[one.reason] += 1
        else:
            quiet += 1
    return RuleRecord(rule, pack, check, shown, dict(answers), quiet, hidden, dict(reasons))
