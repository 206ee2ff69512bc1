"""What screens read: projections, never documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.census import BedRow, Ward, WardBoard
from app.domain.chart import Overview, WorkItem
from app.domain.notes import Note
from app.domain.orders import OrderLine
from app.domain.patients import Banner, PatientRecord, Stay
from app.domain.people import Role
from app.domain.results import Report, ResultRow, Series
from app.domain.sending import QueueItem
from app.domain.terms import NoteId, PatientId, PractitionerId, Ref, WardId


@dataclass(frozen=True, slots=True)
class PatientHit:
    """A patient found; `matched` names the field (`name`, `pinyin`, `bed`, `record`, …)."""

    patient: PatientRecord
    stay: Stay | None
    matched: str


@dataclass(frozen=True, slots=True)
class Oddity:
    """A document that was kept and not understood, wholly or in part.

    Attributes:
        ref: What it is; of one that is not even a resource, as much as was known.
        patient: Whom it is about, where it says so.
        reason: The code of a sentence, and a word for IT behind it.
        shown: It is on its page all the same, incomplete; False when it is on none.
    """

    ref: Ref
    patient: PatientId | None
    reason: str
    shown: bool


class WardReads(Protocol):
    def wards(self) -> tuple[Ward, ...]: ...

    def board(self, ward: WardId) -> WardBoard:
        """Beds in bed order; pending counts from one query.

        Empty beds are there once the census has come whole: before that nobody knows which are.
        """
        ...

    def patients_of(self, clinician: PractitionerId) -> tuple[BedRow, ...]:
        """Current inpatients whose attending or care team is `clinician`, or whom they marked."""
        ...

    def find(self, query: str, limit: int = 50) -> tuple[PatientHit, ...]:
        """By name (any part), full pinyin or initials, bed, record or admission number.

        Best first; current inpatients before others. An empty query finds nobody.
        """
        ...


class ChartReads(Protocol):
    def banner(self, patient: PatientId) -> Banner | None: ...

    def overview(self, patient: PatientId, since: datetime) -> Overview | None:
        """Everything of the first page from one snapshot; events and vitals from `since`."""
        ...

    def vitals(self, patient: PatientId, since: datetime) -> tuple[Series, ...]: ...

    def results(self, patient: PatientId) -> tuple[ResultRow, ...]:
        """Newest first; needs-acknowledgement ones are marked."""
        ...

    def series(self, patient: PatientId, code: str) -> Series | None:
        """Every value of one LOINC (or local) code, oldest first."""
        ...

    def reports(self, patient: PatientId) -> tuple[Report, ...]: ...

    def notes(self, patient: PatientId) -> tuple[Note, ...]:
        """Newest first, texts included."""
        ...

    def note(self, note: NoteId) -> Note | None: ...

    def orders(self, patient: PatientId) -> tuple[OrderLine, ...]:
        """All of them, newest first."""
        ...

    def read_set(self, patient: PatientId) -> tuple[tuple[Ref, str], ...]:
        """(ref, version) of every class-A document of the patient that the chart shows."""
        ...

    def unreadable(self, patient: PatientId) -> tuple[tuple[Ref, str], ...]:
        """Documents of the patient that were kept but not understood, each with the reason."""
        ...


class OddityReads(Protocol):
    def oddities(self) -> tuple[Oddity, ...]:
        """Everything that was kept here and not understood, the patient's or nobody's."""
        ...


class InboxReads(Protocol):
    def inbox(
        self, clinician: PractitionerId, role: Role, also: tuple[tuple[Role, str], ...] = ()
    ) -> tuple[WorkItem, ...]:
        """Open tasks and unread messages of the person or the role, urgent first.

        `also`: tasks of another role with this code that the person may answer as well.
        """
        ...


class QueueReads(Protocol):
    def queue(self) -> tuple[QueueItem, ...]:
        """Every change group not yet confirmed, oldest first, then the last 50 confirmed."""
        ...
