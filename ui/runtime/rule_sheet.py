"""What one warning rests on: its rule, where that comes from, who answers for it, the evidence."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from app.decision.findings import Finding
from app.decision.verdict import Card
from ui.runtime.decision_words import DecisionWords, tone_of
from ui.runtime.desk import Desk
from ui.runtime.fact_sheet import FactSheet
from ui.runtime.formats import DASH
from ui.runtime.reading_sheet import ReadingSheet
from widgets.labels import WrapLabel
from widgets.naming import named

_ROWS = 8


class RuleSheet(ReadingSheet):
    """Shows a card down to its ground."""

    def __init__(self, desk: Desk, over: QWidget, card: Card) -> None:
        words = DecisionWords(desk)
        super().__init__(desk, over, words.title(card.lead))
        tier = named(WrapLabel(words.tier(card.tier)), "sheet.tier")
        tier.claim(tone_of(card.tier))
        facts = FactSheet(desk.look, "sheet.facts", ())
        facts.setMinimumHeight(_ROWS * desk.look.theme.row)
        facts.clear_ground()
        facts.show_facts(fact for one in card.findings for fact in _facts(desk, words, one))
        self.put(tier)
        self.put(facts)


def _facts(desk: Desk, words: DecisionWords, one: Finding) -> Iterator[tuple[str, str]]:
    """Label and value, in the order in which somebody doubts."""
    text, origin = desk.languages.text, one.origin
    yield words.title(one), words.said(one)
    advice = words.advice(one)
    if advice:
        yield text("cards.rule.advice"), advice
    evidence = "\n".join(map(words.evidence, one.evidence))
    yield text("cards.rule.evidence"), evidence or text("cards.rule.evidence.none")
    yield text("cards.rule.source"), origin.source or text("cards.rule.engine")
    yield text("cards.rule.id"), text("cards.rule.place", rule=origin.rule, pack=origin.pack)
    yield text("cards.rule.status"), words.standing(origin) or text("cards.rule.active")
    yield text("cards.rule.signed_by"), origin.signed_by or text("cards.rule.unsigned")
    since = origin.valid_from
    yield text("cards.rule.valid_from"), desk.formats.partial(since) if since else DASH
