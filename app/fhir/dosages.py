"""R4 dosage.html and datatypes.html#Timing as `Dosage`, read and written."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from app.domain.orders import Dosage
from app.fhir.building import codeable, put, quantity_of
from app.fhir.document import Document, Json
from app.fhir.elements import (
    at,
    bool_at,
    codings,
    concept_term,
    decimal,
    dict_at,
    instant_text,
    integer,
    list_at,
    quantity_text,
    span_text,
    text_at,
    when,
)
from app.fhir.valuesets import FREQUENCY, UCUM

_BOUNDS = ("boundsDuration", "boundsRange", "boundsPeriod")


def read_dosage(instructions: list[Document]) -> Dosage:
    """Read `dosageInstruction`.

    Several instructions (a taper, a loading dose) have no single dose: their words are given
    together and the fields stay empty, so that nobody takes the first step for the whole.
    """
    if len(instructions) > 1:
        words = (text_at(one, "text") or _spoken(one) for one in sorted(instructions, key=_step))
        return Dosage(text="; ".join(word for word in words if word))
    one = instructions[0] if instructions else {}
    dose = dict_at(_dose_and_rate(one), "doseQuantity")
    rate, rate_unit = _rate(one)
    return Dosage(
        dose=decimal(at(dose, "value")),
        unit=text_at(dose, "code") if text_at(dose, "system") == UCUM else "",
        unit_text=text_at(dose, "unit"),
        route=concept_term(at(one, "route")),
        frequency=concept_term(at(one, "timing", "code"), FREQUENCY),
        text=text_at(one, "text") or _unheld(one),
        rate=rate,
        rate_unit=rate_unit,
    )


def as_needed(value: Document) -> bool:
    """Whether `asNeeded[x]` says so, of an instruction or a ServiceRequest."""
    return bool_at(value, "asNeededBoolean") is True or bool(
        dict_at(value, "asNeededCodeableConcept")
    )


def starts(timing: Json) -> datetime | None:
    """When a Timing begins: the start of its bounds, or its first event."""
    bound = when(at(timing, "repeat", "boundsPeriod", "start"))
    return bound or when(at(timing, "event", 0))


def bound_end(timing: Json) -> datetime | None:
    """When a Timing ends by itself."""
    return when(at(timing, "repeat", "boundsPeriod", "end"))


def write_instruction(
    one: Document,
    dosage: Dosage,
    starts_at: datetime | None,
    timing: Json = None,
    ends_at: datetime | None = None,
) -> Document:
    """One `dosageInstruction` that reads back as `dosage`; what it says besides survives.

    Args:
        one: The instruction to write onto.
        dosage: As it shall read.
        starts_at: When it begins; None says nothing about it.
        timing: R4 Timing of the frequency, from the frequencies pack.
        ends_at: When it ends by itself; None says nothing about it.
    """
    made = dict(one)
    before = read_dosage([one])
    if dosage.text != before.text:
        put(made, "text", dosage.text)
    if amount(dosage) != amount(before):
        put(made, "doseAndRate", _with_dose(list_at(made, "doseAndRate"), dosage))
    if (dosage.rate, dosage.rate_unit) != (before.rate, before.rate_unit):
        put(made, "doseAndRate", _with_rate(list_at(made, "doseAndRate"), dosage))
    if dosage.route != before.route:
        route = None if dosage.route is None else codeable(dosage.route, made.get("route"))
        put(made, "route", route)
    put(made, "timing", write_timing(at(made, "timing"), dosage, starts_at, timing, ends_at))
    return made


def write_timing(
    onto: Json,
    dosage: Dosage,
    starts_at: datetime | None,
    timing: Json = None,
    ends_at: datetime | None = None,
) -> Document:
    """A Timing that reads back as the frequency, start and end of `dosage`.

    With another frequency the old `repeat` and `event` go: they would contradict the new one.
    """
    made = dict(dict_at(onto))
    if dosage.frequency != concept_term(at(made, "code"), FREQUENCY):
        made.pop("event", None)
        bounds = {k: v for k, v in dict_at(made, "repeat").items() if k in _BOUNDS}
        put(made, "repeat", bounds | dict_at(timing, "repeat"))
        code = None if dosage.frequency is None else codeable(dosage.frequency)
        put(made, "code", code)
    if (starts_at, ends_at) != (starts(made), bound_end(made)):
        made.pop("event", None)
        repeat = dict_at(made, "repeat")
        kept = {key: value for key, value in repeat.items() if key not in _BOUNDS}
        bound = dict(dict_at(repeat, "boundsPeriod"))
        put(bound, "start", None if starts_at is None else instant_text(starts_at))
        put(bound, "end", None if ends_at is None else instant_text(ends_at))
        put(kept, "boundsPeriod", bound)
        put(made, "repeat", kept)
    return made


def amount(dosage: Dosage) -> tuple[Decimal | None, str, str]:
    """The dose with its unit, without which it is none."""
    return dosage.dose, dosage.unit, dosage.unit_text


def _with_dose(rates: list[Json], dosage: Dosage) -> list[Json]:
    at_index = _ordered_index(rates)
    first = dict(dict_at(rates, at_index))
    first.pop("doseRange", None)
    quantity = quantity_of(dosage.dose, dosage.unit_text, dosage.unit, first.get("doseQuantity"))
    put(first, "doseQuantity", quantity)
    mine: list[Json] = [first] if first else []
    return [*rates[:at_index], *mine, *rates[at_index + 1 :]]


def _with_rate(rates: list[Json], dosage: Dosage) -> list[Json]:
    at_index = _ordered_index(rates)
    first = dict(dict_at(rates, at_index))
    for other in ("rateRatio", "rateRange"):
        first.pop(other, None)
    unit = dosage.rate_unit
    put(first, "rateQuantity", quantity_of(dosage.rate, unit, unit, first.get("rateQuantity")))
    mine: list[Json] = [first] if first else []
    return [*rates[:at_index], *mine, *rates[at_index + 1 :]]


def _rate(one: Document) -> tuple[Decimal | None, str]:
    """How fast, where it is one number with a UCUM code; anything else stays in words."""
    told = dict_at(_dose_and_rate(one), "rateQuantity")
    rate, code = decimal(at(told, "value")), text_at(told, "code")
    held = rate is not None and code and text_at(told, "system") == UCUM
    return (rate, code) if held else (None, "")


def _dose_and_rate(one: Document) -> Document:
    rates = list_at(one, "doseAndRate")
    return dict_at(rates, _ordered_index(rates))


def _ordered_index(rates: list[Json]) -> int:
    """The dose as ordered, where the feed also sends a calculated one (R4 dose-rate-type)."""
    for n, rate in enumerate(rates):
        if any(coding.code == "ordered" for coding in codings(at(rate, "type"))):
            return n
    return 0


def _step(one: Document) -> int:
    return integer(at(one, "sequence")) or 0


def _unheld(one: Document) -> str:
    """What an instruction without words says that the fields of `Dosage` cannot hold."""
    rate = _dose_and_rate(one)
    ratio = dict_at(rate, "rateRatio")
    parts = [
        span_text(at(rate, "doseRange", "low"), at(rate, "doseRange", "high")),
        quantity_text(at(rate, "rateQuantity")) if _rate(one)[0] is None else "",
        span_text(at(rate, "rateRange", "low"), at(rate, "rateRange", "high")),
        " / ".join(
            t for t in map(quantity_text, map(ratio.get, ("numerator", "denominator"))) if t
        ),
        repeat_text(at(one, "timing")),
        *_instructions(one),
    ]
    return ", ".join(part for part in parts if part)


def _instructions(one: Document) -> list[str]:
    terms = (concept_term(value) for value in list_at(one, "additionalInstruction"))
    return [*(term.text for term in terms if term is not None), text_at(one, "patientInstruction")]


def _spoken(one: Document) -> str:
    dose = quantity_text(at(_dose_and_rate(one), "doseQuantity"))
    route = concept_term(at(one, "route"))
    often = concept_term(at(one, "timing", "code"), FREQUENCY)
    terms = [term.text for term in (route, often) if term is not None]
    return ", ".join(part for part in (dose, *terms, _unheld(one)) if part)


def repeat_text(timing: Json) -> str:
    """A frequency without a code, in signs alone: `3 × / 1 d`, with its days, hours and events."""
    if concept_term(at(timing, "code")) is not None:
        return ""
    repeat = dict_at(timing, "repeat")
    times = decimal(at(repeat, "frequency"))
    every = decimal(at(repeat, "period"))
    unit = text_at(repeat, "periodUnit")
    parts = [f"{times or 1} × / {every} {unit}"] if every is not None and unit else []
    for key in ("dayOfWeek", "timeOfDay", "when"):
        parts.extend(text for text in map(text_at, list_at(repeat, key)) if text)
    return " ".join(parts)
