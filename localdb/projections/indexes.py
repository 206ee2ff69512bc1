"""Search parameters that no screen has a table for (FHIR R4 §3.2): see `tables`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.fhir.document import Document, Json
from localdb.projecting import Put
from localdb.projections.names import fold
from localdb.projections.subject import Row, Subject
from localdb.projections.tables import index_unread, ix_number, ix_string, ix_token


class Indexes(Subject):
    kinds = frozenset[str]()
    rtypes = frozenset({"Encounter", "Patient", "RiskAssessment"})
    sheets = (ix_token, ix_string, ix_number)
    unread = index_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        yield from dict.fromkeys((*_identifiers(put, document), *_OF[put.rtype](put, document)))


def _identifiers(put: Put, document: Document) -> Iterator[Row]:
    for identifier in along(document, "identifier"):
        yield from _token(f"{put.rtype}.identifier", identifier, "value", put.patient)


def _encounter(put: Put, document: Document) -> Iterator[Row]:
    for coding in along(document, "type", "coding"):
        yield from _token("Encounter.type", coding, "code", put.patient)


def _patient(put: Put, document: Document) -> Iterator[Row]:
    del put
    for part in ("family", "given"):
        for name in along(document, "name", part):
            if isinstance(name, str) and (folded := fold(name)):
                yield Row(ix_string, (f"Patient.{part}", folded))


def _risk(put: Put, document: Document) -> Iterator[Row]:
    del put
    for chance in along(document, "prediction", "probabilityDecimal"):
        if isinstance(chance, Decimal | int):
            yield Row(ix_number, ("RiskAssessment.probability", float(chance)))


_OF = {"Encounter": _encounter, "Patient": _patient, "RiskAssessment": _risk}


def along(value: Json | Document, *path: str) -> Iterator[Json]:
    """Every value at the end of `path`, lists opened on the way."""
    if isinstance(value, list):
        for inner in value:
            yield from along(inner, *path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from along(value[path[0]], *path[1:])


def _token(name: str, value: Json, field: str, patient: str | None) -> Iterator[Row]:
    if not isinstance(value, dict):
        return
    code, system = value.get(field), value.get("system")
    if isinstance(code, str) and code:
        yield Row(ix_token, (name, code, system if isinstance(system, str) else "", patient))
