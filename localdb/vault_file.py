"""The vault as a file: two whole copies, each with a checksum, replaced in one step."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from app.kernel.faults import FaultKind, app_error
from localdb.faults import storage_error
from localdb.files import replace_whole

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class StoredWrap:
    """The database key as one user can unwrap it, and how often somebody failed to."""

    salt: bytes
    sealed: bytes
    time_cost: int
    memory_kib: int
    lanes: int
    enrolled_at: datetime
    failed_attempts: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class VaultContent:
    """All that the vault file says.

    Attributes:
        key_check: Digest that knows the right database key.
        machine_check: Digest that knows the machine secret the wraps were made with.
        recovery: The database key under the hospital's key, or empty.
        recovery_for: Fingerprint of that key, or "".
    """

    key_check: str
    machine_check: str
    recovery: bytes = b""
    recovery_for: str = ""
    wraps: Mapping[str, StoredWrap] = field(default_factory=dict)


class VaultFile:
    """Reads and writes both copies. Neither is ever made from nothing by reading."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._second = path.with_name(path.name + ".bak")

    @property
    def exists(self) -> bool:
        return self._path.exists() or self._second.exists()

    def read(self) -> VaultContent:
        """The first copy, or the second when the first is missing or damaged.

        Raises:
            AppError: `STORAGE` when neither can be read.
        """
        if not self.exists:
            raise app_error(FaultKind.STORAGE, "vault.missing", self._path.name)
        reasons = []
        for path in (self._path, self._second):
            try:
                return _decoded(path.read_bytes())
            except (OSError, ValueError, KeyError, TypeError) as error:
                reasons.append(type(error).__name__)
        raise app_error(FaultKind.STORAGE, "vault.damaged", ", ".join(reasons))

    def write(self, content: VaultContent) -> None:
        """Replace both copies; after a power cut each is the old or the new one, whole.

        Raises:
            AppError: `STORAGE`.
        """
        data = _encoded(content)
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_whole(self._path, data)
            replace_whole(self._second, data)
        except OSError as error:
            raise storage_error(error, "vault") from error


def _encoded(content: VaultContent) -> bytes:
    said = {
        "format": _FORMAT,
        "key_check": content.key_check,
        "machine_check": content.machine_check,
        "recovery": _text(content.recovery),
        "recovery_for": content.recovery_for,
        "wraps": {name: _wrap_to_json(wrap) for name, wrap in content.wraps.items()},
    }
    inside = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return json.dumps({"vault": said, "sha256": _checksum(inside)}, ensure_ascii=False).encode()


def _decoded(data: bytes) -> VaultContent:
    whole = json.loads(data)
    said = whole["vault"]
    if whole["sha256"] != _checksum(json.dumps(said, ensure_ascii=False, sort_keys=True)):
        raise ValueError("checksum")
    if said["format"] != _FORMAT:
        raise ValueError("format")
    return VaultContent(
        said["key_check"],
        said["machine_check"],
        _bytes(said["recovery"]),
        said["recovery_for"],
        {name: _wrap_of_json(wrap) for name, wrap in said["wraps"].items()},
    )


def _wrap_to_json(wrap: StoredWrap) -> dict[str, str | int | None]:
    return {
        "salt": _text(wrap.salt),
        "sealed": _text(wrap.sealed),
        "time_cost": wrap.time_cost,
        "memory_kib": wrap.memory_kib,
        "lanes": wrap.lanes,
        "enrolled_at": wrap.enrolled_at.isoformat(),
        "failed_attempts": wrap.failed_attempts,
        "locked_until": None if wrap.locked_until is None else wrap.locked_until.isoformat(),
    }


def _wrap_of_json(said: Mapping[str, str | int | None]) -> StoredWrap:
    until = said["locked_until"]
    return StoredWrap(
        _bytes(str(said["salt"])),
        _bytes(str(said["sealed"])),
        int(said["time_cost"] or 0),
        int(said["memory_kib"] or 0),
        int(said["lanes"] or 0),
        datetime.fromisoformat(str(said["enrolled_at"])),
        int(said["failed_attempts"] or 0),
        None if until is None else datetime.fromisoformat(str(until)),
    )


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
