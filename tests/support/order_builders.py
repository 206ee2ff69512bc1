"""FHIR documents of what was ordered, written and done, one line in a test."""

from __future__ import annotations

import base64

from app.fhir.document import Document, Json
from tests.support.builders import ROLE_SYSTEM, coded, quantity, ref


def a_medication_request(
    key: str = "med-1",
    patient: str = "li-ming",
    text: str = "阿司匹林",
    *,
    status: str = "active",
    kind: str = "long-term",
    at: str = "2026-03-01T10:00:00+08:00",
    requester: str = "dr-wang",
    **more: Json,
) -> Document:
    return {
        "resourceType": "MedicationRequest",
        "id": key,
        "status": status,
        "intent": "order",
        "category": [coded("urn:wardone:order-kind", kind)],
        "medicationCodeableConcept": coded("urn:wardone:formulary", key, text),
        "subject": ref("Patient", patient),
        "encounter": ref("Encounter", "stay-1"),
        "authoredOn": at,
        "requester": ref("Practitioner", requester),
        "dosageInstruction": [
            {
                "text": "100 mg 口服 每日一次",
                "timing": {
                    "code": coded("urn:wardone:frequency", "qd", "每日一次"),
                    "repeat": {"frequency": 1, "period": 1, "periodUnit": "d"},
                },
                "route": coded("urn:wardone:route", "po", "口服"),
                "asNeededBoolean": False,
                "doseAndRate": [{"doseQuantity": quantity("100", "mg")}],
            }
        ],
        **more,
    }


def a_service_request(
    key: str = "order-1",
    patient: str = "li-ming",
    order_class: str = "level-of-care",
    code: str = "1",
    *,
    status: str = "active",
    at: str = "2026-03-01T10:00:00+08:00",
    text: str = "",
    **more: Json,
) -> Document:
    return {
        "resourceType": "ServiceRequest",
        "id": key,
        "status": status,
        "intent": "order",
        "category": [
            {
                "coding": [
                    {"system": "urn:wardone:order-class", "code": order_class},
                    {"system": "urn:wardone:order-kind", "code": "long-term"},
                ]
            }
        ],
        "code": coded(f"urn:wardone:{order_class}", code, text or code),
        "subject": ref("Patient", patient),
        "encounter": ref("Encounter", "stay-1"),
        "authoredOn": at,
        "requester": ref("Practitioner", "dr-wang"),
        **more,
    }


def a_flag(
    key: str = "flag-1",
    patient: str = "li-ming",
    code: str = "falls",
    *,
    category: str = "",
    status: str = "active",
) -> Document:
    category = category or ("code-status" if code in ("dnar", "full") else "risk")
    return {
        "resourceType": "Flag",
        "id": key,
        "status": status,
        "category": [coded("urn:wardone:flag", category)],
        "code": coded("urn:wardone:flag", code, code),
        "subject": ref("Patient", patient),
    }


def a_note(
    key: str = "note-1",
    patient: str = "li-ming",
    text: str = "患者一般情况可。",
    *,
    doc_status: str = "final",
    kind: str = "progress",
    at: str = "2026-03-02T16:00:00+08:00",
    author: str = "dr-wang",
    **more: Json,
) -> Document:
    return {
        "resourceType": "DocumentReference",
        "id": key,
        "status": "current",
        "docStatus": doc_status,
        "type": coded("urn:wardone:note-kind", kind, "病程记录"),
        "subject": ref("Patient", patient),
        "context": {"encounter": [ref("Encounter", "stay-1")]},
        "date": at,
        "author": [ref("Practitioner", author)],
        "description": "日常病程",
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "data": base64.b64encode(text.encode()).decode(),
                }
            }
        ],
        **more,
    }


def a_procedure(
    key: str = "operation-1",
    patient: str = "li-ming",
    start: str = "2026-03-02T09:00:00+08:00",
    end: str = "2026-03-02T11:00:00+08:00",
) -> Document:
    return {
        "resourceType": "Procedure",
        "id": key,
        "status": "completed",
        "code": {"text": "冠状动脉支架置入术"},
        "subject": ref("Patient", patient),
        "performedPeriod": {"start": start, "end": end},
    }


def an_administration(
    key: str = "dose-1",
    patient: str = "li-ming",
    order: str = "med-1",
    at: str = "2026-03-02T08:00:00+08:00",
) -> Document:
    return {
        "resourceType": "MedicationAdministration",
        "id": key,
        "status": "completed",
        "medicationCodeableConcept": {"text": "阿司匹林"},
        "subject": ref("Patient", patient),
        "request": ref("MedicationRequest", order),
        "effectiveDateTime": at,
        "dosage": {"dose": quantity("100", "mg")},
        "performer": [{"actor": ref("Practitioner", "nurse-zhao")}],
    }


def a_task(
    key: str = "task-1",
    patient: str = "li-ming",
    code: str = "review",
    *,
    status: str = "requested",
    owner: str = "",
    role: str = "",
    focus: str = "",
    priority: str = "routine",
    at: str = "2026-03-02T08:00:00+08:00",
    **more: Json,
) -> Document:
    found: Document = {
        "resourceType": "Task",
        "id": key,
        "status": status,
        "intent": "order",
        "priority": priority,
        "code": coded("urn:wardone:task", code, code),
        "description": "请处理",
        "for": ref("Patient", patient),
        "authoredOn": at,
        "lastModified": at,
    }
    if owner:
        found["owner"] = ref("Practitioner", owner)
    if role:
        found["performerType"] = [coded(ROLE_SYSTEM, role)]
    if focus:
        found["focus"] = {"reference": focus}
    return found | more


def a_message(
    key: str = "message-1",
    patient: str = "li-ming",
    text: str = "请看一下检查结果",
    *,
    sender: str = "nurse-zhao",
    recipient: str = "dr-wang",
    priority: str = "routine",
    at: str = "2026-03-02T08:00:00+08:00",
    **more: Json,
) -> Document:
    return {
        "resourceType": "Communication",
        "id": key,
        "status": "completed",
        "priority": priority,
        "subject": ref("Patient", patient),
        "sender": ref("Practitioner", sender),
        "recipient": [ref("Practitioner", recipient)],
        "sent": at,
        "payload": [{"contentString": text}],
        **more,
    }
