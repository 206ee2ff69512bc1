"""The window of warnings in words."""

from __future__ import annotations

from dataclasses import dataclass

from app.decision.findings import Suggestion
from app.decision.verdict import Card
from app.domain.baskets import Basket
from app.domain.deciding import CardAnswer, OverrideReason
from ui.orders.card_state import CardsState, Step
from ui.runtime.chart_words import ChartWords
from ui.runtime.decision_words import DecisionWords
from ui.runtime.desk import Desk


@dataclass(frozen=True, slots=True)
class CardWords:
    """Words of one desk."""

    desk: Desk

    @property
    def warnings(self) -> DecisionWords:
        return DecisionWords(self.desk)

    def text(self, code: str, /, **parameters: str | int) -> str:
        return self.desk.languages.text(code, **parameters)

    def keyed(self, code: str, key: str) -> str:
        """What a button does, and its key."""
        return self.text("cards.keyed", label=self.text(code), key=key)

    # -- one card

    def title(self, card: Card) -> str:
        """What it asks for, and what it is about."""
        tier, title = self.warnings.tier(card.tier), self.warnings.title(card.lead)
        return self.text("cards.title.tier", tier=tier, title=title)

    def standing(self, card: Card) -> str:
        """Whether one of its rules is a draft that nobody has signed."""
        return next(filter(None, (self.warnings.badge(one.origin) for one in card.findings)), "")

    def said(self, card: Card) -> str:
        """The sentences, and what the rules advise."""
        words = self.warnings
        lines = [said for one in card.findings for said in (words.said(one), words.advice(one))]
        return "\n".join(dict.fromkeys(line for line in lines if line))

    def ground(self, card: Card) -> str:
        """The evidence with its times, and the sources."""
        words = self.warnings
        facts = [words.evidence(fact) for one in card.findings for fact in one.evidence]
        sources = [words.source(one.origin) for one in card.findings]
        return "\n".join(dict.fromkeys((*facts, *sources)))

    # -- the answers

    def offer(self, one: Suggestion, basket: Basket, place: int) -> str:
        """What a suggestion does, and its key: Enter for the first."""
        item = basket.item(one.line)
        drug = ChartWords(self.desk).term(item.draft.item if item is not None else None)
        label = self.warnings.suggestion(one, drug)
        return self.text("cards.keyed", label=label, key=str(place + 1) if place else "Enter")

    def reason_line(self, reason: OverrideReason, key: int) -> str:
        return self.text("cards.reason.line", key=key, reason=self.reason(reason))

    def reason(self, reason: OverrideReason) -> str:
        return reason.name.shown(self.desk.languages.language)

    def given(self, answer: CardAnswer, reasons: tuple[OverrideReason, ...]) -> str:
        """How a card was answered."""
        chosen = next((one for one in reasons if one.code == answer.reason), None)
        reason = self.reason(chosen) if chosen is not None else answer.reason
        said = self.text("cards.own.said", reason=reason, words=answer.text)
        said = said if answer.text else reason
        if answer.witness is None:
            return self.text("cards.given", reason=said)
        name = answer.witness.clinician.name.shown(self.desk.languages.language)
        return self.text("cards.given.second", reason=said, name=name)

    def asked(self, state: CardsState) -> str:
        """What is asked of the user now, about the card one is on."""
        match state.step:
            case Step.REASON:
                return self.text("cards.ask.reason")
            case Step.WORDS:
                return self.text("cards.ask.words")
            case Step.SECOND:
                return self.text("cards.ask.second")
            case _:
                return "" if state.offered else self.text("cards.ask.nothing")

    def heading(self, state: CardsState) -> str:
        """How many are left."""
        return self.text("cards.left", count=len(state.waiting), all=len(state.cards))
