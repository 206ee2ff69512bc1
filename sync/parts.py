"""What an engine is made of, and how it is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from app.domain.terms import PatientId, PractitionerId, Ref, WardId
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock, Ids
from app.ports.signatures import Unattributed
from app.ports.sync_store import SyncStore
from sync.merge_rules import MergeRules
from sync.scopes import Places, ScopeType
from sync.transport import Remote

Pinned = Callable[[], frozenset[PatientId]]


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody enrolled here who may still sign in, and whose wards are kept for them."""

    me: PractitionerId
    wards: tuple[WardId, ...] = ()


Followers = Callable[[], tuple[Follower, ...]]


def _nobody() -> frozenset[PatientId]:
    return frozenset()


def _nothing_to_check() -> None:
    pass


class _NothingAsked:
    """`Unattributed` of an engine whose screens name no authors."""

    def versions(self) -> Iterator[tuple[Ref, str]]:
        return iter(())


def _alone() -> tuple[Follower, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Parts:
    """What an engine is made of; only clock and remote differ in the simulator.

    Attributes:
        pinned: Patients somebody enrolled here has marked; they are kept wherever they lie.
        followers: Everybody else for whom wards are kept here, besides who is signed in.
        after_merge: Checks what was merged without a person; called before anything is sent.
        unattributed: Versions to ask about who made them.
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
    followers: Followers = _alone
    after_merge: Callable[[], object] = _nothing_to_check
    unattributed: Unattributed = field(default_factory=_NothingAsked)


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How the engine goes about it.

    Attributes:
        retention: How long somebody who has left every ward is kept here (sync.md §7.9).
        reconcile_every: How often a scope is compared with the server's list (sync.md §7.5).
        longest_offline: Without contact for longer, only the outbox is shown (sync.md §7.9).
    """

    overlap: timedelta = timedelta(seconds=125)
    page_size: int = 200
    poll_seconds: int = 15
    retention: timedelta = timedelta(hours=24)
    reconcile_every: timedelta = timedelta(hours=6)
    longest_offline: timedelta = timedelta(hours=72)
