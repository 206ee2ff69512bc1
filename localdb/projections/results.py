"""Measurements and results: one row for each value, components apart."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.results import Observed
from app.fhir.document import Document
from app.fhir.observations import read_observed
from app.fhir.pathway_facts import is_pathway_fact
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject, guarded, sorted_at
from localdb.projections.tables import (
    OTHER_BEDSIDE,
    RESULT,
    RESULT_PROPER,
    VITAL_SIGN,
    result_row,
    result_unread,
)

_BEDSIDE = {
    "vital-signs": VITAL_SIGN,
    "survey": OTHER_BEDSIDE,
    "exam": OTHER_BEDSIDE,
    "activity": OTHER_BEDSIDE,
}
"""Categories charted at the bedside (R4 observation-category); all others are results."""


class Results(Subject):
    kinds = frozenset({"result", "vital"})
    rtypes = frozenset({"Observation"})
    sheets = (result_row,)
    unread = result_unread
    version = 2

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        if is_pathway_fact(document):
            return
        held = guarded(document)
        for n, observed in enumerate(read_observed(document)):
            number = observed.value.number
            amount = None if number is None else float(number)
            at = sorted_at(observed.at, observed.at_text, observed.issued)
            bedside = _BEDSIDE.get(observed.category, RESULT_PROPER)
            head = (n, put.unsent, held, _series(observed), bedside, at, amount)
            yield Row(result_row, (*head, *RESULT.cells(observed)))


def _series(observed: Observed) -> str:
    """What its values are drawn and compared under: the code, else the words."""
    return observed.component or observed.term.code or observed.term.text
