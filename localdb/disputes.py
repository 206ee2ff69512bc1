"""Conflicts as a person sees them: what was done here, what stands there, and what hangs on it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Row, select

from app.domain.disputes import ActNamed, Dispute, DisputeKind
from app.domain.terms import GroupId, Ref
from app.fhir.document import Document, parse, references
from app.fhir.patients import read_patient
from app.kernel.faults import AppError
from app.ports.disputes import Sides
from localdb.bodies import opened, stamp, unpack
from localdb.engine import Cache
from localdb.kept_rows import ClinicianRow
from localdb.merging import findings_of
from localdb.provenances import told_there
from localdb.schema import change, change_group, conflict
from localdb.settling import DUPLICATE, groups_of
from localdb.shelf import fetch, fetch_one


class DisputeReads:
    """The reading half of `Disputes`."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def disputes(self) -> tuple[Dispute, ...]:
        with self._cache.read() as connection:
            rows = connection.execute(
                select(conflict)
                .where(conflict.c.resolved_at.is_(None))
                .order_by(conflict.c.opened_at, conflict.c.id)
            ).all()
            return tuple(_dispute(connection, row) for row in rows)

    def sides(self, dispute: int) -> Sides | None:
        with self._cache.read() as connection:
            row = open_conflict(connection, dispute)
            if row is None:
                return None
            theirs = _document(row.remote)
            return Sides(
                _dispute(connection, row),
                _document(row.base),
                _mine(connection, row),
                theirs,
                row.remote_version,
                their_stamp=stamp(theirs) if theirs is not None else "",
                provenances=told_there(connection, row.ref),
                findings=findings_of(connection, row.ref) if row.kind == "cds" else (),
            )

    def resting_on(self, groups: Iterable[GroupId]) -> tuple[ActNamed, ...]:
        with self._cache.read() as connection:
            return acts_named(connection, resting_on(connection, groups))

    def documents_of(self, groups: Iterable[GroupId]) -> tuple[Document, ...]:
        with self._cache.read() as connection:
            rows = connection.scalars(
                select(change.c.after)
                .where(change.c.group_id.in_(list(groups)), change.c.acked_version.is_(None))
                .order_by(change.c.seq)
            )
            return tuple(opened(body) for body in rows if body is not None)


def _mine(connection: Connection, row: Row[tuple[object, ...]]) -> Document | None:
    """What stands here of the disputed document; of a dose given twice, the later one."""
    if row.kind == "read-set":
        return None
    held = fetch_one(connection, row.ref)
    if held is None:
        return _document(row.local) if row.kind == DUPLICATE else None
    return opened(held.body)


def open_conflict(connection: Connection, dispute: int) -> Row[tuple[object, ...]] | None:
    """The row of a dispute that is still open."""
    asked = select(conflict).where(conflict.c.id == dispute, conflict.c.resolved_at.is_(None))
    return connection.execute(asked).first()


def acts_named(connection: Connection, groups: Sequence[GroupId]) -> tuple[ActNamed, ...]:
    """These acts as a person remembers them, oldest first."""
    rows = connection.execute(
        select(change_group, ClinicianRow.name.label("author_name"))
        .outerjoin(ClinicianRow, ClinicianRow.id == change_group.c.author)
        .where(change_group.c.group_id.in_(list(groups)))
        .order_by(change_group.c.seq)
    )
    return tuple(
        ActNamed(
            row.group_id, row.kind, row.author, row.author_name or row.author, row.at, row.patient
        )
        for row in rows
    )


def resting_on(connection: Connection, groups: Iterable[GroupId]) -> list[GroupId]:
    """`groups` and every later unsent act that changes or names what they changed or made."""
    chosen = set(groups)
    rows = connection.execute(
        select(change_group.c.group_id, change.c.ref, change.c.base_version, change.c.after)
        .join(change, change.c.group_id == change_group.c.group_id)
        .where(change.c.acked_version.is_(None), change_group.c.state != "confirmed")
        .order_by(change_group.c.seq, change.c.seq)
    ).all()
    order = list(dict.fromkeys(row.group_id for row in rows))
    touched: set[Ref] = set()
    made: set[Ref] = set()
    found: list[GroupId] = []
    for group in order:
        mine = [row for row in rows if row.group_id == group]
        refs = {row.ref for row in mine}
        rests = group in chosen or refs & touched or _named(row.after for row in mine) & made
        if rests:
            found.append(group)
            touched |= refs
            made |= {row.ref for row in mine if not row.base_version}
    return found


def _named(bodies: Iterable[bytes | None]) -> set[Ref]:
    return {Ref(ref) for body in bodies if body is not None for ref in references(opened(body))}


def _dispute(connection: Connection, row: Row[tuple[object, ...]]) -> Dispute:
    groups = [row.group_id] if row.group_id else groups_of(connection, [row.ref])
    why = ""
    if row.kind == DUPLICATE:  # what was given was given: there is no act to take back
        groups, why = [], json.loads(row.paths)[1]
    return Dispute(
        row.id,
        DisputeKind(row.kind),
        row.ref,
        row.patient,
        _name(connection, row.patient),
        acts_named(connection, groups),
        row.opened_at,
        why,
    )


def _name(connection: Connection, patient: str | None) -> str:
    held = fetch(connection, [Ref(f"Patient/{patient}")]) if patient else {}
    try:
        return next((read_patient(opened(row.body)).name for row in held.values()), "")
    except AppError:
        return ""


def _document(body: bytes | None) -> Document | None:
    return parse(unpack(body)) if body is not None else None
