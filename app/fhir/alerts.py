"""Task (R4 task.html) that tells somebody of a dose that should not have been given.

A dose given twice: code `duplicate-act` of `urn:wardone:task`; `focus` is the later administration,
`input` both. The one to the head nurse, the ward's lead, is completed by the report; nothing is
ever taken away. A dose given after its order had been stopped: code `dose-after-stop`, `focus` is
the order, `input` the administration; whoever reads it completes it. A result that speaks against a
drug that is running: code `result-warning`, `focus` is the order; whoever reads it completes it.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.crossings import Crossing, crossing_id
from app.domain.duplicates import Duplicate
from app.domain.people import Role
from app.domain.result_warnings import ResultWarning, warning_id
from app.domain.slots import alert_id
from app.domain.terms import PatientId, PractitionerId, Ref
from app.fhir.building import concept
from app.fhir.critical_values import ESCALATED
from app.fhir.document import Document, Json
from app.fhir.elements import at, code_of, note_texts, text_at
from app.fhir.valuesets import DECISION_RULE, TASK
from app.fhir.workflow import write_message, write_task, write_task_status

DUPLICATE_ACT = "duplicate-act"
DOSE_AFTER_STOP = "dose-after-stop"
RESULT_WARNING = "result-warning"
_ALERTS = frozenset({DUPLICATE_ACT, DOSE_AFTER_STOP, RESULT_WARNING, ESCALATED})
LEAD = "head-nurse"
"""Role whose inbox is the ward lead's."""


def lead_alert(pair: tuple[Ref, Ref]) -> Ref:
    """The alert that the report completes."""
    return Ref(f"Task/{alert_id(*pair, LEAD)}")


def write_alerts(found: Duplicate, *, by: PractitionerId, at: datetime) -> tuple[Document, ...]:
    """One urgent Task to the ward's lead, and one to each of those who gave it."""
    givers = (found.first.by, found.second.by)
    people = dict.fromkeys(one for one in givers if one is not None)
    return (_alert(found, None, by, at), *(_alert(found, who, by, at) for who in people))


def write_crossing_alerts(
    found: Crossing, *, by: PractitionerId, at: datetime
) -> tuple[Document, ...]:
    """One urgent Task to who stopped the order and one to who wrote it; to the attendings if none.

    Its words are the name of what was given; what happened is said by its code.
    """
    return tuple(_crossing(found, who, by, at) for who in found.people or (None,))


def write_result_warning(found: ResultWarning, *, by: PractitionerId, at: datetime) -> Document:
    """A Task to whoever ordered the drug, or to the attendings where the record names nobody."""
    who = found.ordered_by
    role = "" if who is not None else Role.ATTENDING.value
    document = write_task(
        task_id=warning_id(found, who or role),
        code=RESULT_WARNING,
        patient=found.patient,
        focus=found.order,
        requester=by,
        authored=at,
        owner=who,
        owner_role=role,
        urgent=found.urgent,
        description=found.told,
    )
    document["reasonCode"] = concept(DECISION_RULE, found.rule)
    if found.advice:
        document["note"] = [{"text": found.advice}]
    return document


def write_report(
    onto: Document, text: str, *, by: PractitionerId, by_name: str, at: datetime
) -> Document:
    """Complete the lead's alert with what was found out."""
    document = write_task_status(onto, "completed", by=by, by_name=by_name, at=at)
    document["note"] = [{"time": document["lastModified"], "text": text}]
    return document


def has_report(alert: Document) -> bool:
    """Whether the lead's alert was ended by a report; completing it alone ends nothing."""
    return text_at(alert, "status") == "completed" and bool(note_texts(alert))


def write_report_message(  # noqa: PLR0913 - these are what the message consists of
    *,
    message_id: str,
    pair: tuple[Ref, Ref],
    text: str,
    by: PractitionerId,
    by_name: str,
    at: datetime,
    to: PractitionerId | None,
    patient: PatientId | None,
) -> Document:
    """The report as a message to one of those who gave it, or to the lead when `to` is None."""
    document = write_message(
        message_id=message_id,
        sender=by,
        sender_name=by_name,
        text=text,
        sent=at,
        recipient=to,
        recipient_role=LEAD if to is None else "",
        patient=patient,
        urgent=True,
    )
    document["about"] = [{"reference": ref} for ref in pair]
    document["category"] = [concept(TASK, DUPLICATE_ACT)]
    return document


def combined_alert(ours: Document, theirs: Document) -> Document | None:
    """One alert that two workstations raised; None when it is none, or when both have answered.

    Two reports are two people's words: then a person decides. That two took note of one critical
    value is no contradiction; each note stands in a task of its own.
    """
    if not (_is_alert(ours) and _is_alert(theirs)):
        return None
    mine_open, theirs_open = (text_at(one, "status") == "requested" for one in (ours, theirs))
    if code_of(at(ours, "code"), TASK) == ESCALATED:
        return _one_question(ours, theirs, answered=not (mine_open and theirs_open))
    if mine_open:
        return theirs
    return ours if theirs_open else None


def _one_question(ours: Document, theirs: Document, *, answered: bool) -> Document | None:
    """A question about a critical value that two have put: an answer, or a reason, is kept."""
    if answered:
        return ours if text_at(theirs, "status") == "requested" else theirs
    mine, other = (text_at(one, "description") for one in (ours, theirs))
    if mine and other and mine != other:
        return None
    return ours if mine else theirs


def _is_alert(document: Document) -> bool:
    task = text_at(document, "resourceType") == "Task"
    return task and code_of(at(document, "code"), TASK) in _ALERTS


def _crossing(
    found: Crossing, who: PractitionerId | None, by: PractitionerId, at: datetime
) -> Document:
    role = "" if who is not None else Role.ATTENDING.value
    document = write_task(
        task_id=crossing_id(found.order, found.dose, who or role),
        code=DOSE_AFTER_STOP,
        patient=found.patient,
        focus=found.order,
        requester=by,
        authored=at,
        owner=who,
        owner_role=role,
        urgent=True,
        description=found.item.text,
    )
    given: Document = {"reference": found.dose}
    document["input"] = [{"type": concept(TASK, "administration"), "valueReference": given}]
    return document


def _alert(
    found: Duplicate, who: PractitionerId | None, by: PractitionerId, at: datetime
) -> Document:
    document = write_task(
        task_id=alert_id(*found.pair, LEAD if who is None else who),
        code=DUPLICATE_ACT,
        patient=found.second.patient,
        focus=found.second.ref,
        requester=by,
        authored=at,
        owner=who,
        owner_role=LEAD if who is None else "",
        urgent=True,
    )
    both: list[Json] = [
        {"type": concept(TASK, "administration"), "valueReference": {"reference": ref}}
        for ref in found.pair
    ]
    document["input"] = both
    document["reasonCode"] = concept(TASK, found.why.value)
    return document
