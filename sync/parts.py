"""What an engine is made of, and how it is set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from app.domain.terms import PatientId
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock, Ids
from app.ports.sync_store import SyncStore
from sync.merge_rules import MergeRules
from sync.scopes import Places, ScopeType
from sync.transport import Remote

Pinned = Callable[[], frozenset[PatientId]]


def _nobody() -> frozenset[PatientId]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Parts:
    """What an engine is made of; only clock and remote differ in the simulator.

    Attributes:
        pinned: Patients somebody enrolled here has marked; they are kept wherever they lie.
    """

    remote: Remote
    store: SyncStore
    places: Places
    rules: MergeRules
    types: tuple[ScopeType, ...]
    clock: Clock
    ids: Ids
    feed: ChangeFeed
    pinned: Pinned = _nobody


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How the engine goes about it.

    Attributes:
        retention: How long somebody who has left every ward is kept here (sync.md §7.9).
        reconcile_every: How often a scope is compared with the server's list (sync.md §7.5).
    """

    overlap: timedelta = timedelta(seconds=125)
    page_size: int = 200
    poll_seconds: int = 15
    retention: timedelta = timedelta(hours=24)
    reconcile_every: timedelta = timedelta(hours=6)
