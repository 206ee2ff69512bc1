"""Taking note of a result, on the record."""

from __future__ import annotations

from app.domain.people import Privilege, Session
from app.domain.results import ResultRow
from app.domain.terms import Ref
from app.fhir.document import Document
from app.fhir.workflow import write_acknowledge_task, write_task_status
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Acts, Change, Documents, ReadSet
from app.services.act_making import ActMaker
from app.services.authority import needs


class ResultsReview:
    """Acknowledges results by completing their `acknowledge-result` task, or by making one."""

    def __init__(self, acts: Acts, documents: Documents, maker: ActMaker) -> None:
        self._acts = acts
        self._documents = documents
        self._maker = maker

    @needs(Privilege.ACKNOWLEDGE_RESULT)
    def acknowledge(self, session: Session, row: ResultRow, seen: ReadSet) -> None:
        """Record who took note of this result and when.

        Raises:
            AppError: `REFUSED` when it is acknowledged already, `CONFLICT` when the task changed
                since it was read, `STORAGE` if it could not be written.
        """
        if row.acknowledged is not None:
            raise app_error(FaultKind.REFUSED, "result.acknowledged-already", "has a task done")
        self._acts.commit(
            self._maker.make(
                "result.acknowledge",
                session,
                row.observed.patient,
                (self._change(session, row),),
                seen=seen,
                kinds=frozenset({"task", "result", "census"}),
            )
        )

    def _change(self, session: Session, row: ResultRow) -> Change:
        now = self._maker.clock.now()
        clinician = session.clinician
        if row.task is not None and (held := self._documents.held(row.task)) is not None:
            done = write_task_status(
                held.document, "completed", by=clinician.id, by_name=clinician.name.name, at=now
            )
            return Change(done, held.stamp)
        return Change(self._fresh(session, row))

    def _fresh(self, session: Session, row: ResultRow) -> Document:
        """Nobody had been asked to: the task is born completed."""
        clinician = session.clinician
        return write_acknowledge_task(
            task_id=self._maker.ids.new(),
            focus=Ref(f"Observation/{row.observed.id}"),
            patient=row.observed.patient,
            by=clinician.id,
            by_name=clinician.name.name,
            at=self._maker.clock.now(),
        )
