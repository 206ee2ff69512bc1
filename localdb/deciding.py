"""A person's decision about what could not be sent, in one transaction each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.domain.terms import GroupId, Ref
from app.fhir.document import parse
from app.fhir.subject import patient_of
from app.fhir.versions import last_updated_of
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Act
from app.ports.disputes import Decision
from localdb.acts import make_ready, store_act, what_changes
from localdb.bodies import content_hash, opened, unpack
from localdb.disputes import DisputeReads, open_conflict, resting_on
from localdb.engine import Cache
from localdb.journal import Journal
from localdb.outbox import record_of, unconfirmed
from localdb.projecting import Projector, Put, project_all
from localdb.schema import (
    change,
    change_group,
    conflict,
    decision,
    quarantine,
    resource,
    scope_member,
    tombstone,
)
from localdb.settling import ABOUT_ACTS, confirm_finished, end_dispute, groups_of, refs_of, retell
from localdb.shelf import Shelved, fetch, fetch_one, reproject

_ON_ITS_WAY = ("packed", "sent", "confirmed")


class SqlDisputes(DisputeReads):
    """`Disputes` over the encrypted cache."""

    def __init__(self, cache: Cache, projectors: Sequence[Projector], journal: Journal) -> None:
        super().__init__(cache)
        self._cache = cache
        self._projectors = projectors
        self._journal = journal

    def keep_mine(self, dispute: int, act: Act, decided: Decision) -> None:
        written = make_ready(act)
        with self._cache.write() as connection:
            row = open_conflict(connection, dispute)
            held = fetch_one(connection, row.ref) if row is not None else None
            if row is None or held is None or held.state != "conflict":
                raise app_error(FaultKind.CONFLICT, "dispute.over", "not open")
            _rest_on_theirs(connection, row, held)
            groups = groups_of(connection, [row.ref])
            _close(connection, row.ref, decided.at)
            _let_go(connection, groups)
            _note(connection, groups, "kept", decided)
            store_act(
                self._cache, connection, self._projectors, act, [(one, None) for one in written]
            )
            retell(connection, self._projectors, groups)
            records = [record_of(connection, group) for group in [*groups, act.group]]
        for record in records:
            if record is not None:
                self._journal.append(record)

    def discard(
        self, groups: tuple[GroupId, ...], decided: Decision, instead: Act | None = None
    ) -> tuple[Ref, ...]:
        written = make_ready(instead) if instead is not None else []
        with self._cache.write() as connection:
            if set(resting_on(connection, groups)) != set(groups):
                raise app_error(FaultKind.CONFLICT, "dispute.grown", "others rest on it")
            states = connection.scalars(
                select(change_group.c.state).where(change_group.c.group_id.in_(groups))
            )
            if not {*states}.isdisjoint(_ON_ITS_WAY):
                raise app_error(FaultKind.CONFLICT, "dispute.on-its-way", "in a batch")
            refs = refs_of(connection, groups)
            rows = fetch(connection, refs)
            _withdraw(connection, groups, decided.at)
            gone = [row for row in rows.values() if _Restoring(connection, decided.at).restore(row)]
            _note(connection, groups, "discarded", decided)
            confirm_finished(connection, decided.at)
            puts = [Put(row.ref, row.rtype, None, "", row.version, row.patient) for row in gone]
            project_all(connection, self._projectors, puts)
            reproject(connection, self._projectors, refs)
            record = None
            if instead is not None:
                kept = what_changes(connection, instead, written)
                store_act(self._cache, connection, self._projectors, instead, kept)
                record = record_of(connection, instead.group)
            left = unconfirmed(connection)
        # The new act first: between the two lines a crash may leave an old one more, none less.
        if record is not None:
            self._journal.append(record)
        self._journal.trim(left)
        return tuple(refs)


@dataclass(frozen=True, slots=True)
class _Restoring:
    """Makes a document read as it would, had the discarded acts never been."""

    connection: Connection
    at: datetime

    def restore(self, row: Shelved) -> bool:
        """True when it is here no longer."""
        earlier = self.connection.execute(
            select(change.c.after)
            .where(change.c.ref == row.ref, change.c.acked_version.is_(None))
            .order_by(change.c.seq.desc())
            .limit(1)
        ).first()
        if earlier is not None and earlier.after is not None:
            self._write(row, earlier.after, state=row.state)
            return False
        dispute = self.connection.execute(
            select(conflict).where(
                conflict.c.ref == row.ref,
                conflict.c.kind.not_in(ABOUT_ACTS),
                conflict.c.resolved_at.is_(None),
            )
        ).first()
        _close(self.connection, row.ref, self.at)
        if dispute is not None:
            return self._take_theirs(row, dispute)
        if row.base is None:
            self._remove(row)
            return True
        self._write(row, row.base, state="clean")
        return False

    def _take_theirs(self, row: Shelved, dispute: Row[tuple[object, ...]]) -> bool:
        if dispute.remote is None:
            self._remove(row)
            if row.version:
                version = dispute.remote_version or row.version
                told = {"version": version, "cause": "deleted", "seen_at": self.at}
                self.connection.execute(
                    upsert(tombstone)
                    .values(ref=row.ref, **told)
                    .on_conflict_do_update(index_elements=["ref"], set_=told)
                )
            return True
        theirs = parse(unpack(dispute.remote))
        self._write(row, dispute.remote, state="clean")
        self.connection.execute(
            update(resource)
            .where(resource.c.pk == row.pk)
            .values(server_version=dispute.remote_version, server_updated=last_updated_of(theirs))
        )
        return False

    def _write(self, row: Shelved, body: bytes, *, state: str) -> None:
        document = opened(body)
        told: dict[str, object] = {
            "body": body,
            "body_hash": content_hash(document),
            "patient": patient_of(document) or row.patient,
            "state": state,
            "local_seq": row.local_seq + 1,
        }
        if state == "clean":
            told |= {"base": None, "base_hash": None}
        self.connection.execute(update(resource).where(resource.c.pk == row.pk).values(told))

    def _remove(self, row: Shelved) -> None:
        self.connection.execute(delete(resource).where(resource.c.pk == row.pk))
        self.connection.execute(delete(scope_member).where(scope_member.c.ref == row.ref))


def _rest_on_theirs(connection: Connection, row: Row[tuple[object, ...]], held: Shelved) -> None:
    """Mine stays as it reads; what it replaces is the hospital's newest, or its deletion."""
    theirs = parse(unpack(row.remote)) if row.remote is not None else None
    connection.execute(
        update(resource)
        .where(resource.c.pk == held.pk)
        .values(
            state="dirty",
            base=row.remote,
            base_hash=content_hash(theirs) if theirs is not None else None,
            server_version=row.remote_version,
            server_updated=last_updated_of(theirs) if theirs is not None else None,
            local_seq=held.local_seq + 1,
        )
    )
    connection.execute(
        update(change)
        .where(change.c.ref == row.ref, change.c.acked_version.is_(None))
        .values(
            base_version=row.remote_version,
            after=held.body,
            after_hash=held.body_hash,
        )
    )


