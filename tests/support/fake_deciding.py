"""Decision support in memory: a chart, a journal, and an engine that says what it is told to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.decision.engine import Engine, Memory
from app.decision.findings import Check, Evidence, Finding, Moment, Origin, Saying, Tier
from app.decision.knowledge.allergies import AllergyBook
from app.decision.knowledge.names import Known, Medicine, Substances
from app.decision.situation import Situation
from app.decision.substances import Substance
from app.decision.verdict import Card, Hidden, Hiding, Verdict
from app.domain.decision_events import DecisionEvent, Response
from app.domain.patients import AllergyState
from app.domain.terms import Named, PatientId
from app.fhir.valuesets import FORMULARY
from app.kernel.clock import Clock
from app.ports.deciding import Charted, JournalVerdict, Wanted
from app.services.decision_packs import Decision
from app.services.decision_records import Asking
from app.services.order_judging import Judged, Question
from tests.support.fake_acts import FakeActs

AMOXICILLIN = Substance("amoxicillin", Named("阿莫西林", "amoxicillin"), frozenset({"penicillins"}))
WARFARIN = Substance("warfarin", Named("华法林", "warfarin"))
ASPIRIN = Substance("aspirin", Named("阿司匹林", "aspirin"))
_ALL = (AMOXICILLIN, WARFARIN, ASPIRIN)


def small_knowledge() -> Decision:
    """Three substances, each with a medicine of its name, and no check at all."""
    substances = Substances(
        tuple(Known(one) for one in _ALL),
        tuple(Medicine(one.code, one.name, (one.code,)) for one in _ALL),
        formulary=FORMULARY,
    )
    return Decision(Engine(()), substances, AllergyBook())


class FakeJudging:
    """`Judging` that has nothing to say to anything."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.asked: list[Question] = []

    def judged(self, question: Question) -> Judged:
        self.asked.append(question)
        asking = Asking(
            question.session,
            question.patient,
            question.encounter,
            self._clock.now(),
            Moment.SIGN,
            "nothing-to-say",
        )
        return Judged(asking, Verdict((), ()), tuple(question.drafts))


@dataclass
class FakeCharted:
    """`ChartedReads` over one chart that is written down; its orders are those of `acts`."""

    chart: Charted = field(default_factory=lambda: Charted(None, None, AllergyState.UNAVAILABLE))
    acts: FakeActs | None = None
    asked: list[tuple[PatientId, Wanted]] = field(default_factory=list)

    def charted(self, patient: PatientId, wanted: Wanted) -> Charted:
        self.asked.append((patient, wanted))
        if self.acts is None:
            return self.chart
        return replace(self.chart, orders=self.acts.orders(patient))


class FakeDecisionJournal:
    """`DecisionJournal` in a list."""

    def __init__(self) -> None:
        self.kept: list[DecisionEvent] = []

    def record(self, events: tuple[DecisionEvent, ...]) -> None:
        for one in events:
            previous = self.kept[-1].digest if self.kept else ""
            seq = len(self.kept) + 1
            self.kept.append(replace(one, seq=seq, previous=previous, digest=f"digest-{seq}"))

    def answered(self, patient: PatientId, since: datetime) -> tuple[DecisionEvent, ...]:
        return tuple(
            one
            for one in self.kept
            if one.patient == patient
            and one.at >= since
            and one.response is Response.OVERRIDDEN
            and one.tier == Tier.INTERRUPTIVE.value
        )

    def events(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[DecisionEvent, ...]:
        return tuple(
            one
            for one in self.kept
            if (since is None or one.at >= since) and (until is None or one.at < until)
        )

    def verify(self) -> JournalVerdict:
        return JournalVerdict(len(self.kept), intact=True)


@dataclass(frozen=True, slots=True)
class Rule:
    """What the fake engine says whenever all of `drugs` are in the situation, one of them new."""

    drugs: tuple[str, ...]
    tier: Tier = Tier.INTERRUPTIVE
    check: Check = Check.INTERACTION
    rule: str = "rule-1"
    says: str = "decision.why.failed"
    evidence: tuple[Evidence, ...] = ()
    advice: Named | None = None


class FakeEngine:
    """An engine of a few rules; its cards are keyed by rule and drugs, as the real one's."""

    def __init__(self, *rules: Rule) -> None:
        self.rules = rules
        self.judged: list[Situation] = []

    def judge(self, situation: Situation, memory: Memory) -> Verdict:
        self.judged.append(situation)
        shown: list[Card] = []
        hidden: list[Hidden] = []
        for card in self._cards(situation):
            if card.tier is Tier.SILENT:
                hidden.append(Hidden(card, Hiding.SILENT))
            elif card.key in memory and card.tier is not Tier.HARD_STOP:
                hidden.append(Hidden(card, Hiding.ANSWERED))
            else:
                shown.append(card)
        return Verdict(tuple(shown), (), tuple(hidden))

    @staticmethod
    def _said(rule: Rule) -> Saying:
        if rule.says == "decision.why.failed":
            return Saying.of(rule.says)
        return Saying.of(rule.says, drug=Named(rule.drugs[0], "WARFARIN"), count=len(rule.drugs))

    def _cards(self, situation: Situation) -> Iterable[Card]:
        for rule in self.rules:
            lines = [one for one in situation.lines if one.named.name in rule.drugs]
            if {one.named.name for one in lines} == set(rule.drugs) and any(
                one.is_new or situation.moment is Moment.RESULT for one in lines
            ):
                finding = Finding(
                    rule.check,
                    rule.tier,
                    tuple(one.key for one in lines),
                    tuple(Named(one) for one in rule.drugs),
                    Origin(rule.rule, "test@1", "a test", "active"),
                    self._said(rule),
                    rule.advice,
                    rule.evidence,
                )
                yield Card(f"{rule.rule}/{'/'.join(rule.drugs)}", rule.tier, (finding,))
