"""What the engine answers for a whole situation: cards, worst first, and what was looked at."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from app.decision.findings import Answer, Check, Finding, Gap, Outcome, Tier


@dataclass(frozen=True, slots=True)
class Card:
    """Findings that are told as one: those of one tier about the same lines.

    Attributes:
        key: The same for the same rule and the same drugs, dose and route, whatever the moment;
            what was answered once is found again by it.
        findings: The leading one first.
    """

    key: str
    tier: Tier
    findings: tuple[Finding, ...]

    @property
    def lead(self) -> Finding:
        return self.findings[0]

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line for one in self.findings for line in one.lines))


class Hiding(enum.Enum):
    """Why a card is not shown."""

    ANSWERED = "answered"
    """The same rule, patient and order within the last 24 hours."""
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A card that is kept in the journal only, and why."""

    card: Card
    why: Hiding


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for a basket.

    Attributes:
        cards: Worst first.
        answers: What every check says, in the order of `Check`.
    """

    cards: tuple[Card, ...]
    answers: tuple[Answer, ...]
    hidden: tuple[Hidden, ...] = ()

    @property
    def interrupting(self) -> tuple[Card, ...]:
        """Those that need an answer before anybody signs."""
        return tuple(card for card in self.cards if card.tier.interrupts)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not be checked."""
        return tuple(gap for one in self.answers for gap in one.gaps)

    def checks(self, outcome: Outcome) -> tuple[Check, ...]:
        """The checks that came to this."""
        return tuple(one.check for one in self.answers if one.outcome is outcome)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that is told, worst first."""
        return tuple(one for card in self.cards for one in card.findings)
