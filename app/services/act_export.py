"""An unsent act to read, and to take away as a file: patient data leaves the cache, on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app.domain.people import Privilege, Session
from app.domain.terms import GroupId, PatientId
from app.fhir.bundles import collection
from app.fhir.document import Document, to_bytes, to_readable
from app.kernel.faults import FaultKind, app_error
from app.ports.disputes import Disputes
from app.services.authority import needs
from app.services.decision_rules import DecisionRules

Write = Callable[[Path, bytes], None]
"""Writes a private file whole or not at all; raises `OSError`."""


class ActExport:
    """Shows what an act would send, and writes it to a file that the user names.

    It is chart content: whoever may not open the chart is neither shown it nor given it. The file
    lies outside the encrypted cache; the audit says who made it, when, why, and of which act.
    """

    def __init__(self, disputes: Disputes, rules: DecisionRules, write: Write) -> None:
        self._disputes = disputes
        self._rules = rules
        self._write = write

    @needs(Privilege.SEE_QUEUE)
    def readable(
        self, session: Session, groups: tuple[GroupId, ...], patient: PatientId | None
    ) -> str:
        """The acts as a FHIR Bundle, laid out to be read.

        Raises:
            AppError: `REFUSED` when the chart is not open, or nothing of the act is unsent.
        """
        self._rules.must_be_open(session, patient)
        return to_readable(self._bundle(groups, self._rules.clock.now()))

    @needs(Privilege.RESOLVE_CONFLICT)
    def save(
        self,
        session: Session,
        groups: tuple[GroupId, ...],
        patient: PatientId | None,
        reason: str,
        to: Path,
    ) -> None:
        """Write the acts to `to`: the audit first, then the file, whole or not at all.

        Raises:
            AppError: As `readable`; `REFUSED` without a reason; `STORAGE` when the file cannot be
                written, and then the audit says so, too.
        """
        self._rules.must_be_open(session, patient)
        decision = self._rules.decision(session, reason)
        data = to_bytes(self._bundle(groups, decision.at))
        policy, named = self._rules.policy, " ".join(groups)
        policy.write_down(session, "act.export", patient, decision.reason, named)
        try:
            self._write(to, data)
        except OSError as error:
            policy.write_down(session, "act.export-refused", patient, decision.reason, named)
            raise app_error(
                FaultKind.STORAGE, "export.not-written", type(error).__name__
            ) from error

    def _bundle(self, groups: tuple[GroupId, ...], at: datetime) -> Document:
        documents = self._disputes.documents_of(groups)
        if not documents:
            raise app_error(FaultKind.REFUSED, "export.nothing", "nothing of it is unsent")
        return collection(documents, at)