def _close(connection: Connection, ref: Ref, at: datetime) -> None:
    connection.execute(
        update(conflict)
        .where(
            conflict.c.ref == ref,
            conflict.c.kind.not_in(ABOUT_ACTS),
            conflict.c.resolved_at.is_(None),
        )
        .values(resolved_at=at)
    )


def _let_go(connection: Connection, groups: Sequence[GroupId]) -> None:
    """Groups none of whose other documents is disputed may be sent again."""
    for group in groups:
        rows = fetch(connection, refs_of(connection, [group]))
        if all(row.state != "conflict" for row in rows.values()):
            end_dispute(connection, [group])


def _withdraw(connection: Connection, groups: Sequence[GroupId], at: datetime) -> None:
    """Nothing of these acts is left to send; what they said is kept with them (I2)."""
    mine = change.c.group_id.in_(groups)
    connection.execute(
        update(change).where(mine, change.c.acked_version.is_(None)).values(acked_version="")
    )
    connection.execute(
        update(quarantine).where(quarantine.c.group_id.in_(groups)).values(released_at=at)
    )
    connection.execute(
        update(conflict)
        .where(conflict.c.group_id.in_(groups), conflict.c.resolved_at.is_(None))
        .values(resolved_at=at)
    )


def _note(
    connection: Connection, groups: Sequence[GroupId], choice: str, decided: Decision
) -> None:
    connection.execute(
        insert(decision),
        [
            {
                "group_id": group,
                "choice": choice,
                "decided_by": decided.by,
                "witness": decided.witness or "",
                "reason": decided.reason,
                "at": decided.at,
            }
            for group in groups
        ],
    )
