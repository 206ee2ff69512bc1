"""Change groups that are not confirmed: how they read in the database and in the journal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from app.domain.terms import GroupId, PatientId, PractitionerId, Ref
from app.ports.acts import ReadSet
from localdb.bodies import unpack
from localdb.schema import change, change_group


@dataclass(frozen=True, slots=True)
class KeptChange:
    """One document of a recorded group, as it read after the act."""

    ref: Ref
    base_version: str
    before_hash: str
    body: str


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """All that is needed to make a group again in an empty cache."""

    group: GroupId
    kind: str
    patient: PatientId | None
    author: PractitionerId
    at: datetime
    reason: str
    read_set: ReadSet
    provenance: str
    changes: tuple[KeptChange, ...]


def record_of(connection: Connection, group: GroupId) -> GroupRecord | None:
    """The group as the journal keeps it, or None when nothing of it is unconfirmed."""
    row = connection.execute(
        select(change_group).where(
            change_group.c.group_id == group, change_group.c.state != "confirmed"
        )
    ).first()
    if row is None:
        return None
    changes = connection.execute(
        select(change)
        .where(change.c.group_id == group, change.c.acked_version.is_(None))
        .order_by(change.c.seq)
    )
    return GroupRecord(
        group,
        row.kind,
        row.patient,
        row.author,
        row.at,
        row.reason,
        read_set_of(row.read_set),
        row.provenance,
        tuple(
            KeptChange(c.ref, c.base_version, c.before_hash, unpack(c.after).decode())
            for c in changes
        ),
    )


def unconfirmed(connection: Connection) -> list[GroupId]:
    """Groups that exist on this workstation only, in the order they were made."""
    return list(
        connection.scalars(
            select(change_group.c.group_id)
            .where(change_group.c.state != "confirmed")
            .order_by(change_group.c.seq)
        )
    )


def every_group(connection: Connection) -> frozenset[GroupId]:
    """Every group there has ever been, confirmed ones too."""
    return frozenset(connection.scalars(select(change_group.c.group_id)))


def read_set_of(text: str) -> ReadSet:
    """The read-set out of its column."""
    return tuple((Ref(ref), version) for ref, version in json.loads(text))


def to_json(record: GroupRecord) -> bytes:
    """The record as bytes to be sealed."""
    return json.dumps(
        {
            "group": record.group,
            "kind": record.kind,
            "patient": record.patient,
            "author": record.author,
            "at": record.at.astimezone(UTC).isoformat(),
            "reason": record.reason,
            "read_set": record.read_set,
            "provenance": record.provenance,
            "changes": [[c.ref, c.base_version, c.before_hash, c.body] for c in record.changes],
        },
        ensure_ascii=False,
    ).encode()


def from_json(data: bytes) -> GroupRecord:
    """The record out of opened bytes.

    Raises:
        ValueError, KeyError, TypeError: They are not a record.
    """
    value = json.loads(data)
    return GroupRecord(
        GroupId(value["group"]),
        value["kind"],
        PatientId(value["patient"]) if value["patient"] is not None else None,
        PractitionerId(value["author"]),
        datetime.fromisoformat(value["at"]),
        value["reason"],
        tuple((Ref(ref), version) for ref, version in value["read_set"]),
        value["provenance"],
        tuple(
            KeptChange(Ref(ref), base_version, before_hash, body)
            for ref, base_version, before_hash, body in value["changes"]
        ),
    )
