"""What the window of warnings shows, and what has been answered on it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.decision.findings import Suggestion, Tier
from app.decision.verdict import Card
from app.domain.baskets import Basket
from app.domain.deciding import CardAnswer, OverrideReason, Want, wanting
from app.domain.terms import PractitionerId
from app.kernel.faults import Fault

_NOBODY = PractitionerId("")


class Step(enum.Enum):
    """How far the answer to one card has come."""

    CHOOSING = "choosing"
    REASON = "reason"
    WORDS = "words"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class CardsState:
    """The cards that interrupt, worst first, and one of them to be answered.

    Attributes:
        basket: The orders they are about, with what was answered.
        offers: Key of a card and what can be done about it here.
        alone: No second person is asked here: who countersigns is one, or it is too late for one.
        author: Who signs: nobody is their own second person.
        at: Key of the card one is on.
        reason: The chosen reason, while it is not enough alone.
        words: What was written to it.
        fault: Why the last answer was not taken.
    """

    cards: tuple[Card, ...] = ()
    basket: Basket = field(default_factory=Basket)
    offers: Mapping[str, tuple[Suggestion, ...]] = field(default_factory=dict)
    reasons: tuple[OverrideReason, ...] = ()
    alone: bool = False
    author: PractitionerId = _NOBODY
    at: str = ""
    step: Step = Step.CHOOSING
    reason: OverrideReason | None = None
    words: str = ""
    busy: bool = False
    fault: Fault | None = None

    @property
    def waiting(self) -> tuple[Card, ...]:
        """Those that nobody has passed."""
        return tuple(card for card in self.cards if self.lacks(card) is not None)

    def answer(self, card: Card) -> CardAnswer | None:
        """What was said to `card`."""
        return next((one for one in self.basket.answers if one.card == card.key), None)

    def lacks(self, card: Card) -> Want | None:
        """What is missing for `card` to be passed."""
        return self.lacking(card, self.answer(card))

    def lacking(self, card: Card, answer: CardAnswer | None) -> Want | None:
        """What `answer` lacks to pass `card`."""
        second = self._stops(card)
        return wanting(answer, self.reasons, self.author, needs_second=second)

    @property
    def current(self) -> Card | None:
        return next((card for card in self.cards if card.key == self.at), None)

    @property
    def offered(self) -> tuple[Suggestion, ...]:
        """What can be done about the card one is on, the best first."""
        return self.offers.get(self.at, ())

    @property
    def needs_second(self) -> bool:
        """Whether somebody else must agree to pass the card one is on."""
        card = self.current
        return card is not None and self._stops(card)

    def _stops(self, card: Card) -> bool:
        return card.tier is Tier.HARD_STOP and not self.alone
