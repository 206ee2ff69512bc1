"""FHIR JSON: parsing without losing a digit, canonical form, references."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

import orjson

from app.kernel.faults import FaultKind, app_error

Json = str | int | bool | None | Decimal | list["Json"] | dict[str, "Json"]
Document = dict[str, Json]
"""One FHIR R4 resource. Numbers with a point or exponent are `Decimal`."""

_NOT_HASHED = ("meta", "text")
_PLAIN = 21
"""A number this short without exponent has at most 20 digits behind or zeros before the point."""
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse(body: bytes | str) -> Document:
    """Read one resource; decimals keep their digits.

    A key that stands twice in one object is refused: one of the two would be lost (R4 json.html).

    Raises:
        AppError: `REFUSED` if it is not JSON, not an object, or has no `resourceType`.
    """
    try:
        text = body if isinstance(body, str) else str(body, "utf-8-sig")
        value = _DECODER.decode(text)
        if _SURROGATE.search(text):
            # Half a pair is JSON and yet no text: nothing could ever write it again.
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise app_error(FaultKind.REFUSED, "fhir.not-json", type(error).__name__) from error
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise app_error(FaultKind.REFUSED, "fhir.not-a-resource", type(value).__name__)
    return value


def to_bytes(document: Mapping[str, Json]) -> bytes:
    """Write a document compactly in its own key order, decimals digit for digit.

    Raises:
        AppError: `REFUSED` for what JSON cannot hold: half a sign, a number that is none.
    """
    return _written(document, _digits, 0)


def to_readable(document: Mapping[str, Json]) -> str:
    """A document laid out for a reader, in its own key order, decimals digit for digit.

    Raises:
        AppError: As `to_bytes`.
    """
    return _written(document, _digits, orjson.OPT_INDENT_2).decode()


def canonical(document: Mapping[str, Json]) -> bytes:
    """The form that hashes, signatures and `resolve()` compare.

    Keys sorted, decimals in their shortest value form, `meta` and `text` of the resource left out
    (servers change both, and none of them keeps `72.50`; architecture.md, Rulings).

    Raises:
        AppError: As `to_bytes`.
    """
    kept = {key: value for key, value in document.items() if key not in _NOT_HASHED}
    return _written(kept, _shortest_digits, orjson.OPT_SORT_KEYS)


def canonical_hash(document: Mapping[str, Json]) -> str:
    """SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(document)).hexdigest()


def shortest(number: Decimal) -> str:
    """The shortest plain or exponent form of the same value: 72.50 → 72.5, 1E3 → 1000.

    No digit is rounded, however many there are.
    """
    if not number:
        return "0"
    text = str(number)
    if "E" not in text and len(text) <= _PLAIN:
        return text.rstrip("0").rstrip(".") if "." in text else text
    sign, digits, exponent = number.as_tuple()
    kept = "".join(map(str, digits)).rstrip("0")
    power = int(exponent) + len(digits) - len(kept)
    normal = Decimal((sign, tuple(map(int, kept)), power))
    return format(normal, "f") if -20 <= power <= 20 else str(normal)


def references(value: Json) -> Iterator[str]:
    """Every relative literal reference `Type/id` inside `value`, version suffix dropped."""
    match value:
        case dict():
            for key, inner in value.items():
                if key == "reference" and isinstance(inner, str):
                    if (ref := relative(inner)) is not None:
                        yield ref
                else:
                    yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)
        case _:
            return


def relative(reference: str) -> str | None:
    """`Type/id` of a relative reference, or None for absolute, contained and urn ones."""
    if reference.startswith(("#", "urn:")) or "://" in reference:
        return None
    parts = reference.split("/")
    if len(parts) < 2 or not parts[0][:1].isupper() or not parts[1]:
        return None
    return f"{parts[0]}/{parts[1]}"


def reference_to(document: Mapping[str, Json]) -> str:
    """`Type/id` of a document."""
    return f"{document['resourceType']}/{document['id']}"


def _no_constant(name: str) -> Json:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


_DECODER = json.JSONDecoder(
    parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_once
)


def _written(document: Mapping[str, Json], number: Callable[[Decimal], str], option: int) -> bytes:
    def special(value: object) -> object:
        if isinstance(value, Decimal):
            return orjson.Fragment(number(value))
        if isinstance(value, Mapping):
            return dict(value)
        raise TypeError(type(value).__name__)

    try:
        return orjson.dumps(document, default=special, option=option)
    except orjson.JSONEncodeError:
        # Whole numbers beyond 64 bits and very deep nesting: rare, and written the slow way.
        return _slowly(document, number, ordered=bool(option & orjson.OPT_SORT_KEYS))


def _slowly(
    document: Mapping[str, Json], number: Callable[[Decimal], str], *, ordered: bool
) -> bytes:
    try:
        return "".join(_pieces(document, number, ordered=ordered)).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise app_error(FaultKind.REFUSED, "fhir.not-writable", type(error).__name__) from error


def _digits(value: Decimal) -> str:
    if not value.is_finite():
        raise app_error(FaultKind.REFUSED, "fhir.not-writable", "number")
    return str(value)


def _shortest_digits(value: Decimal) -> str:
    return shortest(value) if value.is_finite() else _digits(value)


def _pieces(
    value: Json | Mapping[str, Json], number: Callable[[Decimal], str], *, ordered: bool
) -> Iterator[str]:
    match value:
        case Decimal():
            yield number(value)
        case Mapping():
            yield "{"
            keys = sorted(value) if ordered else list(value)
            for n, key in enumerate(keys):
                yield ("," if n else "") + json.dumps(key, ensure_ascii=False) + ":"
                yield from _pieces(value[key], number, ordered=ordered)
            yield "}"
        case list():
            yield "["
            for n, inner in enumerate(value):
                if n:
                    yield ","
                yield from _pieces(inner, number, ordered=ordered)
            yield "]"
        case _:
            yield json.dumps(value, ensure_ascii=False)
