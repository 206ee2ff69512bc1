"""Keep what remote services said after the signature, and feedback to them until it was heard.

Revision ID: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from localdb.columns import Instant

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "cds_late",
        sa.Column("instance", sa.String(), primary_key=True),
        sa.Column("service", sa.String(), primary_key=True),
        sa.Column("patient", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "cds_signed",
        sa.Column("instance", sa.String(), primary_key=True),
        sa.Column("line", sa.String(), primary_key=True),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("ix_cds_signed_order_id", "cds_signed", ["order_id"])
    op.create_table(
        "cds_feedback",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("next_try_at", Instant(), nullable=False),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Tests only."""
    for table in ("cds_feedback", "cds_signed", "cds_late"):
        op.drop_table(table)
