"""CDS Hooks as a service speaks it; and what one end writes, the other reads."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.prose import Shape
from app.domain.remote_cards import ChangeKind, DraftChange, Link, Urgency
from app.domain.terms import Term
from app.fhir.cds_cards import (
    CardSuggestion,
    LocalCard,
    plain,
    read_question,
    with_dosage,
    write_response,
    write_services,
)
from app.fhir.cds_hooks import HookCall, Service, read_response, read_services, write_request
from app.fhir.cds_invariants import response_faults
from app.fhir.cds_markdown import one_line, read_markdown
from app.fhir.document import Document, Json
from app.fhir.orders import read_order
from app.kernel.faults import AppError
from tests.support.builders import a_patient
from tests.support.order_builders import a_medication_request

DRAFT = a_medication_request("d1", status="draft")
CALL = HookCall("order-select", "i-1", "Practitioner/w", "li-ming", "", (("d1", DRAFT),), ("d1",))

words = st.text(min_size=1, max_size=300).filter(lambda text: bool(one_line(text)))
terms = st.builds(Term, words, st.just("urn:x"), st.just("code"))
suggestions = st.builds(
    CardSuggestion,
    st.just("s"),
    words,
    st.none() | st.just(DRAFT),
    st.just("") | st.just("MedicationRequest/d1"),
)
local_cards = st.builds(
    LocalCard,
    st.just("c"),
    words,
    st.sampled_from(Urgency),
    st.builds(Link, words, st.just("") | st.just("https://a.example")),
    words | st.just(""),
    st.none() | terms,
    st.lists(suggestions, max_size=3).map(tuple),
    st.lists(terms, max_size=3).map(tuple),
)


@given(st.lists(local_cards, max_size=4).map(tuple))
def test_our_cards_keep_the_rules_of_hl7_and_are_read_by_our_client(
    cards: tuple[LocalCard, ...],
) -> None:
    body = write_response(cards)

    assert response_faults(body) == ()
    read = read_response(body, {"d1": DRAFT})
    assert read.refused == () and len(read.cards) == len(cards)


def test_a_long_sentence_is_cut_and_stands_whole_in_the_detail() -> None:
    said = "x" * 138 + " * 5"
    card = LocalCard("c", said, Urgency.INFO, Link("l", ""), "advice")

    (told,) = write_response((card,))["cards"]  # type: ignore[misc]

    assert isinstance(told, dict)
    assert len(str(told["summary"])) == 139 and str(told["summary"]).endswith("…")
    first, second = read_markdown(str(told["detail"]))
    assert (first.text, second.text) == (said, "advice")


def test_a_short_one_is_told_once() -> None:
    body = write_response((LocalCard("c", "x" * 139, Urgency.INFO, Link("l", "")),))
    assert body == {
        "cards": [
            {"uuid": "c", "summary": "x" * 139, "indicator": "info", "source": {"label": "l"}}
        ]
    }


def test_no_card_is_an_empty_list() -> None:
    assert write_response(()) == {"cards": []}


@given(st.text(max_size=200))
def test_plain_words_are_no_markup(text: str) -> None:
    for block in read_markdown(plain(text)):
        assert block.shape in (Shape.PARAGRAPH, Shape.ITEM)
        assert not any(span.link for span in block.spans)


def test_what_is_suggested_is_what_a_client_does() -> None:
    order = read_order(DRAFT)
    assert order is not None
    dosage = order.dosage
    less = with_dosage(
        order, DRAFT, type(dosage)(Decimal(50), "mg", "mg", dosage.route, dosage.frequency)
    )
    card = LocalCard(
        "c",
        "said",
        Urgency.CRITICAL,
        Link("l", "https://a.example"),
        suggestions=(
            CardSuggestion("s-1", "take out", removes="MedicationRequest/d1"),
            CardSuggestion("s-2", "less", resource=less),
            CardSuggestion("s-3", "think"),
        ),
    )

    (read,) = read_response(write_response((card,)), {"d1": DRAFT}).cards

    first, second, third = read.suggestions
    assert first.changes == (DraftChange(ChangeKind.REMOVE, "d1"),)
    assert second.changes == (DraftChange(ChangeKind.DOSE, "d1", "50 mg"),)
    assert third.by_hand and read.one_at_most


def test_what_is_offered_is_read_by_our_client() -> None:
    services = (
        Service("a", "order-sign", "d", "t", (("p", "Patient/{{context.patientId}}"),)),
        Service("b", "patient-view", "d"),
    )
    assert read_services(write_services(services)) == services
    assert response_faults({"cards": [], **write_services(services)}) == ()


def test_a_call_of_our_client_is_read() -> None:
    patient = a_patient()
    found = read_question(write_request(CALL, {"patient": patient, "none": None}))

    assert (found.hook, found.instance, found.patient) == ("order-select", "i-1", "li-ming")
    assert (found.selected, found.given) == (("d1",), frozenset({"patient", "none"}))
    assert found.documents == (patient,)
    ((key, order, document),) = found.drafts
    assert (key, order.item.text, document["id"]) == ("d1", "阿司匹林", "d1")


def test_a_call_about_nothing_is_read_and_what_is_no_order_is_left_out() -> None:
    context: Document = {"patientId": "Patient/li-ming"}
    assert (
        read_question({"hook": "h", "hookInstance": "i", "context": context}).patient == "li-ming"
    )

    odd: list[Json] = [
        {},
        {"resource": {"id": "x"}},
        {"resource": {"resourceType": "Patient", "id": "x"}},
        {"resource": {**DRAFT, "id": ""}},
    ]
    context["draftOrders"] = {"entry": odd}
    context["selections"] = [None]
    found = read_question({"hook": "h", "hookInstance": "i", "context": context})
    assert (found.drafts, found.selected) == ((), ())


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"hook": "h", "hookInstance": "i", "context": {}},
        {"hook": "h", "context": {"patientId": "p"}},
        {"hookInstance": "i", "context": {"patientId": "p"}},
        {
            "hook": "h",
            "hookInstance": "i",
            "context": {"patientId": "p", "draftOrders": {"entry": [{"resource": DRAFT}]}},
        },
    ],
)
def test_a_call_that_is_none_or_about_two_people_is_refused(value: Json) -> None:
    with pytest.raises(AppError) as caught:
        read_question(value)
    assert caught.value.fault.message.code == "cds.not-a-call"


def test_codings_of_a_topic() -> None:
    card = LocalCard("c", "s", Urgency.INFO, Link("l", ""), topic=Term("words", "urn:x", "ddi"))
    (told,) = write_response((card,))["cards"]  # type: ignore[misc]
    assert isinstance(told, dict)
    assert told["source"] == {
        "label": "l",
        "topic": {"system": "urn:x", "code": "ddi", "display": "words"},
    }
