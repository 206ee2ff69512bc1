"""Documents and readings that several test modules of `app/fhir` begin with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from app.domain.orders import Order
from app.fhir.document import Document, Json
from app.fhir.orders import read_order
from app.fhir.valuesets import LOINC, UCUM

NOON = "2026-11-01T12:00:00Z"
AT_NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
TOKYO = timezone(timedelta(hours=9))
V3 = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
V2_74 = "http://terminology.hl7.org/CodeSystem/v2-0074"


def concept(code: str, system: str = "urn:x", text: str = "") -> Document:
    made: Document = {"coding": [{"system": system, "code": code}]}
    return {**made, "text": text} if text else made


def amount(value: Json, code: str = "mmol/L") -> Document:
    return {"value": value, "unit": code, "system": UCUM, "code": code}


def observation(**elements: Json) -> Document:
    return {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": concept("2823-3", LOINC, "钾"),
        "effectiveDateTime": NOON,
        **elements,
    }


def drug(**elements: Json) -> Document:
    base: Document = {"resourceType": "MedicationRequest", "id": "m", "status": "active"}
    return {**base, "intent": "order", "medicationCodeableConcept": {"text": "x"}, **elements}


def the(document: Document) -> Order:
    order = read_order(document)
    assert order is not None
    return order


def service(**elements: Json) -> Document:
    base: Document = {"resourceType": "ServiceRequest", "id": "s", "status": "active"}
    return {**base, "intent": "order", "code": {"text": "x"}, **elements}
