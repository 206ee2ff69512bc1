"""Judging orders once more at the moment of signing: what was judged is exactly what is signed."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from app.decision.engine import ANSWERED_FOR
from app.decision.findings import Moment, Tier
from app.decision.signatures import FINDINGS_OF_A_CARD
from app.decision.verdict import Card, Hiding, Verdict
from app.domain.deciding import CardAnswer, Override, Want, wanting
from app.domain.decision_events import DecisionEvent, Response
from app.domain.orders import OrderDraft
from app.domain.people import Session
from app.domain.terms import EncounterId, OrderId, PatientId, PractitionerId
from app.kernel.clock import Clock, Ids
from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.deciding import DecisionJournal
from app.services.decision_records import Asking, is_kept, told_before
from app.services.order_checking import Judge, memory_of
from app.services.override_reasons import override_reasons
from app.services.situation_building import Asked, SituationBuilding, digest_of


class Passing(enum.Enum):
    """By which act orders come to hold, and what a card that interrupts asks for then."""

    SIGN = "sign"
    """Every card needs a reason, a hard stop a second person."""
    PROPOSE = "propose"
    """Every card needs a reason; the second person is who countersigns."""
    COUNTERSIGN = "countersign"
    """What the proposal says a reason for stands; a hard stop is released by who countersigns."""
    WRITE_DOWN = "write-down"
    """Nothing is asked: what a physician called out is being carried out (Art. 28)."""
    CONFIRM = "confirm"
    """Every card needs a reason; it was carried out, and nobody can release it any more."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is about to be signed.

    Attributes:
        session: Who signs.
        drafts: By the keys under which `Judged` answers.
        answers: What was said to the cards.
        author: Whose orders they are, where that is not who signs.
        judged: The same orders on the chart, where they are there already.
        carried: Keys of the cards for which they carry a reason already.
    """

    session: Session
    patient: PatientId
    encounter: EncounterId | None
    drafts: Mapping[str, OrderDraft]
    passing: Passing
    answers: tuple[CardAnswer, ...] = ()
    author: PractitionerId | None = None
    judged: frozenset[OrderId] = frozenset()
    carried: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    """What the engine said of orders that may be signed, and what was said to it.

    Attributes:
        keys: Of the drafts, in their order.
        passed: Cards with the answer that let them pass.
        before: Cards with an answer of the last hours that still holds.
    """

    asking: Asking
    verdict: Verdict
    keys: tuple[str, ...]
    passed: tuple[tuple[Card, CardAnswer], ...] = ()
    before: tuple[tuple[Card, DecisionEvent], ...] = ()

    def overrides(self, key: str) -> tuple[Override, ...]:
        """What the order under `key` carries of the warnings that were passed."""
        new = (self.asking.override(card, one) for card, one in self.passed if key in card.lines)
        old = (told_before(card, one) for card, one in self.before if key in card.lines)
        return (*new, *old)

    def events(
        self, keys: Iterable[str], signed: Mapping[str, OrderId]
    ) -> tuple[DecisionEvent, ...]:
        """What the journal keeps with the act that signs the orders under `keys`.

        A card about several orders is kept with the first of them.

        Args:
            keys: Of the orders of one act.
            signed: The orders of all acts, by key.
        """
        own = frozenset(keys)
        return tuple(
            event
            for card, events in self._kept(signed)
            if self._owner(card) in own
            for event in events
        )

    def _owner(self, card: Card) -> str:
        return next((key for key in self.keys if key in card.lines), self.keys[0])

    def _kept(
        self, signed: Mapping[str, OrderId]
    ) -> Iterator[tuple[Card, Iterable[DecisionEvent]]]:
        answered = {card.key: one for card, one in self.passed}
        for card in self.verdict.cards:
            orders = _orders(card, signed)
            answer = answered.get(card.key)
            if answer is not None:
                yield card, self.asking.overridden(card, answer, orders)
            elif is_kept(card):
                yield card, self.asking.events(card, Response.IGNORED, orders)
        for one in self.verdict.hidden:
            events = self.asking.events(one.card, Response.NOT_SHOWN, _orders(one.card, signed))
            yield one.card, (replace(event, hidden=one.why.value) for event in events)


def _orders(card: Card, signed: Mapping[str, OrderId]) -> tuple[OrderId, ...]:
    return tuple(signed[key] for key in card.lines if key in signed)


class Judging(Protocol):
    """What signing asks before anything is written."""

    def judged(self, question: Question) -> Judged:
        """What the engine says now, when everything that must be answered is.

        Raises:
            AppError: `REFUSED` while a card that interrupts is not answered as it must be.
        """
        ...


class OrderJudging:
    """`Judging` over the chart as it is in the cache."""

    def __init__(
        self,
        judge: Judge,
        building: SituationBuilding,
        journal: DecisionJournal,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._judge = judge
        self._building = building
        self._journal = journal
        self._clock = clock
        self._ids = ids

    def judged(self, question: Question) -> Judged:
        now, session = self._clock.now(), question.session
        asked = Asked(
            question.patient,
            question.drafts,
            Moment.SIGN,
            session.clinician.role.value,
            question.judged,
        )
        situation = self._building.of(asked, now)
        before = self._journal.answered(question.patient, now - ANSWERED_FOR)
        verdict = self._judge(situation, memory_of(before))
        asking = Asking(
            session,
            question.patient,
            question.encounter,
            now,
            asked.moment,
            self._ids.new(),
            digest_of(situation),
        )
        passed = tuple(_passed(question, verdict))
        return Judged(
            asking, verdict, tuple(question.drafts), passed, tuple(_held(question, verdict, before))
        )


def _passed(question: Question, verdict: Verdict) -> Iterator[tuple[Card, CardAnswer]]:
    """Every card that interrupts with its answer.

    Raises:
        AppError: `REFUSED` for the first without one, or with one that is not enough.
    """
    given = {one.card: one for one in question.answers}
    author = question.author or question.session.clinician.id
    for card in verdict.interrupting:
        answer = given.get(card.key)
        hard = card.tier is Tier.HARD_STOP
        if answer is None and _needs_none(question, card):
            continue
        if answer is not None and question.passing is Passing.COUNTERSIGN:
            answer = replace(answer, witness=answer.witness or question.session)
        want = wanting(
            answer,
            override_reasons(),
            author,
            needs_second=hard and question.passing in _RELEASED,
        )
        if answer is None or want is not None:
            raise _refused(want or Want.ANSWER)
        yield card, answer


_RELEASED = (Passing.SIGN, Passing.COUNTERSIGN)
"""Acts by which a hard stop is released by a second person."""


def _needs_none(question: Question, card: Card) -> bool:
    if question.passing is Passing.WRITE_DOWN:
        return True
    return card.tier is not Tier.HARD_STOP and card.key in question.carried


def _held(
    question: Question, verdict: Verdict, before: tuple[DecisionEvent, ...]
) -> Iterator[tuple[Card, DecisionEvent]]:
    """Cards that are not shown again, each with the answer that is why."""
    for one in verdict.hidden:
        if one.why is Hiding.ANSWERED and one.card.key not in question.carried:
            own = frozenset(_parts(one.card.key))
            found = [event for event in before if own & frozenset(_parts(event.card))]
            if found and one.card.tier.interrupts:
                yield one.card, found[-1]


def _parts(key: str) -> list[str]:
    return key.split(FINDINGS_OF_A_CARD)


_SAID: Mapping[Want, str] = {
    Want.ANSWER: "decision.unanswered",
    Want.REASON: "decision.reason-unknown",
    Want.WORDS: "decision.words-missing",
    Want.SECOND: "decision.second-missing",
    Want.SAME_PERSON: "decision.second-same",
    Want.MAY_NOT: "decision.second-may-not",
}


def _refused(want: Want) -> AppError:
    return app_error(FaultKind.REFUSED, _SAID[want], want.value)
