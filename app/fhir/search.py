"""Values of the R4 search parameters that no screen has a table for (R4 search.html)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.fhir.document import Document, Json


@dataclass(frozen=True, slots=True)
class Token:
    """A code or an identifier: what stands in it and in which system, "" for none."""

    name: str
    code: str
    system: str


def tokens_of(document: Document) -> Iterator[Token]:
    """`identifier` of every type, `Encounter.type`."""
    kind = str(document.get("resourceType"))
    for identifier in _along(document, "identifier"):
        yield from _token(f"{kind}.identifier", identifier, "value")
    if kind == "Encounter":
        for coding in _along(document, "type", "coding"):
            yield from _token("Encounter.type", coding, "code")


def strings_of(document: Document) -> Iterator[tuple[str, str]]:
    """(parameter, words) of `Patient.family` and `Patient.given`."""
    if document.get("resourceType") != "Patient":
        return
    for part in ("family", "given"):
        for name in _along(document, "name", part):
            if isinstance(name, str):
                yield f"Patient.{part}", name


def numbers_of(document: Document) -> Iterator[tuple[str, Decimal | int]]:
    """(parameter, number) of `RiskAssessment.probability`."""
    if document.get("resourceType") != "RiskAssessment":
        return
    for chance in _along(document, "prediction", "probabilityDecimal"):
        if isinstance(chance, Decimal | int):
            yield "RiskAssessment.probability", chance


def _along(value: Json | Document, *path: str) -> Iterator[Json]:
    """Every value at the end of `path`, lists opened on the way."""
    if isinstance(value, list):
        for inner in value:
            yield from _along(inner, *path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from _along(value[path[0]], *path[1:])


def _token(name: str, value: Json, field: str) -> Iterator[Token]:
    if not isinstance(value, dict):
        return
    code, system = value.get(field), value.get("system")
    if isinstance(code, str) and code:
        yield Token(name, code, system if isinstance(system, str) else "")
