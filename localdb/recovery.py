"""After the worst: the damaged database set aside, and what its journal still holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from localdb.faults import storage_error
from localdb.files import sync_folder
from localdb.journal import JournalReading, RecordOpener, read_journal
from localdb.opening import DATABASE, JOURNAL, MARKER, locked_folder


def recover_from_journal(folder: Path, opener: RecordOpener) -> JournalReading:
    """The groups that were not confirmed when the journal was last written.

    Raises:
        AppError: `STORAGE` if the journal cannot be read.
    """
    for place in (folder, *sorted(folder.glob("damaged-*"), reverse=True)):
        if (place / JOURNAL).exists():
            return read_journal(place / JOURNAL, opener)
    return JournalReading((), 0)


def set_aside(folder: Path, at: datetime) -> Path:
    """Move a database that cannot be opened, with its journal, into a folder of its own.

    Nothing is deleted. The next `open_cache` starts afresh; `replant` brings the work back.

    Raises:
        AppError: `STORAGE` if it is in use or cannot be moved.
    """
    with locked_folder(folder):
        place = folder / f"damaged-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        try:
            place.mkdir(mode=0o700)
            # The marker goes last: while it is here, a missing database is told as a loss.
            for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", JOURNAL, MARKER):
                if (folder / name).exists():
                    (folder / name).rename(place / name)
            sync_folder(folder)
        except OSError as error:
            raise storage_error(error, "set aside") from error
    return place
