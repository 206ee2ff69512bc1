"""Documents that are shown and not understood entirely."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.gaps import READ_FOR_GAPS, gaps
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject
from localdb.projections.tables import gap_row, gap_unread


class Gaps(Subject):
    kinds = frozenset[str]()
    rtypes = READ_FOR_GAPS
    sheets = (gap_row,)
    unread = gap_unread
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        for why in gaps(document):
            yield Row(gap_row, (put.patient, why.code))
