"""The documents whose change elsewhere holds back what was signed here (sync.md §7.6)."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.read_sets import HOLDING_TYPES, holds_back
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject
from localdb.projections.tables import seen_row, seen_unread
from localdb.projections.unplaced import NO_PAGE


class ReadSets(Subject):
    kinds = frozenset[str]()
    rtypes = HOLDING_TYPES - NO_PAGE  # nobody signs in front of what no page shows
    sheets = (seen_row,)
    unread = seen_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        # Without a version it is only ours: nobody else can have changed it.
        if put.version and holds_back(document):
            yield Row(seen_row, (put.patient, put.version))
