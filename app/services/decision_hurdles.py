"""What a nurse is told before a dose: warnings its prescriber passed, and those nobody has seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from app.decision.findings import Moment, Saying
from app.decision.signatures import FINDINGS_OF_A_CARD
from app.decision.verdict import Card
from app.domain.administration_hurdles import Answer, Hurdle
from app.domain.deciding import Override
from app.domain.orders import Order, OrderClass
from app.domain.terms import Named, PatientId, Term
from app.kernel.clock import Clock
from app.kernel.faults import Message
from app.services.authority import open_door
from app.services.decision_lines import draft_of
from app.services.order_checking import Judge
from app.services.situation_building import Asked, SituationBuilding

OrdersOf = Callable[[PatientId], Iterable[Order]]


class DecisionHurdles:
    """Asks decision support once more, at the bedside: the chart may have changed since."""

    def __init__(
        self, judge: Judge, building: SituationBuilding, orders: OrdersOf, clock: Clock
    ) -> None:
        self._judge = judge
        self._building = building
        self._orders = orders
        self._clock = clock

    @open_door("asked by the act of giving, which has opened the chart")
    def hurdles(self, order: Order) -> tuple[Hurdle, ...]:
        """What was passed when `order` was signed, and what speaks against its dose now.

        What the prescriber of this order, or of the other one it is about, gave a reason for is
        told with the reason and stops nobody; a hard stop among it wants a look. What nobody has
        answered and would interrupt needs a second person.
        """
        if order.order_class is not OrderClass.MEDICATION:
            return ()
        told = tuple(_overridden(one) for one in order.overrides)
        answered = frozenset(
            part
            for one in (order, *self._orders(order.patient))
            for passed in one.overrides
            for part in passed.card.split(FINDINGS_OF_A_CARD)
        )
        new = (card for card in self._cards(order) if not answered.issuperset(_parts(card)))
        return (*told, *(hurdle for card in new for hurdle in _of(card)))

    def _cards(self, order: Order) -> tuple[Card, ...]:
        now = self._clock.now()
        drafts, judged = {str(order.id): draft_of(order)}, frozenset({order.id})
        asked = Asked(order.patient, drafts, Moment.ADMINISTER, judged=judged)
        return self._judge(self._building.of(asked, now), {}).cards


def _parts(card: Card) -> list[str]:
    return card.key.split(FINDINGS_OF_A_CARD)


def _overridden(one: Override) -> Hurdle:
    said = {
        "by": one.by_name,
        "subjects": " + ".join(_both(subject) for subject in one.subjects),
        "reason": " — ".join(filter(None, (_both(one.reason), one.text))),
    }
    if one.hard and one.witness_name:
        message = Message.of("dose.hard-stop-overridden", second=one.witness_name, **said)
        return Hurdle(message, Answer.CONFIRM)
    if one.hard:
        return Hurdle(Message.of("dose.hard-stop-answered", **said), Answer.CONFIRM)
    return Hurdle(Message.of("dose.warning-overridden", **said), Answer.TOLD)


def _of(card: Card) -> Iterable[Hurdle]:
    answer = Answer.WITNESS if card.tier.interrupts else Answer.TOLD
    for finding in card.findings:
        yield Hurdle(_in_both(finding.said), answer)


def _in_both(said: Saying) -> Message:
    """A message is written once and read in either language."""
    words = {name: _both(word) if isinstance(word, Named) else word for name, word in said.words}
    return Message.of(said.code, **words)


def _both(word: Named | Term) -> str:
    chinese, english = word.shown("zh_CN"), word.shown("en")
    return chinese if chinese == english or not english else f"{chinese} ({english})"
