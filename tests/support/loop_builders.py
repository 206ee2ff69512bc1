"""Documents of a closed loop: an order, what followed it, and who did it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.fhir.document import Document, Json
from tests.support.builders import coded, ref

T0 = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ACT = "urn:wardone:act"
STEP = "urn:wardone:step"
TASK = "urn:wardone:task"


def at(minutes: float) -> str:
    return (T0 + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def a_medication_order(
    key: str, patient: str = "li-ming", *, minutes: float = 0, kind: str = "stat", **more: Json
) -> Document:
    """A drug order of one of our kinds; stat ones follow loop MED-003."""
    made: Document = {
        "resourceType": "MedicationRequest",
        "id": key,
        "status": "active",
        "intent": "order",
        "category": [coded("urn:wardone:order-kind", kind)],
        "priority": "routine",
        "medicationCodeableConcept": coded("urn:wardone:formulary", "neml2026-054", "布洛芬"),
        "subject": ref("Patient", patient),
        "authoredOn": at(minutes),
        "requester": ref("Practitioner", "wang-yi") | {"display": "王医生"},
    }
    return made | more


def a_task(
    key: str, focus: str, patient: str = "li-ming", *, code: str = "", step: str = "", **more: Json
) -> Document:
    made: Document = {
        "resourceType": "Task",
        "id": key,
        "status": "completed",
        "intent": "order",
        "for": ref("Patient", patient),
        "focus": {"reference": focus},
    }
    if code:
        made["code"] = coded(TASK, code)
    if step:
        made["businessStatus"] = coded(STEP, step)
    return made | more


def a_dose(
    key: str, order: str, patient: str = "li-ming", *, minutes: float = 20, **more: Json
) -> Document:
    made: Document = {
        "resourceType": "MedicationAdministration",
        "id": key,
        "status": "completed",
        "medicationCodeableConcept": coded("urn:wardone:formulary", "neml2026-054", "布洛芬"),
        "subject": ref("Patient", patient),
        "effectiveDateTime": at(minutes),
        "request": ref("MedicationRequest", order),
        "performer": [{"actor": ref("Practitioner", "sun-li") | {"display": "孙护士"}}],
    }
    return made | more


def a_provenance(
    key: str, target: str, *, act: str = "", step: str = "", minutes: float = 0, **more: Json
) -> Document:
    """Of an act of ours, or naming the step itself."""
    made: Document = {
        "resourceType": "Provenance",
        "id": key,
        "target": [{"reference": target}],
        "occurredDateTime": at(minutes - 1),
        "recorded": at(minutes),
        "activity": coded(ACT, act) if act else coded(STEP, step),
        "agent": [{"who": ref("Practitioner", "wang-yi")}],
    }
    return made | more
