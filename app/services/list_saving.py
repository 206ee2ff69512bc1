"""Taking a list away from the screen, on the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.domain.people import Session
from app.domain.terms import PatientId
from app.kernel.clock import Clock
from app.kernel.faults import FaultKind, app_error
from app.ports.keeping import AccessAudit, AuditEntry
from app.services.authority import open_door

Write = Callable[[Path, bytes], None]
"""Writes a private file whole or not at all; raises `OSError`."""


@dataclass(frozen=True, slots=True)
class ListCopy:
    """A list as it stands on the screen.

    Attributes:
        name: Which list, by its name in the program; it goes on the audit, its content does not.
        text: Its rows as CSV (RFC 4180).
        patient: Whose chart it stands in, if any.
    """

    name: str
    text: str
    patient: PatientId | None = None


class ListSaving:
    """Writes lists to files that the user names.

    The file is outside the encrypted cache: the audit says who made it, when, and of which list.
    """

    def __init__(self, write: Write, audit: AccessAudit, clock: Clock) -> None:
        self._write = write
        self._audit = audit
        self._clock = clock

    @open_door("it holds what this session has been shown already")
    def save(self, session: Session, copy: ListCopy, to: Path) -> None:
        """Write `copy` as UTF-8 with a mark, so that spreadsheets read Chinese, and note it.

        Raises:
            AppError: `STORAGE` when the file cannot be written; nothing is on the audit then but
                the attempt.
        """
        self._note(session, copy, "list.save")
        try:
            self._write(to, copy.text.encode("utf-8-sig"))
        except OSError as error:
            self._note(session, copy, "list.save-refused")
            raise app_error(FaultKind.STORAGE, "list.not-written", type(error).__name__) from error

    def _note(self, session: Session, copy: ListCopy, action: str) -> None:
        self._audit.record(
            AuditEntry(
                at=self._clock.now(),
                actor=session.clinician.id,
                actor_name=session.clinician.name.name,
                action=action,
                patient=copy.patient,
                detail=copy.name,
            )
        )
