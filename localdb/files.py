"""Small files that must survive a power cut: whole or not at all, and private."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def replace_whole(path: Path, data: bytes) -> None:
    """Put `data` in place of the file, mode 0600; after a power cut it is the old or the new one.

    Raises:
        OSError: The old content is still there.
    """
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def append_durably(path: Path, data: bytes, at: int) -> None:
    """Write `data` at offset `at`, which is the end, and cut off whatever a torn write left there.

    Raises:
        OSError: The file may now end in a part of `data`; the next append cuts that off.
    """
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    with os.fdopen(handle, "r+b") as out:
        out.truncate(at)
        out.seek(at)
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def sync_folder(folder: Path) -> None:
    """Make a rename durable. Windows keeps names with the file and cannot open a folder."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
