"""Elements of FHIR JSON, read without ever failing and built in one way.

A value of the wrong JSON type is *unknown*, exactly as if it were not there. So are empty strings,
objects and arrays, which R4 forbids (json.html) and feeds send all the same.

Time: only a full instant becomes a `datetime` (aware, UTC). A date without time of day has none,
and none is made up: the domain value keeps its text (`moment`), and `sort_instant` gives lists
something to sort by.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import NamedTuple

from app.domain.terms import PractitionerId, Ref, Term
from app.fhir.document import Document, Json, relative
from app.fhir.valuesets import UCUM

UNNAMED = Term("?")
"""Stands where R4 demands a concept and the feed sent none that can be shown."""


class Coding(NamedTuple):
    system: str
    code: str
    display: str


_NO_CODING = Coding("", "", "")


def at(value: Json, *path: str | int) -> Json:
    """What lies at `path` (keys and list indices), or None."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step) if isinstance(step, str) else None
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def text_at(value: Json, *path: str | int) -> str:
    """The string at `path` as recorded, or "" (also when it is only white space)."""
    found = at(value, *path)
    return found if isinstance(found, str) and not found.isspace() else ""


def bool_at(value: Json, *path: str | int) -> bool | None:
    """The boolean at `path`, or None."""
    found = at(value, *path)
    return found if isinstance(found, bool) else None


def dict_at(value: Json, *path: str | int) -> Document:
    """The object at `path`, or an empty one."""
    found = at(value, *path)
    return found if isinstance(found, dict) else {}


