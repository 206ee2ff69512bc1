"""Subscriptions (R4 subscription.html) and where a server announces what they watch."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.fhir.capability import read_capability
from app.fhir.document import Document, Json
from app.fhir.subscriptions import Subscription, read_subscription, write_subscription
from app.fhir.valuesets import WEBSOCKET_ADDRESS
from tests.unit.fhir.validity import problems

AT_NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_subscription_says_what_to_watch_and_carries_nothing() -> None:
    made = write_subscription("s", "Task?owner=Practitioner/d", AT_NOON)

    assert problems(made) == []
    assert "payload" not in str(made)
    assert read_subscription(made) == Subscription(
        "s", "requested", "Task?owner=Practitioner/d", "websocket", AT_NOON
    )


def test_a_subscription_as_a_server_gives_it_back() -> None:
    given: Document = {"resourceType": "Subscription", "id": "s", "status": "error", "error": "no"}

    assert read_subscription(given) == Subscription("s", "error", "", "", None, "no")
    assert read_subscription({"resourceType": "Task"}) is None


@pytest.mark.parametrize(
    ("rest", "address"),
    [
        ([{"mode": "server", "extension": [{"url": WEBSOCKET_ADDRESS, "valueUri": "/w"}]}], "/w"),
        ([{"mode": "client", "extension": [{"url": WEBSOCKET_ADDRESS, "valueUri": "/w"}]}], ""),
        ([{"mode": "server", "extension": [{"url": "urn:other", "valueUri": "/w"}]}], ""),
        ([{"mode": "server"}], ""),
        ([], ""),
    ],
)
def test_a_server_says_where_it_announces(rest: list[Json], address: str) -> None:
    capability = read_capability({"resourceType": "CapabilityStatement", "rest": rest})

    assert capability is not None
    assert capability.websocket == address
