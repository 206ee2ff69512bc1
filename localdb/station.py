"""This workstation's place at the server, and the diary of its synchronisation."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.ports.sync_store import Enrolment, SyncNote
from localdb.engine import Cache
from localdb.schema import meta, sync_event, workstation

_DIARY_LENGTH = 50_000
_CONTACT = "last_contact"
_ENROLMENT = select(workstation)


class Station:
    """Enrolment and diary."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def enrolment(self) -> Enrolment | None:
        with self._cache.read() as connection:
            row = connection.execute(_ENROLMENT).first()
        if row is None:
            return None
        return Enrolment(
            row.ws_id,
            row.base_url,
            row.register_version,
            row.register_seq,
            row.enrolled_at,
            row.server_profile,
            bool(row.fenced),
        )

    def record_enrolment(self, enrolment: Enrolment) -> None:
        told = {
            "ws_id": enrolment.workstation,
            "base_url": enrolment.base_url,
            "register_version": enrolment.register_version,
            "register_seq": enrolment.register_seq,
            "enrolled_at": enrolment.enrolled_at,
            "server_profile": enrolment.server_profile,
            "fenced": int(enrolment.fenced),
        }
        with self._cache.write() as connection:
            connection.execute(
                upsert(workstation)
                .values(one=1, **told)
                .on_conflict_do_update(index_elements=["one"], set_=told)
            )

    def mark_fenced(self) -> None:
        with self._cache.write() as connection:
            connection.execute(update(workstation).values(fenced=1))

    def note_contact(self, at: datetime) -> None:
        told = {"value": at.isoformat()}
        with self._cache.write() as connection:
            connection.execute(
                upsert(meta)
                .values(name=_CONTACT, **told)
                .on_conflict_do_update(index_elements=["name"], set_=told)
            )

    def last_contact(self) -> datetime | None:
        with self._cache.read() as connection:
            kept = connection.scalar(select(meta.c.value).where(meta.c.name == _CONTACT))
        return datetime.fromisoformat(kept) if kept else None

    def write_down(self, note: SyncNote) -> None:
        with self._cache.write() as connection:
            connection.execute(
                insert(sync_event).values(
                    at=note.at,
                    kind=note.kind,
                    ok=int(note.ok),
                    detail=note.detail,
                    counts=json.dumps(dict(note.counts)),
                )
            )
            newest = connection.scalar(select(func.max(sync_event.c.id))) or 0
            connection.execute(delete(sync_event).where(sync_event.c.id <= newest - _DIARY_LENGTH))

    def diary(self, newest: int = 200) -> tuple[SyncNote, ...]:
        with self._cache.read() as connection:
            rows = connection.execute(
                select(sync_event).order_by(sync_event.c.id.desc()).limit(newest)
            )
            return tuple(
                SyncNote(r.at, r.kind, bool(r.ok), r.detail, json.loads(r.counts)) for r in rows
            )