def list_at(value: Json, *path: str | int) -> list[Json]:
    """The array at `path`, or an empty one."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def dicts_at(value: Json, *path: str | int) -> list[Document]:
    """The objects of the array at `path`; anything else in it is skipped."""
    return [inner for inner in list_at(value, *path) if isinstance(inner, dict)]


def codings(value: Json) -> tuple[Coding, ...]:
    """The codings of a CodeableConcept, of an array of them, or a lone Coding."""
    return tuple(_codings(value))


def code_of(value: Json, system: str) -> str:
    """The first code of `system` among the codings of `value`, or ""."""
    return next((c.code for c in _codings(value) if c.system == system and c.code), "")


def _codings(value: Json) -> Iterator[Coding]:
    if isinstance(value, list):
        for inner in value:
            yield from _codings(inner)
    elif isinstance(value, dict):
        if "coding" in value or "text" in value:
            yield from (_coding(coding) for coding in dicts_at(value, "coding"))
        else:
            yield _coding(value)


def _coding(value: Document) -> Coding:
    return Coding(text_at(value, "system"), text_at(value, "code"), text_at(value, "display"))


def concept_term(value: Json, prefer: str = "") -> Term | None:
    """A CodeableConcept as a term, or None when nothing in it can be shown.

    The code comes from the coding of system `prefer`, else from the one the user selected, else
    from the first one that has a code. `display` is that coding's wording where it is Latin
    script: it serves the English screen. `text` is what the author recorded; failing that the
    coding's wording in whatever script, or the bare code (R4 datatypes.html#CodeableConcept).
    """
    chosen = _chosen(value, prefer)
    text = text_at(value, "text") or chosen.display or chosen.code
    if not text:
        return None
    display = chosen.display if is_latin(chosen.display) else ""
    return Term(text, chosen.system if chosen.code else "", chosen.code, display)


def term_or_unnamed(value: Json, prefer: str = "") -> Term:
    """As `concept_term`, for elements a screen cannot do without."""
    return concept_term(value, prefer) or UNNAMED


def _chosen(value: Json, prefer: str) -> Coding:
    raw = dicts_at(value, "coding")
    found = [_coding(coding) for coding in raw]
    if prefer:
        for coding in found:
            if coding.system == prefer and coding.code:
                return coding
    for coding, source in zip(found, raw, strict=True):
        if coding.code and source.get("userSelected") is True:
            return coding
    return next((c for c in found if c.code), None) or next(
        (c for c in found if c.display), _NO_CODING
    )


def is_latin(text: str) -> bool:
    """Whether every letter of `text` is Latin; true of a text without letters."""
    return text.isascii() or all(
        ord(sign) < 0x250 or 0x1E00 <= ord(sign) < 0x1F00 for sign in text if sign.isalpha()
    )


def when(value: Json) -> datetime | None:
    """A full instant or dateTime in UTC, or None: a bare date has no time.

    A time of day without an offset is none either (R4 datatypes.html#dateTime demands one).
    """
    if not isinstance(value, str) or len(value) < 17 or value[10] != "T":
        return None
    try:
        found = datetime.fromisoformat(value)
        return None if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


instant = when
"""R4 `instant` is a `dateTime` with everything in it; both are read the same way."""


def whole_date(value: Json) -> date | None:
    """A FHIR date with year, month and day, or None."""
    if not isinstance(value, str) or len(value) != 10 or value[4] != "-" or value[7] != "-":
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def date_text(value: Json) -> str:
    """A date or time as the record has it, however precise, or ""."""
    return text_at(value)


def moment(value: Json) -> tuple[datetime | None, str]:
    """The instant, or else the text of what is no instant."""
    found = when(value)
    return found, "" if found is not None else date_text(value)


def sort_instant(value: Json, zone: tzinfo = UTC) -> datetime | None:
    """Something to sort by: the instant, or the start of the day, month or year in `zone`.

    Never show it as a time.
    """
    if (found := when(value)) is not None:
        return found
    text = text_at(value)
    for missing in ("", "-01", "-01-01"):
        if (day := whole_date(text + missing)) is not None:
            try:
                return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
            except OverflowError:
                return None
    return None


def instant_text(value: datetime) -> str:
    """An aware datetime as FHIR instant, UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def decimal(value: Json) -> Decimal | None:
    """A JSON number with its digits, or None."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def integer(value: Json) -> int | None:
    """A JSON integer, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def quantity(value: Json) -> tuple[Decimal | None, str, str]:
    """Number, unit as shown, UCUM code of a Quantity (R4 datatypes.html#Quantity)."""
    code = text_at(value, "code")
    unit = text_at(value, "unit") or code
    ucum = code if text_at(value, "system") == UCUM else ""
    return decimal(at(value, "value")), unit, ucum


def quantity_text(value: Json) -> str:
    """A Quantity in signs alone, `≤ 5.0 mg`; "" when it says nothing."""
    number, unit, _ = quantity(value)
    words = (text_at(value, "comparator"), "" if number is None else format(number, "f"), unit)
    return " ".join(word for word in words if word)


def span_text(low: Json, high: Json) -> str:
    """A Range in signs alone, `5 mg – 10 mg`."""
    ends = (quantity_text(low), quantity_text(high))
    if all(ends):
        return " – ".join(ends)
    return f"≥ {ends[0]}" if ends[0] else f"≤ {ends[1]}" if ends[1] else ""


def period(value: Json) -> tuple[datetime | None, datetime | None]:
    """Start and end of a Period (R4 datatypes.html#Period), where they are instants."""
    return when(at(value, "start")), when(at(value, "end"))


def ref_at(value: Json, *path: str | int) -> Ref | None:
    """`Type/id` of the Reference at `path`, or None (R4 references.html)."""
    literal = relative(text_at(value, *path, "reference"))
    return None if literal is None else Ref(literal)


def refs_at(value: Json, *path: str | int) -> tuple[Ref, ...]:
    """`Type/id` of each Reference in the array at `path`."""
    found = (ref_at(inner) for inner in list_at(value, *path))
    return tuple(ref for ref in found if ref is not None)


def id_at(value: Json, kind: str, *path: str | int) -> str:
    """Bare id of the Reference at `path` when it points at a `kind`, or ""."""
    found, _, rest = (ref_at(value, *path) or "").partition("/")
    return rest if found == kind else ""


def practitioner_at(value: Json, *path: str | int) -> PractitionerId | None:
    """The Practitioner at `path`, or None when it is nobody or somebody else."""
    found = id_at(value, "Practitioner", *path)
    return PractitionerId(found) if found else None


def display_at(value: Json, *path: str | int) -> str:
    """The words of the Reference at `path`, or ""."""
    return text_at(value, *path, "display")


def extension(value: Json, url: str) -> Document:
    """The first extension `url` of an element, or an empty one (R4 extensibility.html)."""
    found = (e for e in dicts_at(value, "extension") if text_at(e, "url") == url)
    return next(found, {})


def note_texts(value: Json) -> str:
    """The annotations of a resource, one per line (R4 datatypes.html#Annotation)."""
    return "\n".join(text for text in (text_at(n, "text") for n in dicts_at(value, "note")) if text)
