"""When the server's clock ticks, told from the whole seconds of its `Date` headers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

WHOLE = 1.0
_MARGIN = 0.05
"""Seconds by which the clocks of a server's nodes may differ."""
_GENERATION = 120.0
"""Seconds after which what was learnt begins to be forgotten: clocks drift."""


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Between what the server's clock is ahead of ours, in seconds."""

    low: float = -math.inf
    high: float = math.inf

    def both(self, other: _Bounds) -> _Bounds:
        return _Bounds(max(self.low, other.low), min(self.high, other.high))

    @property
    def is_possible(self) -> bool:
        return self.low <= self.high


class ServerSecond:
    """A pass ends at the server's last whole second; this says how soon that will be a later one.

    `Date` (RFC 9110 §6.6.1) is cut to the second and was written between request and answer, so
    each answer confines the server's clock to a little more than a second, and many to very little.
    """

    def __init__(self) -> None:
        self._now = _Bounds()
        self._before = _Bounds()
        self._since = -math.inf

    def seen(self, date: datetime, sent: float, received: float) -> None:
        """Take an answer into account; `sent` and `received` are seconds of our monotonic clock."""
        stamp = date.timestamp()
        found = _Bounds(stamp - received, stamp + WHOLE - sent)
        if sent - self._since > _GENERATION:
            self._before, self._now, self._since = self._now, _Bounds(), sent
        now = self._now.both(found)
        if not now.both(self._before).is_possible:  # it was set, or another node answers
            self._before, now = _Bounds(), found
        self._now = now

    def until_next(self, now: float) -> float:
        """Seconds from `now` until the server's `Date` is later than whatever it says by now."""
        known = self._now.both(self._before)
        if not math.isfinite(known.high - known.low):
            return WHOLE
        turns = math.floor(now + known.high) + WHOLE
        return min(turns - (now + known.low) + _MARGIN, WHOLE)
