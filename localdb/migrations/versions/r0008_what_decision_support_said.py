"""Keep what decision support said, to whom, and what came of it: append-only, in a chain.

Revision ID: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from localdb.columns import Instant

revision = "0008"
down_revision = "0007"

_TRIGGERS = (
    """CREATE TRIGGER cds_event_no_update BEFORE UPDATE ON cds_event
    BEGIN SELECT RAISE(ABORT, 'the journal of decisions is append-only'); END""",
    """CREATE TRIGGER cds_event_no_delete BEFORE DELETE ON cds_event
    BEGIN SELECT RAISE(ABORT, 'the journal of decisions is append-only'); END""",
)


def upgrade() -> None:
    op.create_table(
        "cds_event",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("patient", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("response", sa.String(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
    )
    op.create_index("ix_cds_event_patient", "cds_event", ["patient", "at"])
    op.create_index("ix_cds_event_at", "cds_event", ["at"])
    for statement in _TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    """Tests only."""
    op.drop_table("cds_event")
    op.execute("DELETE FROM meta WHERE name = 'cds-head'")
