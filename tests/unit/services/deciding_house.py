"""An order desk beside which an engine of a few rules speaks up, and a journal is kept."""

from __future__ import annotations

from datetime import UTC

from app.decision.findings import Moment, Tier
from app.domain.deciding import CardAnswer
from app.domain.orders import Order, OrderDraft
from app.domain.people import Role, Session
from app.domain.terms import Ref
from app.services.decision_hurdles import DecisionHurdles
from app.services.order_checking import OrderChecking
from app.services.order_judging import Judging, OrderJudging
from app.services.situation_building import SituationBuilding
from tests.support.fake_deciding import (
    FakeCharted,
    FakeDecisionJournal,
    FakeEngine,
    Rule,
    small_knowledge,
)
from tests.unit.services.kit import PATIENT
from tests.unit.services.ordering_kit import OrderHouse, drug
from tests.unit.services.verbal_kit import Rescue

PAIR = Rule(("华法林", "阿司匹林"))
"""Interrupts."""
STOP = Rule(("长春新碱",), Tier.HARD_STOP, rule="stop-1")
INLINE = Rule(("华法林",), Tier.INLINE, rule="inline-1")


class Warned(OrderHouse):
    """A desk with an engine of `rules`."""

    def __init__(self, *rules: Rule) -> None:
        self.engine, self.journal = FakeEngine(*rules), FakeDecisionJournal()
        self.chart = FakeCharted()
        self._kept = 0
        super().__init__()
        self.chart.acts = self.acts
        parts = (self.engine.judge, self.building, self.journal, self.clock, self.station.maker.ids)
        self.checking = OrderChecking(*parts)
        self.hurdles = DecisionHurdles(
            self.engine.judge, self.building, self.acts.orders, self.clock
        )

    def judging(self) -> Judging:
        self.building = SituationBuilding(self.chart, small_knowledge, UTC)
        clock, ids = self.station.clock, self.station.maker.ids
        return OrderJudging(self.engine.judge, self.building, self.journal, clock, ids)

    def signed(
        self, *drafts: OrderDraft, answers: tuple[CardAnswer, ...] = ()
    ) -> tuple[Order, ...]:
        """Sign, and let the journal have what went with it."""
        orders = self.entry.sign_basket(self.doctor, drafts, (), None, answers)
        self.keep()
        return orders

    def keep(self) -> None:
        """Let the journal have what went with the acts, as the cache does."""
        for act in self.acts.committed[self._kept :]:
            self.journal.record(act.decisions)
        self._kept = len(self.acts.committed)

    def cards(self, *drafts: OrderDraft) -> tuple[str, ...]:
        """Keys of the cards that interrupt when `drafts` are about to be signed."""
        asked = {str(n): one for n, one in enumerate(drafts)}
        verdict = self.checking.check(self.doctor, PATIENT, asked, Moment.SIGN)
        return tuple(card.key for card in verdict.interrupting)

    def second(self, role: Role = Role.CHIEF, key: str = "chief") -> Session:
        return self.station.who(role, key)


class WarnedRescue(Rescue, Warned):
    """A rescue, at the same desk."""

    def __init__(self, *rules: Rule) -> None:
        super().__init__()
        self.engine.rules = rules


def because(
    card: str, witness: Session | None = None, reason: str = "risk-benefit-ratio"
) -> CardAnswer:
    return CardAnswer(card, reason, witness=witness, shown_ms=1200)


def both() -> tuple[OrderDraft, OrderDraft]:
    return drug("华法林"), drug("阿司匹林")


def proposed(house: Warned, *drafts: OrderDraft, answers: tuple[CardAnswer, ...]) -> Ref:
    """The task in which somebody is asked to countersign."""
    before = {str(one["id"]) for one in house.acts.documents("Task")}
    house.entry.propose_basket(house.second(Role.TRAINEE, "xu"), drafts, (), None, answers)
    house.keep()
    (task,) = [one for one in house.acts.documents("Task") if one["id"] not in before]
    return Ref(f"Task/{task['id']}")
