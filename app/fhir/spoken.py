"""What an order says of its origin by word of mouth: whose, written down by whom, confirmed when.

The order is the physician's (`requester`). MedicationRequest has `recorder` for who wrote it down;
ServiceRequest has no such element and says it in our extension, beside the situation, the
read-back and the physician's own word. `reported[x]` is left alone: it says that a record is
second-hand, and this one is the order itself.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.terms import Term
from app.domain.verbal_orders import Spoken
from app.fhir.building import codeable, person, put
from app.fhir.document import Document, Json
from app.fhir.elements import (
    at,
    bool_at,
    code_of,
    concept_term,
    dicts_at,
    display_at,
    extension,
    instant_text,
    practitioner_at,
    text_at,
    when,
)
from app.fhir.requests import MEDICATION
from app.fhir.valuesets import VERBAL, VERBAL_SITUATION


def read_spoken(document: Document) -> Spoken | None:
    """Read it; None of an order that nobody wrote down in another's name."""
    told = extension(document, VERBAL)
    by = practitioner_at(document, "requester")
    if not told or by is None:
        return None
    recorder = at(document, "recorder") if _is_drug(document) else _writer(told)
    return Spoken(
        by=by,
        by_name=display_at(document, "requester"),
        situation=_situation(told),
        read_back=bool_at(extension(told, "read-back"), "valueBoolean") is True,
        written_by=practitioner_at(recorder),
        written_by_name=display_at(recorder),
        confirmed_at=when(at(extension(told, "confirmed"), "valueDateTime")),
    )


def write_spoken(document: Document, spoken: Spoken | None) -> None:
    """Write it where it differs; one that was said once is not taken out again."""
    if spoken is None or spoken == read_spoken(document):
        return
    writer = person(spoken.written_by, spoken.written_by_name)
    parts: list[Json] = []
    if spoken.situation is not None:
        told = codeable(spoken.situation)
        parts.append({"url": "situation", "valueCodeableConcept": told})
    parts.append({"url": "read-back", "valueBoolean": spoken.read_back})
    if _is_drug(document):
        put(document, "recorder", writer)
    elif writer:
        parts.append({"url": "written-by", "valueReference": writer})
    if spoken.confirmed_at is not None:
        at_text = instant_text(spoken.confirmed_at)
        parts.append({"url": "confirmed", "valueDateTime": at_text})
    others = [one for one in dicts_at(document, "extension") if text_at(one, "url") != VERBAL]
    document["extension"] = [*others, {"url": VERBAL, "extension": parts}]


def write_confirmed(document: Document, at_time: datetime) -> None:
    """Add the physician's word that it is what they ordered, and leave the rest as it is.

    Of an order that was not given by word of mouth nothing is written.
    """
    extensions = dicts_at(document, "extension")
    moment: Json = {"url": "confirmed", "valueDateTime": instant_text(at_time)}
    made: list[Json] = []
    for one in extensions:
        if text_at(one, "url") == VERBAL:
            kept = [
                part for part in dicts_at(one, "extension") if text_at(part, "url") != "confirmed"
            ]
            made.append(one | {"extension": [*kept, moment]})
        else:
            made.append(one)
    put(document, "extension", made)


def _is_drug(document: Document) -> bool:
    return document.get("resourceType") == MEDICATION


def _writer(told: Document) -> Json:
    return at(extension(told, "written-by"), "valueReference")


def _situation(told: Document) -> Term | None:
    told_by = at(extension(told, "situation"), "valueCodeableConcept")
    if not code_of(told_by, VERBAL_SITUATION):
        return None
    return concept_term(told_by, VERBAL_SITUATION)
