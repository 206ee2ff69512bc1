"""What documents and signatures say towards the steps of closed loops, by patient."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, String, Table

from app.domain.loop_marks import Mark, Signature
from localdb.projections.derived import unread_table
from localdb.projections.flat import Flat
from localdb.schema import DERIVED, metadata

MARK = Flat(Mark, without=frozenset({"ref"}))
SIGNATURE = Flat(Signature)

# `digest` is of everything in the row: the sum over a patient tells whether anything has changed
# without reading any of it.
loop_mark = Table(
    "loop_mark",
    metadata,
    Column("ref", String, primary_key=True),
    Column("patient", String),
    Column("digest", Integer, nullable=False),
    *MARK.columns(),
    info=DERIVED,
)
Index("ix_loop_mark_patient", loop_mark.c.patient, loop_mark.c.digest, loop_mark.c.ref)

loop_link = Table(
    "loop_link",
    metadata,
    Column("ref", String),
    Column("target", String),
    Column("patient", String),
    PrimaryKeyConstraint("ref", "target"),
    info=DERIVED,
    sqlite_with_rowid=False,
)
Index("ix_loop_link_patient", loop_link.c.patient)

# One row for each target of a Provenance. Its patient is that of the target: a Provenance that
# was downloaded names none.
loop_signature = Table(
    "loop_signature",
    metadata,
    Column("ref", String),
    Column("digest", Integer, nullable=False),
    *SIGNATURE.columns(),
    PrimaryKeyConstraint("ref", "target"),
    info=DERIVED,
    sqlite_with_rowid=False,
)
Index("ix_loop_signature_target", loop_signature.c.target, loop_signature.c.digest)

loop_unread = unread_table("loop")
loop_signature_unread = unread_table("loop_signature")
