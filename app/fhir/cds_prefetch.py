"""Prefetch templates of CDS Hooks: which queries are understood, and what they find.

A subset (2.0.1, Prefetch query restrictions): read by id; search of one type of one patient by
token and date with `=`, `:in` and date prefixes; `_count` and `_sort`. Whatever is not understood
whole is not answered at all: a query that is satisfied by guess is a wrong chart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from app.fhir.document import Document, Json
from app.fhir.elements import at, codings, dicts_at, period, text_at, when

_TOKEN = re.compile(r"\{\{([^{}]*)\}\}")
_TYPE = re.compile(r"[A-Z][A-Za-z]+")
_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")
_DATE = re.compile(
    r"(?P<prefix>eq|ne|gt|lt|ge|le)?(?P<date>\d{4}-\d\d-\d\d)(?P<time>T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?"
)
_MOST = 1000

Whole = Callable[[str], "tuple[Document, ...] | None"]
"""All documents of a type of the patient, or None when they are not completely here."""
One = Callable[[str], "Document | None"]
"""A document by `Type/id`."""
ValueSets = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there is to answer from, of one patient.

    Attributes:
        patient: Id of the patient the hook is about; queries about anybody else find nothing.
    """

    patient: str
    whole: Whole
    one: One
    value_sets: ValueSets


@dataclass(frozen=True, slots=True)
class _Query:
    rtype: str
    filters: tuple[Callable[[Document], bool], ...]
    count: int
    order: tuple[tuple[str, bool], ...]


class _NotUnderstoodError(Exception):
    """The template asks for something that is not answered here."""


def satisfied(
    templates: Mapping[str, str], context: Mapping[str, Json], shelf: Shelf
) -> dict[str, Json]:
    """Key → what its query finds, for the keys of `templates` that can be answered."""
    found: dict[str, Json] = {}
    for key, template in templates.items():
        try:
            found[key] = _answer(_filled(template, context), shelf)
        except _NotUnderstoodError:
            continue
    return found


def _filled(template: str, context: Mapping[str, Json]) -> str:
    def value(found: re.Match[str]) -> str:
        name = found.group(1).strip()
        told = context.get(name.removeprefix("context."))
        if name == "userPractitionerId":
            kind, _, told = str(context.get("userId", "")).partition("/")
            told = told if kind == "Practitioner" else None
        elif not name.startswith("context."):
            raise _NotUnderstoodError
        if not isinstance(told, str) or not told:
            raise _NotUnderstoodError
        return told

    return _TOKEN.sub(value, template)


def _answer(query: str, shelf: Shelf) -> Json:
    path, asks, words = query.partition("?")
    rtype, slash, key = path.partition("/")
    if not _TYPE.fullmatch(rtype):
        raise _NotUnderstoodError
    if slash:
        if asks or not _ID.fullmatch(key):
            raise _NotUnderstoodError
        return _read(rtype, key, shelf)
    return _search(_parsed(rtype, words, shelf), shelf)


def _read(rtype: str, key: str, shelf: Shelf) -> Json:
    found = shelf.one(f"{rtype}/{key}")
    if found is None or found.get("resourceType") != rtype:
        raise _NotUnderstoodError  # not here is not the same as not there
    return found


def _search(query: _Query, shelf: Shelf) -> Json:
    held = shelf.whole(query.rtype)
    if held is None:
        raise _NotUnderstoodError
    found = [one for one in held if all(fits(one) for fits in query.filters)]
    for name, falling in reversed(query.order):
        found.sort(key=lambda one: _sort_key(one, name), reverse=falling)
    total = len(found)
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": total,
        **(
            {"entry": [{"resource": one, "search": {"mode": "match"}} for one in page]}
            if (page := found[: query.count])
            else {}
        ),
    }


