"""The outbox journal: what only this workstation has, once more, outside the database.

One line per unconfirmed change group, each sealed under a key of its own, which is wrapped for
the holder of the database key and, where the hospital gave one, for its recovery key. Should the
database be damaged, nothing a clinician signed is lost with it (sync.md §7.0, §7.2).
"""

from __future__ import annotations

import base64
import json
import logging
import os
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.domain.terms import GroupId
from app.kernel.faults import AppError
from localdb.failpoints import Failpoint, Failpoints, NoFailpoints
from localdb.faults import storage_error
from localdb.files import append_durably, replace_whole, sync_folder
from localdb.outbox import GroupRecord, from_json, to_json
from localdb.sealing import HospitalKey, HospitalPrivateKey, Unopenable, derive, seal, unseal

log = logging.getLogger(__name__)

_PURPOSE = "wardone outbox journal"
_WORTH_TRIMMING = 32


class RecordOpener(Protocol):
    """Somebody who can open the journal."""

    def open(self, wraps: dict[str, str], about: bytes) -> bytes:
        """The key of one record.

        Raises:
            Unopenable: It was not sealed for us.
        """
        ...


class DatabaseKeyOpener:
    """Opens with the database key: any enrolled clinician, through the vault."""

    def __init__(self, key: bytes) -> None:
        self._key = derive(key, _PURPOSE)

    def open(self, wraps: dict[str, str], about: bytes) -> bytes:
        return unseal(self._key, _bytes(wraps.get("own", "")), about)


class HospitalOpener:
    """Opens with the hospital's private key, when the vault is lost as well."""

    def __init__(self, private_key_pem: bytes, password: bytes | None = None) -> None:
        self._key = HospitalPrivateKey.load(private_key_pem, password)

    def open(self, wraps: dict[str, str], about: bytes) -> bytes:
        del about
        return self._key.unseal(_bytes(wraps.get("hospital", "")))


@dataclass(frozen=True, slots=True)
class JournalReading:
    """What a journal holds. `unreadable` lines are damaged or were sealed for another key."""

    records: tuple[GroupRecord, ...]
    unreadable: int


class Journal:
    """Appends, trims and reads one journal file."""

    def __init__(
        self,
        path: Path,
        key: bytes,
        hospital: HospitalKey | None = None,
        failpoints: Failpoints | None = None,
    ) -> None:
        self._path = path
        self._own = derive(key, _PURPOSE)
        self._opener = DatabaseKeyOpener(key)
        self._hospital = hospital
        self._failpoints: Failpoints = failpoints or NoFailpoints()
        self._lock = threading.Lock()
        self._owed: dict[GroupId, bytes] = {}
        self._groups = {group for group, _ in _lines_of(path) if group}
        self._end = _whole_lines(path)

    @property
    def groups(self) -> frozenset[GroupId]:
        """Groups that are safely in the file."""
        return frozenset(self._groups)

    @property
    def owed(self) -> frozenset[GroupId]:
        """Groups that are in the database only, because the journal could not be written."""
        return frozenset(self._owed)

    def read(self) -> JournalReading:
        """Everything in the file, with the database key.

        Raises:
            AppError: `STORAGE` if it cannot be read.
        """
        return read_journal(self._path, self._opener)

    def append(self, record: GroupRecord) -> None:
        """Add the group, durably. The act is in the database already, so a full disk only warns."""
        self._failpoints.reach(Failpoint.JOURNAL_BEFORE)
        with self._lock:
            self._owed[record.group] = self._line(record)
            self._write_owed()

    def trim(self, unconfirmed: Collection[GroupId]) -> None:
        """Drop what is confirmed, when it is worth a rewrite. Damaged lines stay for IT."""
        with self._lock:
            self._trim(set(unconfirmed))

    def _trim(self, keep: set[GroupId]) -> None:
        self._owed = {group: line for group, line in self._owed.items() if group in keep}
        gone = self.groups - keep
        if not gone or (keep & self.groups and len(gone) < max(_WORTH_TRIMMING, len(keep))):
            return
        try:
            kept = [line for group, line in _lines_of(self._path) if not group or group in keep]
            replace_whole(self._path, b"".join(kept))
        except OSError as error:
            self._warn(storage_error(error, "journal"))
            return
        self._failpoints.reach(Failpoint.JOURNAL_TRIMMED)
        self._groups -= gone
        self._end = _whole_lines(self._path)

    def _write_owed(self) -> None:
        data = b"".join(self._owed.values())
        is_new = not self._path.exists()
        try:
            append_durably(self._path, data, self._end)
            self._failpoints.reach(Failpoint.JOURNAL_WRITTEN)
            if is_new:
                sync_folder(self._path.parent)
        except OSError as error:
            self._warn(storage_error(error, "journal"))
            return
        self._failpoints.reach(Failpoint.JOURNAL_SYNCED)
        self._end += len(data)
        self._groups |= self._owed.keys()
        self._owed.clear()

    def _line(self, record: GroupRecord) -> bytes:
        about = record.group.encode()
        key = os.urandom(32)
        wraps = {"own": _text(seal(self._own, key, about))}
        if self._hospital is not None:
            wraps["hospital"] = _text(self._hospital.seal(key))
        sealed = _text(seal(key, to_json(record), about))
        line = {"group": record.group, "keys": wraps, "record": sealed}
        return json.dumps(line).encode() + b"\n"

    def _warn(self, error: AppError) -> None:
        log.warning(
            "the outbox journal was not written: %s (%s)",
            error.fault.message.code,
            error.fault.detail,
        )


def read_journal(path: Path, opener: RecordOpener) -> JournalReading:
    """Every group in the journal, oldest first; of a group that stands twice, the later line.

    Raises:
        AppError: `STORAGE` if the file cannot be read.
    """
    records: dict[GroupId, GroupRecord] = {}
    unreadable = 0
    try:
        lines = list(_lines_of(path))
    except OSError as error:
        raise storage_error(error, "journal") from error
    for _, line in lines:
        try:
            record = _opened(line, opener)
        except (Unopenable, ValueError, KeyError, TypeError):
            unreadable += 1
        else:
            records[record.group] = record
    return JournalReading(tuple(records.values()), unreadable)


def _opened(line: bytes, opener: RecordOpener) -> GroupRecord:
    value = json.loads(line)
    about = value["group"].encode()
    key = opener.open(value["keys"], about)
    return from_json(unseal(key, _bytes(value["record"]), about))


def _lines_of(path: Path) -> Iterator[tuple[GroupId, bytes]]:
    """(group, line) of every whole line; a damaged one has no group, a torn tail is no line."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield _group_of(line), line


def _group_of(line: bytes) -> GroupId:
    try:
        value = json.loads(line)
        return GroupId(value["group"])
    except (ValueError, KeyError, TypeError):
        return GroupId("")


def _whole_lines(path: Path) -> int:
    """Where the last whole line ends."""
    return sum(len(line) for _, line in _lines_of(path))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
