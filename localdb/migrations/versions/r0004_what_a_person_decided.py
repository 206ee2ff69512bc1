"""Keep who decided about an act that could not be sent, when and why.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from localdb.columns import Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("witness", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("choice IN ('kept','discarded')", name="ck_decision_choice"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decision_group_id", "decision", ["group_id"])


def downgrade() -> None:
    """Tests only."""
    op.drop_index("ix_decision_group_id", "decision")
    op.drop_table("decision")
