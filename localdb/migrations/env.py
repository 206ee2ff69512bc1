"""Runs migrations on the connection it is given; there is no address of a database anywhere."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from localdb.kept_rows import KeptBase
from localdb.schema import metadata


def run() -> None:
    """Migrate inside the caller's transaction."""
    connection = context.config.attributes["connection"]
    if not isinstance(connection, Connection):
        raise TypeError("migrations need a connection")
    if KeptBase.metadata is not metadata:
        raise TypeError("all tables hang on one metadata")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transactional_ddl=False,
        transaction_per_migration=False,
    )
    context.run_migrations()


run()
