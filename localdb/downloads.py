"""What comes from the server: pieces of pages applied whole, and confirmed removals."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.domain.terms import Ref
from app.kernel.clock import Clock
from app.ports.sync_store import Known, Piece, PieceOutcome, Unreadable
from localdb.bodies import pack, unpack
from localdb.engine import Cache
from localdb.failpoints import Failpoint
from localdb.following import move_cursor, see_members
from localdb.incoming import Ready, adopted, make_ready, sort_out, standings
from localdb.projecting import Projector, Put, project_all
from localdb.schema import resource, scope_member, tombstone, unreadable
from localdb.settling import confirm_finished, disputed_versions, has_changes
from localdb.shelf import AMONG, Shelved, among, chunks, fetch, fetch_one, reproject, rtype_of
from localdb.turning import Turning

_GRAVES = select(tombstone).where(tombstone.c.ref.in_(AMONG))
_UNBURY = delete(tombstone).where(tombstone.c.ref.in_(AMONG))


class Downloads:
    """The documents of the download half of `SyncStore`."""

    def __init__(self, cache: Cache, projectors: Sequence[Projector], clock: Clock) -> None:
        self._cache = cache
        self._projectors = projectors
        self._clock = clock

    def known(self, refs: Iterable[Ref]) -> Mapping[Ref, Known]:
        wanted = list(refs)
        found: dict[Ref, Known] = {}
        if not wanted:
            return found
        with self._cache.read() as connection:
            rows = fetch(connection, wanted)
            disputed = disputed_versions(connection, rows)
            found.update((ref, _known(row, disputed.get(ref))) for ref, row in rows.items())
            for some in chunks(wanted):
                for grave in connection.execute(_GRAVES, among(some)):
                    gone = Known(grave.ref, grave.version, None, "tombstone")
                    found.setdefault(grave.ref, gone)
        return found

    def apply(self, piece: Piece) -> PieceOutcome:
        fail = self._cache.failpoints
        refs = _refs_of(piece)
        # What only came from the server comes again; what was worked out here must stay.
        ours = bool(piece.rebased or piece.conflicts)
        with self._cache.write(lasting=ours) as connection:
            here = standings(connection, refs)
            todo = sort_out(connection, piece.documents, here, _decided(piece))
            good, bad = make_ready([*todo.fresh, *(one for _, one in todo.newer)])
            ready = adopted(connection, good)
            pks = {one.ref: pk for pk, one in todo.newer}
            self._take(connection, ready, pks)
            turned = Turning(connection, here, self._clock.now())
            for rebased in piece.rebased:
                turned.rebase(rebased)
            for found in piece.conflicts:
                turned.dispute(found)
            if turned.touched:
                confirm_finished(connection, self._clock.now())
            _keep_unreadable(connection, piece.scope, (*piece.unreadable, *bad), self._clock.now())
            fail.reach(Failpoint.PIECE_DOCUMENTS)
            puts = [
                Put(
                    r.source.ref,
                    rtype_of(r.source.ref),
                    r.document,
                    "",
                    r.source.version,
                    r.patient,
                )
                for r in ready
            ]
            kinds = project_all(connection, self._projectors, puts)
            kinds |= reproject(connection, self._projectors, (*turned.touched, *turned.retold))
            see_members(connection, piece)
            move_cursor(connection, piece)
            fail.reach(Failpoint.PIECE_CURSOR)
        return PieceOutcome(
            applied=len(ready) + len(turned.touched),
            unchanged=todo.unchanged,
            stale=tuple(dict.fromkeys((*todo.stale, *turned.stale))),
            regressed=tuple(dict.fromkeys((*todo.regressed, *turned.regressed))),
            kinds=kinds,
            patients=frozenset({r.patient for r in ready if r.patient} | turned.patients),
        )

    def bury(self, ref: Ref, cause: str, at: datetime) -> bool:
        with self._cache.write() as connection:
            row = fetch_one(connection, ref)
            if row is not None and (row.state != "clean" or has_changes(connection, ref)):
                return False
            if row is None:
                return True
            connection.execute(delete(resource).where(resource.c.pk == row.pk))
            connection.execute(delete(scope_member).where(scope_member.c.ref == ref))
            told = {"version": row.version, "cause": cause, "seen_at": at}
            connection.execute(
                upsert(tombstone)
                .values(ref=ref, **told)
                .on_conflict_do_update(index_elements=["ref"], set_=told)
            )
            gone = Put(ref, row.rtype, None, "", row.version, row.patient)
            project_all(connection, self._projectors, [gone])
        return True

    def _take(self, connection: Connection, ready: list[Ready], pks: Mapping[Ref, int]) -> None:
        fresh = [one.row for one in ready if one.source.ref not in pks]
        newer = [one.row | {"at": pks[one.source.ref]} for one in ready if one.source.ref in pks]
        if fresh:
            connection.execute(insert(resource), fresh)
            back = [one.source.ref for one in ready if one.source.ref not in pks]
            connection.execute(_UNBURY, among(back))
        if newer:
            names = ("patient", "server_version", "server_updated", "body_hash", "body")
            connection.execute(
                update(resource)
                .where(resource.c.pk == bindparam("at"))
                .values({name: bindparam(name) for name in names}),
                newer,
            )


def _known(row: Shelved, disputed: str | None) -> Known:
    return Known(
        row.ref,
        row.version,
        row.updated,
        row.state,
        row.local_seq,
        row.body_hash,
        unpack(row.base) if row.base is not None else None,
        unpack(row.body) if row.state != "clean" else None,
        disputed,
    )


def _refs_of(piece: Piece) -> list[Ref]:
    return [*(one.ref for one in piece.documents), *_decided(piece)]


def _decided(piece: Piece) -> frozenset[Ref]:
    """Documents the engine has already set against the local changes."""
    return frozenset(one.ref for one in piece.rebased) | {one.ref for one in piece.conflicts}


def _keep_unreadable(
    connection: Connection, scope_id: str, found: Iterable[Unreadable], at: datetime
) -> None:
    for one in found:
        connection.execute(
            upsert(unreadable)
            .values(
                scope=scope_id,
                ref=one.ref,
                reason=one.reason,
                body=pack(one.body),
                body_hash=hashlib.sha256(one.body).hexdigest(),
                seen_at=at,
            )
            .on_conflict_do_nothing()
        )
