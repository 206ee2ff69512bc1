"""Drop the boundary of a pass: the cursor carries its own, and nothing read this one.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.drop_table("boundary")
    op.drop_column("cursor", "done_pass")


def downgrade() -> None:
    """Tests only."""
    done = sa.Column("done_pass", sa.Integer(), nullable=False, server_default=sa.text("0"))
    op.add_column("cursor", done)
    op.create_table(
        "boundary",
        sa.Column("scope", sa.String(), primary_key=True),
        sa.Column("rtype", sa.String(), primary_key=True),
        sa.Column("pass_no", sa.Integer(), primary_key=True),
        sa.Column("ref", sa.String(), primary_key=True),
        sa.Column("version", sa.String(), nullable=False),
        sqlite_with_rowid=False,
    )
