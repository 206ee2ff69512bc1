"""Verdicts as decision support gives them, and a judge that gives them by drug."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

from app.decision.findings import (
    Answer,
    Check,
    Evidence,
    Finding,
    Gap,
    Moment,
    Origin,
    Remedy,
    Saying,
    Suggestion,
    Tier,
)
from app.decision.verdict import Card, Verdict
from app.domain.orders import Order, OrderDraft
from app.domain.people import Clinician, Role, Session
from app.domain.quantities import Quantity
from app.domain.terms import EncounterId, Named, PatientId, PractitionerId
from app.kernel.faults import FaultKind, app_error
from app.services.decision_lines import draft_of
from app.services.order_checking import Noted
from tests.support.chart_kit import ROLES
from tests.support.desk_kit import NOW

MORNING = datetime(2026, 11, 23, 22, 10, tzinfo=UTC)
METOPROLOL = Named("美托洛尔", "Metoprolol")
VERAPAMIL = Named("维拉帕米", "Verapamil")
AMOXICILLIN = Named("阿莫西林", "Amoxicillin")
ONC = Origin(
    "onc-hp-07", "interactions@2026.11.1", "ONC high-priority list (2012)", "active", "ONC"
)
DRAFT = Origin("renal-amoxicillin-1", "drug_rules@2026.11.1", "authored", "draft")
AGREES = "the red kettle 9"


def a_finding(
    check: Check,
    tier: Tier,
    lines: tuple[str, ...],
    *subjects: Named,
    origin: Origin = ONC,
    suggestions: tuple[Suggestion, ...] = (),
) -> Finding:
    """A finding with evidence, in sentences that exist."""
    return Finding(
        check,
        tier,
        lines,
        subjects,
        origin,
        Saying.of("cards.name." + check.value),
        Named(
            "两药合用可致严重心动过缓和房室传导阻滞，应避免合用；确需合用时须心电监护。",
            "Together they may cause severe bradycardia and heart block: avoid; with an ECG only.",
        ),
        (
            Evidence(Named("心率", "Pulse"), Quantity(Decimal(54), "/min"), MORNING),
            Evidence(Named("维拉帕米", "Verapamil"), Named("80 mg 口服 tid", "80 mg oral tid")),
        ),
        suggestions,
    )


def a_card(*findings: Finding) -> Card:
    lead = findings[0]
    about = "-".join(sorted(lead.lines))
    return Card(f"{lead.origin.rule}-{lead.check.value}-{about}", lead.tier, findings)


def a_verdict(cards: Sequence[Card] = (), gaps: Sequence[Gap] = ()) -> Verdict:
    """Half of the other checks are done, and half had nothing to look at."""
    found = [one for card in cards for one in card.findings]
    answers = tuple(
        Answer(
            check,
            tuple(one for one in found if one.check is check),
            tuple(one for one in gaps if one.check is check),
            bool(place % 2)
            or check in {one.check for one in found}
            or check in {one.check for one in gaps},
        )
        for place, check in enumerate(Check)
    )
    return Verdict(tuple(sorted(cards, key=lambda card: card.tier.rank)), answers)


NO_CREATININE = Gap(Check.RENAL, Saying.of("cards.name.renal"))

Rule = Callable[[str, OrderDraft], Sequence[Finding]]


@dataclass
class FakeJudge:
    """Knows what to say about a line; what has no amount of its own is judged by its item.

    Attributes:
        rules: What is said about one line, asked of every line in turn.
        asked: The moments at which it was asked, and about which keys.
        noted: What became of cards that no signature tells of.
    """

    rules: tuple[Rule, ...] = ()
    gaps: tuple[Gap, ...] = ()
    fails: bool = False
    asked: list[tuple[Moment, tuple[str, ...]]] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)

    def check(
        self, session: Session, patient: PatientId, drafts: Mapping[str, OrderDraft], moment: Moment
    ) -> Verdict:
        del session, patient
        self.asked.append((moment, tuple(drafts)))
        if self.fails:
            raise app_error(FaultKind.STORAGE, "fault.bug", "no pack")
        cards = [
            a_card(_as_loud(found, moment))
            for key, draft in drafts.items()
            for rule in self.rules
            for found in rule(key, draft)
        ]
        return a_verdict(cards, self.gaps)

    def check_orders(self, session: Session, orders: tuple[Order, ...]) -> Verdict:
        drafts = {str(one.id): draft_of(one) for one in orders}
        return self.check(session, orders[0].patient, drafts, Moment.SIGN)

    def note(
        self,
        session: Session,
        patient: PatientId,
        encounter: EncounterId | None,
        noted: tuple[Noted, ...],
    ) -> None:
        del session, patient, encounter
        self.noted += noted


def _as_loud(finding: Finding, moment: Moment) -> Finding:
    """As the engine does: nothing interrupts while one chooses."""
    if moment is not Moment.SELECT:
        return finding
    return replace(finding, tier=finding.tier.at_most(Tier.INLINE))


def too_slow_together(key: str, draft: OrderDraft) -> Sequence[Finding]:
    """Metoprolol over 12.5 mg beside a running verapamil: to be answered, or made less."""
    if not _is(draft, METOPROLOL) or (draft.dosage.dose or 0) <= Decimal("12.5"):
        return ()
    ways = (
        Suggestion(Remedy.DOSE, key, "12.5 mg"),
        Suggestion(Remedy.REMOVE, key),
        Suggestion(Remedy.ADD, key, "k", Named("钾", "Potassium")),
    )
    return (
        a_finding(
            Check.INTERACTION,
            Tier.INTERRUPTIVE,
            (key, "order/v"),
            METOPROLOL,
            VERAPAMIL,
            suggestions=ways,
        ),
    )


def never_so(key: str, draft: OrderDraft) -> Sequence[Finding]:
    """Amoxicillin, for this patient: nobody passes it alone."""
    if not _is(draft, AMOXICILLIN):
        return ()
    return (a_finding(Check.ALLERGY, Tier.HARD_STOP, (key,), AMOXICILLIN),)


def weak_kidneys(key: str, draft: OrderDraft) -> Sequence[Finding]:
    """A draft rule: it informs beside the line."""
    if not _is(draft, AMOXICILLIN):
        return ()
    return (a_finding(Check.RENAL, Tier.INLINE, (key,), AMOXICILLIN, origin=DRAFT),)


def _is(draft: OrderDraft, drug: Named) -> bool:
    return draft.item is not None and draft.item.text == drug.name


def second_person(username: str, passphrase: str) -> Session:
    """`zhao` is a chief who may release a hard stop; `wang` signs herself; `sun` is a nurse."""
    roles = {"zhao": Role.CHIEF, "wang": Role.ATTENDING, "sun": Role.NURSE}
    if passphrase != AGREES or username not in roles:
        raise app_error(FaultKind.REFUSED, "vault.wrong-passphrase", "wrong passphrase")
    role = roles[username]
    person = Clinician(PractitionerId(username), username, Named(username), role, ())
    return Session(person, NOW, False, NOW, ROLES.of(role))
