"""`SyncStore` over the encrypted cache: one object, its parts in modules of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from app.domain.terms import GroupId, PatientId, Ref
from app.kernel.clock import Clock
from app.kernel.faults import Message
from app.ports.sync_store import (
    CursorRow,
    Enrolment,
    FrozenBatch,
    Known,
    PendingGroup,
    Piece,
    PieceOutcome,
    QueueCounts,
    Rejection,
    Scope,
    SyncNote,
)
from localdb.downloads import Downloads
from localdb.engine import Cache
from localdb.evicting import Evicting
from localdb.following import Following
from localdb.halting import Halting
from localdb.journal import Journal
from localdb.projecting import Projector
from localdb.station import Station
from localdb.uploads import Uploads


class SqlSyncStore:
    """`SyncStore` over the encrypted cache."""

    def __init__(
        self, cache: Cache, projectors: Sequence[Projector], journal: Journal, clock: Clock
    ) -> None:
        self._station = Station(cache)
        self._following = Following(cache)
        self._downloads = Downloads(cache, projectors, clock)
        self._evicting = Evicting(cache, projectors, clock)
        self._uploads = Uploads(cache, projectors, journal)
        self._halting = Halting(cache, projectors, clock)

    # --- this workstation
    def enrolment(self) -> Enrolment | None:
        return self._station.enrolment()

    def record_enrolment(self, enrolment: Enrolment) -> None:
        self._station.record_enrolment(enrolment)

    def mark_fenced(self) -> None:
        self._station.mark_fenced()

    def write_down(self, note: SyncNote) -> None:
        self._station.write_down(note)

    def diary(self, newest: int = 200) -> tuple[SyncNote, ...]:
        return self._station.diary(newest)

    def note_contact(self, at: datetime) -> None:
        self._station.note_contact(at)

    def last_contact(self) -> datetime | None:
        return self._station.last_contact()

    # --- download
    def scopes(self) -> tuple[Scope, ...]:
        return self._following.scopes()

    def put_scopes(self, scopes: tuple[Scope, ...]) -> None:
        self._following.put_scopes(scopes)

    def cursor(self, scope: str, rtype: str) -> CursorRow | None:
        return self._following.cursor(scope, rtype)

    def save_cursor(self, row: CursorRow) -> None:
        self._following.save_cursor(row)

    def members(self, scope: str) -> Mapping[Ref, str]:
        return self._following.members(scope)

    def forget_members(self, scope: str, refs: tuple[Ref, ...]) -> None:
        self._following.forget_members(scope, refs)

    def data_as_of(self, scope: str) -> datetime | None:
        return self._following.data_as_of(scope)

    def known(self, refs: Iterable[Ref]) -> Mapping[Ref, Known]:
        return self._downloads.known(refs)

    def apply(self, piece: Piece) -> PieceOutcome:
        return self._downloads.apply(piece)

    def bury(self, ref: Ref, cause: str, at: datetime) -> bool:
        return self._downloads.bury(ref, cause, at)

    def leave_scope(self, scope: str) -> int:
        return self._evicting.leave_scope(scope)

    def leave_patient(self, patient: PatientId, cohorts: tuple[Scope, ...]) -> bool:
        return self._evicting.leave_patient(patient, cohorts)

    # --- upload
    def pending(self) -> tuple[PendingGroup, ...]:
        return self._uploads.pending()

    def freeze(self, batch: FrozenBatch) -> None:
        self._uploads.freeze(batch)

    def mark_sent(self, batch: str, at: datetime) -> None:
        self._uploads.mark_sent(batch, at)

    def open_batches(self) -> tuple[FrozenBatch, ...]:
        return self._uploads.open_batches()

    def acknowledge(
        self, batch: str, versions: Mapping[Ref, str], register_version: str, at: datetime
    ) -> None:
        self._uploads.acknowledge(batch, versions, register_version, at)

    def postpone(self, batch: str, attempts: int, next_try_at: datetime, why: Message) -> None:
        self._uploads.postpone(batch, attempts, next_try_at, why)

    def void(self, batch: str, register_version: str | None, at: datetime) -> None:
        self._uploads.void(batch, register_version, at)

    def reject(self, rejection: Rejection) -> None:
        self._halting.reject(rejection)

    def hold(self, group: GroupId, refs: tuple[Ref, ...], at: datetime) -> None:
        self._halting.hold(group, refs, at)

    def release(self, group: GroupId) -> None:
        self._halting.release(group)

    def own_versions(self, refs: tuple[Ref, ...]) -> Mapping[Ref, frozenset[str]]:
        return self._uploads.own_versions(refs)

    def counts(self) -> QueueCounts:
        return self._halting.counts()
