"""What the watch over crossed doses needs to read."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.domain.crossings import Crossing


class CrossingReads(Protocol):
    def crossings(self, since: datetime) -> tuple[Crossing, ...]:
        """Doses given after their order had ended, of orders that ended at `since` or later."""
        ...
