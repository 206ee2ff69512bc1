"""What is in a workstation's database, read behind the program's back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from app.domain.terms import GroupId, Ref
from app.fhir.document import Document
from localdb.bodies import opened
from localdb.outbox import read_set_of
from localdb.schema import (
    batch,
    change,
    change_group,
    conflict,
    cursor,
    quarantine,
    resource,
    scope,
    tombstone,
)
from sync.cursor import Phase, complete
from sync.cursor_json import from_text
from tests.sync.simulation.station import Desk

# Built once: making a statement anew costs more than what SQLite needs to answer it.
_KEPT = select(
    resource.c.ref,
    resource.c.state,
    resource.c.server_version,
    resource.c.patient,
    resource.c.body_hash,
    resource.c.body,
)
_VERSIONS = select(resource.c.ref, resource.c.server_version)
_GROUPS = select(change_group.c.group_id, change_group.c.state)
_UNSENT = select(change.c.ref, change.c.after).where(change.c.acked_version.is_(None))
_CONFLICTS = select(conflict).where(conflict.c.kind != "read-set")
_REJECTED = select(quarantine.c.group_id, quarantine.c.status)
_GRAVES = select(tombstone.c.ref)
_SCOPES = select(scope)
_CURSORS = select(cursor)
_OPEN_GROUPS = select(change_group.c.group_id).where(change_group.c.state != "confirmed")
_OPEN_DISPUTES = select(conflict.c.id).where(conflict.c.resolved_at.is_(None))


@dataclass(frozen=True, slots=True)
class Kept:
    """One document as it is kept."""

    state: str
    version: str
    patient: str
    content_hash: str
    body: bytes

    @property
    def document(self) -> Document:
        return opened(self.body)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where one pass stands, and up to when it says that everything is here.

    A pass whose last page is in says so too: after a restart its watermark moves at once.
    """

    scope: str
    kind: str
    target: str
    rtype: str
    watermark: datetime


@dataclass
class Evidence:
    """Everything the checks need of one database.

    Attributes:
        groups: State of every group there has ever been.
        unsent: Bodies of unconfirmed changes, and our side of every conflict, by document.
        theirs: Server versions that open conflicts hold, by document.
        rejections: Status with which a group was refused.
    """

    kept: dict[Ref, Kept] = field(default_factory=dict)
    groups: dict[GroupId, str] = field(default_factory=dict)
    unsent: dict[Ref, list[bytes]] = field(default_factory=dict)
    theirs: dict[Ref, list[str]] = field(default_factory=dict)
    rejections: dict[GroupId, int] = field(default_factory=dict)
    graves: frozenset[Ref] = frozenset()
    followed: frozenset[str] = frozenset()
    cursors: tuple[Cursor, ...] = ()

    @property
    def unconfirmed(self) -> list[GroupId]:
        return [group for group, state in self.groups.items() if state != "confirmed"]


def examine(desk: Desk) -> Evidence:
    """Read the whole database."""
    found = Evidence()
    with desk.cache.cache.read() as connection:
        for row in connection.execute(_KEPT):
            found.kept[row.ref] = Kept(
                row.state, row.server_version, row.patient or "", row.body_hash, row.body
            )
        for row in connection.execute(_GROUPS):
            found.groups[row.group_id] = row.state
        for row in connection.execute(_UNSENT):
            found.unsent.setdefault(row.ref, []).append(row.after)
        for row in connection.execute(_CONFLICTS):
            if row.local is not None:
                found.unsent.setdefault(row.ref, []).append(row.local)
            if row.resolved_at is None:
                found.theirs.setdefault(row.ref, []).append(row.remote_version)
        for row in connection.execute(_REJECTED):
            found.rejections[row.group_id] = row.status
        found.graves = frozenset(connection.scalars(_GRAVES))
        scopes = connection.execute(_SCOPES).all()
        found.followed = frozenset(
            one for row in scopes if row.kind == "cohort" for one in row.target.split(",") if one
        )
        kinds = {row.id: (row.kind, row.target) for row in scopes}
        found.cursors = tuple(
            Cursor(row.scope, *kinds[row.scope], row.rtype, claimed)
            for row in connection.execute(_CURSORS)
            if row.scope in kinds and (claimed := _claimed(row.state)) is not None
        )
    return found


def _claimed(state: str) -> datetime | None:
    kept = from_text(state, timedelta(0))
    return complete(kept).watermark if kept.phase is Phase.PAGED else kept.watermark


def versions_here(desk: Desk) -> dict[Ref, str]:
    with desk.cache.cache.read() as connection:
        rows = connection.execute(_VERSIONS)
        return {row.ref: row.server_version for row in rows}


def unsettled(desk: Desk) -> int:
    """How much "all sent" must not be said with."""
    with desk.cache.cache.read() as connection:
        open_groups = connection.scalars(_OPEN_GROUPS).all()
        disputes = connection.scalars(_OPEN_DISPUTES).all()
    return len(open_groups) + len(disputes)


@dataclass(frozen=True, slots=True)
class Load:
    """One group of a batch and what its signer had seen, as last confirmed."""

    group: GroupId
    read_set: tuple[tuple[Ref, str], ...]


def load_of(desk: Desk, batch_id: str) -> tuple[Load, ...]:
    """The groups inside an open batch."""
    with desk.cache.cache.read() as connection:
        rows = connection.execute(
            select(change_group.c.group_id, change_group.c.read_set)
            .join(batch, batch.c.batch_id == change_group.c.batch_id)
            .where(batch.c.batch_id == batch_id)
        ).all()
    return tuple(Load(row.group_id, read_set_of(row.read_set)) for row in rows)


def documents_of(bodies: Iterable[bytes]) -> list[Document]:
    return [opened(body) for body in bodies]
