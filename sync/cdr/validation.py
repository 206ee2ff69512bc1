"""Is this R4? Structure by fhirkit, required codes by the official value sets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import fhirkit

from app.fhir.document import Document, Json
from sync.cdr.definitions import Definitions
from sync.cdr.wire import write

_LITERAL = re.compile(r'"[^"]*"|“[^”]*”')
_PLACE = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where, without the content.

    Attributes:
        path: `Patient.name[0].given[1]`.
        reason: In the validator's words, literals taken out.
    """

    path: str
    reason: str

    @property
    def kind(self) -> str:
        """The same for every place and repetition: what a report counts by."""
        return f"{_PLACE.sub('', self.path)}: {self.reason}"


class Validator(Protocol):
    def problems(self, document: Document) -> list[Problem]:
        """Everything wrong with a resource; nothing means valid."""
        ...


class R4Validator:
    """`Validator` over fhirkit (structure, cardinality, types) and the required bindings.

    fhirkit checks no binding, so `status: "not-a-status"` would pass without the second part.
    """

    def __init__(self, definitions: Definitions) -> None:
        self._required = definitions.required

    def problems(self, document: Document) -> list[Problem]:
        found = [
            Problem(issue.path, _LITERAL.sub("…", issue.message))
            for issue in _issues(write(document))
            if issue.severity == "error"
        ]
        return [*found, *self._codes(document)]

    def _codes(self, document: Document) -> Iterator[Problem]:
        type_ = str(document["resourceType"])
        for keys, allowed in self._required.get(type_, []):
            for value in _at(document, keys):
                if isinstance(value, str) and value not in allowed:
                    path = ".".join((type_, *keys))
                    yield Problem(path, "is not a code of the required value set")


def _issues(body: bytes) -> list[fhirkit.Issue]:
    try:
        return fhirkit.validate(body)
    except fhirkit.ValidationError as error:
        return error.issues


def _at(node: Json, keys: tuple[str, ...]) -> Iterable[Json]:
    if isinstance(node, list):
        for inner in node:
            yield from _at(inner, keys)
    elif not keys:
        yield node
    elif isinstance(node, dict) and keys[0] in node:
        yield from _at(node[keys[0]], keys[1:])
