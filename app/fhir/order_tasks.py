"""Task (R4 task.html) in which a nurse acknowledges an order, and in which the pharmacy reviews it.

`code` of `urn:wardone:task` says what is acknowledged, `businessStatus` which steps of the closed
loop that reaches (`urn:wardone:step`), `owner` who did it, `executionPeriod` when. A Task is born
completed: what waits for a nurse follows from the order, and is asked of nobody in particular.
Whoever acknowledges the same thing makes the same document under the same id.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.order_verification import (
    Acknowledgement,
    Awaiting,
    Review,
    Reviewed,
    Verified,
    Wait,
    task_id,
)
from app.domain.people import Session
from app.domain.terms import PatientId, PractitionerId
from app.fhir.building import begin, coded, concept, person, put, reference, set_extension
from app.fhir.document import Document, Json
from app.fhir.elements import (
    Coding,
    at,
    code_of,
    dicts_at,
    display_at,
    extension,
    id_at,
    instant_text,
    note_texts,
    practitioner_at,
    ref_at,
    text_at,
    when,
)
from app.fhir.valuesets import ALSO_VERIFIED, SECOND_CHECKER, STEP, TASK

REVIEW_CODES = ("review-order", "review")
"""Codes of the pharmacy's Task: the second one is what the loops' pack knows it by."""

_WHATS = {one.value: one for one in Acknowledgement}
_STEPS = {
    Acknowledgement.VERIFY: ("VERIFY",),
    Acknowledgement.STOP: ("STOPACK",),
}
"""Steps of `resources/packs/loops`; a hold and its end are no steps of any loop there."""
_DOUBLE = "VERIFY2"
_REVIEWS = {
    "completed": Review.PASSED,
    "rejected": Review.REJECTED,
    "requested": Review.ASKED,
    "received": Review.ASKED,
    "accepted": Review.ASKED,
    "ready": Review.ASKED,
    "in-progress": Review.ASKED,
    "on-hold": Review.ASKED,
}


def is_verification(document: Document) -> bool:
    """Whether the document is a nurse's acknowledgement of an order."""
    task = text_at(document, "resourceType") == "Task"
    return task and code_of(at(document, "code"), TASK) in _WHATS


def write_verification(
    one: Awaiting, *, by: Session, at_time: datetime, second: Session | None = None
) -> Document:
    """The acknowledgement of what waits.

    Args:
        one: What was acknowledged, at its present turn.
        by: Who did.
        at_time: When, by the clock of the workstation.
        second: Who checked with them.
    """
    order, what = one.order, one.wait.answer
    document = begin({}, "Task", task_id(one.ref, what, one.turn))
    document |= {"status": "completed", "intent": "order", "code": concept(TASK, what.value)}
    steps = (*_STEPS.get(what, ()), *_double(one, second))
    codings: list[Json] = [coded(Coding(STEP, step, "")) for step in steps]
    put(document, "businessStatus", {"coding": codings} if codings else None)
    document["focus"] = {"reference": one.ref}
    document["for"] = reference("Patient", order.patient)
    if order.encounter is not None:
        document["encounter"] = reference("Encounter", order.encounter)
    moment = instant_text(at_time)
    document["executionPeriod"] = {"start": moment, "end": moment}
    document["authoredOn"] = document["lastModified"] = moment
    document["owner"] = _signer(by)
    if second is not None:
        set_extension(document, SECOND_CHECKER, "valueReference", _signer(second))
    return document


def read_verification(document: Document) -> Verified | None:
    """Read an acknowledgement; None when it is none, or does not count."""
    order = ref_at(document, "focus")
    if not is_verification(document) or order is None:
        return None
    if text_at(document, "status") != "completed":
        return None
    second = extension(document, SECOND_CHECKER)
    return Verified(
        order=order,
        patient=PatientId(id_at(document, "Patient", "for")),
        what=_WHATS[code_of(at(document, "code"), TASK)],
        at=when(at(document, "executionPeriod", "end")),
        by=practitioner_at(document, "owner"),
        by_name=display_at(document, "owner"),
        second=practitioner_at(second, "valueReference"),
        second_name=display_at(second, "valueReference"),
        also=tuple(
            name
            for told in _also(document)
            for name in (
                display_at(extension(told, "by"), "valueReference"),
                display_at(extension(told, "second"), "valueReference"),
            )
            if name
        ),
    )


def combined_verification(ours: Document, theirs: Document) -> Document | None:
    """One acknowledgement that two made; None when it is none of both.

    Theirs was first and keeps it. Who else said the same, when, and with whom is added to it: the
    names of all of them stand, and nobody has to decide anything.
    """
    if not (is_verification(ours) and is_verification(theirs)):
        return None
    kept = read_verification(theirs)
    if kept is None:  # withdrawn meanwhile: that is the newer word
        return theirs
    told = [*_also(theirs)]
    known = {_who(one) for one in told} | {kept.by}
    for one in (_as_also(ours), *_also(ours)):
        if one is not None and _who(one) not in known:
            known.add(_who(one))
            told.append(one)
    if len(told) == len(_also(theirs)):
        return theirs
    others = [one for one in dicts_at(theirs, "extension") if text_at(one, "url") != ALSO_VERIFIED]
    document = begin(theirs, "Task", text_at(theirs, "id"))
    document["extension"] = [*others, *told]
    return document


def read_review(document: Document) -> Reviewed | None:
    """Read the pharmacy's review of an order; None when the Task is another one, or void."""
    order = ref_at(document, "focus")
    if text_at(document, "resourceType") != "Task" or order is None:
        return None
    if code_of(at(document, "code"), TASK) not in REVIEW_CODES:
        return None
    review = _REVIEWS.get(text_at(document, "status"))
    if review is None:
        return None
    return Reviewed(
        order=order,
        review=review,
        by_name=display_at(document, "owner"),
        at=when(at(document, "lastModified")),
        words=_words(document),
    )


def _words(document: Document) -> str:
    reason = text_at(document, "statusReason", "text")
    return "\n".join(text for text in (reason, note_texts(document)) if text)


def _double(one: Awaiting, second: Session | None) -> tuple[str, ...]:
    return (_DOUBLE,) if second is not None and one.wait is Wait.NEW else ()


def _signer(session: Session) -> Document:
    return person(session.clinician.id, session.clinician.name.name)


def _also(document: Document) -> list[Document]:
    return [one for one in dicts_at(document, "extension") if text_at(one, "url") == ALSO_VERIFIED]


def _who(also: Document) -> PractitionerId | None:
    return practitioner_at(extension(also, "by"), "valueReference")


def _as_also(document: Document) -> Document | None:
    """The owner of an acknowledgement as one of several."""
    read = read_verification(document)
    if read is None or read.by is None:
        return None
    parts: list[Json] = [{"url": "by", "valueReference": person(read.by, read.by_name)}]
    if read.at is not None:
        parts.append({"url": "at", "valueInstant": instant_text(read.at)})
    if read.second is not None:
        second = person(read.second, read.second_name)
        parts.append({"url": "second", "valueReference": second})
    return {"url": ALSO_VERIFIED, "extension": parts}
