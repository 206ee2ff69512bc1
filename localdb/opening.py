"""Opens the cache of this OS account, or says in words why not. It is never made anew."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from app.kernel.clock import Clock
from app.kernel.faults import AppError, FaultKind, app_error
from localdb.acts import SqlActs
from localdb.audit import SqlAccessAudit
from localdb.deciding import SqlDisputes
from localdb.decision_journal import SqlDecisionJournal
from localdb.documents import SqlDocuments
from localdb.engine import Cache, looking_only, make_private_file
from localdb.failpoints import Failpoints
from localdb.faults import storage_error
from localdb.journal import Journal
from localdb.keeping import SqlDrafts, SqlPeople
from localdb.marker import Marker
from localdb.migrating import migrate
from localdb.outbox import every_group, record_of, unconfirmed
from localdb.print_runs import SqlPrintRuns
from localdb.projecting import Projector
from localdb.queue import SqlQueue
from localdb.rebuilding import refresh_projections
from localdb.remote_answers import SqlRemoteAnswers
from localdb.replanting import replant
from localdb.schema import SCHEMA_VERSION
from localdb.sealing import HospitalKey
from localdb.sync_store import SqlSyncStore

DATABASE = "cache.db"
JOURNAL = "outbox.journal"
MARKER = "cache.json"
LOCK = "cache.lock"


@dataclass(frozen=True, slots=True)
class Hazards:
    """Knobs for tests of what goes wrong; the product uses them as they are.

    Attributes:
        failpoints: Told of every step of a write.
        busy_ms: How long a lock of another program is waited for.
        most_pages: Size limit of the database in pages, to stand for a full disk.
    """

    failpoints: Failpoints | None = None
    busy_ms: int = 5_000
    most_pages: int | None = None


@dataclass(frozen=True, slots=True)
class OpenCache:
    """Everything that reads or writes the cache, on one open database."""

    cache: Cache
    acts: SqlActs
    documents: SqlDocuments
    drafts: SqlDrafts
    people: SqlPeople
    audit: SqlAccessAudit
    sync_store: SqlSyncStore
    queue: SqlQueue
    disputes: SqlDisputes
    prints: SqlPrintRuns
    decisions: SqlDecisionJournal
    remote_answers: SqlRemoteAnswers
    journal: Journal
    _close: Callable[[], None]

    def close(self) -> None:
        """Close the database and let another process have it."""
        self._close()


def open_cache(
    folder: Path,
    key: bytes,
    projectors: Sequence[Projector],
    clock: Clock,
    *,
    recovery_key: bytes | None = None,
    hazards: Hazards = Hazards(),
) -> OpenCache:
    """Open the database in `folder`, migrated and with its projections up to date.

    Where there has never been one it is made. One that was here and is missing, damaged, newer
    than this program or under another key is left as it is.

    Args:
        folder: Private folder of this OS account.
        key: The 32 bytes the vault unwrapped.
        projectors: What keeps the tables that screens read.
        clock: For the times of what the cache itself notes.
        recovery_key: The hospital's public key (PEM), under which the journal is sealed too.
        hazards: Tests of failures only.

    Raises:
        AppError: `STORAGE`, with a code of its own for each reason; `REFUSED` if `recovery_key`
            is not a public key.
    """
    hospital = HospitalKey.load(recovery_key) if recovery_key is not None else None
    with ExitStack() as stack:
        _prepare(folder)
        stack.enter_context(locked_folder(folder))
        path = folder / DATABASE
        _find_or_make(folder, path, key)
        _check(folder, key, hazards.busy_ms)
        cache = Cache(path, key, hazards.failpoints, hazards.busy_ms)
        stack.callback(cache.close)
        if hazards.most_pages is not None:
            with cache.outside_transactions() as run:
                run(f"PRAGMA max_page_count = {hazards.most_pages}")
        migrate(cache)
        _note(folder, key)
        refresh_projections(cache, projectors)
        journal = Journal(folder / JOURNAL, key, hospital, hazards.failpoints)
        _catch_up(cache, journal, projectors)
        return OpenCache(
            cache=cache,
            acts=SqlActs(cache, projectors, journal),
            documents=SqlDocuments(cache),
            drafts=SqlDrafts(cache),
            people=SqlPeople(cache),
            audit=SqlAccessAudit(cache),
            sync_store=SqlSyncStore(cache, projectors, journal, clock),
            queue=SqlQueue(cache),
            disputes=SqlDisputes(cache, projectors, journal),
            prints=SqlPrintRuns(cache, projectors, journal),
            decisions=SqlDecisionJournal(cache),
            remote_answers=SqlRemoteAnswers(cache),
            journal=journal,
            _close=stack.pop_all().close,
        )
    raise AssertionError  # pragma: no cover - an ExitStack swallows nothing here


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = folder.stat().st_mode
        if sys.platform != "win32" and mode & 0o077:
            folder.chmod(mode & 0o700)
    except OSError as error:
        raise storage_error(error, "folder") from error


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Keep every other process out: two engines on one database would send everything twice.

    Raises:
        AppError: `STORAGE` when another process has it.
    """
    lock = FileLock(folder / LOCK, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise app_error(FaultKind.STORAGE, "storage.in-use", "lock file") from error
    except OSError as error:
        raise storage_error(error, "lock") from error
    try:
        yield
    finally:
        lock.release()


def _find_or_make(folder: Path, path: Path, key: bytes) -> None:
    marker = Marker(folder / MARKER)
    if path.exists():
        if marker.fits(key) is False:
            raise app_error(FaultKind.STORAGE, "storage.wrong-key", "key check")
        return
    if marker.exists or (folder / JOURNAL).exists():
        raise app_error(FaultKind.STORAGE, "storage.missing", DATABASE)
    make_private_file(path)


def _check(folder: Path, key: bytes, busy_ms: int) -> None:
    """Wrong key, damage, lock, newer schema: told apart before anything may be written."""
    if (folder / DATABASE).stat().st_size == 0:
        if (folder / MARKER).exists():
            raise app_error(FaultKind.STORAGE, "storage.damaged", "empty file")
        return
    try:
        with looking_only(folder / DATABASE, key, busy_ms) as run:
            said = run("PRAGMA quick_check(1)")
            schema = int(str(run("PRAGMA user_version")[0][0]))
    except AppError as error:
        # Without a note both look alike; a wrong key is the likelier of the two.
        if "NOTADB" in error.fault.detail and Marker(folder / MARKER).fits(key) is None:
            raise app_error(FaultKind.STORAGE, "storage.wrong-key", "first page") from error
        raise
    if said != [("ok",)]:
        raise app_error(FaultKind.STORAGE, "storage.damaged", "quick_check")
    if schema > SCHEMA_VERSION:
        detail = f"schema {schema}, here {SCHEMA_VERSION}"
        raise app_error(FaultKind.STORAGE, "storage.newer", detail)


def _note(folder: Path, key: bytes) -> None:
    try:
        Marker(folder / MARKER).write(key)
    except OSError as error:
        raise storage_error(error, "marker") from error


def _catch_up(cache: Cache, journal: Journal, projectors: Sequence[Projector]) -> None:
    """Bring database and journal together again: each may lack what the other has.

    A crash between commit and journal leaves a group out of the journal; a disk that lied about
    its last write, or a database put back from a copy, leaves one out of the database.
    """
    with cache.read() as connection:
        lost = journal.groups.difference(every_group(connection))
    if lost:
        records = [one for one in journal.read().records if one.group in lost]
        replant(cache, journal, projectors, records)
    with cache.read() as connection:
        waiting = unconfirmed(connection)
        missing = [
            record
            for group in waiting
            if group not in journal.groups and (record := record_of(connection, group)) is not None
        ]
    for record in missing:
        journal.append(record)
    journal.trim([*waiting, *journal.groups.intersection(lost)])
