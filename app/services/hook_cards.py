"""Makes cards of CDS Hooks of what the local engine says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from decimal import Decimal

from app.decision.findings import Evidence, Finding, Gap, Remedy, Suggestion, Tier
from app.decision.verdict import Card, Verdict
from app.domain.orders import Order
from app.domain.quantities import Quantity
from app.domain.remote_cards import Link, Urgency
from app.domain.terms import Named, Term
from app.fhir.cds_cards import CardSuggestion, LocalCard, plain, with_dosage
from app.fhir.cds_markdown import one_line
from app.fhir.document import Document
from app.fhir.orders import order_ref
from app.kernel.clock import Ids
from app.kernel.faults import Message
from app.services.override_reasons import override_reasons

CHECKS = "urn:wardone:decision-check"
"""System of the topics of our cards."""

_URGENCIES = {
    Tier.HARD_STOP: Urgency.CRITICAL,
    Tier.INTERRUPTIVE: Urgency.CRITICAL,
    Tier.INLINE: Urgency.WARNING,
    Tier.DRAWER: Urgency.INFO,
}
_DOSE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?) (?P<unit>\S+)")

Drafts = Mapping[str, tuple[Order, Document]]


@dataclass(frozen=True, slots=True)
class CardWriting:
    """Words and ids of cards, in one language."""

    render: Callable[[Message], str]
    language: str
    ids: Ids

    def of(self, verdict: Verdict, drafts: Drafts) -> tuple[LocalCard, ...]:
        """A card for each of the verdict's, and one more for what could not be checked.

        Without that one a client would take silence for an examination.
        """
        cards = tuple(self._card(one, drafts) for one in verdict.cards if one.tier in _URGENCIES)
        return (*cards, self._unchecked(verdict.gaps)) if verdict.gaps else cards

    def _card(self, card: Card, drafts: Drafts) -> LocalCard:
        lead = card.lead
        return LocalCard(
            id=self.ids.new(),
            said=self._said(lead),
            urgency=_URGENCIES[card.tier],
            source=Link(self._source(lead), ""),
            detail="\n\n".join(part for one in card.findings for part in self._detail(one, lead)),
            topic=Term(
                self.render(Message.of(f"cards.name.{lead.check.value}")), CHECKS, lead.check.value
            ),
            suggestions=tuple(self._suggestions(card, drafts)),
            reasons=self._reasons(card.tier),
        )

    def _unchecked(self, gaps: tuple[Gap, ...]) -> LocalCard:
        named = [
            self.render(
                Message.of(
                    "cards.gap",
                    check=self.render(Message.of(f"cards.name.{gap.check.value}")),
                    why=self.render(gap.why.message(self.language)),
                )
            )
            for gap in gaps
        ]
        told = dict.fromkeys(named)
        return LocalCard(
            id=self.ids.new(),
            said=self.render(Message.of("cds.unchecked", count=len(told))),
            urgency=Urgency.INFO,
            source=Link(self.render(Message.of("cds.engine")), ""),
            detail="\n".join(f"- {plain(one)}" for one in told),
        )

    def _said(self, finding: Finding) -> str:
        return self.render(finding.said.message(self.language))

    def _source(self, finding: Finding) -> str:
        return one_line(finding.origin.source) or self.render(Message.of("cds.engine"))

    def _detail(self, finding: Finding, lead: Finding) -> Iterator[str]:
        """What a finding adds to the summary: advice, facts, and who stands behind it."""
        if finding is not lead:
            yield f"**{plain(self._said(finding))}**"
        if finding.advice is not None:
            yield plain(finding.advice.shown(self.language))
        if finding.evidence:
            yield "\n".join(f"- {plain(self._evidence(one))}" for one in finding.evidence)
        origin = finding.origin
        yield plain(
            self.render(
                Message.of(
                    "cds.rule",
                    rule=origin.rule,
                    pack=origin.pack,
                    source=origin.source or origin.pack,
                    status=origin.status,
                )
            )
        )

    def _evidence(self, one: Evidence) -> str:
        told = f"{one.what.shown(self.language)}: {self._value(one.value)}"
        return told if one.at is None else f"{told} ({one.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"

    def _value(self, value: Quantity | Named | str) -> str:
        if isinstance(value, Quantity):
            return value.text
        return value.shown(self.language) if isinstance(value, Named) else value

    def _reasons(self, tier: Tier) -> tuple[Term, ...]:
        """Why a card may be passed; of a hard stop a client is told none, for there is none."""
        if tier is Tier.HARD_STOP:
            return ()
        return tuple(
            replace(one.name, text=one.name.shown(self.language)) for one in override_reasons()
        )

    def _suggestions(self, card: Card, drafts: Drafts) -> Iterator[CardSuggestion]:
        told = (one for finding in card.findings for one in finding.suggestions)
        for one in dict.fromkeys(told):
            draft = drafts.get(one.line)
            if draft is not None:
                yield self._suggestion(one, *draft)

    def _suggestion(self, one: Suggestion, order: Order, document: Document) -> CardSuggestion:
        name = one.name.shown(self.language) if one.name is not None else one.value
        drug = order.item.shown(self.language)
        label = self.render(Message.of(f"cds.suggestion.{one.remedy.value}", drug=drug, value=name))
        key = self.ids.new()
        if one.remedy is Remedy.REMOVE:
            return CardSuggestion(key, label, removes=order_ref(order))
        dose = _DOSE.fullmatch(one.value.strip()) if one.remedy is Remedy.DOSE else None
        if dose is None:
            return CardSuggestion(key, label)
        number, unit = Decimal(dose["number"]), dose["unit"]
        dosage = replace(order.dosage, dose=number, unit=unit, unit_text=unit, text="")
        return CardSuggestion(key, label, resource=with_dosage(order, document, dosage))
