"""Drafts, the access audit, users and their settings: what the workstation keeps for itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.people import Clinician
from app.domain.terms import DraftId, PatientId, PractitionerId


@dataclass(frozen=True, slots=True)
class Draft:
    """Something typed and not signed. `body` is the form's own JSON."""

    id: DraftId
    kind: str
    patient: PatientId | None
    author: PractitionerId
    body: str
    saved_at: datetime


class Drafts(Protocol):
    def save(self, draft: Draft) -> None:
        """Keep `draft`, replacing an older one of the same id. Durable when it returns."""
        ...

    def open_for(
        self, author: PractitionerId, patient: PatientId | None = None
    ) -> tuple[Draft, ...]:
        """The author's drafts (of one patient, if given), newest first."""
        ...

    def get(self, draft: DraftId) -> Draft | None: ...

    def discard(self, draft: DraftId) -> None: ...


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the access audit.

    Attributes:
        action: `sign-in`, `sign-in-refused`, `sign-out`, `lock`, `unlock`, `chart.open`,
            `chart.break-glass`, `note.sign`, `order.place`, `audit.read`, `user.enrol`, …
        reason: Given for break-glass; "" otherwise.
        seq, previous, digest: Place in the hash chain; filled by the trail.
    """

    at: datetime
    actor: PractitionerId | None
    actor_name: str
    action: str
    patient: PatientId | None = None
    reason: str = ""
    detail: str = ""
    seq: int = 0
    previous: str = ""
    digest: str = ""
    reviewed_by: str = ""
    reviewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Result of checking the chain: intact, or where it first breaks."""

    entries: int
    intact: bool
    broken_at: int | None = None


class AccessAudit(Protocol):
    def record(self, entry: AuditEntry) -> None:
        """Append; nothing can change or remove an entry."""
        ...

    def entries(
        self, *, newest: int = 500, patient: PatientId | None = None, action: str = ""
    ) -> tuple[AuditEntry, ...]: ...

    def verify(self) -> AuditVerdict: ...

    def review(self, seq: int, reviewer: str, at: datetime) -> None:
        """Note that a break-glass entry was looked at; itself an entry of the chain."""
        ...

    def unsent(self, limit: int = 200) -> tuple[AuditEntry, ...]:
        """Entries not yet handed to the outbox as AuditEvent."""
        ...

    def mark_sent(self, up_to_seq: int) -> None: ...


class People(Protocol):
    def enrolled(self) -> tuple[Clinician, ...]: ...

    def by_username(self, username: str) -> Clinician | None: ...

    def save(self, clinician: Clinician) -> None: ...

    def preference(self, clinician: PractitionerId, name: str) -> str | None:
        """A remembered choice (columns, language, theme, marked patients), or None."""
        ...

    def remember(self, clinician: PractitionerId, name: str, value: str) -> None: ...

    def secret(self, name: str) -> bytes | None:
        """A token kept inside the encrypted database (refresh token, last claims)."""
        ...

    def keep_secret(self, name: str, value: bytes | None) -> None: ...
