"""Everything that can happen in a run: what does not happen has not been proved against."""

from __future__ import annotations

from localdb.failpoints import Failpoint
from tests.sync.simulation.clinicians import DOSES, WEIGHTS
from tests.sync.simulation.network import STATUSES, Fate
from tests.sync.simulation.plan import COLLEAGUES

_NETWORK = (
    *(f"fate {fate.value}" for fate in Fate),
    *(f"{status} {when}" for status, _ in STATUSES for when in ("before", "after")),
    *(f"partition {kind}" for kind in ("out", "into", "both")),
    "reordered",
    "token expired",
    "page expired",
    "search repeated before the cache forgot",
    "overtaken",
)
POINTS = frozenset(f"killed {point.value}" for point in Failpoint)
"""Where a process dies; some are rare, and have seeds of their own (`test_dying.py`)."""
_PROCESSES = (
    "killed idle",
    "killed waiting",
    "killed soon after the start",
    "paused",
    "clock on",
    "clock back",
    "clock on two days",
    "clock back two days",
    "fault storage.full",
    "fault storage.locked",
    "cloned",
    "fenced",
    "restored",
)
_PEOPLE = (
    *(f"act {what}" for what, _ in WEIGHTS if what != "decide"),
    *(f"colleague {what}" for what, _ in COLLEAGUES),
    *(f"act {what}" for what, _ in DOSES),
    "fault dose.claimed",
    "given twice",
    "reported",
    "colleague committed late",
    "colleague delete",
    "kept mine",
    "taken back",
    "confirmed",
)
ALL = frozenset((*_NETWORK, *_PROCESSES, *_PEOPLE))
