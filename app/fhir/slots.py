"""Task (R4 task.html) as `DoseSlot`, read and written: one dose of one order, due at one time.

Code `give-dose` of `urn:wardone:task`; `focus` is the order, `restriction.period.end` the due time.
What a slot says when it is made follows from the order alone, so that every workstation makes the
same document under the same id.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.slots import Claim, DoseSlot, Outcome, SlotState
from app.domain.terms import EncounterId, OrderId, PatientId, PractitionerId, Ref, TaskId
from app.fhir.building import begin, concept, person, reference, set_extension
from app.fhir.document import Document, Json
from app.fhir.elements import (
    at,
    code_of,
    display_at,
    extension,
    id_at,
    instant_text,
    practitioner_at,
    text_at,
    when,
)
from app.fhir.valuesets import CLAIM, SLOT_OUTCOME, TASK

GIVE_DOSE = "give-dose"
_ORDER_STOPPED = "order-stopped"
_OPEN = frozenset({"requested", "accepted", "received", "ready", "in-progress"})
_OUTCOMES = {one.value: one for one in Outcome}
_DONE_WITH = (
    "status",
    "statusReason",
    "businessStatus",
    "executionPeriod",
    "lastModified",
    "owner",
    "output",
)
"""The elements that say what became of a slot, and nothing else."""


def is_slot(document: Document) -> bool:
    """Whether the document is the slot of a dose."""
    task = text_at(document, "resourceType") == "Task"
    return task and code_of(at(document, "code"), TASK) == GIVE_DOSE


def write_slot(slot: DoseSlot) -> Document:
    """A slot as it is made, before anybody has touched it."""
    document = begin({}, "Task", slot.id)
    document |= {"status": "requested", "intent": "order", "code": concept(TASK, GIVE_DOSE)}
    document["focus"] = reference("MedicationRequest", slot.order)
    document["for"] = reference("Patient", slot.patient)
    if slot.encounter is not None:
        document["encounter"] = reference("Encounter", slot.encounter)
    document["restriction"] = {"period": {"end": instant_text(slot.due_at)}}
    return document


def read_slot(document: Document) -> DoseSlot | None:
    """Read a slot; None when it is none, or does not say of which order or when."""
    order = id_at(document, "MedicationRequest", "focus")
    due = when(at(document, "restriction", "period", "end"))
    if not is_slot(document) or not order or due is None:
        return None
    encounter = id_at(document, "Encounter", "encounter")
    state = _state(text_at(document, "status"))
    over = state is not SlotState.DUE
    return DoseSlot(
        id=TaskId(text_at(document, "id")),
        order=OrderId(order),
        patient=PatientId(id_at(document, "Patient", "for")),
        encounter=EncounterId(encounter) if encounter else None,
        due_at=due,
        state=state,
        claim=_claim(document),
        outcome=_OUTCOMES.get(code_of(at(document, "businessStatus"), SLOT_OUTCOME)),
        done_at=when(at(document, "executionPeriod", "end")) if over else None,
        done_by=practitioner_at(document, "owner") if over else None,
        done_by_name=display_at(document, "owner") if over else "",
    )


def write_claim(onto: Document, claim: Claim | None) -> Document:
    """Put a claim on a slot, in place of an older one; None lets it go."""
    document = begin(onto, "Task", text_at(onto, "id"))
    parts: list[Json] = []
    if claim is not None:
        parts = [
            {"url": "by", "valueReference": person(claim.by, claim.by_name)},
            {"url": "device", "valueString": claim.device},
            {"url": "until", "valueInstant": instant_text(claim.until)},
        ]
    set_extension(document, CLAIM, "extension", parts)
    return document


def write_done(  # noqa: PLR0913 - these are what dealing with a slot consists of
    onto: Document,
    outcome: Outcome,
    *,
    by: PractitionerId,
    at: datetime,
    recorded: datetime,
    administration: Ref,
    by_name: str = "",
) -> Document:
    """Say that a slot was dealt with; what was given stands in the administration alone."""
    document = write_claim(onto, None)
    document["status"] = "completed"
    document["businessStatus"] = concept(SLOT_OUTCOME, outcome.value)
    document["owner"] = person(by, by_name)
    document["executionPeriod"] = {"start": instant_text(at), "end": instant_text(at)}
    document["lastModified"] = instant_text(recorded)
    made: Document = {
        "type": concept(TASK, "administration"),
        "valueReference": {"reference": administration},
    }
    document["output"] = [made]
    return document


def write_cancelled(onto: Document, *, at: datetime) -> Document:
    """Cancel a slot whose order was stopped before it was due."""
    document = write_claim(onto, None)
    document["status"] = "cancelled"
    document["statusReason"] = concept(SLOT_OUTCOME, _ORDER_STOPPED)
    document["lastModified"] = instant_text(at)
    return document


def combined_slot(ours: Document, theirs: Document) -> Document | None:
    """One slot that two workstations made or changed; None when it is no slot of both.

    Whoever dealt with it first keeps it; what the other did stands in an administration of its
    own and is lost nowhere. Two that are still due are the same, and the claim is theirs.
    """
    if not (is_slot(ours) and is_slot(theirs)):
        return None
    if text_at(theirs, "status") not in _OPEN or text_at(ours, "status") in _OPEN:
        return theirs
    without = {key: value for key, value in theirs.items() if key not in _DONE_WITH}
    told = {key: ours[key] for key in _DONE_WITH if key in ours}
    return write_claim(without | told, None)


def _state(status: str) -> SlotState:
    if status in _OPEN:
        return SlotState.DUE
    return SlotState.DONE if status == "completed" else SlotState.CANCELLED


def _claim(document: Document) -> Claim | None:
    held = extension(document, CLAIM)
    by = practitioner_at(extension(held, "by"), "valueReference")
    until = when(at(extension(held, "until"), "valueInstant"))
    if by is None or until is None:
        return None
    name = display_at(extension(held, "by"), "valueReference")
    return Claim(by, name, text_at(extension(held, "device"), "valueString"), until)
