"""`PrintRuns` and `PrintedPaper` in memory, held to the contract of the encrypted cache."""

from __future__ import annotations

from app.domain.sheet_runs import Run, RunId
from app.domain.terms import EncounterId, PatientId
from app.fhir.document import parse, to_bytes
from app.fhir.sheet_prints import is_run, read_run, write_run
from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.acts import Act
from app.ports.printing import Printed


class FakePrints:
    """Keeps documents as bytes, so that nothing of a run lives outside of what is written.

    Attributes:
        waiting: Runs that were begun here.
        known: Runs that are known to be on paper, from anywhere.
        acts: What was made part of the record here.
        refusing: Raised by the next `settle`, once.
        unreadable: What the other stations sent cannot be read.
    """

    def __init__(self) -> None:
        self.waiting: dict[RunId, bytes] = {}
        self.known: dict[RunId, bytes] = {}
        self.acts: list[Act] = []
        self.refusing: AppError | None = None
        self.unreadable = False

    def begin(self, run: Run) -> None:
        for one in self._waiting():
            if (one.stay, one.sheet) == (run.stay, run.sheet):
                raise app_error(FaultKind.CONFLICT, "order_sheet.unanswered", "a run is open")
        self.waiting[run.id] = to_bytes(write_run(run))

    def unanswered(self, patient: PatientId) -> tuple[Run, ...]:
        return tuple(run for run in self._waiting() if run.patient == patient)

    def settle(self, run: RunId, act: Act | None) -> None:
        if run not in self.waiting:
            raise app_error(FaultKind.CONFLICT, "order_sheet.answered", "no open run")
        if self.refusing is not None:
            refusing, self.refusing = self.refusing, None
            raise refusing
        del self.waiting[run]
        if act is not None:
            self.acts.append(act)
            for change in act.changes:
                if is_run(change.document):
                    self.learn(read_run(change.document))

    def learn(self, run: Run) -> None:
        """Hear of a run that is on paper, as from the server."""
        self.known[run.id] = to_bytes(write_run(run))

    def printed(self, patient: PatientId, stay: EncounterId) -> Printed:
        runs = (read_run(parse(body)) for body in self.known.values())
        mine = tuple(run for run in runs if (run.patient, run.stay) == (patient, stay))
        return Printed(mine, unreadable=self.unreadable)

    def _waiting(self) -> tuple[Run, ...]:
        found = (read_run(parse(body)) for body in self.waiting.values())
        return tuple(sorted(found, key=lambda run: run.at))
