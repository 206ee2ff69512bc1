"""Answering warnings one by one: overridden with a reason, or agreed to by a second person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from app.decision.verdict import Card
from app.domain.deciding import CardAnswer, OverrideReason, Want, says_enough
from app.domain.decision_events import Response
from app.domain.people import Session
from app.domain.terms import EncounterId, PatientId
from app.kernel.faults import Failed, Fault, FaultKind, Message, Ok, Result
from app.kernel.tasks import TaskScope
from app.services.order_checking import Noted
from ui.orders.card_state import CardsState, Step
from ui.orders.remedies import Remedies
from ui.orders.services import Judge
from ui.runtime.draft_keeper import Said
from ui.runtime.visits import Visit


@dataclass(frozen=True, slots=True)
class DecisionServices:
    """What the warnings work with.

    Attributes:
        judge: Decision support.
        remedies: What suggestions do to the basket.
        reasons: Why a warning may be passed, in the order of their keys.
        second: Says who agrees, by their own passphrase; raises when it is wrong.
        now: The time: how long a card was on the screen.
    """

    judge: Judge
    remedies: Remedies
    reasons: tuple[OverrideReason, ...]
    second: Callable[[str, str], Session]
    now: Callable[[], datetime]


_NO_SECOND = Message.of("decision.second-missing")
_SAID = {
    Want.SAME_PERSON: Message.of("decision.second-same"),
    Want.MAY_NOT: Message.of("decision.second-may-not"),
}
"""What is wrong with the second person; the steps of the window see to everything else."""


class CardsFront(Protocol):
    def show_cards(self, state: CardsState) -> None:
        """Show the window, or what has changed in it."""
        ...

    def close_cards(self) -> None:
        """Take the window away; what it lay over is there again."""
        ...


class CardAnswering:
    """Takes the answers to the cards of a window; who owns them says where they are kept."""

    def __init__(
        self,
        front: CardsFront,
        visit: Visit,
        patient: PatientId,
        services: DecisionServices,
        tasks: TaskScope,
    ) -> None:
        self._front = front
        self._visit = visit
        self._patient = patient
        self._services = services
        self._tasks = tasks
        author = visit.session().clinician.id
        self._state = CardsState(reasons=services.reasons, author=author)
        self._open = False
        self._shown: dict[str, datetime] = {}

    @property
    def state(self) -> CardsState:
        return self._state

    # -- what becomes of the answers

    @property
    def stay(self) -> EncounterId | None:
        """The stay that the orders are for."""
        raise NotImplementedError

    def accept(self, place: int = 0) -> None:
        """Do what the card suggests at `place`."""
        raise NotImplementedError

    def _keep(self, answer: CardAnswer, said: Said) -> None:
        """Keep what was said to a card; `said` hears when it is kept."""
        raise NotImplementedError

    def _all_answered(self) -> None:
        """Nothing waits any more, and the window is gone."""
        raise NotImplementedError

    def _left(self) -> None:
        """The user has turned away from what waits, and the window is gone."""

    # -- answering

    def turn_to(self, state: CardsState) -> None:
        """Go through the cards of `state`, as far as they are not answered."""
        self._state = replace(_choosing(state), busy=False)
        self._next()

    def _next(self) -> None:
        """To the first card without an answer; after the last one, on."""
        waiting = self._state.waiting
        if not waiting:
            self._close()
            self._all_answered()
            return
        self._open = True
        now = self._services.now()
        self._shown = {card.key: self._shown.get(card.key, now) for card in self._state.cards}
        self._show(replace(self._state, at=waiting[0].key))

    def go_to(self, key: str) -> None:
        """Look at another card; an answer that was begun is not given."""
        if not self._state.busy and any(card.key == key for card in self._state.cards):
            self._show(_choosing(replace(self._state, at=key)))

    def override(self) -> None:
        """Ask why the warning is passed."""
        state = self._state
        if not state.busy and state.step is Step.CHOOSING and state.current is not None:
            self._show(replace(state, step=Step.REASON, fault=None))

    def choose(self, place: int) -> None:
        """Take the reason at `place`; words and a second person follow where they must."""
        state = self._state
        if state.busy or state.step is not Step.REASON or place >= len(state.reasons):
            return
        reason = state.reasons[place]
        if reason.needs_text:
            self._show(replace(state, reason=reason, step=Step.WORDS))
        else:
            self._reasoned(replace(state, reason=reason, words=""))

    def write(self, words: str) -> None:
        """Give the reason in words of one's own."""
        state = self._state
        if not state.busy and state.step is Step.WORDS and says_enough(words):
            self._reasoned(replace(state, words=words.strip()))

    def _reasoned(self, state: CardsState) -> None:
        if state.needs_second:
            self._show(replace(state, step=Step.SECOND))
        else:
            self._answer(state, None)

    def agree(self, username: str, passphrase: str) -> None:
        """Somebody else signs in here and agrees; the same person is nobody else."""
        state = self._state
        if state.busy or state.step is not Step.SECOND or not (username.strip() and passphrase):
            return
        second = self._services.second
        self._show(replace(state, busy=True, fault=None))

        def answer(result: Result[Session]) -> None:
            match result:
                case Ok(session):
                    self._answer(replace(self._state, busy=False), session)
                case Failed(fault):
                    self._refuse(fault)

        self._tasks.write(lambda: second(username.strip(), passphrase), answer)

    def _refuse(self, fault: Fault) -> None:
        self._show(replace(self._state, busy=False, fault=fault))

    def _answer(self, state: CardsState, witness: Session | None) -> None:
        """Keep the answer, and go on to the next card."""
        card, reason = state.current, state.reason
        if card is None or reason is None:
            return
        given = CardAnswer(card.key, reason.code, state.words, witness, self._shown_ms(card))
        lacks = state.lacking(card, given)
        if lacks is not None:
            self._refuse(Fault(FaultKind.REFUSED, _SAID.get(lacks, _NO_SECOND)))
            return
        self._show(replace(state, busy=True, fault=None))

        def kept(fault: Fault | None) -> None:
            if fault is not None:
                self._refuse(fault)
                return
            basket = self._state.basket.with_answer(given)
            self._state = replace(_choosing(self._state), busy=False, basket=basket)
            self._next()

        self._keep(given, kept)

    def back(self) -> None:
        """One step back; from the cards, away. Answers and orders stay."""
        if self._state.busy:
            return
        if self._state.step is not Step.CHOOSING:
            self._show(_choosing(self._state))
        else:
            self.leave()

    def leave(self) -> None:
        """Away, from wherever one is; the journal keeps what was left unanswered."""
        if self._open and not self._state.busy:
            self._note(Response.ABANDONED, *self._state.waiting)
            self._close()
            self._left()

    def _note(self, response: Response, *cards: Card) -> None:
        session, judge, stay = self._visit.session(), self._services.judge, self.stay
        noted = tuple(Noted(card, response, self._shown_ms(card)) for card in cards)
        self._tasks.write(
            lambda: judge.note(session, self._patient, stay, noted), _nothing_hangs_on_it
        )

    def _shown_ms(self, card: Card) -> int | None:
        now = self._services.now()
        since = self._shown.get(card.key)
        return None if since is None else (now - since) // timedelta(milliseconds=1)

    def _close(self) -> None:
        if self._open:
            self._open = False
            self._front.close_cards()

    def _show(self, state: CardsState) -> None:
        self._state = state
        self._front.show_cards(state)


def _nothing_hangs_on_it(_: Result[None]) -> None:
    """A journal that could not be written is said by the store itself; orders do not wait."""


def _choosing(state: CardsState) -> CardsState:
    return replace(state, step=Step.CHOOSING, reason=None, words="", fault=None)
