"""Tells who stopped an order, and who wrote it, that a dose of it was given after the stop."""

from __future__ import annotations

from datetime import timedelta

from app.domain.crossings import Crossing
from app.domain.people import Session
from app.domain.terms import Ref
from app.fhir.alerts import write_crossing_alerts
from app.fhir.document import reference_to
from app.ports.acts import Acts, Change, Documents
from app.ports.crossings import CrossingReads
from app.services.act_making import ActMaker
from app.services.authority import open_door


class CrossingWatching:
    """Looks after every round: a stop and a dose that crossed it meet when both have come.

    The dose stays recorded as it is. Who is told is told once, whichever workstation looks.
    """

    def __init__(
        self,
        acts: Acts,
        documents: Documents,
        maker: ActMaker,
        reads: CrossingReads,
        window: timedelta,
    ) -> None:
        """`window`: how long after a stop a dose of the order is still looked for."""
        self._acts = acts
        self._documents = documents
        self._maker = maker
        self._reads = reads
        self._window = window

    @open_door("the program looks by itself; what it finds is shown to those who may see it")
    def look(self, session: Session) -> int:
        """Tell those who do not know yet; answers how many doses were told of.

        Raises:
            AppError: `STORAGE` if it could not be written.
        """
        since = self._maker.clock.now() - self._window
        return sum(self._tell(session, one) for one in self._reads.crossings(since))

    def _tell(self, session: Session, found: Crossing) -> bool:
        now = self._maker.clock.now()
        alerts = write_crossing_alerts(found, by=session.clinician.id, at=now)
        missing = [one for one in alerts if self._documents.held(Ref(reference_to(one))) is None]
        if missing:
            act = self._maker.make(
                "dose.after-stop",
                session,
                found.patient,
                tuple(map(Change, missing)),
                kinds=frozenset({"task", "census"}),
            )
            self._acts.commit(act)
        return bool(missing)
