"""What a resource can be found by: index rows drawn from it along the search parameters."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from app.fhir.document import Document, Json, relative
from sync.cdr.definitions import Definitions, Parameter, PathInto
from sync.cdr.periods import FOREVER, span

IMPLIED = "*"
"""System of a plain `code` element: fixed by the standard, so any asked system fits."""
IDENTIFIER = ":identifier"
"""Suffix of the token rows of a logical reference."""


class TokenRow(NamedTuple):
    parameter: str
    code: str
    system: str


class TextRow(NamedTuple):
    parameter: str
    folded: str
    exact: str


class LinkRow(NamedTuple):
    parameter: str
    target: str


class RangeRow(NamedTuple):
    """A date (microseconds), a number or a quantity, from `low` to `high`, both included."""

    parameter: str
    low: float
    high: float
    system: str
    code: str


Row = TokenRow | TextRow | LinkRow | RangeRow


@dataclass(frozen=True, slots=True)
class Index:
    tokens: frozenset[TokenRow] = frozenset()
    texts: frozenset[TextRow] = frozenset()
    links: frozenset[LinkRow] = frozenset()
    ranges: frozenset[RangeRow] = frozenset()

    @property
    def parameters(self) -> frozenset[str]:
        rows: tuple[Row, ...] = (*self.tokens, *self.texts, *self.links, *self.ranges)
        return frozenset(row.parameter for row in rows)


NOTHING = Index()


def folded(text: str) -> str:
    """Case and Latin accents dropped; other scripts untouched."""
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in plain if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", kept).casefold()


def index(document: Document, type_: str, definitions: Definitions) -> Index:
    """Every row of a document. What cannot be read as its parameter's kind gives no row."""
    by_key = definitions.by_key(type_)
    found = [
        row
        for key in document
        for parameter, path in by_key.get(key, ())
        for node in _walk(document, path)
        for row in _rows(parameter, node)
    ]
    return Index(
        frozenset(row for row in found if isinstance(row, TokenRow)),
        frozenset(row for row in found if isinstance(row, TextRow)),
        frozenset(row for row in found if isinstance(row, LinkRow)),
        frozenset(row for row in found if isinstance(row, RangeRow)),
    )


def _rows(parameter: Parameter, node: Json) -> Iterator[Row]:
    match parameter.kind:
        case "token":
            yield from _tokens(parameter.name, node)
        case "string":
            for text in _texts(node):
                yield TextRow(parameter.name, folded(text), text)
        case "uri":
            if isinstance(node, str):
                yield TextRow(parameter.name, node, node)
        case "reference":
            yield from _links(parameter.name, node)
            yield from _logical(parameter.name, node)
        case "date":
            yield from _dates(parameter.name, node)
        case _:
            yield from _amounts(parameter.name, node)


def nodes(document: Document, parameter: Parameter) -> Iterator[Json]:
    """What stands at the parameter's paths."""
    for path in parameter.paths:
        yield from _walk(document, path)


def targets_of(document: Document, parameter: Parameter) -> Iterator[str]:
    """The references at the parameter's paths, as they are indexed."""
    for node in nodes(document, parameter):
        for row in _links(parameter.name, node):
            yield row.target


def _walk(document: Document, path: PathInto) -> Iterator[Json]:
    found = _children(document, path.keys[0])
    for key in path.keys[1:]:
        found = [inner for node in found for inner in _children(node, key)]
    if not path.where and not path.only:
        yield from found
        return
    for node in found:
        if path.where and not (isinstance(node, dict) and node.get(path.where[0]) == path.where[1]):
            continue
        if path.only and not _leads_to(node, path.only):
            continue
        yield node


def _children(node: Json, key: str) -> list[Json]:
    value = node.get(key) if isinstance(node, dict) else None
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _leads_to(node: Json, type_: str) -> bool:
    if not isinstance(node, dict):
        return False
    reference = node.get("reference")
    if isinstance(reference, str):
        return f"{type_}/" in f"/{reference}"
    return node.get("type") == type_


def _tokens(name: str, node: Json) -> Iterator[TokenRow]:
    match node:
        case bool():
            yield TokenRow(name, "true" if node else "false", IMPLIED)
        case str():
            yield TokenRow(name, node, IMPLIED)
        case {"coding": list() as codings}:
            for coding in codings:
                yield from _tokens(name, coding)
        case {"code": str() as code}:
            yield TokenRow(name, code, _text(node, "system"))
        case {"value": str() as value}:
            yield TokenRow(name, value, _text(node, "system"))
        case _:
            return


def _text(node: Json, key: str) -> str:
    value = node.get(key) if isinstance(node, dict) else None
    return value if isinstance(value, str) else ""


def _texts(node: Json) -> Iterator[str]:
    """The words of a string, HumanName or Address; not its codes."""
    match node:
        case str() if node:
            yield node
        case list():
            for inner in node:
                yield from _texts(inner)
        case dict():
            for key, inner in node.items():
                if key not in ("use", "type", "period", "extension") and key[0] != "_":
                    yield from _texts(inner)
        case _:
            return


def _links(name: str, node: Json) -> Iterator[LinkRow]:
    reference = node.get("reference") if isinstance(node, dict) else node
    if isinstance(reference, str) and reference and reference[0] != "#":
        yield LinkRow(name, relative(reference) or reference)


def _logical(name: str, node: Json) -> Iterator[TokenRow]:
    if isinstance(node, dict) and isinstance(identifier := node.get("identifier"), dict):
        yield from _tokens(name + IDENTIFIER, identifier)


def _dates(name: str, node: Json) -> Iterator[RangeRow]:
    match node:
        case str():
            if found := span(node):
                yield RangeRow(name, *found, "", "")
        case {"start": _} | {"end": _}:
            start, end = span(_text(node, "start")), span(_text(node, "end"))
            low = start[0] if start else -FOREVER
            yield RangeRow(name, low, end[1] if end else FOREVER, "", "")
        case {"event": list() as events}:
            for event in events:
                yield from _dates(name, event)
        case {"repeat": {"boundsPeriod": bounds}}:
            yield from _dates(name, bounds)
        case _:
            return


def _amounts(name: str, node: Json) -> Iterator[RangeRow]:
    match node:
        case bool():
            return
        case int() | Decimal():
            if (value := _number(node)) is not None:
                yield RangeRow(name, value, value, "", "")
        case {"low": _} | {"high": _}:
            yield from _between(name, node)
        case {"value": value} if (amount := _number(value)) is not None:
            for code in _units(node):
                yield RangeRow(name, amount, amount, _text(node, "system"), code)
        case _:
            return


def _between(name: str, node: Json) -> Iterator[RangeRow]:
    ends = [node.get(end) if isinstance(node, dict) else None for end in ("low", "high")]
    low, high = (_number(e.get("value")) if isinstance(e, dict) else None for e in ends)
    unit = next((e for e in ends if isinstance(e, dict)), {})
    if low is None and high is None:
        return
    for code in _units(unit):
        yield RangeRow(
            name,
            -math.inf if low is None else low,
            math.inf if high is None else high,
            _text(unit, "system"),
            code,
        )


def _units(node: Json) -> Iterable[str]:
    """A quantity is found by its code and by the unit as printed; money by its currency."""
    found = {_text(node, key) for key in ("code", "unit", "currency")} - {""}
    return sorted(found) or ("",)


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
