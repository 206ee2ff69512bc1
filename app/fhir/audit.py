"""AuditEvent (R4 auditevent.html): who looked at or did what, as the chained trail has it."""

from __future__ import annotations

from datetime import datetime

from app.domain.terms import PatientId, PractitionerId
from app.fhir.building import coded, person, put, reference
from app.fhir.document import Document
from app.fhir.elements import Coding, instant_text
from app.fhir.valuesets import AUDIT_ACTION, AUDIT_HASH, DICOM

_LOGIN = Coding(DICOM, "110114", "User Authentication")
_RECORD = Coding(DICOM, "110110", "Patient Record")
_SECURITY = Coding(DICOM, "110113", "Security Alert")
_EXPORT = Coding(DICOM, "110106", "Export")
_USE = Coding(DICOM, "110100", "Application Activity")
_EVENTS = {
    "sign-in": _LOGIN,
    "sign-in-refused": _LOGIN,
    "sign-out": _LOGIN,
    "lock": _LOGIN,
    "unlock": _LOGIN,
    "sign-orders": _LOGIN,
    "chart.break-glass": _SECURITY,
    "act.export": _EXPORT,
    "act.export-refused": _EXPORT,
    "list.save": _EXPORT,
    "list.save-refused": _EXPORT,
    "sheet.print": _EXPORT,
    "sheet.print-refused": _EXPORT,
    "sheet.on-paper": _EXPORT,
}
_READS = frozenset(
    {"chart.open", "chart.break-glass", "audit.read", "list.save", "list.save-refused"}
    | {"act.export", "act.export-refused", "sheet.print", "sheet.print-refused"}
)
_CREATES = frozenset({"order.place", "note.sign", "message.send", "user.enrol"})


def write_audit_event(  # noqa: PLR0913 - these are what an entry consists of
    *,
    event_id: str,
    action: str,
    recorded: datetime,
    agent: PractitionerId | None,
    digest: str,
    agent_name: str = "",
    patient: PatientId | None = None,
    reason: str = "",
) -> Document:
    """One entry of the access audit; `digest` is its place in the hash chain.

    A break-glass is a Security Alert on the patient; `action` also stands as a code of ours.
    """
    kind = _EVENTS.get(action, _RECORD if patient is not None else _USE)
    document: Document = {
        "resourceType": "AuditEvent",
        "id": event_id,
        "extension": [{"url": AUDIT_HASH, "valueString": digest}],
        "type": coded(kind),
        "subtype": [coded(Coding(AUDIT_ACTION, action, ""))],
        "action": _letter(action),
        "recorded": instant_text(recorded),
        "outcome": "8" if action.endswith("-refused") else "0",
        "agent": [_agent(agent, agent_name)],
        "source": {"observer": {"display": "WardOne"}},
    }
    put(document, "purposeOfEvent", [{"text": reason}] if reason else None)
    if patient is not None:
        what = reference("Patient", patient)
        document["entity"] = [{"what": what, "type": coded(_PERSON)}]
    return document


_PERSON = Coding("http://terminology.hl7.org/CodeSystem/audit-entity-type", "1", "Person")


def _agent(agent: PractitionerId | None, name: str) -> Document:
    made: Document = {"requestor": True}
    put(made, "who", person(agent, name))
    put(made, "name", name)
    return made


def _letter(action: str) -> str:
    """R4 `audit-event-action`: create, read, update or execute."""
    if action in _CREATES:
        return "C"
    if action in _READS:
        return "R"
    return "U" if "." in action else "E"
