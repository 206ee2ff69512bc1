"""FHIR JSON: parsing without losing a digit, canonical form, references."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from app.kernel.faults import FaultKind, app_error

Json = str | int | bool | None | Decimal | list["Json"] | dict[str, "Json"]
Document = dict[str, Json]
"""One FHIR R4 resource. Numbers with a point or exponent are `Decimal`."""

_NOT_HASHED = ("meta", "text")


def parse(body: bytes | str) -> Document:
    """Read one resource; decimals keep their digits.

    Raises:
        AppError: `REFUSED` if it is not JSON, not an object, or has no `resourceType`.
    """
    try:
        value = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise app_error(FaultKind.REFUSED, "fhir.not-json", type(error).__name__) from error
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise app_error(FaultKind.REFUSED, "fhir.not-a-resource", type(value).__name__)
    return value


def to_bytes(document: Mapping[str, Json]) -> bytes:
    """Write a document compactly in its own key order, decimals digit for digit."""
    return "".join(_pieces(document, short=False, ordered=False)).encode()


def canonical(document: Mapping[str, Json]) -> bytes:
    """The form that hashes, signatures and `resolve()` compare.

    Keys sorted, decimals in their shortest value form, `meta` and `text` of the resource left out
    (servers change both, and none of them keeps `72.50`; architecture.md, Rulings).
    """
    kept = {key: value for key, value in document.items() if key not in _NOT_HASHED}
    return "".join(_pieces(kept, short=True, ordered=True)).encode()


def canonical_hash(document: Mapping[str, Json]) -> str:
    """SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(document)).hexdigest()


def shortest(number: Decimal) -> str:
    """The shortest plain or exponent form of the same value: 72.50 → 72.5, 1E3 → 1000."""
    if number == 0:
        return "0"
    normal = number.normalize()
    exponent = normal.as_tuple().exponent
    if isinstance(exponent, int) and -20 <= exponent <= 20:
        return format(normal, "f")
    return str(normal)


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


def _pieces(value: Json | Mapping[str, Json], *, short: bool, ordered: bool) -> Iterator[str]:
    match value:
        case Decimal():
            yield shortest(value) if short else str(value)
        case Mapping():
            yield "{"
            keys = sorted(value) if ordered else list(value)
            for n, key in enumerate(keys):
                yield ("," if n else "") + json.dumps(key, ensure_ascii=False) + ":"
                yield from _pieces(value[key], short=short, ordered=ordered)
            yield "}"
        case list():
            yield "["
            for n, inner in enumerate(value):
                if n:
                    yield ","
                yield from _pieces(inner, short=short, ordered=ordered)
            yield "]"
        case _:
            yield json.dumps(value, ensure_ascii=False)
