"""What this workstation follows: scopes, their members, and where each download pass stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.domain.terms import Ref
from app.ports.sync_store import CursorRow, Piece, Scope
from localdb.engine import Cache
from localdb.schema import cursor, resource, scope, scope_member
from localdb.shelf import chunks

_MEMBER = upsert(scope_member)
_SEE_MEMBER = _MEMBER.on_conflict_do_update(
    index_elements=["scope", "rtype", "ref"],
    set_={"version": _MEMBER.excluded.version, "pass_no": _MEMBER.excluded.pass_no},
)
# Statements are built once, as in localdb.shelf: every pass of every scope runs these.
_SCOPES = select(scope).order_by(scope.c.priority, scope.c.id)
_CURSOR = select(cursor).where(
    cursor.c.scope == bindparam("of"), cursor.c.rtype == bindparam("type")
)
_NEW_CURSOR = upsert(cursor)
_SAVE_CURSOR = _NEW_CURSOR.on_conflict_do_update(
    index_elements=["scope", "rtype"],
    set_={
        name: _NEW_CURSOR.excluded[name]
        for name in ("state", "watermark", "last_ok_at", "complete")
    },
)
_AS_OF = select(scope.c.as_of).where(scope.c.id == bindparam("of"))
_STAMP = update(scope).where(scope.c.id == bindparam("of")).values(as_of=bindparam("now"))
_MEMBERS = (
    select(
        scope_member.c.ref,
        func.coalesce(resource.c.server_version, scope_member.c.version).label("version"),
    )
    .outerjoin(resource, resource.c.ref == scope_member.c.ref)
    .where(scope_member.c.scope == bindparam("of"))
)
_KIND = select(scope.c.kind).where(scope.c.id == bindparam("of"))


class Following:
    """The scopes of the download half of `SyncStore`."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def scopes(self) -> tuple[Scope, ...]:
        with self._cache.read() as connection:
            rows = connection.execute(_SCOPES)
            return tuple(
                Scope(r.id, r.kind, r.target, r.priority, r.state, r.expires_at) for r in rows
            )

    def put_scopes(self, scopes: tuple[Scope, ...]) -> None:
        with self._cache.write() as connection:
            put_scopes(connection, scopes)

    def forget_members(self, scope_id: str, refs: tuple[Ref, ...]) -> None:
        with self._cache.write() as connection:
            forget_members(connection, scope_id, refs)

    def cursor(self, scope_id: str, rtype: str) -> CursorRow | None:
        with self._cache.read() as connection:
            row = connection.execute(_CURSOR, {"of": scope_id, "type": rtype}).first()
        if row is None:
            return None
        return CursorRow(
            row.scope, row.rtype, row.state, row.watermark, row.last_ok_at, bool(row.complete)
        )

    def save_cursor(self, row: CursorRow) -> None:
        with self._cache.write() as connection:
            _save_cursor(connection, row)

    def members(self, scope_id: str) -> Mapping[Ref, str]:
        with self._cache.read() as connection:
            rows = connection.execute(_MEMBERS, {"of": scope_id})
            return {row.ref: row.version for row in rows}

    def data_as_of(self, scope_id: str) -> datetime | None:
        with self._cache.read() as connection:
            return connection.scalar(_AS_OF, {"of": scope_id})


def put_scopes(connection: Connection, scopes: Iterable[Scope]) -> None:
    """Add or replace scopes by id; how complete they are stays as it was."""
    for one in scopes:
        told = {
            "kind": one.kind,
            "target": one.target,
            "priority": one.priority,
            "state": one.state,
            "expires_at": one.expires_at,
        }
        connection.execute(
            upsert(scope)
            .values(id=one.id, **told)
            .on_conflict_do_update(index_elements=["id"], set_=told)
        )


def forget_members(connection: Connection, scope_id: str, refs: Iterable[Ref]) -> None:
    """Drop the membership alone."""
    for some in chunks(refs):
        connection.execute(
            delete(scope_member).where(
                scope_member.c.scope == scope_id, scope_member.c.ref.in_(some)
            )
        )


def see_members(connection: Connection, piece: Piece) -> None:
    """Note what the pass has seen of the scope."""
    if not piece.members:
        return
    key = {"scope": piece.scope, "rtype": piece.rtype, "pass_no": piece.pass_no}
    seen = [key | {"ref": ref, "version": version} for ref, version in piece.members]
    connection.execute(_SEE_MEMBER, seen)


def move_cursor(connection: Connection, piece: Piece) -> None:
    """Move the cursor with the data it stands for (I7)."""
    if piece.cursor is not None:
        _save_cursor(connection, piece.cursor)
        if piece.cursor.complete:
            _finish_pass(connection, piece)
    if piece.as_of is not None:
        connection.execute(_STAMP, {"of": piece.scope, "now": piece.as_of})


def _finish_pass(connection: Connection, piece: Piece) -> None:
    # A census is always asked for whole, so whoever was not seen has left the ward (§7.5).
    kind = connection.scalar(_KIND, {"of": piece.scope})
    if kind == "census":
        connection.execute(
            delete(scope_member).where(
                scope_member.c.scope == piece.scope,
                scope_member.c.rtype == piece.rtype,
                scope_member.c.pass_no != piece.pass_no,
            )
        )


def _save_cursor(connection: Connection, row: CursorRow) -> None:
    connection.execute(
        _SAVE_CURSOR,
        {
            "scope": row.scope,
            "rtype": row.rtype,
            "state": row.state,
            "watermark": row.watermark,
            "last_ok_at": row.last_ok_at,
            "complete": int(row.complete),
        },
    )
