"""Task and Communication (R4 pages of those names) as inbox items, read and written."""

from __future__ import annotations

from datetime import datetime

from app.domain.chart import WorkItem
from app.domain.terms import PatientId, PractitionerId, Ref, TaskId
from app.fhir.building import begin, concept, person, put, reference, set_extension
from app.fhir.document import Document
from app.fhir.elements import (
    at,
    code_of,
    codings,
    concept_term,
    dicts_at,
    display_at,
    extension,
    id_at,
    instant_text,
    list_at,
    note_texts,
    practitioner_at,
    ref_at,
    text_at,
    when,
)
from app.fhir.valuesets import RECIPIENT_ROLE, ROLE, TASK, URGENT

_SENT = frozenset({"in-progress", "completed"})
_TITLE_LENGTH = 80


def read_sender(document: Document) -> PractitionerId | None:
    """Who asks for a Task or sends a Communication."""
    task = text_at(document, "resourceType") == "Task"
    return practitioner_at(document, "requester" if task else "sender")


def read_task(document: Document) -> WorkItem:
    """Read a Task."""
    code = at(document, "code")
    term = concept_term(code, TASK)
    described = text_at(document, "description")
    patient = id_at(document, "Patient", "for")
    words = [text for text in (described if term else "", note_texts(document)) if text]
    return WorkItem(
        id=TaskId(text_at(document, "id")),
        kind="task",
        code=code_of(code, TASK) or next((c.code for c in codings(code) if c.code), ""),
        title=term.text if term is not None else described,
        status=text_at(document, "status") or "unknown",
        patient=PatientId(patient) if patient else None,
        patient_name=display_at(document, "for"),
        from_name=display_at(document, "requester"),
        owner=practitioner_at(document, "owner"),
        owner_role=_role(document),
        authored_at=when(at(document, "authoredOn")),
        due_at=when(at(document, "restriction", "period", "end")),
        urgent=text_at(document, "priority") in URGENT,
        focus=ref_at(document, "focus"),
        body="\n".join(words),
        owner_name=display_at(document, "owner"),
        changed_at=when(at(document, "lastModified")),
    )


def read_communication(document: Document) -> WorkItem:
    """Read a Communication. One that was sent and not yet received is `unread`."""
    patient = id_at(document, "Patient", "subject")
    status = text_at(document, "status") or "unknown"
    received = when(at(document, "received"))
    read = bool(text_at(document, "received"))
    payload = (text_at(one, "contentString") for one in dicts_at(document, "payload"))
    body = "\n".join(text for text in payload if text)
    to = dicts_at(document, "recipient")
    return WorkItem(
        id=TaskId(text_at(document, "id")),
        kind="message",
        code="",
        title=_topic(document) or body.partition("\n")[0][:_TITLE_LENGTH],
        status="unread" if status in _SENT and not read else status,
        patient=PatientId(patient) if patient else None,
        patient_name=display_at(document, "subject"),
        from_name=display_at(document, "sender"),
        owner=next((who for who in map(practitioner_at, to) if who is not None), None),
        owner_role=text_at(extension(document, RECIPIENT_ROLE), "valueCode"),
        authored_at=when(at(document, "sent")),
        urgent=text_at(document, "priority") in URGENT,
        focus=ref_at(document, "about", 0),
        body=body,
        owner_name=next((name for name in map(display_at, to) if name), ""),
        changed_at=received,
    )


def _role(document: Document) -> str:
    kinds = at(document, "performerType")
    if ours := code_of(kinds, ROLE):
        return ours
    terms = (concept_term(one) for one in list_at(document, "performerType"))
    return next((term.text for term in terms if term is not None), "")


def _topic(document: Document) -> str:
    concepts = (at(document, "topic"), *list_at(document, "reasonCode"))
    terms = (concept_term(one) for one in concepts)
    return next((term.text for term in terms if term is not None), "")


def write_task(  # noqa: PLR0913 - these are what a task consists of
    *,
    task_id: str,
    code: str,
    patient: PatientId | None,
    focus: Ref | None,
    requester: PractitionerId,
    authored: datetime,
    requester_name: str = "",
    owner: PractitionerId | None = None,
    owner_role: str = "",
    due: datetime | None = None,
    urgent: bool = False,
    description: str = "",
) -> Document:
    """A new Task `requested` of a person or a role."""
    document = begin({}, "Task", task_id)
    document |= {"status": "requested", "intent": "order"}
    put(document, "priority", "urgent" if urgent else "")
    document["code"] = concept(TASK, code)
    put(document, "description", description)
    put(document, "focus", {"reference": focus} if focus else None)
    put(document, "for", reference("Patient", patient) if patient else None)
    document["authoredOn"] = document["lastModified"] = instant_text(authored)
    document["requester"] = person(requester, requester_name)
    put(document, "performerType", [concept(ROLE, owner_role)] if owner_role else None)
    put(document, "owner", person(owner))
    if due is not None:
        document["restriction"] = {"period": {"end": instant_text(due)}}
    return document


def write_task_status(
    onto: Document, status: str, *, by: PractitionerId, at: datetime, by_name: str = ""
) -> Document:
    """Move a Task on: whoever does so becomes its owner, and `lastModified` says when."""
    document = begin(onto, "Task", text_at(onto, "id"))
    document["status"] = status
    document["owner"] = person(by, by_name, document.get("owner"))
    document["lastModified"] = instant_text(at)
    return document


def write_acknowledge_task(
    *,
    task_id: str,
    focus: Ref,
    patient: PatientId | None,
    by: PractitionerId,
    at: datetime,
    by_name: str = "",
) -> Document:
    """A result taken note of that nobody had been asked to: the Task is born completed."""
    asked = write_task(
        task_id=task_id,
        code="acknowledge-result",
        patient=patient,
        focus=focus,
        requester=by,
        requester_name=by_name,
        authored=at,
    )
    return write_task_status(asked, "completed", by=by, by_name=by_name, at=at)


def write_message(  # noqa: PLR0913 - these are what a message consists of
    *,
    message_id: str,
    sender: PractitionerId,
    text: str,
    sent: datetime,
    recipient: PractitionerId | None = None,
    recipient_role: str = "",
    sender_name: str = "",
    recipient_name: str = "",
    patient: PatientId | None = None,
    about: Ref | None = None,
    urgent: bool = False,
) -> Document:
    """A new message to a person or a role."""
    document = begin({}, "Communication", message_id)
    set_extension(document, RECIPIENT_ROLE, "valueCode", recipient_role)
    document["status"] = "completed"
    document["priority"] = "urgent" if urgent else "routine"
    put(document, "subject", reference("Patient", patient) if patient else None)
    put(document, "about", [{"reference": about}] if about else None)
    document["sent"] = instant_text(sent)
    to = person(recipient, recipient_name)
    put(document, "recipient", [to] if to else None)
    document["sender"] = person(sender, sender_name)
    document["payload"] = [{"contentString": text}]
    return document


def write_received(onto: Document, *, by: PractitionerId, at: datetime) -> Document:
    """Mark a message as read: `received`; a message to a role gets its reader as recipient."""
    document = begin(onto, "Communication", text_at(onto, "id"))
    document["received"] = instant_text(at)
    people = dicts_at(document, "recipient")
    if by not in [practitioner_at(one) for one in people]:
        document["recipient"] = [*list_at(document, "recipient"), person(by)]
    return document
