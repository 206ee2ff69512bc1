"""Tells who ordered a drug that a new result speaks against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.decision.findings import Evidence, Finding, Moment, Tier
from app.decision.verdict import Card
from app.domain.decision_events import DecisionEvent, Response
from app.domain.people import Session
from app.domain.quantities import Quantity, number
from app.domain.result_warnings import ResultWarning
from app.domain.terms import Named, PatientId, Ref
from app.fhir.alerts import write_result_warning
from app.fhir.document import Document, reference_to
from app.fhir.orders import read_order
from app.ports.acts import Acts, Change, Documents
from app.ports.deciding import Reported, ReportedReads
from app.services.act_making import ActMaker
from app.services.authority import open_door
from app.services.decision_lines import order_of
from app.services.decision_records import Asking
from app.services.order_checking import Judge
from app.services.situation_building import Asked, SituationBuilding, digest_of

_WINDOW = timedelta(days=1)
"""How long after it was issued a result is looked at."""
_FRESH = timedelta(days=2)
"""How old a measured value may be to be one that has just come in."""


class ResultWatching:
    """Looks after every round; who is told is told once for each result and rule.

    Whoever reads it completes it. A patient is judged again only when more results have come.
    """

    def __init__(
        self,
        acts: Acts,
        documents: Documents,
        maker: ActMaker,
        judge: Judge,
        building: SituationBuilding,
        reads: ReportedReads,
    ) -> None:
        self._acts = acts
        self._documents = documents
        self._maker = maker
        self._judge = judge
        self._building = building
        self._reads = reads
        self._looked_at: frozenset[Reported] = frozenset()

    @open_door("the program looks by itself; what it finds is shown to those who may see it")
    def look(self, session: Session) -> int:
        """Tell those who do not know yet; answers how many warnings were new.

        Raises:
            AppError: `STORAGE` if it could not be written.
        """
        now = self._maker.clock.now()
        found = frozenset(self._reads.reported(now - _WINDOW))
        new = sorted(found - self._looked_at, key=lambda one: one.patient)
        told = sum(self._judged(session, one.patient, now) for one in new)
        self._looked_at = found
        return told

    def _judged(self, session: Session, patient: PatientId, now: datetime) -> int:
        situation = self._building.of(Asked(patient, {}, Moment.RESULT), now)
        verdict = self._judge(situation, {})
        instance, context = self._maker.ids.new(), digest_of(situation)
        asking = Asking(session, patient, None, now, Moment.RESULT, instance, context)
        changes: list[Change] = []
        events: list[DecisionEvent] = []
        for card in verdict.cards:
            tasks = self._tasks(session, card, patient, now) if _is_told(card) else ()
            if tasks:
                changes += map(Change, tasks)
                orders = (order_of(line) for line in card.lines)
                told = tuple(one for one in orders if one is not None)
                events += asking.events(card, Response.IGNORED, told)
        if changes:
            act = self._maker.make(
                "result.warning",
                session,
                patient,
                tuple(changes),
                kinds=frozenset({"task", "census"}),
            )
            self._acts.commit(replace(act, decisions=tuple(events)))
        return len(changes)

    def _tasks(
        self, session: Session, card: Card, patient: PatientId, now: datetime
    ) -> tuple[Document, ...]:
        """One for every rule of a card that a new result has met, where nobody knows of it yet."""
        by = session.clinician.id
        found = (self._warning(card, one, patient, now) for one in card.findings)
        tasks = [write_result_warning(one, by=by, at=now) for one in found if one is not None]
        known = self._documents.held
        return tuple(one for one in tasks if known(Ref(reference_to(one))) is None)

    def _warning(
        self, card: Card, finding: Finding, patient: PatientId, now: datetime
    ) -> ResultWarning | None:
        fresh = [one for one in finding.evidence if one.at is not None and now - one.at < _FRESH]
        orders = [one for one in map(order_of, finding.lines) if one is not None]
        if not fresh or not orders:
            return None
        ref = Ref(f"MedicationRequest/{orders[0]}")
        held = self._documents.held(ref)
        order = None if held is None else read_order(held.document)
        if order is None:
            return None
        said = [_said(one) for one in fresh]
        return ResultWarning(
            order=ref,
            patient=patient,
            rule=f"{finding.origin.rule}@{finding.origin.pack.partition('@')[0]}",
            results=tuple(f"{one} {fact.at}" for one, fact in zip(said, fresh, strict=True)),
            told="; ".join((order.item.text, *said)),
            advice=finding.advice.name if finding.advice is not None else "",
            urgent=card.tier.interrupts,
            ordered_by=order.requester,
        )


def _is_told(card: Card) -> bool:
    """What is only for the drawer is no task."""
    return card.tier.rank <= Tier.INLINE.rank


def _said(fact: Evidence) -> str:
    """`血钾 5.9 mmol/L`, as recorded."""
    match fact.value:
        case Quantity(unit="1"):
            value = number(fact.value.value)
        case Quantity():
            value = fact.value.text
        case Named():
            value = fact.value.name
        case _:
            value = fact.value
    return f"{fact.what.name} {value}"
