"""Groups of the journal made again in a database that does not have them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from app.domain.terms import GroupId
from app.fhir.document import parse
from app.fhir.subject import patient_of
from localdb.bodies import content_hash, pack
from localdb.engine import Cache
from localdb.journal import Journal
from localdb.outbox import GroupRecord, KeptChange, record_of
from localdb.projecting import Projector
from localdb.schema import change, change_group, resource
from localdb.shelf import Shelved, fetch_one, reproject, rtype_of


def replant(
    cache: Cache,
    journal: Journal,
    projectors: Sequence[Projector],
    records: Sequence[GroupRecord],
) -> tuple[GroupId, ...]:
    """Make the groups again, in their order; returns those that were not there already.

    They come back held: some may have reached the server before the damage, and only a download
    shows which. Their documents rest on the version they were made on; where the server has moved
    on, the download leads to a conflict that a person decides.

    Raises:
        AppError: `STORAGE` if they could not be written.
    """
    made: list[GroupId] = []
    for record in records:
        with cache.write() as connection:
            if _exists(connection, record.group):
                continue
            _log(connection, record)
            for kept in record.changes:
                _put(connection, record, kept)
            reproject(connection, projectors, [kept.ref for kept in record.changes])
            journaled = record_of(connection, record.group)
        if journaled is not None:
            journal.append(journaled)
        made.append(record.group)
    return tuple(made)


def _exists(connection: Connection, group: GroupId) -> bool:
    asked = select(change_group.c.seq).where(change_group.c.group_id == group)
    return connection.execute(asked).first() is not None


def _log(connection: Connection, record: GroupRecord) -> None:
    connection.execute(
        insert(change_group).values(
            group_id=record.group,
            kind=record.kind,
            patient=record.patient,
            author=record.author,
            at=record.at,
            reason=record.reason,
            state="held",
            read_set=json.dumps([list(pair) for pair in record.read_set]),
            provenance=record.provenance,
        )
    )


def _put(connection: Connection, record: GroupRecord, kept: KeptChange) -> None:
    document = parse(kept.body)
    packed = pack(kept.body.encode())
    row = fetch_one(connection, kept.ref)
    told: dict[str, object] = {
        "body": packed,
        "body_hash": content_hash(document),
        "patient": patient_of(document) or record.patient,
        "local_seq": 1 if row is None else row.local_seq + 1,
    }
    if row is None:
        told |= {"server_version": kept.base_version, "state": "dirty"}
        named = {"ref": kept.ref, "rtype": rtype_of(kept.ref)}
        connection.execute(insert(resource).values(**named, **told))
    else:
        told |= _onto(row, kept)
        connection.execute(update(resource).where(resource.c.pk == row.pk).values(told))
    connection.execute(
        insert(change).values(
            group_id=record.group,
            ref=kept.ref,
            base_version=kept.base_version,
            before_hash=kept.before_hash,
            after_hash=told["body_hash"],
            after=packed,
        )
    )


def _onto(row: Shelved, kept: KeptChange) -> dict[str, object]:
    """A downloaded copy is the base only if it is the very version the change was made on."""
    if row.state != "clean":
        return {}
    if row.version == kept.base_version:
        return {"state": "dirty", "base": row.body, "base_hash": row.body_hash}
    return {"state": "dirty", "server_version": kept.base_version}
