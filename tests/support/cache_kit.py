"""A real encrypted cache in a temporary folder, and short ways to fill it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Column, Connection, String, Table, select
from sqlalchemy.dialects.sqlite import insert

from app.domain.terms import GroupId, PatientId, PractitionerId, Ref
from app.fhir.document import Document, canonical_hash, reference_to, to_bytes
from app.ports.acts import Act, Change, Held
from app.ports.sync_store import (
    BatchEntry,
    Enrolment,
    FrozenBatch,
    Incoming,
    PendingGroup,
    Piece,
    Scope,
)
from localdb.opening import Hazards, OpenCache, open_cache
from localdb.projecting import Projector, Put
from localdb.projections.provenances import Provenances
from localdb.schema import DERIVED, metadata

KEY = bytes(range(32))
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PATIENT = PatientId("li-ming")
DOCTOR = PractitionerId("dr-wang")
SCOPE = Scope("patient:li-ming", "patient", "li-ming")

told_row = Table(
    "told_row",
    metadata,
    Column("ref", String, primary_key=True),
    Column("unsent", String, nullable=False),
    Column("version", String, nullable=False),
    Column("content", String, nullable=False),
    info=DERIVED,
)


class SteppedClock:
    """Stands still until it is told to step."""

    def __init__(self, start: datetime = NOW) -> None:
        self.at = start

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - NOW).total_seconds()

    def step(self, **by: float) -> None:
        self.at += timedelta(**by)


class TellingProjector:
    """Writes down what projections are told, of every document."""

    kinds = frozenset({"told"})
    tables = (told_row,)
    version = 1

    def __init__(self, *rtypes: str) -> None:
        self.rtypes = frozenset(rtypes or ("Patient", "DocumentReference", "Task", "Encounter"))

    def project(self, connection: Connection, puts: Sequence[Put]) -> None:
        for put in puts:
            connection.execute(told_row.delete().where(told_row.c.ref == put.ref))
            if put.document is not None:
                connection.execute(
                    insert(told_row).values(
                        ref=put.ref,
                        unsent=put.unsent,
                        version=put.version,
                        content=canonical_hash(put.document),
                    )
                )


@dataclass(frozen=True, slots=True)
class Told:
    """One row of the telling projection."""

    unsent: str
    version: str
    content: str


def open_kit(
    folder: Path,
    *,
    key: bytes = KEY,
    clock: SteppedClock | None = None,
    projectors: Sequence[Projector] | None = None,
    recovery_key: bytes | None = None,
    hazards: Hazards | None = None,
) -> OpenCache:
    return open_cache(
        folder,
        key,
        (TellingProjector(), Provenances()) if projectors is None else projectors,
        clock or SteppedClock(),
        recovery_key=recovery_key,
        hazards=hazards or Hazards(busy_ms=100),
    )


@contextmanager
def a_cache(folder: Path, **how: object) -> Iterator[OpenCache]:
    opened = open_kit(folder, **how)  # type: ignore[arg-type]  # passed on exactly as it came
    try:
        yield opened
    finally:
        opened.close()


def told(opened: OpenCache) -> dict[Ref, Told]:
    with opened.cache.read() as connection:
        rows = connection.execute(select(told_row)).all()
    return {row.ref: Told(row.unsent, row.version, row.content) for row in rows}


def an_act(group: str, *changes: Change | Document, kind: str = "note.sign", **more: object) -> Act:
    """An act of Dr Wang; a bare document is a new one."""
    made = tuple(c if isinstance(c, Change) else Change(c) for c in changes)
    fields = {"patient": PATIENT, "author": DOCTOR, "at": NOW} | more
    return Act(GroupId(group), kind, changes=made, **fields)  # type: ignore[arg-type]  # a test may override any field


def held(opened: OpenCache, ref: str) -> Held:
    found = opened.documents.held(Ref(ref))
    assert found is not None
    return found


def edited(opened: OpenCache, ref: str, **elements: object) -> Change:
    """The document as it is here, with `elements` changed."""
    now = held(opened, ref)
    document: Document = {**now.document, **elements}  # type: ignore[dict-item]  # JSON of the test's choosing
    return Change(document, now.stamp)


def incoming(document: Document, version: str = "1", updated: datetime = NOW) -> Incoming:
    return Incoming(Ref(reference_to(document)), to_bytes(document), version, updated)


def a_piece(
    *documents: Incoming, scope: str = SCOPE.id, rtype: str = "", pass_no: int = 1, **more: object
) -> Piece:
    """A piece that makes its documents members of the scope."""
    fields = {"members": tuple((one.ref, one.version) for one in documents)} | more
    return Piece(scope, rtype, pass_no, documents, **fields)  # type: ignore[arg-type]  # a test may override any field


def enrol(opened: OpenCache) -> None:
    opened.sync_store.record_enrolment(Enrolment("ws-1", "http://127.0.0.1:1/fhir", "1", 0, NOW))


def a_batch(name: str, *groups: PendingGroup, register: str = "1", seq: int = 1) -> FrozenBatch:
    """The batch a planner would make of these groups: newest body against the oldest base."""
    entries: dict[Ref, BatchEntry] = {}
    for change in sorted((c for g in groups for c in g.changes), key=lambda c: c.seq):
        base = entries[change.ref].if_match if change.ref in entries else change.base_version
        entries[change.ref] = BatchEntry(change.ref, base, change.seq, "", change.body)
    return FrozenBatch(
        name,
        tuple(g.group for g in groups),
        register,
        seq,
        f"payload of {name}".encode(),
        tuple(entries.values()),
    )


def freeze_all(opened: OpenCache, name: str = "batch-1") -> FrozenBatch:
    saved = [g for g in opened.sync_store.pending() if g.state == "saved"]
    batch = a_batch(name, *saved)
    opened.sync_store.freeze(batch)
    return batch


def send_all(opened: OpenCache, name: str = "batch-1", version: str = "1") -> FrozenBatch:
    """Freeze, send and acknowledge everything that waits, each document in `version`."""
    batch = freeze_all(opened, name)
    opened.sync_store.mark_sent(name, NOW)
    versions = {entry.ref: version for entry in batch.entries}
    opened.sync_store.acknowledge(name, versions, "2", NOW)
    return batch


def states(opened: OpenCache) -> dict[str, str]:
    """State of every group that is not confirmed."""
    return {g.group: g.state for g in opened.sync_store.pending()}
