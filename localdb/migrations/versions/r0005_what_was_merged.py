"""Keep what was merged without a person, until it has been checked, and what the check found.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from localdb.columns import Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "automatic_merge",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("patient", sa.String()),
        sa.Column("elements", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("checked_at", Instant()),
        sa.Column("findings", sa.String(), nullable=False, server_default=sa.text("'[]'")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_automatic_merge_ref", "automatic_merge", ["ref"])


def downgrade() -> None:
    """Tests only."""
    op.drop_index("ix_automatic_merge_ref", "automatic_merge")
    op.drop_table("automatic_merge")
