"""The cache, once its key is there."""

from __future__ import annotations

from typing import Protocol

from app.ports.keeping import AccessAudit, People


class OpenedCache(Protocol):
    """What signing in needs of an opened cache; the rest is wired in `app.main`."""

    @property
    def people(self) -> People: ...

    @property
    def audit(self) -> AccessAudit: ...

    def close(self) -> None: ...


class CacheDoor(Protocol):
    def open(self, key: bytes) -> OpenedCache:
        """Open (or, for a fresh vault, create) the cache; the same one when it is open already.

        Raises:
            AppError: `STORAGE` with its own code for a wrong key, a damaged file, a newer schema,
                a locked file or a full disk. Nothing is recreated.
        """
        ...

    @property
    def opened(self) -> OpenedCache | None: ...

    @property
    def key(self) -> bytes | None:
        """The key while the cache is open: what a newcomer's wrap is made of."""
        ...

    def close(self) -> None: ...
