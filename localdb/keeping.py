"""What the workstation keeps for itself: drafts, enrolled people, their choices, tokens."""

from __future__ import annotations

import json

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.people import Clinician, Role
from app.domain.terms import DraftId, Named, PatientId, PractitionerId, WardId
from app.ports.keeping import Draft
from localdb.engine import Cache
from localdb.kept_rows import ClinicianRow, DraftRow, PreferenceRow, SecretRow


class SqlDrafts:
    """`Drafts` over the encrypted cache."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def save(self, draft: Draft) -> None:
        with self._cache.write() as connection, Session(connection) as session:
            session.merge(
                DraftRow(
                    id=draft.id,
                    kind=draft.kind,
                    patient=draft.patient,
                    author=draft.author,
                    body=draft.body,
                    saved_at=draft.saved_at,
                )
            )
            session.flush()

    def open_for(
        self, author: PractitionerId, patient: PatientId | None = None
    ) -> tuple[Draft, ...]:
        asked = select(DraftRow).where(DraftRow.author == author)
        if patient is not None:
            asked = asked.where(DraftRow.patient == patient)
        asked = asked.order_by(DraftRow.saved_at.desc(), DraftRow.id)
        with self._cache.read() as connection, Session(connection) as session:
            return tuple(_draft(row) for row in session.scalars(asked))

    def get(self, draft: DraftId) -> Draft | None:
        with self._cache.read() as connection, Session(connection) as session:
            row = session.get(DraftRow, draft)
            return None if row is None else _draft(row)

    def discard(self, draft: DraftId) -> None:
        with self._cache.write() as connection:
            connection.execute(delete(DraftRow).where(DraftRow.id == draft))


class SqlPeople:
    """`People` over the encrypted cache."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def enrolled(self) -> tuple[Clinician, ...]:
        asked = select(ClinicianRow).order_by(ClinicianRow.username)
        with self._cache.read() as connection, Session(connection) as session:
            return tuple(_clinician(row) for row in session.scalars(asked))

    def by_username(self, username: str) -> Clinician | None:
        asked = select(ClinicianRow).where(ClinicianRow.username == username)
        with self._cache.read() as connection, Session(connection) as session:
            row = session.scalars(asked).first()
            return None if row is None else _clinician(row)

    def save(self, clinician: Clinician) -> None:
        with self._cache.write() as connection, Session(connection) as session:
            session.merge(
                ClinicianRow(
                    id=clinician.id,
                    username=clinician.username,
                    name=clinician.name.name,
                    english=clinician.name.english,
                    role=clinician.role.value,
                    wards=json.dumps(clinician.wards),
                    enrolled_at=clinician.enrolled_at,
                    active=int(clinician.active),
                )
            )
            session.flush()

    def preference(self, clinician: PractitionerId, name: str) -> str | None:
        with self._cache.read() as connection, Session(connection) as session:
            row = session.get(PreferenceRow, (clinician, name))
            return None if row is None else row.value

    def remember(self, clinician: PractitionerId, name: str, value: str) -> None:
        with self._cache.write() as connection, Session(connection) as session:
            session.merge(PreferenceRow(clinician=clinician, name=name, value=value))
            session.flush()

    def secret(self, name: str) -> bytes | None:
        with self._cache.read() as connection, Session(connection) as session:
            row = session.get(SecretRow, name)
            return None if row is None else row.value

    def keep_secret(self, name: str, value: bytes | None) -> None:
        with self._cache.write() as connection, Session(connection) as session:
            if value is None:
                session.execute(delete(SecretRow).where(SecretRow.name == name))
            else:
                session.merge(SecretRow(name=name, value=value))
            session.flush()


def _draft(row: DraftRow) -> Draft:
    return Draft(
        DraftId(row.id),
        row.kind,
        PatientId(row.patient) if row.patient is not None else None,
        PractitionerId(row.author),
        row.body,
        row.saved_at,
    )


def _clinician(row: ClinicianRow) -> Clinician:
    return Clinician(
        PractitionerId(row.id),
        row.username,
        Named(row.name, row.english),
        Role(row.role),
        tuple(WardId(ward) for ward in json.loads(row.wards)),
        row.enrolled_at,
        bool(row.active),
    )
