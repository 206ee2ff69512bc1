"""Which drugs ask for a skin test, and which test answers for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.decision.findings import Origin, Tier
from app.decision.substances import Drug, Substance
from app.domain.terms import Named


@dataclass(frozen=True, slots=True)
class SkinRule:
    """A rule about a skin test before a drug.

    Attributes:
        reagents: What is tested for it: a test of one of these answers for the drug.
        severe: Classes; where any is named, only a severe immediate reaction to one of them
            makes the rule ask.
        tier: How loud a missing, expired or unread test is; a positive one is always a hard stop.
    """

    origin: Origin
    subjects: frozenset[str]
    but: frozenset[str]
    routes: frozenset[str]
    reagents: frozenset[str]
    severe: frozenset[str]
    tier: Tier
    text: Named | None

    def concerns(self, substance: Substance, route: str) -> bool:
        """Whether it is about the ingredient, given so; a route nobody said may be any."""
        if self.routes and route and route not in self.routes:
            return False
        if any(substance.belongs(one) for one in self.but):
            return False
        return any(substance.belongs(one) for one in self.subjects)

    def answered_by(self, drug: Drug) -> bool:
        """Whether a test of `drug` answers for it."""
        return any(True for _ in drug.concerning(self.reagents))


@dataclass(frozen=True, slots=True)
class SkinBook:
    """Every rule, and how long a negative test covers a beginning or a break."""

    rules: tuple[SkinRule, ...]
    valid: timedelta
