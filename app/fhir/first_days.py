"""How many doses the first day of a medication has, where it is not what the ward's list gives.

R4 has no element for it. It stands in an extension of the timing's `repeat`, because it is part of
when the medicine is due: whoever changes the timing changes it, too (merge pack, coupled groups).
"""

from __future__ import annotations

from app.fhir.building import put, set_extension
from app.fhir.document import Document
from app.fhir.elements import at, dict_at, dicts_at, extension, integer
from app.fhir.requests import MEDICATION
from app.fhir.valuesets import FIRST_DAY


def read_first_day(document: Document) -> int | None:
    """The count, of a MedicationRequest with one instruction; None is as listed."""
    rows = dicts_at(document, "dosageInstruction")
    if document.get("resourceType") != MEDICATION or len(rows) != 1:
        return None
    repeat = dict_at(rows[0], "timing", "repeat")
    found = integer(at(extension(repeat, FIRST_DAY), "valueUnsignedInt"))
    return found if found is not None and found >= 0 else None


def write_first_day(document: Document, wanted: int | None) -> None:
    """Write the count where it differs; a request that is no such order is left as it is."""
    rows = dicts_at(document, "dosageInstruction")
    if document.get("resourceType") != MEDICATION or len(rows) != 1:
        return
    if wanted == read_first_day(document):
        return
    timing = dict(dict_at(rows[0], "timing"))
    repeat = dict(dict_at(timing, "repeat"))
    set_extension(repeat, FIRST_DAY, "valueUnsignedInt", wanted)
    put(timing, "repeat", repeat)
    one = dict(rows[0])
    put(one, "timing", timing)
    document["dosageInstruction"] = [one]
