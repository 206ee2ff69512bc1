"""Remember why a batch waits, for the queue screen; it was forgotten at every restart.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column(
        "batch", sa.Column("why", sa.String(), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    """Tests only."""
    op.drop_column("batch", "why")
