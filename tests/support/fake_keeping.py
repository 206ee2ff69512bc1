"""Drafts, the access audit and people in memory, held to the contract of the encrypted cache."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from app.domain.people import Clinician
from app.domain.terms import DraftId, PatientId, PractitionerId
from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.keeping import AuditEntry, AuditVerdict, Draft


class FakeDrafts:
    """Drafts in a dictionary.

    Attributes:
        refusing: Raised by the next writing, once, as a full disk would.
    """

    def __init__(self) -> None:
        self.refusing: AppError | None = None
        self._drafts: dict[DraftId, Draft] = {}

    def save(self, draft: Draft) -> None:
        self._refuse()
        self._drafts[draft.id] = draft

    def open_for(
        self, author: PractitionerId, patient: PatientId | None = None
    ) -> tuple[Draft, ...]:
        mine = [
            d
            for d in self._drafts.values()
            if d.author == author and (patient is None or d.patient == patient)
        ]
        return tuple(sorted(mine, key=lambda d: d.saved_at, reverse=True))

    def get(self, draft: DraftId) -> Draft | None:
        return self._drafts.get(draft)

    def discard(self, draft: DraftId) -> None:
        self._refuse()
        self._drafts.pop(draft, None)

    def _refuse(self) -> None:
        refusing, self.refusing = self.refusing, None
        if refusing is not None:
            raise refusing


class FakeAccessAudit:
    def __init__(self) -> None:
        self._entries: list[AuditEntry] = []
        self._sent = 0

    def record(self, entry: AuditEntry) -> None:
        previous = self._entries[-1].digest if self._entries else ""
        placed = replace(entry, seq=len(self._entries) + 1, previous=previous)
        self._entries.append(replace(placed, digest=_digest(placed)))

    def entries(
        self, *, newest: int = 500, patient: PatientId | None = None, action: str = ""
    ) -> tuple[AuditEntry, ...]:
        found = [
            e
            for e in reversed(self._entries)
            if patient in (None, e.patient) and action in ("", e.action)
        ]
        return tuple(found[:newest])

    def verify(self) -> AuditVerdict:
        previous = ""
        for entry in self._entries:
            if entry.previous != previous or entry.digest != _digest(entry):
                return AuditVerdict(entry.seq - 1, intact=False, broken_at=entry.seq)
            previous = entry.digest
        return AuditVerdict(len(self._entries), intact=True)

    def review(self, seq: int, reviewer: str, at: datetime) -> None:
        if not 1 <= seq <= len(self._entries):
            raise app_error(FaultKind.REFUSED, "audit.no-such-entry", str(seq))
        seen = self._entries[seq - 1]
        if not seen.reviewed_by:
            self._entries[seq - 1] = replace(seen, reviewed_by=reviewer, reviewed_at=at)
        self.record(AuditEntry(at, None, reviewer, "audit.review", seen.patient, detail=str(seq)))

    def unsent(self, limit: int = 200) -> tuple[AuditEntry, ...]:
        return tuple(self._entries[self._sent :][:limit])

    def mark_sent(self, up_to_seq: int) -> None:
        self._sent = max(self._sent, min(up_to_seq, len(self._entries)))


class FakePeople:
    def __init__(self, *clinicians: Clinician) -> None:
        self._clinicians = {one.id: one for one in clinicians}
        self._preferences: dict[tuple[PractitionerId, str], str] = {}
        self._secrets: dict[str, bytes] = {}

    def enrolled(self) -> tuple[Clinician, ...]:
        return tuple(sorted(self._clinicians.values(), key=lambda one: one.username))

    def by_username(self, username: str) -> Clinician | None:
        return next((c for c in self._clinicians.values() if c.username == username), None)

    def save(self, clinician: Clinician) -> None:
        self._clinicians[clinician.id] = clinician

    def preference(self, clinician: PractitionerId, name: str) -> str | None:
        return self._preferences.get((clinician, name))

    def remember(self, clinician: PractitionerId, name: str, value: str) -> None:
        self._preferences[clinician, name] = value

    def secret(self, name: str) -> bytes | None:
        return self._secrets.get(name)

    def keep_secret(self, name: str, value: bytes | None) -> None:
        if value is None:
            self._secrets.pop(name, None)
        else:
            self._secrets[name] = value


def _digest(entry: AuditEntry) -> str:
    said = (
        entry.previous,
        entry.seq,
        entry.at,
        entry.actor,
        entry.actor_name,
        entry.action,
        entry.patient,
        entry.reason,
        entry.detail,
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()
