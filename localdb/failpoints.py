"""Named places where the crash harness may end the process."""

from __future__ import annotations

import enum
from typing import Protocol


class Failpoint(enum.Enum):
    """Every step of a write between two of which the power may fail."""

    BEGUN = "begun"
    ACT_DOCUMENTS = "act-documents"
    ACT_PROJECTED = "act-projected"
    ACT_LOGGED = "act-logged"
    BEFORE_COMMIT = "before-commit"
    COMMITTED = "committed"
    JOURNAL_BEFORE = "journal-before"
    JOURNAL_WRITTEN = "journal-written"
    JOURNAL_SYNCED = "journal-synced"
    JOURNAL_TRIMMED = "journal-trimmed"
    PIECE_DOCUMENTS = "piece-documents"
    PIECE_CURSOR = "piece-cursor"
    BATCH_FROZEN = "batch-frozen"
    BATCH_ACKNOWLEDGED = "batch-acknowledged"


class Failpoints(Protocol):
    def reach(self, point: Failpoint) -> None:
        """Called when a write gets to `point`; in the product it does nothing."""
        ...


class NoFailpoints:
    def reach(self, point: Failpoint) -> None:
        """Go on."""
