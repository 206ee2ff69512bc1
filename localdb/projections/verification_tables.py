"""What nurses acknowledged of orders, what the pharmacy said, and the skin tests that were read."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text

from app.domain.order_verification import Reviewed, Verified
from app.domain.skin_tests import SkinResult
from localdb.projections.flat import Flat
from localdb.schema import DERIVED, metadata

VERIFIED = Flat(Verified)
REVIEWED = Flat(Reviewed)
SKIN = Flat(SkinResult, without=frozenset({"ref"}))


def _unread(name: str) -> Table:
    table = Table(
        name,
        metadata,
        Column("ref", String, primary_key=True),
        Column("patient", String),
        Column("reason", Text, nullable=False),
        info=DERIVED,
    )
    Index(f"ix_{name}_patient", table.c.patient)
    return table


verification_row = Table(
    "verification_row",
    metadata,
    Column("ref", String, primary_key=True),
    Column("unsent", String, nullable=False),
    *VERIFIED.columns(),
    info=DERIVED,
)
Index("ix_verification_row_patient", verification_row.c.patient)

review_row = Table(
    "review_row",
    metadata,
    Column("ref", String, primary_key=True),
    Column("patient", String, nullable=False),
    *REVIEWED.columns(),
    info=DERIVED,
)
Index("ix_review_row_patient", review_row.c.patient)
verification_unread = _unread("verification_unread")

skin_row = Table(
    "skin_row",
    metadata,
    Column("ref", String, primary_key=True),
    *SKIN.columns(),
    info=DERIVED,
)
Index("ix_skin_row_patient", skin_row.c.patient)
skin_unread = _unread("skin_unread")
