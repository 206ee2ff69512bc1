"""Small steps that several writes share: changes that are done, groups that are, projections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, exists, select, update

from app.domain.terms import GroupId, Ref
from localdb.projecting import Projector
from localdb.schema import change, change_group, conflict
from localdb.shelf import AMONG, among, chunks, reproject

DUPLICATE = "duplicate-act"
ABOUT_ACTS = ("read-set", DUPLICATE)
"""Kinds of conflict that are about what people did, not about two versions of one document."""

_CONFIRMED_KEPT = 50
_DISPUTED = (
    select(conflict.c.ref, conflict.c.remote_version)
    .where(
        conflict.c.ref.in_(AMONG),
        conflict.c.kind.not_in(ABOUT_ACTS),
        conflict.c.resolved_at.is_(None),
    )
    .order_by(conflict.c.id)
)

_OPEN_CHANGES = (change.c.ref == bindparam("of"), change.c.acked_version.is_(None))
_TICK_ALL = (
    update(change).where(*_OPEN_CHANGES).values(acked_version=bindparam("known"), after=None)
)
_TICK_SOME = _TICK_ALL.where(change.c.seq <= bindparam("upto"))
_ANY_CHANGE = select(change.c.seq).where(*_OPEN_CHANGES).limit(1)
_CHANGED_AMONG = (
    select(change.c.ref).where(change.c.ref.in_(AMONG), change.c.acked_version.is_(None)).distinct()
)


def tick_off(connection: Connection, ref: Ref, version: str) -> None:
    """Mark every change of a document as confirmed in `version`."""
    connection.execute(_TICK_ALL, {"of": ref, "known": version})


def tick_off_sent(connection: Connection, sent: Iterable[tuple[Ref, str, int]]) -> None:
    """Mark changes as confirmed: of each (document, version) those up to the given `seq`."""
    told = [{"of": ref, "known": version, "upto": seq_hi} for ref, version, seq_hi in sent]
    if told:
        connection.execute(_TICK_SOME, told)


def has_changes(connection: Connection, ref: Ref) -> bool:
    """Whether a change of the document is still unconfirmed."""
    return connection.execute(_ANY_CHANGE, {"of": ref}).first() is not None


def with_changes(connection: Connection, refs: Iterable[Ref]) -> frozenset[Ref]:
    """Which of these documents have a change that is still unconfirmed."""
    found: set[Ref] = set()
    for some in chunks(refs):
        found.update(connection.scalars(_CHANGED_AMONG, among(some)))
    return frozenset(found)


def confirm_finished(connection: Connection, at: datetime) -> None:
    """Confirm every group of which nothing is left to send, and forget the oldest such groups."""
    left = exists().where(
        change.c.group_id == change_group.c.group_id, change.c.acked_version.is_(None)
    )
    connection.execute(
        update(change_group)
        .where(change_group.c.state != "confirmed", ~left)
        .values(state="confirmed", confirmed_at=at, batch_id="", read_set="[]")
    )
    newest = (
        select(change_group.c.group_id)
        .where(change_group.c.state == "confirmed")
        .order_by(change_group.c.confirmed_at.desc(), change_group.c.seq.desc())
        .limit(_CONFIRMED_KEPT)
    )
    # The group row itself stays: committing the same group again must remain a no-op.
    old = select(change_group.c.group_id).where(
        change_group.c.state == "confirmed", change_group.c.group_id.not_in(newest)
    )
    connection.execute(delete(change).where(change.c.group_id.in_(old)))


def end_dispute(connection: Connection, groups: Iterable[GroupId]) -> None:
    """Let groups go that waited for a person's choice and have none left to wait for."""
    connection.execute(
        update(change_group)
        .where(change_group.c.group_id.in_(list(groups)), change_group.c.state == "conflict")
        .values(state="saved")
    )


def set_state(connection: Connection, groups: Iterable[GroupId], state: str, batch: str) -> None:
    """Move unconfirmed groups to `state`."""
    connection.execute(
        update(change_group)
        .where(change_group.c.group_id.in_(list(groups)), change_group.c.state != "confirmed")
        .values(state=state, batch_id=batch)
    )


def refs_of(connection: Connection, groups: Iterable[GroupId]) -> list[Ref]:
    """Documents that unconfirmed changes of these groups touch."""
    return list(
        connection.scalars(
            select(change.c.ref)
            .where(change.c.group_id.in_(list(groups)), change.c.acked_version.is_(None))
            .distinct()
        )
    )


def groups_of(connection: Connection, refs: Iterable[Ref]) -> list[GroupId]:
    """Groups with unconfirmed changes of these documents."""
    found: dict[GroupId, None] = {}
    for some in chunks(refs):
        groups = connection.scalars(
            select(change.c.group_id).where(
                change.c.ref.in_(some), change.c.acked_version.is_(None)
            )
        )
        found |= dict.fromkeys(groups)
    return list(found)


def disputed_versions(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, str]:
    """The server version each open conflict is about, of those documents that are in one."""
    found: dict[Ref, str] = {}
    for some in chunks(refs):
        rows = connection.execute(_DISPUTED, among(some))
        found.update((ref, version) for ref, version in rows)
    return found


def close_conflicts(connection: Connection, at: datetime, *, group: GroupId, kind: str) -> None:
    """Mark the open conflicts of a group as resolved."""
    connection.execute(
        update(conflict)
        .where(
            conflict.c.group_id == group, conflict.c.kind == kind, conflict.c.resolved_at.is_(None)
        )
        .values(resolved_at=at)
    )


def retell(
    connection: Connection, projectors: Sequence[Projector], groups: Iterable[GroupId]
) -> None:
    """Tell the projections that the documents of these groups got further, or back."""
    reproject(connection, projectors, refs_of(connection, groups))
