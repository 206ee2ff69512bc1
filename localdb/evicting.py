"""Leaving a scope: what nobody here needs any more goes, what is unsent stays (sync.md §7.9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, exists, insert, or_, select, update

from app.domain.terms import PatientId, Ref
from app.fhir.document import references
from app.kernel.clock import Clock
from app.ports.sync_store import Scope
from localdb.bodies import opened
from localdb.engine import Cache
from localdb.following import forget_members, put_scopes
from localdb.kept_rows import DraftRow
from localdb.projecting import Projector, Put, project_all
from localdb.schema import (
    automatic_merge,
    batch_entry,
    cds_late,
    change,
    change_group,
    conflict,
    cursor,
    open_print,
    purge_log,
    resource,
    scope,
    scope_member,
    unreadable,
)
from localdb.shelf import Shelved, chunks, fetch


class Evicting:
    """Local eviction. It never becomes a DELETE on the server (I17)."""

    def __init__(self, cache: Cache, projectors: Sequence[Projector], clock: Clock) -> None:
        self._cache = cache
        self._projectors = projectors
        self._clock = clock

    def leave_scope(self, scope_id: str) -> int:
        with self._cache.write() as connection:
            mine = _held_by_nobody_else(connection, scope_id)
            needed = _Needed(connection)
            rows = [row for row in fetch(connection, mine).values() if not needed.keeps(row)]
            kept = _kept(connection, scope_id, mine, {row.ref for row in rows})
            self._evict(connection, rows)
            kind = connection.scalar(select(scope.c.kind).where(scope.c.id == scope_id)) or ""
            _forget_scope(connection, scope_id, is_empty=not kept)
            connection.execute(
                insert(purge_log).values(
                    at=self._clock.now(), scope_kind=kind, evicted=len(rows), kept=len(kept)
                )
            )
        self._cache.forget_freed_pages()
        return len(rows)

    def leave_patient(self, patient: PatientId, cohorts: tuple[Scope, ...]) -> bool:
        with self._cache.write() as connection:
            mine = _of_patient(connection, patient)
            rows = list(fetch(connection, mine).values())
            needed = _Needed(connection)
            if needed.has_work_for(patient) or any(needed.keeps(row) for row in rows):
                return False
            ids = [one.id for one in cohorts]
            held = _held_outside(connection, ids, mine)
            for one in ids:
                forget_members(connection, one, mine)
            going = [row for row in rows if row.ref not in held]
            self._evict(connection, going)
            connection.execute(
                delete(scope).where(scope.c.kind == "as-of", scope.c.target == patient)
            )
            connection.execute(delete(cds_late).where(cds_late.c.patient == patient))
            put_scopes(connection, cohorts)
            connection.execute(
                insert(purge_log).values(
                    at=self._clock.now(),
                    scope_kind="patient",
                    evicted=len(going),
                    kept=len(rows) - len(going),
                )
            )
        self._cache.forget_freed_pages()
        return True

    def _evict(self, connection: Connection, rows: list[Shelved]) -> None:
        for some in chunks(row.ref for row in rows):
            connection.execute(delete(resource).where(resource.c.ref.in_(some)))
            connection.execute(delete(scope_member).where(scope_member.c.ref.in_(some)))
            connection.execute(delete(unreadable).where(unreadable.c.ref.in_(some)))
            connection.execute(
                delete(conflict).where(
                    conflict.c.ref.in_(some), conflict.c.resolved_at.is_not(None)
                )
            )
            connection.execute(delete(change).where(change.c.ref.in_(some)))
            connection.execute(delete(batch_entry).where(batch_entry.c.ref.in_(some)))
            connection.execute(delete(automatic_merge).where(automatic_merge.c.ref.in_(some)))
        gone = {row.patient for row in rows if row.rtype == "Patient" and row.patient}
        connection.execute(
            update(change_group)
            .where(change_group.c.patient.in_(gone), change_group.c.state == "confirmed")
            .values(patient=None, reason="")
        )
        # Nothing may go on saying that a chart is complete which is not here.
        has_members = exists().where(scope_member.c.scope == scope.c.id)
        connection.execute(delete(scope).where(scope.c.target.in_(gone), ~has_members))
        puts = [Put(row.ref, row.rtype, None, "", row.version, row.patient) for row in rows]
        project_all(connection, self._projectors, puts)


class _Needed:
    """What unsent work touches: its documents, their patients, and what they refer to.

    A print that nobody has confirmed is such work: the paper may lie in the tray.
    """

    def __init__(self, connection: Connection) -> None:
        unsent = list(
            connection.scalars(
                select(change.c.ref).where(change.c.acked_version.is_(None)).distinct()
            )
        )
        open_refs = connection.scalars(
            select(conflict.c.ref).where(conflict.c.resolved_at.is_(None))
        )
        dirty = connection.scalars(select(resource.c.ref).where(resource.c.state != "clean"))
        self._refs: set[Ref] = {*unsent, *open_refs, *dirty}
        self._patients: set[str] = set()
        for row in fetch(connection, self._refs).values():
            self._refs |= {Ref(ref) for ref in references(opened(row.body))}
            self._patients |= {row.patient} if row.patient else set()
        self._patients |= {
            patient
            for column in (
                select(change_group.c.patient).where(change_group.c.state != "confirmed"),
                select(DraftRow.patient),
                select(open_print.c.patient),
            )
            for patient in connection.scalars(column)
            if patient
        }

    def has_work_for(self, patient: str) -> bool:
        return patient in self._patients

    def keeps(self, row: Shelved) -> bool:
        return row.state != "clean" or row.ref in self._refs or row.patient in self._patients


def _held_by_nobody_else(connection: Connection, scope_id: str) -> list[Ref]:
    """Members of the scope alone, and what was made here for patients nobody follows any more.

    Our own notes and their Provenance were never listed by a page, so no scope has them; they go
    with the last document of their patient that one had.
    """
    elsewhere = (
        select(scope_member.c.ref)
        .join(scope, scope.c.id == scope_member.c.scope)
        .where(scope_member.c.scope != scope_id, scope.c.state != "gone")
    )
    members = select(scope_member.c.ref).where(scope_member.c.scope == scope_id)
    target = select(scope.c.target).where(scope.c.id == scope_id, scope.c.kind == "patient")
    mine = select(resource.c.patient).where(resource.c.ref.in_(members))
    followed = select(resource.c.patient).where(
        resource.c.ref.in_(elsewhere), resource.c.patient.is_not(None)
    )
    made_here = select(resource.c.ref).where(
        or_(resource.c.patient.in_(mine), resource.c.patient == target.scalar_subquery()),
        resource.c.patient.not_in(followed),
    )
    return list(
        connection.scalars(
            select(resource.c.ref).where(
                or_(resource.c.ref.in_(members), resource.c.ref.in_(made_here)),
                resource.c.ref.not_in(elsewhere),
            )
        )
    )


def _of_patient(connection: Connection, patient: str) -> list[Ref]:
    return list(connection.scalars(select(resource.c.ref).where(resource.c.patient == patient)))


def _held_outside(
    connection: Connection, scopes: Sequence[str], refs: Sequence[Ref]
) -> frozenset[Ref]:
    """Those of `refs` that a scope not among `scopes` lists."""
    found: set[Ref] = set()
    for some in chunks(refs):
        found |= set(
            connection.scalars(
                select(scope_member.c.ref)
                .join(scope, scope.c.id == scope_member.c.scope)
                .where(
                    scope_member.c.ref.in_(some),
                    scope_member.c.scope.not_in(scopes),
                    scope.c.state != "gone",
                )
            )
        )
    return frozenset(found)


def _kept(
    connection: Connection, scope_id: str, mine: Iterable[Ref], evicted: set[Ref]
) -> list[Ref]:
    """Drop the membership of everything that need not be asked about again; returns the rest."""
    present = fetch(connection, mine)
    kept = [ref for ref in present if ref not in evicted]
    members = set(
        connection.scalars(select(scope_member.c.ref).where(scope_member.c.scope == scope_id))
    )
    forget_members(connection, scope_id, members.difference(kept))
    return kept


def _forget_scope(connection: Connection, scope_id: str, *, is_empty: bool) -> None:
    """A scope with unsent work stays `leaving`, to be left again when that has been sent."""
    for table in (cursor, unreadable):
        connection.execute(delete(table).where(table.c.scope == scope_id))
    mine = scope.c.id == scope_id
    if is_empty:
        connection.execute(delete(scope).where(mine))
    else:
        connection.execute(update(scope).where(mine).values(state="leaving", as_of=None))
