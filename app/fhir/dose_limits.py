"""Limits of an order given as needed (R4 dosage.html), and the ledger of its doses (basic.html)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from app.domain.dose_limits import (
    NO_LIMITS,
    DoseLimits,
    Ledger,
    LedgerLine,
    total,
    with_line,
)
from app.domain.terms import OrderId, PatientId, Ref
from app.fhir.building import begin, concept, put, quantity_of, reference
from app.fhir.document import Document, Json
from app.fhir.dosages import as_needed
from app.fhir.elements import (
    at,
    code_of,
    decimal,
    dict_at,
    dicts_at,
    extension,
    id_at,
    instant_text,
    ref_at,
    text_at,
    when,
)
from app.fhir.valuesets import (
    BASIC,
    LEDGER_DOSE,
    LEDGER_LAST,
    LEDGER_ORDER,
    LEDGER_SUM,
    UCUM,
)

PRN_LEDGER = "prn-ledger"
_DAY = timedelta(hours=24)
_UNITS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "wk": timedelta(weeks=1),
}
_OURS = frozenset({LEDGER_ORDER, LEDGER_DOSE, LEDGER_LAST, LEDGER_SUM})


def read_limits(order: Document) -> DoseLimits:
    """What a MedicationRequest allows, as far as it says so plainly.

    `timing.repeat` of one that is given as needed is the least interval when it says "once in";
    `maxDosePerPeriod` is the largest sum. Several instructions, a frequency of more than one and
    units of time that are none are not understood, and read as not stated.
    """
    rows = dicts_at(order, "dosageInstruction")
    if len(rows) != 1:
        return NO_LIMITS
    one = rows[0]
    most = dict_at(one, "maxDosePerPeriod", "numerator")
    within = _length(
        decimal(at(one, "maxDosePerPeriod", "denominator", "value")),
        text_at(one, "maxDosePerPeriod", "denominator", "code"),
    )
    amount = decimal(at(most, "value"))
    interval = _interval(dict_at(one, "timing", "repeat")) if as_needed(one) else None
    if amount is None or within is None:
        return DoseLimits(interval)
    unit = text_at(most, "code") if text_at(most, "system") == UCUM else ""
    return DoseLimits(interval, amount, unit, within)


def write_limits(onto: Document, limits: DoseLimits) -> Document:
    """Write the limits into the one instruction of a MedicationRequest; those not stated go."""
    document = begin(onto, "MedicationRequest", text_at(onto, "id"))
    rows = dicts_at(document, "dosageInstruction")
    if len(rows) != 1:
        return document
    one = rows[0]
    timing = dict_at(one, "timing")
    if limits.interval is not None:
        minutes = Decimal(limits.interval // timedelta(minutes=1))
        repeat = dict_at(timing, "repeat")
        timing["repeat"] = repeat | {"frequency": 1, "period": minutes, "periodUnit": "min"}
        one["timing"] = timing
    ratio: Document = {}
    if limits.most is not None:
        hours = Decimal(limits.within // timedelta(hours=1))
        ratio["numerator"] = quantity_of(limits.most, limits.unit, limits.unit)
        ratio["denominator"] = quantity_of(hours, "h", "h")
    put(one, "maxDosePerPeriod", ratio)
    return document


def write_ledger(ledger: Ledger, onto: Document) -> Document:
    """Write the ledger onto a Basic: a line per dose, the last one, and the sum of its last 24 h.

    The sum is left out where the doses have not one unit: then nobody can say it.
    """
    document = begin(onto, "Basic", ledger.id)
    document["code"] = concept(BASIC, PRN_LEDGER)
    document["subject"] = reference("Patient", ledger.patient)
    others = [one for one in dicts_at(document, "extension") if text_at(one, "url") not in _OURS]
    order: Document = {
        "url": LEDGER_ORDER,
        "valueReference": reference("MedicationRequest", ledger.order),
    }
    put(document, "extension", [*others, order, *map(_line, ledger.lines), *_summed(ledger)])
    return document


def read_ledger(document: Document) -> Ledger | None:
    """Read a ledger; None when it is none, or does not say of which order."""
    order = id_at(extension(document, LEDGER_ORDER), "MedicationRequest", "valueReference")
    basic = text_at(document, "resourceType") == "Basic"
    if not basic or code_of(at(document, "code"), BASIC) != PRN_LEDGER or not order:
        return None
    lines: tuple[LedgerLine, ...] = ()
    for one in dicts_at(document, "extension"):
        line = _read_line(one) if text_at(one, "url") == LEDGER_DOSE else None
        if line is not None:
            lines = with_line(lines, line)
    patient = PatientId(id_at(document, "Patient", "subject"))
    return Ledger(text_at(document, "id"), OrderId(order), patient, lines)


def combined_ledger(ours: Document, theirs: Document) -> Document | None:
    """One ledger with the doses of both, each once; None when it is no ledger of both.

    No dose is ever taken out of a ledger, so that the union holds what either side knew.
    """
    mine, other = read_ledger(ours), read_ledger(theirs)
    if mine is None or other is None:
        return None
    lines = other.lines
    for line in mine.lines:
        lines = with_line(lines, line)
    if lines == other.lines:
        return theirs
    return write_ledger(Ledger(other.id, other.order, other.patient, lines), theirs)


def _interval(repeat: Document) -> timedelta | None:
    if decimal(at(repeat, "frequency")) not in (None, Decimal(1)):
        return None
    return _length(decimal(at(repeat, "period")), text_at(repeat, "periodUnit"))


def _length(value: Decimal | None, unit: str) -> timedelta | None:
    if value is None or value <= 0 or unit not in _UNITS:
        return None
    seconds = value * (_UNITS[unit] // timedelta(seconds=1))
    return timedelta(seconds=int(seconds)) if seconds == int(seconds) else None


def _line(line: LedgerLine) -> Json:
    parts: list[Json] = [
        {"url": "administration", "valueReference": {"reference": line.administration}},
        {"url": "at", "valueDateTime": instant_text(line.at)},
    ]
    if line.dose is not None:
        quantity = quantity_of(line.dose, line.unit, line.unit)
        parts.append({"url": "dose", "valueQuantity": quantity})
    return {"url": LEDGER_DOSE, "extension": parts}


def _read_line(one: Document) -> LedgerLine | None:
    given = ref_at(extension(one, "administration"), "valueReference")
    moment = when(at(extension(one, "at"), "valueDateTime"))
    if given is None or moment is None:
        return None
    quantity = dict_at(extension(one, "dose"), "valueQuantity")
    unit = text_at(quantity, "code") if text_at(quantity, "system") == UCUM else ""
    return LedgerLine(Ref(given), moment, decimal(at(quantity, "value")), unit)


def _summed(ledger: Ledger) -> list[Json]:
    last = ledger.lines[-1] if ledger.lines else None
    if last is None:
        return []
    found: list[Json] = [{"url": LEDGER_LAST, "valueDateTime": instant_text(last.at)}]
    given = total(ledger.lines, last.at - _DAY, last.at, last.unit)
    if given is not None and last.unit:
        quantity = quantity_of(given, last.unit, last.unit)
        found.append({"url": LEDGER_SUM, "valueQuantity": quantity})
    return found
