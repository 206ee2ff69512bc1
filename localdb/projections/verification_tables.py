"""What nurses acknowledged of orders, what the pharmacy said, and the skin tests that were read."""

from __future__ import annotations

from sqlalchemy import Column, Index, String

from app.domain.order_verification import Reviewed, Verified
from app.domain.skin_tests import SkinResult
from localdb.projections.derived import derived_table, unread_table
from localdb.projections.flat import Flat

VERIFIED = Flat(Verified)
REVIEWED = Flat(Reviewed)
SKIN = Flat(SkinResult, without=frozenset({"ref"}))


verification_row = derived_table(
    "verification_row",
    Column("unsent", String, nullable=False),
    *VERIFIED.columns(),
)
Index("ix_verification_row_patient", verification_row.c.patient)

review_row = derived_table(
    "review_row",
    Column("patient", String, nullable=False),
    *REVIEWED.columns(),
)
Index("ix_review_row_patient", review_row.c.patient)
verification_unread = unread_table("verification")

skin_row = derived_table(
    "skin_row",
    *SKIN.columns(),
)
Index("ix_skin_row_patient", skin_row.c.patient)
skin_unread = unread_table("skin")
