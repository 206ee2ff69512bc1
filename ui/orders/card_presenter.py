"""The basket before its signature: checked, its warnings answered, its drafts changed by them."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from app.decision.findings import Moment, Remedy, Suggestion
from app.decision.verdict import Card, Verdict
from app.domain.baskets import Basket
from app.domain.deciding import CardAnswer
from app.domain.decision_events import Response
from app.domain.orders import OrderClass
from app.domain.terms import EncounterId, Named, PatientId
from app.kernel.faults import Failed, Fault, FaultKind, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.order_catalogue import Item
from ui.orders.basket_presenter import BasketPresenter
from ui.orders.card_answering import CardAnswering, CardsFront, DecisionServices
from ui.orders.card_state import Step
from ui.orders.check_strip import Checked
from ui.orders.remedies import BY_NAME
from ui.orders.remote_question import RemoteQuestion
from ui.runtime.draft_keeper import Said
from ui.runtime.visits import Visit


class CardsView(CardsFront, Protocol):
    def go_on(self, checked: Checked) -> None:
        """Everything is answered: ask for the signature."""
        ...

    def write_instead(self, key: str, item: Item) -> None:
        """Write another item in the place of the order; its dose is for the author to say."""
        ...


class SigningChecks(CardAnswering):
    """Has the basket checked before it is signed, and every loud warning answered."""

    def __init__(  # noqa: PLR0913, PLR0917 - as every presenter, and what it stands on
        self,
        view: CardsView,
        visit: Visit,
        patient: PatientId,
        services: DecisionServices,
        basket: BasketPresenter,
        tasks: TaskScope,
        remote: RemoteQuestion | None = None,
    ) -> None:
        """`remote`: asks the services of the hospital beside it; None where there are none."""
        super().__init__(view, visit, patient, services, tasks)
        self.remote = remote
        self._view = view
        self._basket = basket
        self._checked = Checked()
        self._token: CancelToken | None = None

    @property
    def stay(self) -> EncounterId | None:
        return self._basket.stay

    # -- asking the engine

    def begin(self) -> None:
        """Check what is about to be signed; the window, or the sheet, follows."""
        if self._basket.state.can_sign and not self._open:
            self._check()

    def _check(self) -> None:
        if self._token is not None:
            self._token.cancel()
        session, services = self._visit.session(), self._services
        basket, drafts = self._basket.state.basket, self._basket.judged
        self._basket.wait_for_checks(waiting=True)
        if self.remote is not None:
            self.remote.begin(drafts, self.stay)

        def work(_: CancelToken) -> tuple[Verdict, tuple[Card, ...]]:
            found = services.judge.check(session, self._patient, drafts, Moment.SIGN)
            return found, services.remedies.named(found.interrupting)

        def answer(result: Result[tuple[Verdict, tuple[Card, ...]]]) -> None:
            self._token = None
            self._basket.wait_for_checks(waiting=False)
            # What was changed meanwhile was not checked: it has to be asked for again.
            if self._basket.state.basket == basket:
                self._on_checked(result)

        self._token = self._tasks.read(work, answer)

    def _on_checked(self, result: Result[tuple[Verdict, tuple[Card, ...]]]) -> None:
        match result:
            case Ok((verdict, cards)):
                self._checked = Checked(verdict)
                # What a physician called out is being carried out: nothing is asked (Art. 28).
                self._turn_to(() if self._basket.state.verbal else cards)
            case Failed(fault):
                self._checked = Checked(fault=fault)
                self._turn_to(())

    def _turn_to(self, cards: tuple[Card, ...]) -> None:
        basket = self._basket.state.basket
        offers = self._services.remedies.offers(cards, basket)
        alone = self._basket.state.proposes
        self.turn_to(replace(self._state, cards=cards, basket=basket, alone=alone, offers=offers))

    def _keep(self, answer: CardAnswer, said: Said) -> None:
        self._basket.answer(answer, said)

    def _all_answered(self) -> None:
        self._view.go_on(self._checked)

    # -- changing the draft

    def accept(self, place: int = 0) -> None:
        """Do what the card suggests at `place`."""
        state = self._state
        if state.busy or state.step is not Step.CHOOSING or place >= len(state.offered):
            return
        one = state.offered[place]
        if one.remedy in BY_NAME and one.name is not None:
            self._look_up(one, one.name)
            return
        basket = self._services.remedies.done(one, state.basket)
        if basket is not None and state.current is not None:
            self._note(Response.ACCEPTED, state.current)
            self._change(basket)

    def _look_up(self, one: Suggestion, name: Named) -> None:
        look_up = self._services.remedies.look_up
        self._show(replace(self._state, busy=True, fault=None))

        def answer(result: Result[Item | None]) -> None:
            match result:
                case Ok(Item() as item):
                    self._found(one, item)
                case Ok():
                    self._refuse(Fault(FaultKind.REFUSED, Message.of("cards.not_in_packs")))
                case Failed(fault):
                    self._refuse(fault)

        self._tasks.read(lambda _: look_up(name), answer)

    def _found(self, one: Suggestion, item: Item) -> None:
        """Another drug is written by its author: its dose is nobody's to guess."""
        state, remedies = self._state, self._services.remedies
        if one.remedy is Remedy.DILUENT:
            if state.current is not None:
                self._note(Response.ACCEPTED, state.current)
            self._change(remedies.with_diluent(item, one, state.basket))
            return
        if item.order_class is OrderClass.MEDICATION:
            self._state = replace(state, busy=False)
            self._close()
            key = one.line if one.remedy is Remedy.REPLACE else ""
            if key and state.current is not None:
                self._note(Response.ACCEPTED, state.current)
            self._view.write_instead(key, item)
            return
        self._change(remedies.with_order(item, one, state.basket), self._monitored())

    def _monitored(self) -> CardAnswer | None:
        """What is ordered to be watched answers the card: that is a reason of its own."""
        card = self._state.current
        reason = next((one for one in self._state.reasons if one.offers_monitoring), None)
        if card is None or reason is None or self._state.needs_second:
            return None
        return CardAnswer(card.key, reason.code, shown_ms=self._shown_ms(card))

    def _change(self, basket: Basket, answer: CardAnswer | None = None) -> None:
        """Keep the changed basket, and have it checked anew."""
        if answer is not None:
            basket = basket.with_answer(answer)
        self._show(replace(self._state, busy=True, fault=None))

        def kept(fault: Fault | None) -> None:
            if fault is not None:
                self._refuse(fault)
            elif not basket.items:
                self._close()
            else:
                self._check()

        self._basket.change(basket, kept)
