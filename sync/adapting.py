"""Between what the cache keeps and what the planner reasons about."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import lru_cache

from app.domain.slots import is_derived
from app.domain.terms import Ref
from app.fhir.bundles import Put, transaction
from app.fhir.document import Document, canonical_hash, parse, references, to_bytes
from app.fhir.register import register_ref, write_register
from app.ports.sync_store import BatchEntry, Enrolment, FrozenBatch, PendingChange, PendingGroup
from sync.batching import (
    Batch,
    Change,
    Group,
    Op,
    Priority,
    RegisterPut,
    Standing,
    build_transaction,
)
from sync.merge_rules import MergeRules, SafetyClass
from sync.resolve import Cause, SentBatch, SentEntry

_STANDING: Mapping[str, Standing] = {
    "saved": Standing.READY,
    "packed": Standing.IN_FLIGHT,
    "sent": Standing.IN_FLIGHT,
    "held": Standing.HELD,
    "conflict": Standing.CONFLICTED,
    "rejected": Standing.QUARANTINED,
}
_PRIORITY = {
    SafetyClass.A: Priority.A,
    SafetyClass.B: Priority.B,
    SafetyClass.C: Priority.C,
    SafetyClass.D: Priority.C,
}


def group_of(pending: PendingGroup, rules: MergeRules) -> Group:
    """A kept group as the planner sees it; its class is that of its most dangerous document."""
    changes = tuple(_change(change) for change in pending.changes)
    classes = [rules.class_of(_parsed(change.body)) for change in pending.changes if change.body]
    priority = min((_PRIORITY[one] for one in classes), default=Priority.C)
    return Group(
        pending.group, pending.seq, priority, changes, pending.kind, _STANDING[pending.state]
    )


def freeze(batch: Batch, enrolment: Enrolment) -> FrozenBatch:
    """The batch as the bytes that will be sent, this time and every time after.

    The id is new; the register's next body carries it, which is how `resolve` knows it again.
    """
    batch_id = str(uuid.uuid4())
    register = write_register(enrolment.workstation, enrolment.register_seq + 1, batch_id)
    put = RegisterPut(
        register_ref(enrolment.workstation), enrolment.register_version, to_bytes(register)
    )
    described = build_transaction(batch.entries, put)
    payload = transaction(
        tuple(Put(Ref(entry.url), parse(entry.body), entry.if_match) for entry in described.entries)
    )
    entries = tuple(
        BatchEntry(
            entry.ref,
            entry.if_match,
            entry.seq_hi,
            canonical_hash(parse(entry.body)),
            entry.body,
        )
        for entry in batch.entries
    )
    return FrozenBatch(
        batch_id,
        batch.ids,
        enrolment.register_version,
        enrolment.register_seq + 1,
        to_bytes(payload),
        entries,
    )


def sent_batch(batch: FrozenBatch, cause: Cause, races: int) -> SentBatch:
    """A frozen batch as `resolve` sees it."""
    entries = tuple(SentEntry(e.ref, e.if_match, e.body_hash) for e in batch.entries)
    return SentBatch(batch.id, batch.expect_register, entries, cause, races)


def urls_of(batch: FrozenBatch, workstation: str) -> tuple[str, ...]:
    """Entry urls in request order, the register last."""
    return (*(str(entry.ref) for entry in batch.entries), str(register_ref(workstation)))


def made_by_anybody(batch: FrozenBatch) -> tuple[Ref, ...]:
    """Creates whose id follows from what they stand for: another workstation may have been first.

    A PUT of them would overwrite unseen what the other made of it since (I3). One that names
    something this very batch creates can only be ours: nobody else has heard of it.
    """
    created = {entry.ref for entry in batch.entries if not entry.if_match}
    new = {ref for ref in created if not is_derived(ref)}
    return tuple(
        entry.ref
        for entry in batch.entries
        if entry.ref in created - new and new.isdisjoint(map(Ref, references(_parsed(entry.body))))
    )


@lru_cache(maxsize=4096)
def _parsed(body: bytes) -> Document:
    """A queue is planned anew before each of its batches; its bodies stay the same. Only read."""
    return parse(body)


def _change(change: PendingChange) -> Change:
    return Change(
        change.seq, change.ref, Op(change.op), change.base_version, change.body, change.refs
    )
