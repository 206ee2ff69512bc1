"""Tables of what the workstation keeps for itself: drafts, people, secrets, the access audit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from localdb.columns import Instant
from localdb.schema import metadata as shared


class KeptBase(DeclarativeBase):
    metadata = shared


class DraftRow(KeptBase):
    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_author", "author", "saved_at"),)

    id: Mapped[str] = mapped_column(String, primary_key=True)
    kind: Mapped[str] = mapped_column(String)
    patient: Mapped[str | None] = mapped_column(String)
    author: Mapped[str] = mapped_column(String)
    body: Mapped[str] = mapped_column(String)
    saved_at: Mapped[datetime] = mapped_column(Instant)


class ClinicianRow(KeptBase):
    __tablename__ = "clinician"

    id: Mapped[str] = mapped_column(String, primary_key=True)
    username: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str] = mapped_column(String)
    english: Mapped[str] = mapped_column(String)
    role: Mapped[str] = mapped_column(String)
    wards: Mapped[str] = mapped_column(String)
    enrolled_at: Mapped[datetime | None] = mapped_column(Instant)
    active: Mapped[int] = mapped_column(Integer)


class PreferenceRow(KeptBase):
    __tablename__ = "preference"

    clinician: Mapped[str] = mapped_column(String, primary_key=True)
    name: Mapped[str] = mapped_column(String, primary_key=True)
    value: Mapped[str] = mapped_column(String)


class SecretRow(KeptBase):
    __tablename__ = "secret"

    name: Mapped[str] = mapped_column(String, primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)


class AuditRow(KeptBase):
    """One entry of the chain. Triggers made by the migration forbid changing or removing it.

    Attributes:
        about: Entry that this one reviews, if it is a review.
    """

    __tablename__ = "access_audit"
    __table_args__ = (Index("ix_access_audit_patient", "patient"),)

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str | None] = mapped_column(String)
    actor_name: Mapped[str] = mapped_column(String)
    action: Mapped[str] = mapped_column(String)
    patient: Mapped[str | None] = mapped_column(String)
    reason: Mapped[str] = mapped_column(String)
    detail: Mapped[str] = mapped_column(String)
    about: Mapped[int | None] = mapped_column(Integer, index=True)
    previous: Mapped[str] = mapped_column(String)
    digest: Mapped[str] = mapped_column(String)
