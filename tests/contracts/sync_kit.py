"""Documents and answers that the tests of `SyncStore` share."""

from __future__ import annotations

from datetime import timedelta

from app.domain.terms import GroupId, Ref
from app.fhir.document import Document, to_bytes
from app.kernel.faults import Message
from app.ports.sync_store import (
    NewConflict,
    Rejection,
)
from localdb.opening import OpenCache
from tests.support.cache_kit import (
    NOW,
)
from tests.support.order_builders import a_note

NOTE = Ref("DocumentReference/note-1")
TASK = Ref("Task/task-1")
PATIENT_REF = Ref("Patient/li-ming")
LATER = NOW + timedelta(minutes=5)
WHY = Message.of("sync.verdict.silence")


def theirs(**elements: str) -> Document:
    return {**a_note(), **elements}


def rejection(group: str) -> Rejection:
    why = Message.of("sync.verdict.rejected")
    return Rejection(GroupId(group), 422, why, "HAPI-0541: bad code", NOW)


def conflict_of(opened: OpenCache, ref: Ref, remote: Document | None, version: str) -> NewConflict:
    known = opened.sync_store.known([ref])[ref]
    return NewConflict(
        ref,
        "update-delete" if remote is None else "update-update",
        None,
        known.base,
        known.working,
        None if remote is None else to_bytes(remote),
        version,
        ("description",),
        known.local_seq,
    )
