"""The note beside the database that says there is one, and which key it has."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

from localdb.files import replace_whole
from localdb.sealing import derive

_PURPOSE = "wardone database key check"


def key_check(key: bytes) -> str:
    """Tells a wrong key from a damaged file; of a random 256-bit key it gives nothing away."""
    return hashlib.sha256(derive(key, _PURPOSE)).hexdigest()


class Marker:
    """`cache.json`: made when the database is, and never without it.

    A missing database with a marker is a loss to be told; without one it is a first start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def exists(self) -> bool:
        return self._path.exists()

    def fits(self, key: bytes) -> bool | None:
        """Whether the database was made with this key; None when the note cannot say."""
        try:
            noted = json.loads(self._path.read_bytes())["key_check"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return isinstance(noted, str) and hmac.compare_digest(noted, key_check(key))

    def write(self, key: bytes) -> None:
        """Note the key, durably.

        Raises:
            OSError: It was not noted.
        """
        if self.fits(key) is not True:
            replace_whole(self._path, json.dumps({"key_check": key_check(key)}).encode())
