"""The encrypted database file: one writer, several readers, SQLCipher under SQLAlchemy."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

# WORKAROUND(sqlcipher3 ships no type information, until it does): its names are untyped here.
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]

from localdb.failpoints import Failpoint, Failpoints, NoFailpoints
from localdb.faults import storage_error

_BUSY_MS = 5_000
_READERS = 4
_WRITER_PRAGMAS = (
    "journal_mode = WAL",
    # NORMAL may lose the last commits after a power cut; a signed order must not be among them.
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "journal_size_limit = 8388608",
)
_READER_PRAGMAS = ("query_only = ON",)
# Only an empty file takes it; on any other it would do nothing but write into the first page.
_FIRST_PRAGMAS = ("auto_vacuum = INCREMENTAL",)

Run = Callable[[str], list[tuple[object, ...]]]


class Cache:
    """The database, for code that writes SQL.

    Writes are serialised by a lock, so that the cache is safe on whatever threads its callers
    have; the desktop calls it from its one STORE thread and never waits here.
    """

    def __init__(
        self,
        path: Path,
        key: bytes,
        failpoints: Failpoints | None = None,
        busy_ms: int = _BUSY_MS,
    ) -> None:
        if len(key) != 32:
            raise ValueError("the database key has 32 bytes")
        self.path = path
        self.failpoints: Failpoints = failpoints or NoFailpoints()
        self._lock = threading.RLock()
        self._writing = False
        self._waits_for_disk = True
        connect = _connector(path, key, busy_ms)
        is_new = path.exists() and path.stat().st_size == 0
        pragmas = _FIRST_PRAGMAS + _WRITER_PRAGMAS if is_new else _WRITER_PRAGMAS
        self._write_engine = create_engine(
            "sqlite://",
            module=dbapi2,
            creator=lambda: connect(pragmas),
            poolclass=StaticPool,
            pool_reset_on_return=None,
            hide_parameters=True,
        )
        self._read_engine = create_engine(
            "sqlite://",
            module=dbapi2,
            creator=lambda: connect(_READER_PRAGMAS),
            poolclass=QueuePool,
            pool_size=_READERS,
            pool_reset_on_return=None,  # every use below ends its transaction itself
            hide_parameters=True,
        )

    @contextmanager
    def write(self, *, lasting: bool = True) -> Iterator[Connection]:
        """One transaction, durable when the block has been left; all of it or nothing.

        Args:
            lasting: False for what the server holds and gives again: after a power cut the last of
                these transactions may be missing, whole, with the cursors that go with them. The
                next lasting one makes every earlier one durable.

        Raises:
            AppError: `STORAGE`; then nothing was written.
        """
        with self._lock:
            if self._writing:
                raise RuntimeError("a write inside a write")
            self._writing = True
            try:
                with self._write_engine.connect() as connection:
                    self._wait_for_disk(_driver_of(connection), lasting)
                    with _transaction(connection, "BEGIN IMMEDIATE"):
                        self.failpoints.reach(Failpoint.BEGUN)
                        yield connection
                        self.failpoints.reach(Failpoint.BEFORE_COMMIT)
                self.failpoints.reach(Failpoint.COMMITTED)
            except (DBAPIError, dbapi2.Error) as error:
                raise storage_error(error, "write") from error
            finally:
                self._writing = False

    def _wait_for_disk(self, driver: dbapi2.Connection, lasting: bool) -> None:  # noqa: FBT001
        """Whether the next commit waits for the disk (sqlite.org/pragma.html#synchronous)."""
        if lasting is not self._waits_for_disk:
            driver.execute(f"PRAGMA synchronous = {'FULL' if lasting else 'NORMAL'}")
            self._waits_for_disk = lasting

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot; nothing can be written through it.

        Raises:
            AppError: `STORAGE`.
        """
        try:
            with self._read_engine.connect() as connection, _transaction(connection, "BEGIN"):
                yield connection
        except (DBAPIError, dbapi2.Error) as error:
            raise storage_error(error, "read") from error

    @contextmanager
    def outside_transactions(self) -> Iterator[Run]:
        """Run maintenance statements that SQLite refuses inside a transaction.

        Raises:
            AppError: `STORAGE`.
        """
        with self._lock:
            try:
                with self._write_engine.connect() as connection:
                    driver = _driver_of(connection)
                    yield lambda statement: list(driver.execute(statement).fetchall())
            except (DBAPIError, dbapi2.Error) as error:
                raise storage_error(error, "maintenance") from error

    def forget_freed_pages(self) -> None:
        """Give freed pages back and empty the write-ahead log, so that nothing evicted is left."""
        with self.outside_transactions() as run:
            run("PRAGMA incremental_vacuum")
            run("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection; SQLite then folds the write-ahead log into the file."""
        with self._lock:
            self._read_engine.dispose()
            self._write_engine.dispose()


@contextmanager
def looking_only(path: Path, key: bytes, busy_ms: int = _BUSY_MS) -> Iterator[Run]:
    """Run statements on the file without any right to write: not a byte of it changes.

    Raises:
        AppError: `STORAGE`.
    """
    try:
        connection = _connector(path, key, busy_ms, mode="ro")(_READER_PRAGMAS)
        try:
            yield lambda statement: list(connection.execute(statement).fetchall())
        finally:
            connection.close()
    except dbapi2.Error as error:
        raise storage_error(error, "check") from error


def make_private_file(path: Path) -> None:
    """Create an empty file that only its owner may read; SQLite gives its log the same rights.

    Raises:
        AppError: `STORAGE`.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise storage_error(error, "create") from error


def _connector(
    path: Path, key: bytes, busy_ms: int, mode: str = "rw"
) -> Callable[[tuple[str, ...]], dbapi2.Connection]:
    # Never `rwc`: a missing file is an error to be told, not to be replaced by an empty one.
    uri = f"{path.absolute().as_uri()}?mode={mode}"

    def connect(pragmas: tuple[str, ...]) -> dbapi2.Connection:
        connection = dbapi2.connect(
            uri,
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
            timeout=busy_ms / 1000,
        )
        try:
            # Otherwise SQLCipher reports every wrong key on stderr in its own words.
            connection.execute("PRAGMA cipher_log_level = NONE").fetchall()
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}").fetchall()
        except dbapi2.Error:
            connection.close()
            raise
        return connection

    return connect


def _driver_of(connection: Connection) -> dbapi2.Connection:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - a checked-out connection has one
    return driver


@contextmanager
def _transaction(connection: Connection, begin: str) -> Iterator[None]:
    """A transaction that begins in SQLite too; the driver would begin it at the first write.

    Said to the driver itself: as a statement of SQLAlchemy's it cost more than most reads.
    """
    with connection.begin():
        _driver_of(connection).execute(begin)
        yield
