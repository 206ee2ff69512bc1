"""The claims this workstation holds, timed by a clock nobody can turn back."""

from __future__ import annotations

import threading
from datetime import timedelta

from app.domain.terms import PractitionerId, Ref
from app.kernel.clock import Clock


class DoseLeases:
    """Kept in memory only: after a restart every dose must be claimed again, which is the safe way.

    A lease ends by the monotonic clock, counted from before the server was asked, so that it is
    over here before it is over there.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[tuple[PractitionerId, Ref], float] = {}
        self._lock = threading.Lock()

    def began(self) -> float:
        """The moment a lease that is about to be asked for counts from."""
        return self._clock.monotonic()

    def take(self, who: PractitionerId, slot: Ref, began: float, length: timedelta) -> None:
        """Note a claim that was won."""
        with self._lock:
            self._until[(who, slot)] = began + length.total_seconds()

    def holds(self, who: PractitionerId, slot: Ref) -> bool:
        """Whether the claim still holds."""
        with self._lock:
            until = self._until.get((who, slot))
        return until is not None and self._clock.monotonic() < until

    def let_go(self, who: PractitionerId, slot: Ref) -> None:
        """Forget a claim; one that is not held is none."""
        with self._lock:
            self._until.pop((who, slot), None)
