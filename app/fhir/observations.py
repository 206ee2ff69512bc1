"""Observation (R4 observation.html) as `Observed`, one for every value in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from app.domain.results import Flag, Observed, Range, Value
from app.domain.terms import PatientId, ResultId, Term
from app.fhir.document import Document, Json
from app.fhir.elements import (
    UNNAMED,
    at,
    bool_at,
    codings,
    concept_term,
    decimal,
    dict_at,
    dicts_at,
    display_at,
    id_at,
    integer,
    moment,
    note_texts,
    quantity,
    quantity_text,
    ref_at,
    span_text,
    text_at,
    when,
)
from app.fhir.valuesets import (
    INTERPRETATION_NEAREST,
    INTERPRETATION_SYSTEMS,
    LOINC,
    OBSERVATION_CATEGORIES,
    SERVICE_SYSTEMS,
    service_group,
)

_FLAGS = {flag.value: flag for flag in Flag}
_EFFECTIVE = (
    ("effectiveDateTime",),
    ("effectiveInstant",),
    ("effectivePeriod", "start"),
    ("effectivePeriod", "end"),
    ("effectiveTiming", "event", 0),
)
_WORDS = ("valueString", "valueTime", "valueDateTime")


def read_observed(document: Document) -> tuple[Observed, ...]:
    """Read an Observation: its own value if it has one, then one `Observed` per component.

    An Observation that only gathers others (`hasMember`) has no value of its own and yields
    nothing. Any other without value or component yields itself, so that a screen can say so.
    """
    whole = _whole(document)
    parts = tuple(
        _part(whole, component, n) for n, component in enumerate(dicts_at(document, "component"))
    )
    valued = whole.value != Value() or bool(whole.absent)
    if valued or not (parts or dicts_at(document, "hasMember")):
        return (whole, *parts)
    return parts


def _whole(document: Document) -> Observed:
    taken_at, taken_text = _effective(document)
    performers = dicts_at(document, "performer")
    return Observed(
        id=ResultId(text_at(document, "id")),
        patient=PatientId(id_at(document, "Patient", "subject")),
        category=_category(document),
        term=_term(at(document, "code")) or UNNAMED,
        value=_value(document),
        at=taken_at,
        issued=when(at(document, "issued")),
        range=_range(document),
        flag=_flag(document),
        absent=_absent(document),
        status=text_at(document, "status") or "unknown",
        performer=next((name for name in map(display_at, performers) if name), ""),
        based_on=ref_at(document, "basedOn", 0),
        note=note_texts(document),
        at_text=taken_text,
        performer_ref=ref_at(document, "performer", 0),
    )


def _part(whole: Observed, component: Document, n: int) -> Observed:
    term = _term(at(component, "code"))
    return replace(
        whole,
        component=term.code or term.text if term is not None else f"#{n + 1}",
        term=term or UNNAMED,
        value=_value(component),
        range=_range(component),
        flag=_flag(component),
        absent=_absent(component),
    )


def _term(value: Json) -> Term | None:
    return concept_term(value, LOINC)


def _category(document: Document) -> str:
    found = codings(at(document, "category"))
    for coding in found:
        if coding.code in OBSERVATION_CATEGORIES:
            return coding.code
    for coding in found:
        if coding.system in SERVICE_SYSTEMS and (group := service_group(coding.code)):
            return group
    return next((coding.code for coding in found if coding.code), "")


def _effective(document: Document) -> tuple[datetime | None, str]:
    for path in _EFFECTIVE:
        taken_at, taken_text = moment(at(document, *path))
        if taken_at is not None or taken_text:
            return taken_at, taken_text
    return None, ""


def _absent(element: Document) -> str:
    reason = at(element, "dataAbsentReason")
    term = concept_term(reason)
    return "" if term is None else term.code or term.text


def _flag(element: Document) -> Flag | None:
    """The gravest interpretation that was sent; a code of a laboratory's own is left alone."""
    found: list[Flag] = []
    for coding in codings(at(element, "interpretation")):
        code = INTERPRETATION_NEAREST.get(coding.code, coding.code)
        if coding.system in INTERPRETATION_SYSTEMS and code in _FLAGS:
            found.append(_FLAGS[code])
    return max(found, key=lambda flag: (flag.critical, flag is not Flag.NORMAL), default=None)


def _range(element: Document) -> Range | None:
    """The reference range in the unit of the value; in words where its unit is another one."""
    ranges = [one for one in dicts_at(element, "referenceRange") if _is_reference(one)]
    if not ranges:
        return None
    first = ranges[0]
    low, high = at(first, "low"), at(first, "high")
    text = text_at(first, "text")
    if not (_same_unit(element, low) and _same_unit(element, high)):
        return Range(text=text or span_text(low, high))
    made = Range(decimal(at(low, "value")), decimal(at(high, "value")), text)
    return None if made == Range() else made


def _is_reference(one: Document) -> bool:
    """Whether a referenceRange is the normal one: `type` defaults to it (R4 Observation)."""
    kinds = [coding.code for coding in codings(dict_at(one, "type"))]
    return not any(kinds) or "normal" in kinds


def _same_unit(element: Document, bound: Json) -> bool:
    _, unit, code = quantity(at(element, "valueQuantity"))
    _, bound_unit, bound_code = quantity(bound)
    if code and bound_code:
        return code == bound_code
    return not bound_unit or not unit or unit == bound_unit


def _value(element: Document) -> Value:
    measured = at(element, "valueQuantity")
    number, unit, code = quantity(measured)
    if number is not None:
        return Value(number, unit, code, comparator=text_at(measured, "comparator"))
    if (whole := integer(at(element, "valueInteger"))) is not None:
        return Value(Decimal(whole))
    return Value(unit=unit, unit_code=code, text=_words(element))


def _words(element: Document) -> str:
    term = concept_term(at(element, "valueCodeableConcept"))
    if term is not None:
        return term.text
    texts = (text_at(element, key) for key in _WORDS)
    if found := next((text for text in texts if text), ""):
        return found
    truth = bool_at(element, "valueBoolean")
    if truth is not None:
        return "true" if truth else "false"
    return _pair(element)


def _pair(element: Document) -> str:
    interval = dict_at(element, "valueRange")
    if interval:
        return span_text(at(interval, "low"), at(interval, "high"))
    ratio = dict_at(element, "valueRatio")
    ends = (quantity_text(at(ratio, "numerator")), quantity_text(at(ratio, "denominator")))
    if any(ends):
        return " : ".join(ends)
    lasted = dict_at(element, "valuePeriod")
    return " – ".join(text for text in (text_at(lasted, "start"), text_at(lasted, "end")) if text)
