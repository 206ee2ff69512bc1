"""When the server was last heard, across restarts too, and whether that is too long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from app.kernel.clock import Clock
from app.kernel.faults import FaultKind, app_error

_NOTED_EVERY = timedelta(minutes=10)
"""A note costs a write to the disk; the limit is counted in hours."""


class Notes(Protocol):
    """Where the last contact is kept (`SyncStore`)."""

    def note_contact(self, at: datetime) -> None: ...
    def last_contact(self) -> datetime | None: ...


class Contact:
    """After `longest` without a word from the server only the outbox is shown (sync.md §7.9)."""

    def __init__(self, notes: Notes, clock: Clock, longest: timedelta) -> None:
        self._notes = notes
        self._clock = clock
        self._longest = longest
        self._last = notes.last_contact()
        self._noted = self._last

    @property
    def last(self) -> datetime | None:
        """None before the first contact there ever was."""
        return self._last

    def made(self) -> None:
        """The server has answered."""
        now = self._clock.now()
        if self._noted is None or abs(now - self._noted) >= _NOTED_EVERY:
            self._notes.note_contact(now)
            self._noted = now
        self._last = now

    @property
    def is_too_long_ago(self) -> bool:
        return self._silence > self._longest

    def check(self) -> None:
        """Pass, or refuse to show what nobody could correct or take back for so long.

        Raises:
            AppError: `REFUSED` until the server is heard again.
        """
        if self.is_too_long_ago:
            hours = self._silence // timedelta(hours=1)
            raise app_error(FaultKind.REFUSED, "sync.offline-too-long", f"{hours} h", hours=hours)

    @property
    def _silence(self) -> timedelta:
        return self._clock.now() - self._last if self._last is not None else timedelta(0)
