"""An order anew says what the old one said, and keeps nothing that was only the old one's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.orders import Order
from app.domain.terms import OrderId, PractitionerId, Ref
from app.fhir.document import Document
from app.fhir.elements import list_at, text_at
from app.fhir.orders import read_order, write_stop
from app.fhir.reordering import write_anew
from app.fhir.valuesets import STOP_REASON

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def old(kind: str = "MedicationRequest") -> Document:
    item = "medicationCodeableConcept" if kind == "MedicationRequest" else "code"
    return {
        "resourceType": kind,
        "id": "old",
        "meta": {"versionId": "3"},
        "text": {"status": "generated"},
        "identifier": [{"value": "HIS-77"}],
        "extension": [{"url": "http://ours", "valueString": "kept"}],
        "status": "active",
        "intent": "order",
        item: {"text": "阿司匹林"},
        "subject": {"reference": "Patient/li-ming"},
        "dosageInstruction": [{"text": "100 mg qd", "patientInstruction": "饭后"}],
    }


def anew(document: Document, replaces: Ref | None = None) -> Document:
    order = read_order(document)
    assert order is not None
    return write_anew(document, fresh(order), replaces)


def fresh(order: Order) -> Order:
    return replace(
        order,
        id=OrderId("new"),
        status="active",
        authored_at=NOW,
        requester=PractitionerId("wang"),
        requester_name="王奕",
    )


def test_it_says_what_was_ordered_in_a_new_name() -> None:
    made = anew(old())

    assert made["id"] == "new"
    assert made["dosageInstruction"] == old()["dosageInstruction"]
    assert made["medicationCodeableConcept"] == {"text": "阿司匹林"}
    assert made["requester"] == {"reference": "Practitioner/wang", "display": "王奕"}
    assert made["extension"] == [{"url": "http://ours", "valueString": "kept"}]
    assert not {"meta", "text", "identifier", "priorPrescription"} & made.keys()


def test_it_does_not_say_that_it_was_stopped() -> None:
    stopped = write_stop(old(), at=NOW, by=PractitionerId("li"), reason="出血")

    made = anew(stopped)

    assert made["status"] == "active"
    assert "statusReason" not in made
    urls = {text_at(one, "url") for one in list_at(made, "extension")}
    assert STOP_REASON not in urls


def test_one_without_extensions_gets_none() -> None:
    plain = {name: value for name, value in old().items() if name != "extension"}

    assert "extension" not in anew(plain)


@pytest.mark.parametrize(
    ("kind", "element", "said"),
    [
        ("MedicationRequest", "priorPrescription", {"reference": "MedicationRequest/theirs"}),
        ("ServiceRequest", "replaces", [{"reference": "ServiceRequest/theirs"}]),
    ],
)
def test_it_names_the_order_it_replaces(kind: str, element: str, said: object) -> None:
    assert anew(old(kind), Ref(f"{kind}/theirs"))[element] == said