def _parsed(rtype: str, words: str, shelf: Shelf) -> _Query:
    filters: list[Callable[[Document], bool]] = []
    count, is_bound = _MOST, False
    order: tuple[tuple[str, bool], ...] = ()
    for part in words.split("&") if words else ():
        name, sign, value = part.partition("=")
        value = unquote(value.replace("+", " ")) if "%" in value else value
        if not sign or not value:
            raise _NotUnderstoodError
        if name == "_count":
            count = _number(value)
        elif name == "_sort":
            order = _order(rtype, value)
        elif name in ("patient", "subject") or (rtype == "Patient" and name == "_id"):
            is_bound = _is_of(value, shelf.patient) or _refused()
        else:
            filters.append(_filter(rtype, name, value, shelf.value_sets))
    if not is_bound:
        raise _NotUnderstoodError  # nobody asks for the charts of a whole ward
    return _Query(rtype, tuple(filters), count, order)


def _refused() -> bool:
    raise _NotUnderstoodError


def _is_of(value: str, patient: str) -> bool:
    return value in (patient, f"Patient/{patient}")


def _number(value: str) -> int:
    if not value.isdigit() or len(value) > 4:
        raise _NotUnderstoodError
    return min(int(value), _MOST)


def _order(rtype: str, value: str) -> tuple[tuple[str, bool], ...]:
    names = tuple((one.lstrip("-"), one.startswith("-")) for one in value.split(","))
    if not all(name == "_lastUpdated" or (rtype, name) in _DATES for name, _ in names):
        raise _NotUnderstoodError
    return names


def _filter(rtype: str, name: str, value: str, sets: ValueSets) -> Callable[[Document], bool]:
    bare, _, modifier = name.partition(":")
    if (rtype, bare) in _DATES and not modifier:
        return _by_date(rtype, bare, value)
    path = _TOKENS.get((rtype, bare)) or _COMMON.get(bare)
    if path is None:
        raise _NotUnderstoodError
    if modifier == "in":
        if value not in sets:
            raise _NotUnderstoodError
        return _by_token(path, sets[value])
    if modifier or "\\" in value or (path in _PLAIN_CODES and "|" in value):
        raise _NotUnderstoodError
    if path == "encounter":
        return lambda one: (
            text_at(one, path, "reference").removeprefix("Encounter/")
            in (part.removeprefix("Encounter/") for part in value.split(","))
        )
    return _by_token(path, frozenset(value.split(",")))


def _by_token(path: str, wanted: frozenset[str]) -> Callable[[Document], bool]:
    def fits(document: Document) -> bool:
        element = at(document, path)
        if isinstance(element, str):
            named = {element}
        else:
            named = set()
            for coding in codings(element):
                named |= {coding.code, f"{coding.system}|{coding.code}", f"{coding.system}|"}
        return not named.isdisjoint(wanted - {"", "|"})

    return fits


def _by_date(rtype: str, name: str, value: str) -> Callable[[Document], bool]:
    found = _DATE.fullmatch(value)
    if found is None:
        raise _NotUnderstoodError
    prefix = found["prefix"] or "eq"
    begins, ends = _span(found["date"] + (found["time"] or ""))
    compare = _COMPARE[prefix]

    def fits(document: Document) -> bool:
        held = _when(document, _DATES[rtype, name])
        return held is not None and compare(held, (begins, ends))

    return fits


_Span = tuple[datetime, datetime]
"""Beginning, and the first instant that is behind it."""

# R4 search.html#prefix, over the implicit range of both sides.
_COMPARE: Mapping[str, Callable[[_Span, _Span], bool]] = {
    "eq": lambda held, asked: held[0] >= asked[0] and held[1] <= asked[1],
    "ne": lambda held, asked: not (held[0] >= asked[0] and held[1] <= asked[1]),
    "gt": lambda held, asked: held[1] > asked[1],
    "lt": lambda held, asked: held[0] < asked[0],
    "ge": lambda held, asked: held[1] > asked[1] or (held[0] >= asked[0] and held[1] <= asked[1]),
    "le": lambda held, asked: held[0] < asked[0] or (held[0] >= asked[0] and held[1] <= asked[1]),
}


def _span(text: str) -> _Span:
    """The range that a date or an instant stands for.

    A date without a zone is one of UTC, as servers that say nothing else take it.
    """
    try:
        begins = datetime.fromisoformat(text)
    except ValueError as error:
        raise _NotUnderstoodError from error
    if begins.tzinfo is None:
        begins = begins.replace(tzinfo=UTC)
    lasts = timedelta(seconds=1) if "T" in text else timedelta(days=1)
    return begins, begins + lasts


