"""Keep what was sent to a printer until a person has said whether it came out.

Revision ID: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from localdb.columns import Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "open_print",
        sa.Column("run", sa.String(), primary_key=True),
        sa.Column("patient", sa.String(), nullable=False),
        sa.Column("encounter", sa.String(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("encounter", "sheet", name="uq_open_print_encounter_sheet"),
    )


def downgrade() -> None:
    """Tests only."""
    op.drop_table("open_print")
