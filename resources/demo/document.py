"""FHIR R4 building blocks of the demo feed: times, codes, quantities, references."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

Json = str | int | bool | None | Decimal | list["Json"] | dict[str, "Json"]
Resource = dict[str, Json]

WARD_TIME = timezone(timedelta(hours=8))
"""China Standard Time. A fixed offset, so that the feed needs no time-zone database."""

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICD9CM3 = "http://hl7.org/fhir/sid/icd-9-cm"
SNOMED = "http://snomed.info/sct"
V3 = "http://terminology.hl7.org/CodeSystem/v3-"
V2 = "http://terminology.hl7.org/CodeSystem/v2-"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
OURS = "urn:wardone:"


def stamp(at: datetime) -> str:
    """An instant as FHIR writes it, to the second, in ward time."""
    return at.astimezone(WARD_TIME).isoformat(timespec="seconds")


def coding(system: str, code: str, display: str = "") -> Resource:
    """A Coding."""
    found: Resource = {"system": system, "code": code}
    if display:
        found["display"] = display
    return found


def concept(text: str, *codings: Resource) -> Resource:
    """A CodeableConcept: codings first, then the words as the author recorded them."""
    found: Resource = {}
    if codings:
        found["coding"] = list(codings)
    if text:
        found["text"] = text
    return found


def quantity(value: Decimal, code: str, unit: str = "") -> Resource:
    """A Quantity in UCUM `code`, shown as `unit`."""
    return {"value": value, "unit": unit or code, "system": UCUM, "code": code}


def reference(kind: str, identifier: str, display: str = "") -> Resource:
    """A relative literal reference."""
    found: Resource = {"reference": f"{kind}/{identifier}"}
    if display:
        found["display"] = display
    return found


def extension(name: str, at: datetime) -> Resource:
    """One of our own extensions that holds an instant."""
    return {"url": f"{OURS}{name}", "valueDateTime": stamp(at)}
