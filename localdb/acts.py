"""A clinician's act becomes rows: documents, projections, outbox and read-set in one commit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.terms import Ref
from app.fhir.document import Document, reference_to, to_bytes
from app.fhir.guards import unknown_modifiers
from app.fhir.subject import patient_of
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Act
from localdb.bodies import content_hash, opened, pack, stamp
from localdb.decision_journal import append_events
from localdb.engine import Cache
from localdb.failpoints import Failpoint
from localdb.journal import Journal
from localdb.kept_rows import DraftRow
from localdb.outbox import GroupRecord, record_of
from localdb.projecting import Projector, Put, project_all
from localdb.schema import change, change_group, resource, tombstone
from localdb.shelf import Shelved, fetch, rtype_of


@dataclass(frozen=True, slots=True)
class Written:
    """One document of the act, made ready outside the transaction."""

    ref: Ref
    document: Document
    opened_at: str | None
    stamp: str
    content_hash: str
    packed: bytes
    patient: str | None


class SqlActs:
    """`Acts` over the encrypted cache."""

    def __init__(self, cache: Cache, projectors: Sequence[Projector], journal: Journal) -> None:
        self._cache = cache
        self._projectors = projectors
        self._journal = journal

    def commit(self, act: Act) -> None:
        self.commit_all((act,))

    def commit_all(self, acts: tuple[Act, ...]) -> None:
        ready = [(act, make_ready(act)) for act in acts]
        with self._cache.write() as connection:
            records = [self._store(connection, act, written) for act, written in ready]
        for record in records:
            if record is not None:
                self._journal.append(record)

    def _store(
        self, connection: Connection, act: Act, written: list[Written]
    ) -> GroupRecord | None:
        """Store one act; its line of the journal, or None when nothing of it was new."""
        if _is_committed(connection, act):
            return None
        record = None
        kept = what_changes(connection, act, written)
        if kept:
            store_act(self._cache, connection, self._projectors, act, kept)
            record = record_of(connection, act.group)
        _drop_draft(connection, act)
        return record


def store_act(
    cache: Cache,
    connection: Connection,
    projectors: Sequence[Projector],
    act: Act,
    kept: list[tuple[Written, Shelved | None]],
) -> None:
    """Write documents, projections, log and decisions of `act` inside the caller's transaction."""
    fail = cache.failpoints
    for written, row in kept:
        _put(connection, written, row)
    fail.reach(Failpoint.ACT_DOCUMENTS)
    puts = [
        Put(w.ref, rtype_of(w.ref), w.document, "saved", row.version if row else "", w.patient)
        for w, row in kept
    ]
    project_all(connection, projectors, puts)
    fail.reach(Failpoint.ACT_PROJECTED)
    _log(connection, act, kept)
    append_events(connection, act.decisions)
    fail.reach(Failpoint.ACT_LOGGED)


def make_ready(act: Act) -> list[Written]:
    """The documents of `act`, its Provenance among them, made ready outside the transaction.

    Raises:
        AppError: `REFUSED` for a document with a modifier nobody here understands.
        ValueError: A document stands in the act twice.
    """
    asked = [(change.document, change.stamp) for change in act.changes]
    if act.provenance is not None:
        own = reference_to(act.provenance)
        if all(reference_to(document) != own for document, _ in asked):
            asked.append((act.provenance, None))
    found = [_ready(document, opened_at, act.patient) for document, opened_at in asked]
    if len({written.ref for written in found}) < len(found):
        raise ValueError("an act changes each document once")
    return found


def _ready(document: Document, opened_at: str | None, patient: str | None) -> Written:
    # What names no patient itself (Provenance) belongs to the patient of the act that made it, so
    # that it is evicted with him.
    own = patient_of(document) or (patient if opened_at is None else None)
    _refuse_modifiers(document)
    return Written(
        Ref(reference_to(document)),
        document,
        opened_at,
        stamp(document),
        content_hash(document),
        pack(to_bytes(document)),
        own,
    )


def _refuse_modifiers(document: Document) -> None:
    if unknown_modifiers(document):
        raise app_error(FaultKind.REFUSED, "change.modifier", rtype_of(Ref(reference_to(document))))


def _is_committed(connection: Connection, act: Act) -> bool:
    asked = select(change_group.c.seq).where(change_group.c.group_id == act.group)
    return connection.execute(asked).first() is not None


def what_changes(
    connection: Connection, act: Act, written: list[Written]
) -> list[tuple[Written, Shelved | None]]:
    """Those that alter something, each with the row it lies on; nothing if only the Provenance."""
    refs = [one.ref for one in written]
    rows = fetch(connection, refs)
    gone = set(connection.scalars(select(tombstone.c.ref).where(tombstone.c.ref.in_(refs))))
    kept: list[tuple[Written, Shelved | None]] = []
    for one in written:
        row = rows.get(one.ref)
        if _alters(one, row, is_gone=one.ref in gone):
            kept.append((one, row))
    provenance = reference_to(act.provenance) if act.provenance is not None else ""
    return kept if any(one.ref != provenance for one, _ in kept) else []


def _alters(written: Written, row: Shelved | None, *, is_gone: bool) -> bool:
    """Whether the document changes anything.

    Raises:
        AppError: `CONFLICT` if it was not written onto what is here now.
    """
    if row is None:
        if is_gone or written.opened_at is not None:
            raise app_error(FaultKind.CONFLICT, "change.gone", rtype_of(written.ref))
        return True
    current = opened(row.body)
    now = stamp(current)
    if now == written.stamp:
        return False
    _refuse_modifiers(current)
    if row.state == "conflict":
        raise app_error(FaultKind.CONFLICT, "change.in-conflict", row.rtype)
    if written.opened_at is None:
        raise app_error(FaultKind.CONFLICT, "change.exists", row.rtype)
    if written.opened_at != now:
        raise app_error(FaultKind.CONFLICT, "change.stale", row.rtype)
    return True


def _put(connection: Connection, written: Written, row: Shelved | None) -> None:
    values = {
        "body": written.packed,
        "body_hash": written.content_hash,
        "patient": written.patient,
    }
    if row is None:
        connection.execute(
            insert(resource).values(
                ref=written.ref,
                rtype=rtype_of(written.ref),
                state="dirty",
                server_version="",
                local_seq=1,
                **values,
            )
        )
        return
    if row.state == "clean":
        values |= {"base": row.body, "base_hash": row.body_hash, "state": "dirty"}
    connection.execute(
        update(resource)
        .where(resource.c.pk == row.pk)
        .values(local_seq=row.local_seq + 1, **values)
    )


def _log(connection: Connection, act: Act, kept: list[tuple[Written, Shelved | None]]) -> None:
    connection.execute(
        insert(change_group).values(
            group_id=act.group,
            kind=act.kind,
            patient=act.patient,
            author=act.author,
            at=act.at,
            reason=act.reason,
            state="saved",
            read_set=json.dumps([list(pair) for pair in act.read_set]),
            provenance="" if act.provenance is None else reference_to(act.provenance),
        )
    )
    connection.execute(
        insert(change),
        [
            {
                "group_id": act.group,
                "ref": written.ref,
                "base_version": row.version if row else "",
                "before_hash": row.body_hash if row else "",
                "after_hash": written.content_hash,
                "after": written.packed,
            }
            for written, row in kept
        ],
    )


def _drop_draft(connection: Connection, act: Act) -> None:
    if act.draft is not None:
        connection.execute(delete(DraftRow).where(DraftRow.id == act.draft))
