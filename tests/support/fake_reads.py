"""What screens read, out of memory: wards, the queue, an inbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.census import BedRow, Ward, WardBoard, bed_order
from app.domain.chart import WorkItem
from app.domain.people import Role
from app.domain.sending import GroupState, QueueItem
from app.domain.terms import Named, PatientId, PractitionerId, WardId
from app.kernel.faults import AppError, Fault
from app.ports.reading import PatientHit

Marks = Callable[[PractitionerId], tuple[PatientId, ...]]


def nobody(clinician: PractitionerId) -> tuple[PatientId, ...]:
    del clinician
    return ()


@dataclass
class FakeWardReads:
    """`WardReads`: boards in bed order, patients by attending or mark, names by any part."""

    boards: dict[WardId, tuple[Ward, tuple[BedRow, ...], datetime | None]] = field(
        default_factory=dict
    )
    marks: Marks = nobody
    fault: Fault | None = None

    def wards(self) -> tuple[Ward, ...]:
        self._fail()
        return tuple(_as_known(ward, as_of) for ward, _, as_of in self.boards.values())

    def board(self, ward: WardId) -> WardBoard:
        self._fail()
        nothing = (Ward(ward, Named(ward), 0), (), None)
        found, rows, as_of = self.boards.get(ward, nothing)
        known = [row for row in rows if row.patient is not None or as_of is not None]
        ordered = tuple(sorted(known, key=lambda row: bed_order(row.bed)))
        return WardBoard(_as_known(found, as_of), ordered, as_of)

    def patients_of(self, clinician: PractitionerId) -> tuple[BedRow, ...]:
        self._fail()
        marked = self.marks(clinician)
        return tuple(
            row
            for _, rows, _ in self.boards.values()
            for row in rows
            if row.patient is not None
            and (
                (row.stay is not None and row.stay.attending == clinician)
                or row.patient.id in marked
            )
        )

    def find(self, query: str, limit: int = 50) -> tuple[PatientHit, ...]:
        self._fail()
        if not query:
            return ()
        hits = [
            PatientHit(row.patient, row.stay, field)
            for _, rows, _ in self.boards.values()
            for row in rows
            if row.patient is not None and (field := _matched(row, query))
        ]
        return tuple(hits[:limit])

    def _fail(self) -> None:
        if self.fault is not None:
            raise AppError(self.fault)


def _as_known(ward: Ward, as_of: datetime | None) -> Ward:
    """Nobody knows how many lie in a ward whose census never came whole."""
    return ward if as_of is not None else replace(ward, occupied=None)


def _matched(row: BedRow, query: str) -> str:
    patient = row.patient
    if patient is None:
        return ""
    tried = {
        "bed": row.bed == query,
        "name": query in patient.name,
        "record": patient.record_number.startswith(query),
        "admission": row.stay is not None and row.stay.admission_number.startswith(query),
        "pinyin": patient.phonetic.replace(" ", "").casefold().startswith(query.casefold()),
        "initials": "".join(part[0] for part in patient.phonetic.casefold().split()).startswith(
            query.casefold()
        ),
    }
    return next((name for name, holds in tried.items() if holds), "")


@dataclass
class FakeQueueReads:
    """`QueueReads`: what is not confirmed, oldest first, then the last fifty confirmed."""

    held: list[QueueItem] = field(default_factory=list)
    fault: Fault | None = None

    def queue(self) -> tuple[QueueItem, ...]:
        if self.fault is not None:
            raise AppError(self.fault)
        waiting = sorted((i for i in self.held if i.state.unsent), key=lambda i: i.at)
        done = [i for i in self.held if i.state is GroupState.CONFIRMED]
        return (*waiting, *sorted(done, key=lambda i: i.at, reverse=True)[:50])


@dataclass
class FakeInboxReads:
    """`InboxReads`: what is open for the person, or for the role and nobody in particular."""

    held: list[WorkItem] = field(default_factory=list)
    fault: Fault | None = None

    def inbox(
        self, clinician: PractitionerId, role: Role, also: tuple[tuple[Role, str], ...] = ()
    ) -> tuple[WorkItem, ...]:
        if self.fault is not None:
            raise AppError(self.fault)
        others = {(other.value, code) for other, code in also}
        mine = [
            item
            for item in self.held
            if item.open
            and (
                item.owner == clinician
                or (item.owner is None and item.owner_role == role.value)
                or (item.owner is None and (item.owner_role, item.code) in others)
            )
        ]
        return tuple(sorted(mine, key=lambda item: (not item.urgent, item.id)))
