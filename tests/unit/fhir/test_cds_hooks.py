"""CDS Hooks as a client speaks it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.remote_cards import ChangeKind, DraftChange, Link, Reply, Urgency
from app.domain.terms import Term
from app.fhir.cds_hooks import (
    MOST_CARDS,
    Feedback,
    HookCall,
    Service,
    read_response,
    read_services,
    write_feedback,
    write_request,
)
from app.fhir.document import Document, Json
from app.kernel.faults import AppError
from tests.support.order_builders import a_medication_request
from tests.unit.fhir.test_cds_invariants import a_card, a_response, with_link, with_suggestion

DRAFT = a_medication_request("order-1", status="draft")
CALL = HookCall(
    "order-select", "i-1", "Practitioner/dr-wang", "li-ming", "stay-1", (("d1", DRAFT),), ("d1",)
)
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_a_request_says_what_it_is_about_and_offers_no_token() -> None:
    body = write_request(CALL, {"patient": {"resourceType": "Patient"}, "none": None})

    assert body == {
        "hook": "order-select",
        "hookInstance": "i-1",
        "context": {
            "userId": "Practitioner/dr-wang",
            "patientId": "li-ming",
            "encounterId": "stay-1",
            "draftOrders": {
                "resourceType": "Bundle",
                "type": "collection",
                "entry": [{"resource": {**DRAFT, "id": "d1"}}],
            },
            "selections": ["MedicationRequest/d1"],
        },
        "prefetch": {"patient": {"resourceType": "Patient"}, "none": None},
    }


def test_what_is_not_known_is_left_out_of_a_request() -> None:
    call = HookCall("patient-view", "i-2", "Practitioner/dr-wang", "li-ming")

    assert write_request(call, {}) == {
        "hook": "patient-view",
        "hookInstance": "i-2",
        "context": {"userId": "Practitioner/dr-wang", "patientId": "li-ming"},
    }


def test_services_are_read_and_what_is_not_one_is_passed_over() -> None:
    whole: Document = {
        "id": "a",
        "hook": "order-sign",
        "title": "t",
        "description": "d",
        "prefetch": {"p": "Patient/{{context.patientId}}", "odd": 1, "": "x", "none": ""},
        "hookVersion": "3.0",
    }
    partly: list[Json] = [{**whole, key: None} for key in ("id", "hook", "description")]

    found = read_services({"services": [whole, *partly, "text"]})

    assert found == (
        Service("a", "order-sign", "d", "t", (("p", "Patient/{{context.patientId}}"),)),
    )


@pytest.mark.parametrize("value", [None, [], {}, {"services": {}}])
def test_what_is_no_discovery_is_refused(value: Json) -> None:
    with pytest.raises(AppError) as caught:
        read_services(value)

    assert caught.value.fault.message.code == "cds.not-services"


@pytest.mark.parametrize("value", [None, [], {}, {"cards": None}, {"cards": {}}])
def test_what_is_no_response_is_refused(value: Json) -> None:
    with pytest.raises(AppError) as caught:
        read_response(value, {})

    assert caught.value.fault.message.code == "cds.not-cards"


def test_a_card_is_read_whole() -> None:
    card = a_card(
        uuid="c-1",
        detail="**bold**",
        source={"label": "PASS", "url": "https://pass.example", "icon": "https://spy.example/i"},
        suggestions=[
            {
                "label": "take it out",
                "uuid": "s-1",
                "isRecommended": True,
                "actions": [
                    {"type": "delete", "description": "d", "resourceId": "MedicationRequest/d1"}
                ],
            }
        ],
        selectionBehavior="at-most-one",
        overrideReasons=[{"code": "x", "system": "urn:x", "display": "why"}],
        links=[
            {"label": "l", "url": "https://a.example", "type": "absolute"},
            {"label": "launch", "url": "https://a.example", "type": "smart", "appContext": "c"},
            {"label": "plain", "url": "http://a.example", "type": "absolute"},
        ],
        extension={"of": "3.0"},
    )

    (read,) = read_response(a_response(card), {"d1": DRAFT}).cards

    assert (read.id, read.summary, read.urgency, read.one_at_most) == (
        "c-1",
        "s",
        Urgency.INFO,
        True,
    )
    assert read.source == Link("PASS", "https://pass.example")
    assert [block.text for block in read.detail] == ["bold"]
    assert read.links == (Link("l", "https://a.example"),)
    assert read.reasons == (Term("why", "urn:x", "x", "why"),)
    (suggestion,) = read.suggestions
    assert suggestion.changes == (DraftChange(ChangeKind.REMOVE, "d1"),)
    assert (suggestion.id, suggestion.recommended, suggestion.by_hand) == ("s-1", True, False)


def test_a_signed_order_is_never_changed() -> None:
    action: Document = {
        "type": "delete",
        "description": "d",
        "resourceId": "MedicationRequest/signed",
    }
    (card,) = read_response(a_response(with_suggestion(actions=[action])), {"d1": DRAFT}).cards

    assert card.suggestions[0].by_hand


def test_choosing_among_actions_is_left_to_a_person() -> None:
    actions: Json = [{"type": "delete", "description": "d", "resourceId": "MedicationRequest/d1"}]
    chosen = with_suggestion(actions=actions, actionSelectionBehavior="any")
    whole = with_suggestion(actions=actions, actionSelectionBehavior="all")

    first, second = read_response(a_response(chosen, whole), {"d1": DRAFT}).cards

    assert first.suggestions[0].by_hand and not second.suggestions[0].by_hand


def test_the_worst_comes_first() -> None:
    found = read_response(
        a_response(*(a_card(indicator=one) for one in ("info", "critical", "warning"))), {}
    )
    assert [card.urgency for card in found.cards] == [
        Urgency.CRITICAL,
        Urgency.WARNING,
        Urgency.INFO,
    ]


def test_empty_elements_are_forgiven() -> None:
    card = a_card(uuid=None, detail="", links=[], suggestions=None, overrideReasons=[None, {}])

    found = read_response({"cards": [card], "systemActions": None}, {})

    assert len(found.cards) == 1 and found.refused == ()


def test_a_long_summary_is_shown_whole() -> None:
    (card,) = read_response(a_response(a_card(summary="x" * 200)), {}).cards
    assert card.summary == "x" * 200


@pytest.mark.parametrize(
    ("card", "rule"),
    [
        ("text", "not-an-object"),
        (a_card(summary=""), "summary"),
        (a_card(summary="\u200b"), "summary"),
        (a_card(indicator="hard-stop"), "indicator"),
        (a_card(source=None), "source"),
        (a_card(selectionBehavior="all-of-them"), "selection"),
        (with_link(type=None), "link-type"),
        (a_card(overrideReasons=[{"code": "x"}]), "cds-resp-4"),
    ],
)
def test_a_card_that_breaks_a_rule_is_told_and_not_shown(card: Json, rule: str) -> None:
    found = read_response(a_response(card, a_card()), {})

    assert len(found.cards) == 1
    assert rule in found.refused


def test_actions_of_the_system_are_told_and_never_done() -> None:
    found = read_response({"cards": [], "systemActions": [{"type": "create"}]}, {})

    assert (found.cards, found.refused) == ((), ("system-actions",))


def test_a_flood_of_cards_is_cut_and_that_is_told() -> None:
    found = read_response(a_response(*[a_card()] * (MOST_CARDS + 1)), {})

    assert len(found.cards) == MOST_CARDS
    assert found.refused == ("too-many",)


def test_null_within_a_resource_keeps_its_place() -> None:
    named: Document = {
        **DRAFT,
        "id": "d1",
        "contained": [{"resourceType": "Patient", "name": [{"given": [None, "x"]}]}],
    }
    after = {**named, "medicationCodeableConcept": {"coding": [{"system": "s", "code": "c"}]}}
    action: Document = {"type": "update", "description": "d", "resource": after}

    (card,) = read_response(a_response(with_suggestion(actions=[action])), {"d1": named}).cards

    assert card.suggestions[0].changes[0].kind is ChangeKind.REPLACE


def test_feedback_of_what_was_accepted() -> None:
    assert write_feedback(
        (
            Feedback("c-1", Reply.ACCEPTED, NOW, ("s-1", "s-2")),
            Feedback("c-2", Reply.ACCEPTED, NOW),
        )
    ) == {
        "feedback": [
            {
                "card": "c-1",
                "outcome": "accepted",
                "outcomeTimestamp": "2026-03-02T08:00:00Z",
                "acceptedSuggestions": [{"id": "s-1"}, {"id": "s-2"}],
            },
            {"card": "c-2", "outcome": "accepted", "outcomeTimestamp": "2026-03-02T08:00:00Z"},
        ]
    }


@pytest.mark.parametrize(
    ("reason", "comment", "why"),
    [
        (
            Term("why", "urn:x", "x", "because"),
            " typed ",
            {
                "reason": {"code": "x", "system": "urn:x", "display": "because"},
                "userComment": "typed",
            },
        ),
        (Term("why", "", "x"), "", {"reason": {"code": "x", "display": "why"}}),
        (Term("words alone"), "typed", {"userComment": "typed"}),
        (None, "", None),
    ],
)
def test_feedback_of_what_was_overridden(reason: Term | None, comment: str, why: Json) -> None:
    told = write_feedback((Feedback("c-1", Reply.OVERRIDDEN, NOW, ("s-1",), reason, comment),))

    one: Document = {
        "card": "c-1",
        "outcome": "overridden",
        "outcomeTimestamp": "2026-03-02T08:00:00Z",
    }
    assert told == {"feedback": [{**one, "overrideReason": why} if why else one]}
