"""JSON of services nobody here wrote: read with limits on its size, its depth and its keys."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from app.fhir.document import Json
from app.kernel.faults import AppError, FaultKind, app_error

DEEPEST = 40
"""Levels of objects and arrays. A FHIR resource within a suggestion needs about 15."""

# A string without an end is taken to the end: every byte is looked at once, whatever was sent.
_NESTING = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]')


def parse_json(body: bytes) -> Json:
    """Read any JSON value; decimals keep their digits.

    Raises:
        AppError: `REFUSED` for what is no JSON, deeper than `DEEPEST`, or has a key twice in one
            object (one of the two would be lost).
    """
    if _depth(body) > DEEPEST:
        raise _no_json("too deep")
    try:
        value: Json = _DECODER.decode(str(body, "utf-8-sig"))
        json.dumps(value, ensure_ascii=False, default=str).encode()  # half a surrogate pair
    except (ValueError, ArithmeticError) as error:
        raise _no_json(type(error).__name__) from error
    return value


def _depth(body: bytes) -> int:
    """How deep the brackets nest, counted without building anything."""
    deepest = level = 0
    for found in _NESTING.finditer(body):
        match found.group()[:1]:
            case b"[" | b"{":
                level += 1
                deepest = max(deepest, level)
            case b"]" | b"}":
                level -= 1
    return deepest


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> Json:
    raise ValueError(name)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_float=Decimal, parse_constant=_no_constant
)


def _no_json(detail: str) -> AppError:
    return app_error(FaultKind.REFUSED, "cds.not-json", detail)
