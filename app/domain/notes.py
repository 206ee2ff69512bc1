"""Notes: what clinicians write, who wrote it, and whether it counts yet."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from app.domain.orders import Objection
from app.domain.terms import EncounterId, NoteId, PatientId, PractitionerId, Term
from app.kernel.faults import Message


class NoteKind(enum.Enum):
    """System `urn:wardone:note-kind`."""

    PROGRESS = "progress"
    ADMISSION = "admission"
    FIRST_PROGRESS = "first-progress"
    SENIOR_ROUND = "senior-round"
    NURSING = "nursing"
    HANDOVER = "handover"
    OPERATION = "operation"
    DISCHARGE = "discharge"
    OTHER = "other"


class NoteStatus(enum.Enum):
    """FHIR `composition-status` (docStatus) as far as a reader must tell them apart."""

    PRELIMINARY = "preliminary"  # signed by a trainee, waits for countersignature
    FINAL = "final"
    AMENDED = "amended"
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NoteDraft:
    patient: PatientId
    encounter: EncounterId | None
    kind: NoteKind = NoteKind.PROGRESS
    title: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A note of the record.

    Attributes:
        kind_term: The kind as recorded, for foreign kinds that `NoteKind` does not know.
        text: Plain text; None when the content is not text (an attached scan, say).
        unsent: On this workstation only: `saved`, `sent`, `conflict`, `rejected`, or "".
        superseded: Another document has replaced this one.
        at_text: The recorded date when it has no time of day, or "".
    """

    id: NoteId
    patient: PatientId
    encounter: EncounterId | None
    kind: NoteKind
    kind_term: Term
    status: NoteStatus
    title: str
    text: str | None
    at: datetime | None
    author: PractitionerId | None = None
    author_name: str = ""
    countersigned_by: str = ""
    unsent: str = ""
    guarded: bool = False
    superseded: bool = False
    at_text: str = ""
    countersigner: PractitionerId | None = None
    countersigned_at: datetime | None = None


def objections(draft: NoteDraft) -> tuple[Objection, ...]:
    """Say everything that is wrong with `draft`; nothing means it may be signed."""
    found: list[Objection] = []
    if draft.encounter is None:
        found.append(Objection("encounter", Message.of("note.missing-encounter")))
    if not draft.text.strip():
        found.append(Objection("text", Message.of("note.missing-text")))
    return tuple(found)
