"""The local engine behind CDS Hooks: the same knowledge, asked with what the caller sends."""

from __future__ import annotations

from datetime import tzinfo

from app.decision.engine import Memory
from app.decision.findings import Moment
from app.decision.situation import Situation
from app.decision.verdict import Verdict
from app.domain.terms import OrderId
from app.fhir.cds_cards import Question, read_question, write_response, write_services
from app.fhir.cds_hooks import Service
from app.fhir.document import Document, Json
from app.kernel.clock import Clock
from app.kernel.faults import AppError
from app.ports.hook_answering import Given, Verdictless
from app.services.authority import open_door
from app.services.decision_lines import draft_of
from app.services.hook_cards import CardWriting
from app.services.hook_chart import (
    ALLERGIES,
    GIVEN,
    MEDICATIONS,
    PATIENT,
    PROBLEMS,
    RESULTS,
    SentChart,
)
from app.services.order_checking import Judge
from app.services.situation_building import Asked, Knowing, SituationBuilding

_OF_THEM = "patient={{context.patientId}}"
PREFETCH = (
    (PATIENT, "Patient/{{context.patientId}}"),
    (MEDICATIONS, f"MedicationRequest?{_OF_THEM}"),
    (ALLERGIES, f"AllergyIntolerance?{_OF_THEM}"),
    (PROBLEMS, f"Condition?{_OF_THEM}"),
    (RESULTS, f"Observation?{_OF_THEM}&_sort=-date&_count=1000"),
    (GIVEN, f"MedicationAdministration?{_OF_THEM}&status=completed"),
)
"""What is asked of a client; what it cannot send stays unknown, and is told as unchecked."""
_NEEDED = (PATIENT, MEDICATIONS)
"""Without these nearly nothing could be looked at: HTTP 412, not a card."""

_DESCRIPTIONS = {
    Moment.SELECT: "Says what speaks against a drug that is being chosen.",
    Moment.SIGN: "Checks orders before they are signed.",
    Moment.DISPATCH: "Checks orders before they are dispatched.",
    Moment.ADMINISTER: "Checks a dose before it is given.",
    Moment.RESULT: "Checks what is running when a result has come.",
    Moment.OPEN: "Says what is known against what is running.",
    Moment.DISCHARGE: "Checks the medication to go home with.",
}


class EngineAnswering:
    """`HookAnswering` over the local engine."""

    def __init__(
        self, judge: Judge, knowing: Knowing, zone: tzinfo, writing: CardWriting, clock: Clock
    ) -> None:
        self._judge = judge
        self._knowing = knowing
        self._zone = zone
        self._writing = writing
        self._clock = clock

    @open_door("what is offered: no patient, nothing to protect")
    def services(self) -> Document:
        return write_services(
            tuple(
                Service(service_of(moment), moment.value, words, "WardOne", PREFETCH)
                for moment, words in _DESCRIPTIONS.items()
            )
        )

    @open_door("answers out of what the caller sends, and reads nothing of ours")
    def answer(self, service: str, value: Json) -> Given:
        moment = next((one for one in Moment if service_of(one) == service), None)
        if moment is None:
            return Given(why=Verdictless.UNKNOWN_SERVICE)
        try:
            question = read_question(value)
        except AppError:
            return Given(why=Verdictless.NOT_A_CALL)
        if question.hook != moment.value:
            return Given(why=Verdictless.NOT_A_CALL)
        missing = tuple(key for key in _NEEDED if key not in question.given)
        if missing:
            return Given(why=Verdictless.LACKS_DATA, missing=missing)
        return Given(self._cards(question, moment))

    def _cards(self, question: Question, moment: Moment) -> Document:
        verdict = self._judge(self._situation(question, moment), NOTHING_ANSWERED)
        drafts = {key: (order, document) for key, order, document in question.drafts}
        return write_response(self._writing.of(_chosen(verdict, question), drafts))

    def _situation(self, question: Question, moment: Moment) -> Situation:
        now = self._clock.now()
        chart = SentChart(question.patient, question.documents, question.given, now)
        building = SituationBuilding(chart, self._knowing, self._zone)
        drafts = {key: draft_of(order) for key, order, _ in question.drafts}
        judged = frozenset(OrderId(key) for key in drafts)
        return building.of(Asked(question.patient, drafts, moment, judged=judged), now)


NOTHING_ANSWERED: Memory = {}
"""What was answered elsewhere is not known here: every card is told."""


def service_of(moment: Moment) -> str:
    """Id of the service that answers a hook."""
    return f"wardone-{moment.value.removeprefix('wardone-')}"


def _chosen(verdict: Verdict, question: Question) -> Verdict:
    """While a drug is chosen, only what is about that drug is told."""
    if not question.selected:
        return verdict
    chosen = frozenset(question.selected)
    kept = tuple(one for one in verdict.cards if not chosen.isdisjoint(one.lines))
    return Verdict(kept, verdict.answers, verdict.hidden)