def _when(document: Document, paths: tuple[str, ...]) -> _Span | None:
    for path in paths:
        value = at(document, path)
        if isinstance(value, dict):
            begins, ends = period(value)
            if begins is not None or ends is not None:
                return begins or _EARLIEST, ends or _LATEST
        elif isinstance(value, str) and (instant := when(value)) is not None:
            return instant, instant + timedelta(seconds=1)
        elif isinstance(value, str) and _DATE.fullmatch(value):
            return _span(value)
    return None


_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 31, tzinfo=UTC)


def _sort_key(document: Document, name: str) -> datetime:
    if name == "_lastUpdated":
        return when(at(document, "meta", "lastUpdated")) or _EARLIEST
    span = _when(document, _DATES[str(document.get("resourceType")), name])
    return span[0] if span is not None else _EARLIEST


# R4, the search parameters of each resource, as far as one element answers them.
_COMMON: Mapping[str, str] = {"status": "status", "encounter": "encounter"}
_TOKENS: Mapping[tuple[str, str], str] = {
    ("Observation", "code"): "code",
    ("Observation", "category"): "category",
    ("Condition", "code"): "code",
    ("Condition", "category"): "category",
    ("Condition", "clinical-status"): "clinicalStatus",
    ("Condition", "verification-status"): "verificationStatus",
    ("AllergyIntolerance", "clinical-status"): "clinicalStatus",
    ("AllergyIntolerance", "verification-status"): "verificationStatus",
    ("AllergyIntolerance", "code"): "code",
    ("AllergyIntolerance", "criticality"): "criticality",
    ("MedicationRequest", "intent"): "intent",
    ("MedicationRequest", "category"): "category",
    ("MedicationRequest", "code"): "medicationCodeableConcept",
    ("MedicationStatement", "category"): "category",
    ("MedicationStatement", "code"): "medicationCodeableConcept",
    ("MedicationAdministration", "code"): "medicationCodeableConcept",
    ("ServiceRequest", "code"): "code",
    ("ServiceRequest", "category"): "category",
    ("ServiceRequest", "intent"): "intent",
    ("Procedure", "code"): "code",
    ("DiagnosticReport", "code"): "code",
    ("DiagnosticReport", "category"): "category",
    ("Encounter", "class"): "class",
    ("Immunization", "vaccine-code"): "vaccineCode",
}
_PLAIN_CODES = frozenset({"status", "intent", "criticality"})
"""Elements that are a code without a system."""
_DATES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("Observation", "date"): ("effectiveDateTime", "effectivePeriod", "effectiveInstant"),
    ("DiagnosticReport", "date"): ("effectiveDateTime", "effectivePeriod"),
    ("MedicationRequest", "authoredon"): ("authoredOn",),
    ("ServiceRequest", "authored"): ("authoredOn",),
    ("MedicationAdministration", "effective-time"): ("effectiveDateTime", "effectivePeriod"),
    ("MedicationStatement", "effective"): ("effectiveDateTime", "effectivePeriod"),
    ("Condition", "recorded-date"): ("recordedDate",),
    ("Condition", "onset-date"): ("onsetDateTime", "onsetPeriod"),
    ("AllergyIntolerance", "date"): ("recordedDate",),
    ("Encounter", "date"): ("period",),
    ("Procedure", "date"): ("performedDateTime", "performedPeriod"),
    ("Immunization", "date"): ("occurrenceDateTime",),
}


def resources_in(prefetch: Mapping[str, Json]) -> tuple[Document, ...]:
    """Every resource in a prefetch, each once: read ones and those within bundles."""
    found: dict[str, Document] = {}
    for value in prefetch.values():
        inside = [at(one, "resource") for one in dicts_at(value, "entry")]
        bundled = text_at(value, "resourceType") == "Bundle"
        for one in inside if bundled else [value]:
            if isinstance(one, dict) and text_at(one, "resourceType"):
                found.setdefault(f"{text_at(one, 'resourceType')}/{text_at(one, 'id')}", one)
    return tuple(found.values())
