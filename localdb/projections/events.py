"""What goes onto the timeline by itself: operations and imaging studies."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.procedures import read_procedure
from app.fhir.reports import read_imaging
from app.kernel.faults import FaultKind, app_error
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject, guarded
from localdb.projections.tables import EVENT, event_row, event_unread


class Events(Subject):
    kinds = frozenset({"event"})
    rtypes = frozenset({"ImagingStudy", "Procedure"})
    sheets = (event_row,)
    unread = event_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        event = read_procedure(document) if put.rtype == "Procedure" else read_imaging(document)
        if event is None:
            raise app_error(FaultKind.REFUSED, "unread.no-time", put.rtype)
        yield Row(event_row, (put.unsent, guarded(document), put.patient, *EVENT.cells(event)))
