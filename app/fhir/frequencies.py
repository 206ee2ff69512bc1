"""R4 Timing (datatypes.html#Timing) of a frequency, as the frequencies pack publishes it."""

from __future__ import annotations

import json
from datetime import datetime, time
from decimal import Decimal

from app.fhir.building import put
from app.fhir.document import Document
from app.fhir.elements import at, dict_at, list_at, text_at, when

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def published_timing(fhir_timing: str, clock: tuple[str, ...] | None = None) -> Document:
    """The Timing a row of the pack states; {} where it states none.

    Only what the row says: no interval is made of a count (tid is not q8h) and no clock time of
    an interval.

    Args:
        fhir_timing: The Timing as JSON, with the clock times of the ward for what is swallowed.
        clock: `hh:mm` of the ward that replace those, for what is injected; None leaves them, and
            none at all says no time of day.

    Raises:
        ValueError: The text is not JSON.
    """
    timing = dict_at(json.loads(fhir_timing, parse_float=Decimal)) if fhir_timing else {}
    repeat = dict_at(timing, "repeat")
    if clock is not None and "timeOfDay" in repeat:
        put(repeat, "timeOfDay", [f"{hour}:00" for hour in clock] or None)
    return timing


def signed_clock(order: Document) -> tuple[time, ...]:
    """The times of day a MedicationRequest was signed with; none where it states none.

    A time that is none makes the whole list unusable: part of it would be another frequency.
    """
    told = list_at(order, "dosageInstruction", 0, "timing", "repeat", "timeOfDay")
    try:
        return tuple(time.fromisoformat(text_at(one)) for one in told)
    except ValueError:
        return ()


def signed_weekdays(order: Document) -> frozenset[int]:
    """The days of the week a MedicationRequest was signed with, Monday is 0; none if it has none.

    R4 datatypes.html#Timing, `dayOfWeek`. One that is none makes the whole list unusable.
    """
    told = list_at(order, "dosageInstruction", 0, "timing", "repeat", "dayOfWeek")
    days = [text_at(one) for one in told]
    return frozenset(map(_WEEK.index, days)) if set(days) <= set(_WEEK) else frozenset()


def ends(order: Document) -> datetime | None:
    """Until when the order says it holds; None where it does not."""
    return when(at(order, "dosageInstruction", 0, "timing", "repeat", "boundsPeriod", "end"))
