"""The knowledge that ships, read once, and small books to ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from app.decision.findings import Origin, Tier
from app.decision.knowledge.interactions import (
    InteractionBook,
    InteractionRule,
    Published,
    Severity,
    Side,
)
from app.decision.knowledge.names import Substances
from app.domain.terms import Named
from app.services.interaction_pack import read_interactions
from app.services.substance_pack import read_substances
from resources.reading import path, rows

TODAY = date(2026, 11, 25)


@cache
def substances_that_ship() -> Substances:
    return read_substances(path("packs/substances"), None, TODAY, rows("formulary", "medicines"))


@cache
def interactions_that_ship() -> InteractionBook:
    return read_interactions(path("packs/interactions"), None, TODAY, substances_that_ship())


def side(*codes: str, local: bool = False, days: int | None = None) -> Side:
    return Side(frozenset(codes), local, None if days is None else timedelta(days=days))


def a_rule(
    first: Side,
    second: Side,
    tier: Tier = Tier.INTERRUPTIVE,
    *,
    rule: str = "r1",
    severity: Severity = Severity.CONTRAINDICATED,
    published: Published = Published.ANSM,
    status: str = "active",
    conditional: bool = False,
) -> InteractionRule:
    origin = Origin(rule, "interactions@1", "a list", status)
    return InteractionRule(
        first, second, severity, published, tier, origin, Named("换药。", "Replace."), conditional
    )


def met(book: InteractionBook, one: str, other: str) -> list[tuple[str, Tier]]:
    """The rules two substances meet, and how loudly."""
    return [(meeting.rule.origin.rule, meeting.tier) for meeting in book.between(one, other)]


def loudest(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Tier | None]:
    """By pair of names, how loudly what ships tells it."""
    known, book = substances_that_ship(), interactions_that_ship()
    found: dict[tuple[str, str], Tier | None] = {}
    for one, other in names:
        first, second = known.named(one), known.named(other)
        assert first is not None, one
        assert second is not None, other
        tiers = [
            meeting.tier
            for a in first.substances
            for b in second.substances
            for meeting in book.between(a.code, b.code)
        ]
        found[one, other] = min(tiers, key=lambda tier: tier.rank, default=None)
    return found
