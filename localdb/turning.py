"""Local changes that meet a newer server version: carried over, or put before a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.terms import Ref
from app.fhir.document import parse
from app.fhir.subject import patient_of
from app.ports.sync_store import NewConflict, Rebased
from localdb.bodies import content_hash, pack
from localdb.incoming import Standing, is_older, standings
from localdb.schema import automatic_merge, change, conflict, resource
from localdb.settling import ABOUT_ACTS, end_dispute, groups_of, refs_of, set_state, tick_off


class Turning:
    """Local changes that meet a newer server version, inside the transaction of a piece."""

    def __init__(self, connection: Connection, here: Mapping[Ref, Standing], now: datetime) -> None:
        self._connection = connection
        self._here = here
        self._now = now
        self.touched: list[Ref] = []
        self.retold: list[Ref] = []
        self.stale: list[Ref] = []
        self.regressed: list[Ref] = []
        self.patients: set[str] = set()

    def rebase(self, rebased: Rebased) -> None:
        row = self._row(rebased.ref, rebased.expected_local_seq, {"dirty", "conflict"})
        if row is None or self._regresses(rebased.ref, rebased.version, rebased.updated, row):
            return
        body = rebased.base if rebased.working is None else rebased.working
        document = parse(body)
        doubted = row.state == "conflict" and self._end_conflict(rebased.ref)
        told: dict[str, object] = {
            "state": "dirty",
            "server_version": rebased.version,
            "server_updated": rebased.updated,
            "body": pack(body),
            "body_hash": content_hash(document),
            "patient": patient_of(document),
        }
        if rebased.working is None:
            tick_off(self._connection, rebased.ref, rebased.version)
            told |= {"state": "clean", "base": None, "base_hash": None}
        else:
            base = parse(rebased.base)
            told |= {"base": pack(rebased.base), "base_hash": content_hash(base)}
            self._carry_changes(rebased.ref, told)
            if rebased.mixed or doubted:
                self._note_merge(rebased, told)
        self._update(rebased.ref, row, told)

    def dispute(self, found: NewConflict) -> None:
        """Keep both sides and let a person choose; nothing of either is dropped."""
        if found.kind == "read-set":
            groups = [found.group] if found.group is not None else []
            set_state(self._connection, groups, "held", "")
            self._open_conflict(found)
            self.retold.extend(refs_of(self._connection, groups))
            return
        row = self._row(found.ref, found.expected_local_seq, {"dirty", "conflict"})
        if row is None:
            return
        if not found.went_back and self._regresses(found.ref, found.remote_version, None, row):
            return
        groups = groups_of(self._connection, [found.ref])
        set_state(self._connection, groups, "conflict", "")
        # The other documents of these groups wait for the same decision, and must say so.
        self.retold.extend(refs_of(self._connection, groups))
        self._open_conflict(found)
        self._update(found.ref, row, {"state": "conflict"})

    def _end_conflict(self, ref: Ref) -> bool:
        """A still newer version agrees with ours: there is nothing left to choose.

        True when a check had found something in it, which it must be asked about again.
        """
        connection = self._connection
        mine = (
            conflict.c.ref == ref,
            conflict.c.kind.not_in(ABOUT_ACTS),
            conflict.c.resolved_at.is_(None),
        )
        kinds = set(connection.scalars(select(conflict.c.kind).where(*mine)))
        connection.execute(update(conflict).where(*mine).values(resolved_at=self._now))
        for group in groups_of(connection, [ref]):
            others = [one for one in refs_of(connection, [group]) if one != ref]
            rows = standings(connection, others)
            if all(row.state != "conflict" for row in rows.values()):
                end_dispute(connection, [group])
                self.retold.extend(others)
        return "cds" in kinds

    def _note_merge(self, rebased: Rebased, told: Mapping[str, object]) -> None:
        """What no person has looked at is checked before it is sent (sync.md §7.6)."""
        self._connection.execute(
            insert(automatic_merge).values(
                ref=rebased.ref,
                patient=told["patient"],
                elements=json.dumps(rebased.mixed),
                at=self._now,
            )
        )

    def _row(self, ref: Ref, expected_seq: int, states: set[str]) -> Standing | None:
        row = self._here.get(ref)
        if row is None or row.state not in states or row.local_seq != expected_seq:
            self.stale.append(ref)
            return None
        return row

    def _regresses(self, ref: Ref, version: str, updated: datetime | None, row: Standing) -> bool:
        if not is_older(version, updated, row):
            return False
        self.regressed.append(ref)
        return True

    def _carry_changes(self, ref: Ref, told: Mapping[str, object]) -> None:
        """Every unsent change of the document now rests on the new base and reads like it.

        Were an older one sent as it was made, it would undo what the server got meanwhile (I3).
        """
        self._connection.execute(
            update(change)
            .where(change.c.ref == ref, change.c.acked_version.is_(None))
            .values(
                base_version=told["server_version"],
                after=told["body"],
                after_hash=told["body_hash"],
            )
        )

    def _update(self, ref: Ref, row: Standing, told: Mapping[str, object]) -> None:
        self._connection.execute(
            update(resource)
            .where(resource.c.pk == row.pk)
            .values(local_seq=row.local_seq + 1, **told)
        )
        self.touched.append(ref)
        patient = self._connection.scalar(select(resource.c.patient).where(resource.c.pk == row.pk))
        self.patients |= {patient} if patient else set()

    def _open_conflict(self, found: NewConflict) -> None:
        same = (
            conflict.c.ref == found.ref,
            conflict.c.kind == found.kind,
            conflict.c.group_id == found.group,
            conflict.c.resolved_at.is_(None),
        )
        self._connection.execute(delete(conflict).where(*same))
        patient = self._connection.scalar(
            select(resource.c.patient).where(resource.c.ref == found.ref)
        )
        self._connection.execute(
            insert(conflict).values(
                ref=found.ref,
                kind=found.kind,
                group_id=found.group,
                patient=patient,
                base=_packed(found.base),
                local=_packed(found.local),
                remote=_packed(found.remote),
                remote_version=found.remote_version,
                paths=json.dumps(found.paths),
                opened_at=self._now,
            )
        )


def _packed(body: bytes | None) -> bytes | None:
    return None if body is None else pack(body)
