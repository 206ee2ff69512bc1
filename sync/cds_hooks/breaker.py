"""Leaves a service alone that keeps failing."""

from __future__ import annotations

import threading

from app.kernel.clock import Clock

FAILURES = 3
PAUSE_SECONDS = 60.0


class Breaker:
    """After three failures in a row nobody asks for a minute; then one question is let through.

    Safe on any thread.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until: float | None = None

    def admits(self) -> bool:
        """Whether to ask now. After a pause the first to ask tries for all of them."""
        with self._lock:
            if self._open_until is None:
                return True
            if self._clock.monotonic() < self._open_until:
                return False
            self._open_until = self._clock.monotonic() + PAUSE_SECONDS
            return True

    def answered(self) -> None:
        with self._lock:
            self._failures, self._open_until = 0, None

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._open_until = self._clock.monotonic() + PAUSE_SECONDS
