"""Find the versions that our own batches made by document; every round asks for them.

Revision ID: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("ix_batch_entry_ref", "batch_entry", ["ref"])


def downgrade() -> None:
    """Tests only."""
    op.drop_index("ix_batch_entry_ref", "batch_entry")
