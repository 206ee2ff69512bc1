"""Search parameters that no screen has a table for (FHIR R4 §3.2): see `tables`."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.search import numbers_of, strings_of, tokens_of
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
        yield from dict.fromkeys(_rows(put, document))


def _rows(put: Put, document: Document) -> Iterator[Row]:
    for token in tokens_of(document):
        yield Row(ix_token, (token.name, token.code, token.system, put.patient))
    for name, words in strings_of(document):
        if folded := fold(words):
            yield Row(ix_string, (name, folded))
    for name, number in numbers_of(document):
        yield Row(ix_number, (name, float(number)))
