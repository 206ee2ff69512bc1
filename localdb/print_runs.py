"""What was sent to a printer and waits for a person's word, in the encrypted cache."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from app.domain.sheet_runs import Run, RunId
from app.domain.terms import PatientId
from app.fhir.document import to_bytes
from app.fhir.sheet_prints import read_run, write_run
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Act
from localdb.acts import make_ready, store_act, what_changes
from localdb.bodies import opened, pack
from localdb.engine import Cache
from localdb.journal import Journal
from localdb.outbox import record_of
from localdb.projecting import Projector
from localdb.schema import open_print


class SqlPrintRuns:
    """`PrintRuns` over the encrypted cache.

    A row lives from before the first drop of ink until the answer; then the run is a document of
    the record, or it never was on paper. What remains of it besides is in the access audit.
    """

    def __init__(self, cache: Cache, projectors: Sequence[Projector], journal: Journal) -> None:
        self._cache = cache
        self._projectors = projectors
        self._journal = journal

    def begin(self, run: Run) -> None:
        body = pack(to_bytes(write_run(run)))
        with self._cache.write() as connection:
            asked = select(open_print.c.run).where(
                open_print.c.encounter == run.stay, open_print.c.sheet == run.sheet.value
            )
            if connection.execute(asked).first() is not None:
                raise app_error(FaultKind.CONFLICT, "order_sheet.unanswered", "a run is open")
            connection.execute(
                insert(open_print).values(
                    run=run.id,
                    patient=run.patient,
                    encounter=run.stay,
                    sheet=run.sheet.value,
                    begun_at=run.at,
                    body=body,
                )
            )

    def unanswered(self, patient: PatientId) -> tuple[Run, ...]:
        asked = select(open_print.c.body).where(open_print.c.patient == patient)
        with self._cache.read() as connection:
            bodies = list(connection.scalars(asked.order_by(open_print.c.begun_at)))
        return tuple(read_run(opened(body)) for body in bodies)

    def settle(self, run: RunId, act: Act | None) -> None:
        written = make_ready(act) if act is not None else []
        record = None
        with self._cache.write() as connection:
            mine = open_print.c.run == run
            if connection.execute(select(open_print.c.run).where(mine)).first() is None:
                raise app_error(FaultKind.CONFLICT, "order_sheet.answered", "no open run")
            connection.execute(delete(open_print).where(mine))
            if act is not None:
                kept = what_changes(connection, act, written)
                store_act(self._cache, connection, self._projectors, act, kept)
                record = record_of(connection, act.group)
        if record is not None:
            self._journal.append(record)
