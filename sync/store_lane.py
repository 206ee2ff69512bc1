"""`SyncStore` whose every write waits its turn on the STORE lane, behind the clinician's acts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from app.domain.terms import GroupId, PatientId, Ref
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
    SyncStore,
)

T = TypeVar("T")


class Turn(Protocol):
    """Runs work on the STORE lane and waits for its answer."""

    def __call__(self, work: Callable[[], T]) -> T: ...


def at_once(work: Callable[[], T]) -> T:
    """The turn of a program without lanes: the command line and tests."""
    return work()


class LanedStore:
    """Reads on the caller's thread, writes in turn (architecture.md, Threads)."""

    def __init__(self, store: SyncStore, turn: Turn) -> None:
        self._store = store
        self._turn = turn

    def enrolment(self) -> Enrolment | None:
        return self._store.enrolment()

    def record_enrolment(self, enrolment: Enrolment) -> None:
        self._turn(lambda: self._store.record_enrolment(enrolment))

    def mark_fenced(self) -> None:
        self._turn(self._store.mark_fenced)

    def scopes(self) -> tuple[Scope, ...]:
        return self._store.scopes()

    def put_scopes(self, scopes: tuple[Scope, ...]) -> None:
        if scopes:
            self._turn(lambda: self._store.put_scopes(scopes))

    def cursor(self, scope: str, rtype: str) -> CursorRow | None:
        return self._store.cursor(scope, rtype)

    def save_cursor(self, row: CursorRow) -> None:
        self._turn(lambda: self._store.save_cursor(row))

    def members(self, scope: str) -> Mapping[Ref, str]:
        return self._store.members(scope)

    def forget_members(self, scope: str, refs: tuple[Ref, ...]) -> None:
        self._turn(lambda: self._store.forget_members(scope, refs))

    def known(self, refs: Iterable[Ref]) -> Mapping[Ref, Known]:
        return self._store.known(refs)

    def apply(self, piece: Piece) -> PieceOutcome:
        return self._turn(lambda: self._store.apply(piece))

    def bury(self, ref: Ref, cause: str, at: datetime) -> bool:
        return self._turn(lambda: self._store.bury(ref, cause, at))

    def leave_scope(self, scope: str) -> int:
        return self._turn(lambda: self._store.leave_scope(scope))

    def leave_patient(self, patient: PatientId, cohorts: tuple[Scope, ...]) -> bool:
        return self._turn(lambda: self._store.leave_patient(patient, cohorts))

    def pending(self) -> tuple[PendingGroup, ...]:
        return self._store.pending()

    def freeze(self, batch: FrozenBatch) -> None:
        self._turn(lambda: self._store.freeze(batch))

    def mark_sent(self, batch: str, at: datetime) -> None:
        self._turn(lambda: self._store.mark_sent(batch, at))

    def open_batches(self) -> tuple[FrozenBatch, ...]:
        return self._store.open_batches()

    def acknowledge(
        self, batch: str, versions: Mapping[Ref, str], register_version: str, at: datetime
    ) -> None:
        self._turn(lambda: self._store.acknowledge(batch, versions, register_version, at))

    def postpone(self, batch: str, attempts: int, next_try_at: datetime, why: Message) -> None:
        self._turn(lambda: self._store.postpone(batch, attempts, next_try_at, why))

    def void(self, batch: str, register_version: str | None, at: datetime) -> None:
        self._turn(lambda: self._store.void(batch, register_version, at))

    def reject(self, rejection: Rejection) -> None:
        self._turn(lambda: self._store.reject(rejection))

    def hold(self, group: GroupId, refs: tuple[Ref, ...], at: datetime) -> None:
        self._turn(lambda: self._store.hold(group, refs, at))

    def release(self, group: GroupId) -> None:
        self._turn(lambda: self._store.release(group))

    def own_versions(self, refs: tuple[Ref, ...]) -> Mapping[Ref, frozenset[str]]:
        return self._store.own_versions(refs)

    def counts(self) -> QueueCounts:
        return self._store.counts()

    def write_down(self, note: SyncNote) -> None:
        self._turn(lambda: self._store.write_down(note))

    def diary(self, newest: int = 200) -> tuple[SyncNote, ...]:
        return self._store.diary(newest)

    def note_contact(self, at: datetime) -> None:
        self._turn(lambda: self._store.note_contact(at))

    def last_contact(self) -> datetime | None:
        return self._store.last_contact()

    def data_as_of(self, scope: str) -> datetime | None:
        return self._store.data_as_of(scope)
