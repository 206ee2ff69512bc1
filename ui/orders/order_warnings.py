"""Warnings about orders that wait on the chart for whoever answers for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.decision.findings import Tier
from app.decision.verdict import Card, Verdict
from app.domain.baskets import Basket
from app.domain.deciding import CardAnswer
from app.domain.orders import Order
from app.domain.terms import EncounterId
from app.kernel.faults import Failed, Ok, Result
from ui.orders.card_answering import CardAnswering
from ui.orders.check_strip import Checked
from ui.runtime.draft_keeper import Said

Then = Callable[[Checked, tuple[CardAnswer, ...], int], None]
"""Hears the checks, the answers, and how many warnings are left without one."""


class OrderWarnings(CardAnswering):
    """Has the orders checked before they are countersigned or confirmed.

    For what their author gave a reason nobody is asked again, but for a hard stop: who
    countersigns it is the second person. Nothing is changed here: what is wrong is sent back.
    """

    _orders: tuple[Order, ...] = ()
    _then: Then | None = None
    _checked = Checked()
    _answers = Basket()

    @property
    def stay(self) -> EncounterId | None:
        return self._orders[0].encounter if self._orders else None

    def begin(self, orders: tuple[Order, ...], then: Then) -> None:
        """Check `orders`; after the window, or without one, `then` goes on."""
        if self._open:
            return
        self._orders, self._then = orders, then
        session, judge = self._visit.session(), self._services.judge
        self._tasks.read(lambda _: judge.check_orders(session, orders), self._on_checked)

    def _on_checked(self, result: Result[Verdict]) -> None:
        match result:
            case Ok(verdict):
                self._checked = Checked(verdict)
            case Failed(fault):
                self._checked = Checked(fault=fault)
        found = self._checked.verdict
        cards = self._asked(found.interrupting) if found is not None else ()
        self.turn_to(replace(self._state, cards=cards, basket=self._answers, alone=True))

    def _asked(self, cards: tuple[Card, ...]) -> tuple[Card, ...]:
        """Those for which no reason stands on the orders."""
        told = {passed.card for order in self._orders for passed in order.overrides}
        return tuple(card for card in cards if card.tier is Tier.HARD_STOP or card.key not in told)

    def accept(self, place: int = 0) -> None:
        """Nothing: what is to be changed is sent back to its author."""

    def _keep(self, answer: CardAnswer, said: Said) -> None:
        self._answers = self._answers.with_answer(answer)
        said(None)

    def _all_answered(self) -> None:
        self._go_on()

    def _left(self) -> None:
        self._go_on()

    def _go_on(self) -> None:
        if self._then is not None:
            self._then(self._checked, self._answers.answers, len(self._state.waiting))
