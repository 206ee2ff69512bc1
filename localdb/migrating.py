"""Brings a database file up to this program's schema, with a copy kept until it has worked."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sqlalchemy import Connection

from localdb.engine import Cache
from localdb.faults import storage_error
from localdb.schema import SCHEMA_VERSION

_SCRIPTS = Path(__file__).parent / "migrations"


def schema_of(cache: Cache) -> int:
    """`PRAGMA user_version`: the schema the file was last written with; 0 for an empty file."""
    with cache.read() as connection:
        return _user_version(connection)


def migrate(cache: Cache) -> bool:
    """Upgrade to the newest schema in one transaction; returns whether anything was to be done.

    Frozen batches keep their bytes, so an unanswered one is resolved after the upgrade as before.

    Raises:
        AppError: `STORAGE`; the file is then as it was, and the copy beside it too.
    """
    before = schema_of(cache)
    if before == SCHEMA_VERSION:
        for suffix in ("", "-wal"):
            _backup_of(cache, suffix).unlink(missing_ok=True)
        return False
    if before:
        _back_up(cache)
    with cache.write() as connection:
        upgrade(connection, "head")
    return True


def upgrade(connection: Connection, to: str) -> None:
    """Run migrations upwards on an open transaction."""
    _run(connection, to, up=True)


def downgrade(connection: Connection, to: str) -> None:
    """Run migrations downwards. Tests do; the product never does."""
    _run(connection, to, up=False)


def backup_path(path: Path) -> Path:
    """Where the copy of the file stands while an upgrade has not been proved."""
    return path.with_name(path.name + ".before-upgrade")


def _backup_of(cache: Cache, suffix: str) -> Path:
    return backup_path(cache.path.with_name(cache.path.name + suffix))


def _back_up(cache: Cache) -> None:
    with cache.outside_transactions() as run:
        run("PRAGMA wal_checkpoint(TRUNCATE)")
        for suffix in ("", "-wal"):
            source = cache.path.with_name(cache.path.name + suffix)
            if source.exists() and source.stat().st_size:
                _copy(source, _backup_of(cache, suffix))


def _copy(source: Path, target: Path) -> None:
    try:
        handle = os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as out, source.open("rb") as data:
            shutil.copyfileobj(data, out)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise storage_error(error, "back up") from error


def _run(connection: Connection, to: str, *, up: bool) -> None:
    # Imported late: most starts find the newest schema and need none of it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if up:
        command.upgrade(config, to)
    else:
        command.downgrade(config, to)
    _stamp(connection)


def _stamp(connection: Connection) -> None:
    """Write the number of the revision into the file header, where any later program finds it."""
    revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    connection.exec_driver_sql(f"PRAGMA user_version = {int(str(revision or '0'))}")


def _user_version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
