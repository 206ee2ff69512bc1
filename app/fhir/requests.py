"""Where R4 requests keep how much, how often and from when: medication and service differ."""

from __future__ import annotations

from datetime import datetime

from app.domain.orders import Dosage
from app.fhir.building import put, quantity_of
from app.fhir.document import Document, Json
from app.fhir.dosages import (
    amount,
    bound_end,
    read_dosage,
    repeat_text,
    starts,
    write_instruction,
    write_timing,
)
from app.fhir.elements import (
    at,
    concept_term,
    decimal,
    dict_at,
    dicts_at,
    instant_text,
    list_at,
    text_at,
    when,
)
from app.fhir.valuesets import FREQUENCY, UCUM

MEDICATION, SERVICE = "MedicationRequest", "ServiceRequest"

_Times = tuple[datetime | None, datetime | None]
"""Start and end."""


def read_request_dosage(document: Document) -> Dosage:
    """The dosage of a MedicationRequest; of a ServiceRequest its quantity, timing and details."""
    if document.get("resourceType") == MEDICATION:
        return read_dosage(dicts_at(document, "dosageInstruction"))
    amounts = dict_at(document, "quantityQuantity")
    timing = at(document, "occurrenceTiming")
    terms = [concept_term(one) for one in list_at(document, "orderDetail")]
    details = "; ".join(term.text for term in terms if term is not None)
    return Dosage(
        dose=decimal(at(amounts, "value")),
        unit=text_at(amounts, "code") if text_at(amounts, "system") == UCUM else "",
        unit_text=text_at(amounts, "unit"),
        frequency=concept_term(at(timing, "code"), FREQUENCY),
        text=details or text_at(document, "patientInstruction") or repeat_text(timing),
    )


def read_start(document: Document) -> datetime | None:
    """When the order begins, where the record says so with a time."""
    if document.get("resourceType") == MEDICATION:
        rows = dicts_at(document, "dosageInstruction")
        found = [start for start in (starts(at(row, "timing")) for row in rows) if start]
        return min(found, default=None)
    return (
        when(at(document, "occurrenceDateTime"))
        or when(at(document, "occurrencePeriod", "start"))
        or starts(at(document, "occurrenceTiming"))
    )


def read_end(document: Document) -> datetime | None:
    """When the order ends by itself, where the record says so; several steps have no one end."""
    if document.get("resourceType") == MEDICATION:
        rows = dicts_at(document, "dosageInstruction")
        return bound_end(at(rows[0], "timing")) if len(rows) == 1 else None
    return when(at(document, "occurrencePeriod", "end")) or bound_end(
        at(document, "occurrenceTiming")
    )


def write_request_dosage(
    document: Document,
    dosage: Dosage,
    starts_at: datetime | None,
    timing: Json = None,
    ends_at: datetime | None = None,
) -> None:
    """Write dosage, start and end into the right elements; what reads so already stays."""
    times = (starts_at, ends_at)
    if dosage == read_request_dosage(document) and times == (
        read_start(document),
        read_end(document),
    ):
        return
    if document["resourceType"] == MEDICATION:
        rows = dicts_at(document, "dosageInstruction")
        # Several steps read as one line of words: an edited line replaces them all.
        one = rows[0] if len(rows) == 1 else {}
        written = write_instruction(one, dosage, starts_at, timing, ends_at)
        put(document, "dosageInstruction", [written] if written else None)
    else:
        _write_service(document, dosage, times, timing)


def _write_service(document: Document, dosage: Dosage, times: _Times, timing: Json) -> None:
    before = read_request_dosage(document)
    if amount(dosage) != amount(before):
        made = quantity_of(
            dosage.dose, dosage.unit_text, dosage.unit, document.get("quantityQuantity")
        )
        document.pop("quantityRatio", None)
        document.pop("quantityRange", None)
        put(document, "quantityQuantity", made)
    if dosage.text != before.text:
        put(document, "orderDetail", [{"text": dosage.text}] if dosage.text else None)
    _write_occurrence(document, dosage, times, timing)


def _write_occurrence(document: Document, dosage: Dosage, times: _Times, timing: Json) -> None:
    """`occurrence[x]` is one element: a Timing when there is a frequency, else a dateTime.

    One with an end and no frequency is a Period.
    """
    starts_at, ends_at = times
    if dosage.frequency is None and times == (read_start(document), read_end(document)):
        unchanged = concept_term(at(document, "occurrenceTiming", "code")) is None
        if unchanged:
            return
    old = document.pop("occurrenceTiming", None)
    document.pop("occurrenceDateTime", None)
    document.pop("occurrencePeriod", None)
    if dosage.frequency is not None:
        put(document, "occurrenceTiming", write_timing(old, dosage, starts_at, timing, ends_at))
        return
    start = None if starts_at is None else instant_text(starts_at)
    if ends_at is None:
        put(document, "occurrenceDateTime", start)
    else:
        made: Document = {"end": instant_text(ends_at)}
        put(made, "start", start)
        document["occurrencePeriod"] = made
