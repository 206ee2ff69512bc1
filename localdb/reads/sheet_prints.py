"""`PrintedPaper` over the projections and the documents they point at."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from app.domain.terms import EncounterId, PatientId
from app.fhir.sheet_prints import read_run
from app.ports.printing import Printed
from localdb.bodies import opened
from localdb.projections.sheet_prints import sheet_print_row, sheet_print_unread
from localdb.reads.snapshots import Snapshots
from localdb.schema import resource

_RUNS = (
    select(resource.c.body)
    .join(sheet_print_row, sheet_print_row.c.ref == resource.c.ref)
    .where(sheet_print_row.c.encounter == bindparam("stay"))
)
_UNREAD = select(sheet_print_unread.c.ref).where(
    sheet_print_unread.c.patient == bindparam("patient")
)


class SqlPrintedPaper:
    """What of a patient is known to be on paper, wherever it was printed."""

    def __init__(self, cache: Snapshots) -> None:
        self._cache = cache

    def printed(self, patient: PatientId, stay: EncounterId) -> Printed:
        with self._cache.read() as connection:
            bodies = list(connection.scalars(_RUNS, {"stay": stay}))
            unread = connection.execute(_UNREAD, {"patient": patient}).first() is not None
        return Printed(tuple(read_run(opened(body)) for body in bodies), unreadable=unread)
