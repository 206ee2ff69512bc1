"""JSON on the wire: fast, and decimals keep every digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import orjson

from app.fhir.document import Document, Json, parse, to_bytes
from app.kernel.faults import AppError
from sync.cdr.outcome import Refusal

Piece = Json | orjson.Fragment | Sequence["Piece"] | Mapping[str, "Piece"]
"""JSON that may hold finished bytes (stored bodies) where a value stands."""


def read(body: bytes) -> Document:
    """Parse one resource.

    Raises:
        Refusal: 400, it is not a JSON object with a `resourceType`.
    """
    try:
        return parse(body)
    except (AppError, UnicodeDecodeError) as error:
        detail = error.fault.detail if isinstance(error, AppError) else type(error).__name__
        raise Refusal(400, "structure", "cdr.not-json", detail) from error


def write(document: Mapping[str, Json]) -> bytes:
    """Serialise one document in its own key order.

    Raises:
        Refusal: 400, it holds text that cannot be written as UTF-8.
    """
    try:
        return orjson.dumps(document, default=_digits)
    except TypeError:
        pass  # an integer beyond 64 bits, or nesting beyond the fast writer's depth
    try:
        return to_bytes(document)
    except (UnicodeEncodeError, RecursionError) as error:
        raise Refusal(400, "structure", "cdr.not-json", type(error).__name__) from error


def assemble(document: Mapping[str, Piece]) -> bytes:
    """Serialise an answer around stored bodies, which go out byte for byte."""
    return orjson.dumps(document, default=_digits)


def stored(body: bytes) -> orjson.Fragment:
    """A stored body as a value of an answer."""
    return orjson.Fragment(body)


def sorted_bytes(document: Mapping[str, Json]) -> bytes:
    """The same bytes for the same content, whatever the order of keys; decimals by digit."""
    try:
        return orjson.dumps(document, default=_digits, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return write(document)


def _digits(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value).encode())
    raise TypeError(type(value).__name__)
