"""What goes to the server: pending groups, frozen batches, and what became of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, Connection, Row, Update, bindparam, insert, select, update

from app.domain.terms import GroupId, Ref
from app.fhir.document import parse
from app.kernel.faults import FaultKind, Message, app_error
from app.ports.sync_store import (
    BatchEntry,
    FrozenBatch,
    PendingGroup,
)
from localdb.bodies import content_hash, pack, unpack
from localdb.engine import Cache
from localdb.failpoints import Failpoint
from localdb.journal import Journal
from localdb.messages import message_to_text
from localdb.outbox import unconfirmed
from localdb.pending import pending_groups, remembering
from localdb.projecting import Projector
from localdb.schema import batch, batch_entry, change, change_group, resource, workstation
from localdb.settling import (
    confirm_finished,
    retell,
    set_state,
    tick_off_sent,
    with_changes,
)
from localdb.shelf import AMONG, among, chunks, fetch, reproject

_OPEN = ("frozen", "sent")
UNKNOWN_VERSION = "0"
"""Stands for a version that the server made and nobody has seen; it matches nothing there."""

# What runs for every document of a batch is built once: making a statement anew costs several
# times what SQLite needs to carry it out.
_OF: BindParameter[str] = bindparam("of")
_KNOWN: BindParameter[str] = bindparam("known")
_OWN_CHANGES = (change.c.ref == _OF, change.c.acked_version.is_(None))
_AFTER = select(change.c.ref, change.c.seq, change.c.after_hash).where(
    change.c.ref.in_(AMONG), change.c.acked_version.is_(None)
)
_INFLIGHT = update(resource).where(resource.c.ref.in_(AMONG)).values(state="inflight")
_FROZEN_CHANGES = (
    update(change)
    .where(change.c.seq <= bindparam("upto"), *_OWN_CHANGES)
    .values(batch_id=bindparam("batch"))
)
_CONFIRMED = (
    update(resource).where(resource.c.ref == _OF).values(server_version=_KNOWN, server_updated=None)
)
_STILL_DIRTY = _CONFIRMED.values(
    state="dirty", base=bindparam("packed"), base_hash=bindparam("hash")
)
_NOW_CLEAN = _CONFIRMED.values(
    state="clean",
    base=None,
    base_hash=None,
    body=bindparam("packed"),
    body_hash=bindparam("hash"),
)
_REST_ON = update(change).where(*_OWN_CHANGES).values(base_version=_KNOWN)
_ACKED = (
    update(batch_entry)
    .where(batch_entry.c.batch_id == bindparam("batch"), batch_entry.c.ref == _OF)
    .values(acked_version=_KNOWN)
)


class Uploads:
    """The upload half of `SyncStore`, as far as batches go."""

    def __init__(self, cache: Cache, projectors: Sequence[Projector], journal: Journal) -> None:
        self._cache = cache
        self._projectors = projectors
        self._journal = journal
        self._read = remembering()

    def pending(self) -> tuple[PendingGroup, ...]:
        with self._cache.read() as connection:
            return pending_groups(connection, self._read)

    def freeze(self, frozen: FrozenBatch) -> None:
        with self._cache.write() as connection:
            _check_plan(connection, frozen)
            connection.execute(
                insert(batch).values(
                    batch_id=frozen.id,
                    state="frozen",
                    groups=json.dumps(frozen.groups),
                    expect_register=frozen.expect_register,
                    register_seq=frozen.register_seq,
                    payload=pack(frozen.payload),
                    payload_hash=hashlib.sha256(frozen.payload).hexdigest(),
                    attempts=frozen.attempts,
                    next_try_at=frozen.next_try_at,
                )
            )
            _freeze_entries(connection, frozen)
            set_state(connection, frozen.groups, "packed", frozen.id)
            # Packed is still "saved" to the reader: no projection has anything to hear.
            self._cache.failpoints.reach(Failpoint.BATCH_FROZEN)

    def mark_sent(self, batch_id: str, at: datetime) -> None:
        with self._cache.write() as connection:
            row = _open_batch(connection, batch_id)
            connection.execute(
                update(batch)
                .where(batch.c.batch_id == batch_id)
                .values(state="sent", attempts=row.attempts + 1, next_try_at=None, sent_at=at)
            )
            groups = _groups(row)
            set_state(connection, groups, "sent", batch_id)
            retell(connection, self._projectors, groups)

    def own_versions(self, refs: tuple[Ref, ...]) -> Mapping[Ref, frozenset[str]]:
        found: dict[Ref, set[str]] = {}
        with self._cache.read() as connection:
            for some in chunks(refs):
                rows = connection.execute(
                    select(batch_entry.c.ref, batch_entry.c.acked_version).where(
                        batch_entry.c.ref.in_(some), batch_entry.c.acked_version.is_not(None)
                    )
                )
                for row in rows:
                    found.setdefault(row.ref, set()).add(row.acked_version)
        return {ref: frozenset(versions) for ref, versions in found.items()}

    def open_batches(self) -> tuple[FrozenBatch, ...]:
        with self._cache.read() as connection:
            rows = connection.execute(
                select(batch).where(batch.c.state.in_(_OPEN)).order_by(batch.c.seq)
            ).all()
            return tuple(_frozen(connection, row) for row in rows)

    def acknowledge(
        self, batch_id: str, versions: Mapping[Ref, str], register_version: str, at: datetime
    ) -> None:
        with self._cache.write() as connection:
            row = _batch_row(connection, batch_id)
            if row.state == "acked":
                return
            _must_be_open(row)
            entries = _entries(connection, batch_id)
            _acknowledge_entries(connection, batch_id, entries, versions)
            _settle(connection, batch_id, "acked", at)
            _move_register(connection, register_version, row.register_seq)
            # Whatever of these groups was made after the freeze still waits.
            set_state(connection, _groups(row), "saved", "")
            confirm_finished(connection, at)
            reproject(connection, self._projectors, [entry.ref for entry in entries])
            left = unconfirmed(connection)
            self._cache.failpoints.reach(Failpoint.BATCH_ACKNOWLEDGED)
        self._journal.trim(left)

    def postpone(self, batch_id: str, attempts: int, next_try_at: datetime, why: Message) -> None:
        with self._cache.write() as connection:
            _open_batch(connection, batch_id)
            connection.execute(
                update(batch)
                .where(batch.c.batch_id == batch_id)
                .values(attempts=attempts, next_try_at=next_try_at, why=message_to_text(why))
            )

    def void(self, batch_id: str, register_version: str | None, at: datetime) -> None:
        with self._cache.write() as connection:
            row = _batch_row(connection, batch_id)
            if row.state == "void":
                return
            _must_be_open(row)
            give_back(connection, self._projectors, row, "void", at)
            if register_version is not None:
                _move_register(connection, register_version, row.register_seq)


def give_back(
    connection: Connection,
    projectors: Sequence[Projector],
    row: Row[tuple[object, ...]],
    state: str,
    at: datetime,
) -> None:
    """End an open batch that was not applied: its documents and groups are free again."""
    batch_id = str(row.batch_id)
    refs = [entry.ref for entry in _entries(connection, batch_id)]
    connection.execute(
        update(resource)
        .where(resource.c.ref.in_(refs), resource.c.state == "inflight")
        .values(state="dirty")
    )
    connection.execute(update(change).where(change.c.batch_id == batch_id).values(batch_id=""))
    set_state(connection, _groups(row), "saved", "")
    _settle(connection, batch_id, state, at)
    reproject(connection, projectors, refs)


def open_batch_of(connection: Connection, group: GroupId) -> Row[tuple[object, ...]] | None:
    """The unanswered batch that a group is in, if it is in one."""
    return connection.execute(
        select(batch)
        .join(change_group, change_group.c.batch_id == batch.c.batch_id)
        .where(change_group.c.group_id == group, batch.c.state.in_(_OPEN))
    ).first()


def _check_plan(connection: Connection, frozen: FrozenBatch) -> None:
    """Refuse a plan that the world has overtaken since it was made.

    Raises:
        AppError: `CONFLICT`: plan again.
    """
    states = set(
        connection.scalars(
            select(change_group.c.state).where(change_group.c.group_id.in_(frozen.groups))
        )
    )
    rows = fetch(connection, (entry.ref for entry in frozen.entries))
    fits = all(
        entry.ref in rows
        and rows[entry.ref].state == "dirty"
        and rows[entry.ref].version == entry.if_match
        for entry in frozen.entries
    )
    if states != {"saved"} or not fits or not _bodies_fit(connection, frozen.entries):
        raise app_error(FaultKind.CONFLICT, "queue.plan-overtaken", frozen.id)


def _bodies_fit(connection: Connection, entries: Iterable[BatchEntry]) -> bool:
    """Whether each entry says what its newest change says (a rebase may have come between)."""
    after: dict[tuple[Ref, int], str] = {}
    for some in chunks(entry.ref for entry in entries):
        rows = connection.execute(_AFTER, among(some))
        after.update(((ref, seq), told) for ref, seq, told in rows)
    return all(
        after.get((entry.ref, entry.seq_hi)) == content_hash(parse(entry.body)) for entry in entries
    )


def _freeze_entries(connection: Connection, frozen: FrozenBatch) -> None:
    if not frozen.entries:
        return
    rows = [
        {
            "batch_id": frozen.id,
            "idx": idx,
            "ref": entry.ref,
            "if_match": entry.if_match,
            "seq_hi": entry.seq_hi,
            "body_hash": entry.body_hash,
            "body": pack(entry.body),
        }
        for idx, entry in enumerate(frozen.entries)
    ]
    connection.execute(insert(batch_entry), rows)
    connection.execute(_INFLIGHT, among(entry.ref for entry in frozen.entries))
    frozen_changes = [
        {"of": entry.ref, "upto": entry.seq_hi, "batch": frozen.id} for entry in frozen.entries
    ]
    connection.execute(_FROZEN_CHANGES, frozen_changes)


def _acknowledge_entries(
    connection: Connection,
    batch_id: str,
    entries: Sequence[BatchEntry],
    versions: Mapping[Ref, str],
) -> None:
    """Move the base of each document.

    Without a version the write was applied and overtaken at once: the last version known stays,
    so that the next download or the next If-Match finds the newer one (I3).
    """
    known = {
        entry.ref: versions.get(entry.ref) or entry.if_match or UNKNOWN_VERSION for entry in entries
    }
    sent = [(entry.ref, known[entry.ref], entry.seq_hi) for entry in entries]
    tick_off_sent(connection, sent)
    changed = with_changes(connection, known)
    told: list[dict[str, str | bytes]] = [
        {
            "of": entry.ref,
            "known": known[entry.ref],
            "packed": pack(entry.body),
            "hash": content_hash(parse(entry.body)),
        }
        for entry in entries
    ]
    _run(connection, _STILL_DIRTY, [one for one in told if one["of"] in changed])
    _run(connection, _NOW_CLEAN, [one for one in told if one["of"] not in changed])
    _run(connection, _REST_ON, [{"of": ref, "known": known[ref]} for ref in sorted(changed)])
    acked: list[dict[str, str | bytes]] = [
        {"of": ref, "known": version, "batch": batch_id} for ref, version in known.items()
    ]
    _run(connection, _ACKED, acked)


def _run(connection: Connection, statement: Update, told: list[dict[str, str | bytes]]) -> None:
    """One statement for all of them: each by itself costs more in the calling than in the doing."""
    if told:
        connection.execute(statement, told)


def _settle(connection: Connection, batch_id: str, state: str, at: datetime) -> None:
    """End a batch. Its bytes go: the documents hold what was sent, and patients may be evicted."""
    connection.execute(
        update(batch)
        .where(batch.c.batch_id == batch_id)
        .values(state=state, settled_at=at, payload=b"", next_try_at=None, why="")
    )
    connection.execute(
        update(batch_entry).where(batch_entry.c.batch_id == batch_id).values(body=b"")
    )


def _move_register(connection: Connection, version: str, seq: int) -> None:
    connection.execute(update(workstation).values(register_version=version, register_seq=seq))


def _batch_row(connection: Connection, batch_id: str) -> Row[tuple[object, ...]]:
    row = connection.execute(select(batch).where(batch.c.batch_id == batch_id)).first()
    if row is None:
        raise LookupError("no such batch")
    return row


def _open_batch(connection: Connection, batch_id: str) -> Row[tuple[object, ...]]:
    row = _batch_row(connection, batch_id)
    _must_be_open(row)
    return row


def _must_be_open(row: Row[tuple[object, ...]]) -> None:
    if row.state not in _OPEN:
        raise ValueError(f"the batch is {row.state}")


def _groups(row: Row[tuple[object, ...]]) -> list[GroupId]:
    return [GroupId(group) for group in json.loads(row.groups)]


def _entries(connection: Connection, batch_id: str) -> list[BatchEntry]:
    rows = connection.execute(
        select(batch_entry).where(batch_entry.c.batch_id == batch_id).order_by(batch_entry.c.idx)
    )
    return [
        BatchEntry(r.ref, r.if_match, r.seq_hi, r.body_hash, unpack(r.body) if r.body else b"")
        for r in rows
    ]


def _frozen(connection: Connection, row: Row[tuple[object, ...]]) -> FrozenBatch:
    return FrozenBatch(
        row.batch_id,
        tuple(_groups(row)),
        row.expect_register,
        row.register_seq,
        unpack(row.payload),
        tuple(_entries(connection, row.batch_id)),
        row.state,
        row.attempts,
        row.next_try_at,
    )
