"""HL7's invariants of a CDS Hooks response, each with what keeps and what breaks it."""

from __future__ import annotations

import pytest

from app.fhir.cds_invariants import response_faults
from app.fhir.document import Document, Json


def a_card(**more: Json) -> Document:
    return {"summary": "s", "indicator": "info", "source": {"label": "l"}, **more}


def a_response(*cards: Json) -> Document:
    return {"cards": list(cards)}


def with_action(**action: Json) -> Document:
    told: Json = {"type": "create", "description": "d", "resource": {"resourceType": "X"}}
    return with_suggestion(actions=[{**told, **action}])


def with_suggestion(**more: Json) -> Document:
    return a_card(suggestions=[{"label": "l", **more}], selectionBehavior="any")


def two_recommended(behaviour: str) -> Document:
    twice: list[Json] = [{"label": "l", "isRecommended": True}] * 2
    return a_card(suggestions=twice, selectionBehavior=behaviour)


def with_link(**link: Json) -> Document:
    return a_card(links=[{"label": "l", "url": "https://a.example", "type": "absolute", **link}])


def deleting(**more: Json) -> Document:
    return with_suggestion(actions=[{"type": "delete", "description": "d", **more}])


@pytest.mark.parametrize(
    "response",
    [
        {"cards": []},
        a_response(a_card(summary="x" * 139)),
        a_response(a_card(), a_card(indicator="critical")),
        a_response(with_suggestion(), with_action(), two_recommended("any")),
        a_response(deleting(resourceId="MedicationRequest/1")),
        a_response(with_link(), with_link(type="smart", appContext="{}")),
        a_response(a_card(overrideReasons=[{"code": "x", "display": "why"}])),
        {"cards": [], "systemActions": [{"type": "create", "description": "d"}]},
    ],
)
def test_what_keeps_the_rules_is_valid(response: Document) -> None:
    assert response_faults(response) == ()


@pytest.mark.parametrize(
    ("rule", "response"),
    [
        ("not-an-object", []),
        ("no-cards", {}),
        ("no-cards", {"cards": None}),
        ("no-cards", {"cards": ["x"]}),
        ("summary", a_response(a_card(summary="x" * 140))),
        ("summary", a_response({k: v for k, v in a_card().items() if k != "summary"})),
        ("indicator", a_response(a_card(indicator="hard-stop"))),
        ("source", a_response(a_card(source={"url": "https://a.example"}))),
        ("selection", a_response(a_card(selectionBehavior="all"))),
        ("cds-resp-1", a_response(two_recommended("at-most-one"))),
        ("cds-resp-2", a_response(deleting())),
        ("cds-resp-2", a_response(deleting(resourceId="X/1", resource={"a": "b"}))),
        ("cds-resp-3", a_response(with_link(appContext="{}"))),
        ("cds-resp-4", a_response(a_card(overrideReasons=[{"code": "x"}]))),
        ("cds-resp-5", a_response(with_action(description=" "))),
        ("cds-resp-6", a_response(a_card(suggestions=[{"label": "l"}]))),
        ("cds-resp-7", a_response(with_suggestion(actionSelectionBehavior="some"))),
        ("suggestion", a_response(with_suggestion(label=""))),
        ("action", a_response(with_action(type="patch"))),
        ("action", {"cards": [], "systemActions": [{"description": "d"}]}),
        ("link", a_response(with_link(url=""))),
        ("link-type", a_response(with_link(type="ftp"))),
        ("null", a_response(a_card(detail=None))),
        ("empty-string", a_response(a_card(detail=" "))),
        ("empty-array", a_response(a_card(links=[]))),
        ("empty-object", a_response(a_card(extension={}))),
    ],
)
def test_what_breaks_a_rule_is_named(rule: str, response: Json) -> None:
    assert rule in response_faults(response)


def test_a_prefetch_that_found_nothing_is_null() -> None:
    assert response_faults({"cards": [], "prefetch": {"patient": None}}) == ()
    assert response_faults({"cards": [], "other": {"patient": None}}) == ("null",)
