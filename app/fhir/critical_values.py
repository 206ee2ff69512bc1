"""The read-back of a critical value (R4 Communication), and the question put higher (R4 Task).

The read-back names its step (`category`, READBACK of the closed-loop catalogue), whom it is about,
the Observation (`about`), who reported (`sender`, by name: laboratories have no accounts here), who
heard it (`recipient`) and when (`received`); what was repeated is its payload.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.critical_values import CriticalValue, ReadBack
from app.domain.people import Role
from app.domain.terms import PractitionerId, Ref
from app.fhir.building import begin, concept, person, reference
from app.fhir.document import Document
from app.fhir.elements import at as element
from app.fhir.elements import code_of, dicts_at, display_at, instant_text, ref_at, text_at, when
from app.fhir.valuesets import STEP
from app.fhir.workflow import write_task

READ_BACK = "READBACK"
"""Step of the closed-loop catalogue."""
ESCALATED = "critical-value"
"""Code (`urn:wardone:task`) of the question that is put higher."""


def write_read_back(  # noqa: PLR0913 - these are what a read-back consists of
    found: CriticalValue,
    *,
    message_id: str,
    heard: str,
    reporter: str,
    by: PractitionerId,
    by_name: str,
    at: datetime,
) -> Document:
    """A Communication that says that the value was repeated, and to whom."""
    document = begin({}, "Communication", message_id)
    document |= {
        "status": "completed",
        "category": [concept(STEP, READ_BACK)],
        "priority": "stat",
        "subject": reference("Patient", found.patient.id),
        "about": [{"reference": found.ref}],
        "received": instant_text(at),
        "recipient": [person(by, by_name)],
        "sender": {"display": reporter},
        "payload": [{"contentString": heard}],
    }
    return document


def is_read_back(document: Document) -> bool:
    """Whether a Communication is one."""
    return any(code_of(one, STEP) == READ_BACK for one in dicts_at(document, "category"))


def read_read_back(document: Document) -> ReadBack | None:
    """What it says; None when it is none, or nobody said when."""
    received = when(element(document, "received"))
    if not is_read_back(document) or received is None:
        return None
    return ReadBack(
        by=display_at(document, "recipient", 0),
        at=received,
        reporter=display_at(document, "sender"),
        heard=text_at(document, "payload", 0, "contentString"),
    )


def read_about(document: Document) -> Ref | None:
    """The Observation that was read back."""
    return ref_at(document, "about", 0)


def write_escalation(  # noqa: PLR0913 - these are what a question consists of
    found: CriticalValue,
    *,
    task_id: str,
    role: Role,
    by: PractitionerId,
    by_name: str,
    at: datetime,
    why: str = "",
) -> Document:
    """A Task that asks a role to see to a critical value."""
    return write_task(
        task_id=task_id,
        code=ESCALATED,
        patient=found.patient.id,
        focus=found.ref,
        requester=by,
        requester_name=by_name,
        authored=at,
        owner_role=role.value,
        urgent=True,
        description=why,
    )
