"""What the journal keeps of a card, and what an order carries of one that was passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from app.decision.findings import Moment, Tier
from app.decision.verdict import Card
from app.domain.deciding import CardAnswer, Override
from app.domain.decision_events import DecisionEvent, Response
from app.domain.people import Session
from app.domain.terms import EncounterId, OrderId, PatientId
from app.services.override_reasons import reason_of


@dataclass(frozen=True, slots=True)
class Asking:
    """Who was shown what, when, and of whom.

    Attributes:
        instance: The same for everything of one asking.
        context: `digest_of` what the engine was told, or "" where nobody asked again.
    """

    session: Session
    patient: PatientId
    encounter: EncounterId | None
    at: datetime
    moment: Moment
    instance: str
    context: str = ""

    def events(
        self, card: Card, response: Response, orders: Iterable[OrderId] = ()
    ) -> Iterator[DecisionEvent]:
        """One event for every rule of a card."""
        who, about = self.session.clinician, tuple(orders)
        for finding in card.findings:
            yield DecisionEvent(
                at=self.at,
                user=who.id,
                user_name=who.name.name,
                patient=self.patient,
                encounter=self.encounter,
                hook=self.moment.value,
                instance=self.instance,
                check=finding.check.value,
                rule=finding.origin.rule,
                pack=finding.origin.pack,
                tier=card.tier.value,
                card=card.key,
                response=response,
                subjects=finding.subjects,
                orders=about,
                context=self.context,
            )

    def overridden(
        self, card: Card, answer: CardAnswer, orders: Iterable[OrderId]
    ) -> Iterator[DecisionEvent]:
        """The events of a card that was passed."""
        second = answer.witness.clinician if answer.witness is not None else None
        for one in self.events(card, Response.OVERRIDDEN, orders):
            yield replace(
                one,
                reason=answer.reason,
                text=answer.text.strip(),
                shown_ms=answer.shown_ms,
                witness=second.id if second is not None else None,
                witness_name=second.name.name if second is not None else "",
            )

    def override(self, card: Card, answer: CardAnswer) -> Override:
        """What the orders of the card carry of it: its leading finding stands for the others."""
        lead, who = card.lead, self.session.clinician
        second = answer.witness.clinician if answer.witness is not None else None
        return Override(
            check=lead.check.value,
            tier=card.tier.value,
            rule=f"{lead.origin.rule}@{lead.origin.pack}",
            subjects=lead.subjects,
            reason=reason_of(answer.reason),
            text=answer.text.strip(),
            card=card.key,
            by=who.id,
            by_name=who.name.name,
            at=self.at,
            witness=second.id if second is not None else None,
            witness_name=second.name.name if second is not None else "",
        )


def told_before(card: Card, before: DecisionEvent) -> Override:
    """What an order carries of a card that was answered for the same drugs within a day."""
    lead = card.lead
    return Override(
        check=lead.check.value,
        tier=card.tier.value,
        rule=f"{lead.origin.rule}@{lead.origin.pack}",
        subjects=lead.subjects,
        reason=reason_of(before.reason),
        text=before.text,
        card=card.key,
        by=before.user,
        by_name=before.user_name,
        at=before.at,
        witness=before.witness,
        witness_name=before.witness_name,
    )


def is_kept(card: Card) -> bool:
    """What is only in the drawer was shown to nobody who did not look for it."""
    return card.tier is not Tier.DRAWER
