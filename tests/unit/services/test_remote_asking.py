"""Orders being written are shown to the hospital's services, and cards are answered."""

from __future__ import annotations

from dataclasses import replace

from app.decision.findings import Moment
from app.domain.orders import Order
from app.domain.remote_cards import Link, RemoteCard, RemoteSuggestion, Reply, Urgency
from app.domain.terms import OrderId, Term
from app.fhir.cds_hooks import Feedback
from app.fhir.orders import read_order
from app.ports.remote_checks import Asked, Came, ServiceAnswer
from app.services.remote_asking import RemoteAsking
from tests.support.fake_remote import FakeRemoteChecks
from tests.unit.services.kit import NOW, PATIENT, STAY, Numbers, Watch, session
from tests.unit.services.test_decision_lines import DRAFT

CARD = RemoteCard("said", Urgency.WARNING, Link("PASS", ""), "c-1")
ANSWER = ServiceAnswer("pass", "合理用药", Came.ANSWERED, (CARD,))
ORDER = OrderId("order-1")
WHO = session()


def asking(*answers: ServiceAnswer) -> tuple[RemoteAsking, FakeRemoteChecks]:
    checks = FakeRemoteChecks(answers)
    return RemoteAsking(checks, Watch(), Numbers()), checks


def test_drafts_are_shown_as_they_read_and_answers_come_back() -> None:
    it, checks = asking(ANSWER)
    unfinished = replace(DRAFT, item=None)

    asked = it.ask(WHO, PATIENT, STAY, {"d1": DRAFT, "d2": unfinished})

    (call,) = checks.asked
    assert asked.answers == (ANSWER,) and asked.instance == call.instance
    assert (call.hook, call.patient, call.encounter) == ("order-sign", PATIENT, STAY)
    assert call.user == f"Practitioner/{WHO.clinician.id}"
    assert call.selected == ()
    ((key, document),) = call.drafts
    read = read_order(document)
    assert isinstance(read, Order)
    assert (key, read.id, read.status, read.item) == ("d1", "d1", "draft", DRAFT.item)
    assert (read.dosage.dose, read.dosage.frequency) == (DRAFT.dosage.dose, DRAFT.dosage.frequency)
    assert (read.requester, read.requester_name) == (None, "")


def test_while_choosing_what_is_chosen_is_named() -> None:
    it, checks = asking()
    it.ask(WHO, PATIENT, None, {"d1": DRAFT}, Moment.SELECT)
    assert (checks.asked[0].selected, checks.asked[0].encounter) == (("d1",), "")


def test_what_comes_late_belongs_to_the_orders() -> None:
    it, checks = asking()
    checks.late[ORDER] = (ANSWER,)

    it.signed(WHO, Asked("i-7"), {"d1": ORDER})

    assert checks.attached == {"i-7": {"d1": ORDER}}
    assert it.late(WHO, ORDER) == (ANSWER,)


def test_a_service_hears_what_became_of_its_card() -> None:
    it, checks = asking()
    reason = Term("why", "urn:x", "x")
    taken = (RemoteSuggestion("less", "s-1"), RemoteSuggestion("nameless"))

    it.accepted(WHO, ANSWER, CARD, taken)
    it.overridden(WHO, ANSWER, CARD, reason, "typed")

    assert checks.replies == [
        ("pass", Feedback("c-1", Reply.ACCEPTED, NOW, ("s-1",))),
        ("pass", Feedback("c-1", Reply.OVERRIDDEN, NOW, (), reason, "typed")),
    ]


def test_of_a_card_without_an_id_nobody_hears() -> None:
    it, checks = asking()
    nameless = replace(CARD, id="")

    it.accepted(WHO, ANSWER, nameless)
    it.overridden(WHO, ANSWER, nameless, None)

    assert checks.replies == []
