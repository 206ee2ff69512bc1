"""Pending change groups, as the sync engine plans with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, select

from app.domain.terms import GroupId, Ref
from app.fhir.document import parse, references
from app.ports.sync_store import PendingChange, PendingGroup
from localdb.bodies import unpack
from localdb.outbox import read_set_of
from localdb.schema import batch, change, change_group, resource

_CHANGES = (
    select(change.c.seq, change.c.ref, change.c.group_id, change.c.after, resource.c.server_version)
    .outerjoin(resource, resource.c.ref == change.c.ref)
    .where(change.c.acked_version.is_(None))
    .order_by(change.c.seq)
)
_OPEN_BATCHES = select(batch.c.batch_id, batch.c.attempts, batch.c.next_try_at).where(
    batch.c.state.in_(("frozen", "sent"))
)
_GROUPS = (
    select(change_group).where(change_group.c.state != "confirmed").order_by(change_group.c.seq)
)

ChangeRead = tuple[bytes, frozenset[Ref]]
ReadChange = Callable[[bytes], ChangeRead]


def remembering() -> ReadChange:
    """Reads the bodies of changes, each once: a queue is asked for before every batch.

    What it remembers goes with whoever holds it, and so with the cache that is closed.
    """
    return lru_cache(maxsize=8192)(_read)


def pending_groups(connection: Connection, read: ReadChange) -> tuple[PendingGroup, ...]:
    """Every group that is not confirmed, in the order they were made."""
    groups = connection.execute(_GROUPS).all()
    if not groups:
        return ()
    changes = _pending_changes(connection, read)
    tries = _tries(connection)
    return tuple(
        PendingGroup(
            group=row.group_id,
            seq=row.seq,
            kind=row.kind,
            patient=row.patient,
            author=row.author,
            at=row.at,
            state=row.state,
            changes=tuple(changes.get(row.group_id, ())),
            read_set=read_set_of(row.read_set),
            attempts=tries.get(row.batch_id, _NO_TRIES).attempts,
            next_try_at=tries.get(row.batch_id, _NO_TRIES).next_try_at,
            batch=row.batch_id,
        )
        for row in groups
    )


class _Tries(NamedTuple):
    attempts: int
    next_try_at: datetime | None


_NO_TRIES = _Tries(0, None)


def _pending_changes(
    connection: Connection, read: ReadChange
) -> dict[GroupId, list[PendingChange]]:
    """Unconfirmed changes by group.

    Each carries its own body, which for the newest one is the working copy: a group that is held
    back must not travel inside an earlier one (I5, I13).
    """
    found: dict[GroupId, list[PendingChange]] = {}
    created: set[Ref] = set()
    for seq, ref, group, after, known in connection.execute(_CHANGES):
        version = known or ""
        is_create = not version and ref not in created
        created |= {ref} if is_create else set()
        body, refs = read(after)
        op = "create" if is_create else "update"
        found.setdefault(group, []).append(PendingChange(seq, ref, op, version, body, refs))
    return found


def _read(packed: bytes) -> ChangeRead:
    """The body of a change and what it refers to."""
    body = unpack(packed)
    return body, frozenset(Ref(ref) for ref in references(parse(body)))


def _tries(connection: Connection) -> dict[str, _Tries]:
    rows = connection.execute(_OPEN_BATCHES)
    return {batch_id: _Tries(attempts, next_try_at) for batch_id, attempts, next_try_at in rows}
