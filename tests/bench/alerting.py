"""How often decision support would speak: the alert budget over synthetic admissions.

`python -m tests.bench.alerting [--as-active] [COUNT]` prints the table of docs/alerts.md. Nobody
answers here, so overrides are not simulated: those are measured where people work, on the page of
the pharmacy committee.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.commands.order_cases.cases import CaseReader
from app.decision.findings import Tier
from app.decision.verdict import Verdict
from app.services.decision_packs import PackFolders, read_decision
from resources.reading import path
from tests.bench.admissions import admissions
from tests.bench.figures import Figure, Target

MANY, FEW = 1_000, 60
DAY = datetime(2026, 11, 25, tzinfo=UTC)
PER_100 = Target("p50", 3, source="alert budget: windows per 100 signed medication orders")
PER_DAY = Target("p50", 5, source="alert budget: interruptive cards per doctor and day")


@dataclass
class Told:
    """What was said in all.

    Attributes:
        windows: Baskets that were interrupted.
        cards: Cards by tier.
        days: Interrupting cards by doctor and day.
        rules: Interrupting findings by check and rule.
        gaps: Checks that could not look, by check.
        again: Cards that were not told a second time within a day.
    """

    orders: int = 0
    baskets: int = 0
    windows: int = 0
    cards: Counter[Tier] = field(default_factory=Counter)
    days: Counter[tuple[int, int]] = field(default_factory=Counter)
    worked: set[tuple[int, int]] = field(default_factory=set)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    gaps: Counter[str] = field(default_factory=Counter)
    again: int = 0

    def take(self, verdict: Verdict, orders: int, doctor_day: tuple[int, int]) -> None:
        """Count the verdict of one basket."""
        self.orders += orders
        self.baskets += 1
        self.worked.add(doctor_day)
        self.windows += bool(verdict.interrupting)
        self.days[doctor_day] += len(verdict.interrupting)
        self.cards.update(card.tier for card in verdict.cards)
        self.again += len(verdict.hidden)
        for card in verdict.interrupting:
            self.rules.update((one.check.value, one.origin.rule) for one in card.findings)
        self.gaps.update({gap.check.value for gap in verdict.gaps})

    @property
    def windows_per_100(self) -> float:
        return 100 * self.windows / self.orders

    @property
    def cards_per_doctor_day(self) -> float:
        return sum(self.days.values()) / len(self.worked)


def told(count: int, *, as_active: bool) -> Told:
    """Judge every basket of so many admissions; what was answered is not asked again in a day."""
    folders = PackFolders(path("packs"), None, DAY.date(), as_active)
    decision = read_decision(folders)
    reader = CaseReader(decision, lambda: DAY)
    found = Told()
    for stay in admissions(count):
        memory: dict[str, datetime] = {}
        for day, case in stay.cases():
            situation = reader.read(json.dumps(case)).situation
            verdict = decision.engine.judge(situation, memory)
            found.take(verdict, _orders(case), (stay.doctor, day))
            memory |= {card.key: situation.now for card in verdict.interrupting}
    return found


def alert_budget(scratch: Path, *, quick: bool) -> Iterator[Figure]:
    """How often an ordinary ward would be interrupted, as shipped and as if all were signed."""
    del scratch
    count = FEW if quick else MANY
    for name, as_active in (("as shipped", False), ("drafts as active", True)):
        found = told(count, as_active=as_active)
        size = {"admissions": count, "orders": found.orders, "baskets": found.baskets}
        aside = {f"{tier.value} cards": float(found.cards[tier]) for tier in Tier}
        yield Figure(
            f"alerts: windows per 100 orders, {name}",
            "per 100",
            (found.windows_per_100,),
            (PER_100,),
            size,
            aside=aside | {"not told twice": float(found.again)},
        )
        yield Figure(
            f"alerts: interrupting cards per doctor-day, {name}",
            "per day",
            (found.cards_per_doctor_day,),
            (PER_DAY,),
            size,
        )


def table(found: Told) -> str:
    """The table as docs/alerts.md has it."""
    rows = [
        (
            "admissions, baskets, medication orders",
            f"{MANY:,}, {found.baskets:,}, {found.orders:,}",
        ),
        ("interrupting windows per 100 orders", f"{found.windows_per_100:.2f}"),
        ("interrupting cards per doctor and day", f"{found.cards_per_doctor_day:.2f}"),
        ("most on one doctor-day", f"{max(found.days.values(), default=0)}"),
        *((f"{tier.value} cards", f"{found.cards[tier]:,}") for tier in Tier),
        ("cards not told a second time", f"{found.again:,}"),
        *((f"not checkable: {check}", f"{n:,} baskets") for check, n in found.gaps.most_common(6)),
    ]
    loud = [(f"`{check}` {rule}", f"{n:,}") for (check, rule), n in found.rules.most_common(12)]
    lines = ["| measure | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]
    lines += ["", "| what interrupts most | times |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {value} |" for name, value in loud)])


def _orders(case: dict[str, object]) -> int:
    orders = case["orders"]
    assert isinstance(orders, list)
    return len(orders)


def main(arguments: list[str]) -> None:
    """Print the table."""
    as_active = "--as-active" in arguments
    counts = [int(one) for one in arguments if one.isdigit()]
    print(table(told(counts[0] if counts else MANY, as_active=as_active)))


if __name__ == "__main__":
    main(sys.argv[1:])
