"""The access audit: append-only, each entry sealed by the digest of the one before it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session, aliased

from app.domain.terms import PatientId, PractitionerId
from app.kernel.faults import FaultKind, app_error
from app.ports.keeping import AuditEntry, AuditVerdict
from localdb.engine import Cache
from localdb.kept_rows import AuditRow
from localdb.schema import meta

REVIEW = "audit.review"
_HEAD = "audit-head"
_SENT = "audit-sent"


class SqlAccessAudit:
    """`AccessAudit` over the encrypted cache.

    The digest covers every field of an entry, the number of the entry it reviews included. The
    newest number and digest are kept apart as well, so that a cut-off end shows.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def record(self, entry: AuditEntry) -> None:
        with self._cache.write() as connection:
            _append(connection, entry, None)

    def entries(
        self, *, newest: int = 500, patient: PatientId | None = None, action: str = ""
    ) -> tuple[AuditEntry, ...]:
        asked = _with_reviews().order_by(AuditRow.seq.desc()).limit(newest)
        if patient is not None:
            asked = asked.where(AuditRow.patient == patient)
        if action:
            asked = asked.where(AuditRow.action == action)
        return self._read(asked)

    def verify(self) -> AuditVerdict:
        with self._cache.read() as connection, Session(connection) as session:
            previous = ""
            count = 0
            for row in session.scalars(select(AuditRow).order_by(AuditRow.seq)):
                expected = _digest(_entry(row), row.about, previous)
                if row.seq != count + 1 or row.previous != previous or row.digest != expected:
                    return AuditVerdict(count, intact=False, broken_at=count + 1)
                previous = row.digest
                count += 1
            head = _kept(connection, _HEAD) or json.dumps([0, ""])
        if json.loads(head) != [count, previous]:
            return AuditVerdict(count, intact=False, broken_at=count + 1)
        return AuditVerdict(count, intact=True)

    def review(self, seq: int, reviewer: str, at: datetime) -> None:
        with self._cache.write() as connection:
            reviewed = connection.execute(
                select(AuditRow.patient).where(AuditRow.seq == seq)
            ).first()
            if reviewed is None:
                raise app_error(FaultKind.REFUSED, "audit.no-such-entry", str(seq))
            patient = reviewed.patient
            entry = AuditEntry(at, None, reviewer, REVIEW, patient, detail=str(seq))
            _append(connection, entry, seq)

    def unsent(self, limit: int = 200) -> tuple[AuditEntry, ...]:
        with self._cache.read() as connection:
            sent = int(_kept(connection, _SENT) or 0)
        return self._read(
            _with_reviews().where(AuditRow.seq > sent).order_by(AuditRow.seq).limit(limit)
        )

    def mark_sent(self, up_to_seq: int) -> None:
        with self._cache.write() as connection:
            newest = connection.scalar(select(func.max(AuditRow.seq))) or 0
            sent = int(_kept(connection, _SENT) or 0)
            _keep(connection, _SENT, str(max(sent, min(up_to_seq, newest))))

    def _read(self, asked: Select[AuditRow, str, datetime]) -> tuple[AuditEntry, ...]:
        with self._cache.read() as connection, Session(connection) as session:
            return tuple(
                replace(_entry(row), reviewed_by=reviewer or "", reviewed_at=at)
                for row, reviewer, at in session.execute(asked).all()
            )


def _with_reviews() -> Select[AuditRow, str, datetime]:
    """Entries, each with its first review."""
    review = aliased(AuditRow)
    first = (
        select(func.min(AuditRow.seq).label("seq"), AuditRow.about.label("about"))
        .where(AuditRow.about.is_not(None))
        .group_by(AuditRow.about)
        .subquery()
    )
    return (
        select(AuditRow, review.actor_name, review.at)
        .outerjoin(first, first.c.about == AuditRow.seq)
        .outerjoin(review, review.seq == first.c.seq)
    )


def _append(connection: Connection, entry: AuditEntry, about: int | None) -> None:
    number, previous = json.loads(_kept(connection, _HEAD) or json.dumps([0, ""]))
    placed = replace(entry, seq=number + 1, previous=previous)
    digest = _digest(placed, about, previous)
    with Session(connection) as session:
        session.add(
            AuditRow(
                seq=placed.seq,
                at=placed.at,
                actor=placed.actor,
                actor_name=placed.actor_name,
                action=placed.action,
                patient=placed.patient,
                reason=placed.reason,
                detail=placed.detail,
                about=about,
                previous=previous,
                digest=digest,
            )
        )
        session.flush()
    _keep(connection, _HEAD, json.dumps([placed.seq, digest]))


def _digest(entry: AuditEntry, about: int | None, previous: str) -> str:
    said = [
        entry.seq,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.actor_name,
        entry.action,
        entry.patient,
        entry.reason,
        entry.detail,
        about,
    ]
    text = previous + json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        row.at,
        PractitionerId(row.actor) if row.actor is not None else None,
        row.actor_name,
        row.action,
        PatientId(row.patient) if row.patient is not None else None,
        row.reason,
        row.detail,
        row.seq,
        row.previous,
        row.digest,
    )


def _kept(connection: Connection, name: str) -> str | None:
    return connection.scalar(select(meta.c.value).where(meta.c.name == name))


def _keep(connection: Connection, name: str, value: str) -> None:
    connection.execute(
        upsert(meta)
        .values(name=name, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )
