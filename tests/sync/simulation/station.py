"""A workstation of the simulator: the product's own parts, wired as `app.main` wires them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from app.connecting import high_risk, merge_rules
from app.domain.dose_gates import NO_GATES
from app.domain.people import Session
from app.domain.sending import SendingStatus
from app.domain.slots import DoseSlot
from app.domain.terms import Ref
from app.dosing import Doing, Dosing, make_dosing
from app.kernel.changes import ChangeFeed
from app.kernel.faults import AppError, FaultKind, app_error
from app.kernel.tasks import CancelToken
from app.ordering import Ordering, make_ordering
from app.ports.acts import Acts, Documents
from app.ports.sync_store import SyncStore
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.administration_pack import administration_limits
from app.services.chart_reading import ChartReading
from app.services.dispute_settling import DisputeSettling
from app.services.note_writing import NoteWriting
from app.services.publishing import PublishedActs, PublishedDisputes
from app.services.queue_keeping import QueueKeeping
from app.services.results_review import ResultsReview
from app.services.roles import read_roles
from app.services.signing import SigningRules
from app.services.slot_planning import SlotPlanning
from localdb.engine import Cache
from localdb.failpoints import Failpoint
from localdb.opening import Hazards, OpenCache, open_cache
from localdb.projections.all import all_projectors
from localdb.reads.chart import SqlChartReads
from localdb.reads.doses import SqlDoseReads
from localdb.reads.ward_places import SqlPlaces
from resources.reading import path
from sync.claiming import RemoteClaims
from sync.engine import Engine
from sync.parts import EngineSettings, Parts
from sync.scopes import ScopeType, read_types
from sync.store_lane import LanedStore
from tests.support.deciding_kit import deciding_over, nothing_said
from tests.sync.simulation.hospital import ALWAYS, OF_DOSES, SOMETIMES, WARD
from tests.sync.simulation.network import Cable
from tests.sync.simulation.virtual import SeededIds, VirtualClock

T = TypeVar("T")
ZONE = ZoneInfo("Asia/Shanghai")
KEY = bytes(range(32))
RULES = merge_rules()
HIGH_RISK = high_risk()
ROLES = read_roles(path("packs/roles/privileges.tsv"))
_SCOPE_TYPES = read_types(path("packs/scopes/types.tsv"))
EVERY_TYPE = frozenset((*ALWAYS, *SOMETIMES, *OF_DOSES))
"""Of the scopes pack, what would not be an empty search in the small hospital."""


def scope_types(types: frozenset[str]) -> tuple[ScopeType, ...]:
    return tuple(one for one in _SCOPE_TYPES if one.rtype in types)


class Killed(BaseException):
    """The process was killed. No handler of the product may hear of it."""


class SharedStatements(dict[tuple[object, ...], object]):
    """Compiled statements of every database of this process.

    Each database would compile the same SQL anew, which took half of a run. The first part of
    SQLAlchemy's key is the dialect, of which every database has an equal one of its own.
    """

    def get(self, key: tuple[object, ...], default: object = None) -> object:
        return super().get(key[1:], default)

    def __setitem__(self, key: tuple[object, ...], compiled: object) -> None:
        super().__setitem__(key[1:], compiled)


_STATEMENTS = SharedStatements()


def _share_statements(cache: Cache) -> None:
    shared = {"compiled_cache": _STATEMENTS}
    cache._write_engine = cache._write_engine.execution_options(**shared)
    cache._read_engine = cache._read_engine.execution_options(**shared)


class Doom:
    """`Failpoints` that kill the process at the n-th step from now; 0 means not at all.

    Attributes:
        at: Kills at this step whenever it comes, too.
        fresh: The program was started to be killed soon.
    """

    def __init__(self, tally: Counter[str]) -> None:
        self.left = 0
        self.at: Failpoint | None = None
        self.fresh = False
        self._tally = tally

    def spare(self) -> None:
        """Nobody is killed any more."""
        self.left, self.at, self.fresh = 0, None, False

    def reach(self, point: Failpoint) -> None:
        self.left -= 1
        if self.left == 0 or self.at is point:
            self._tally[f"killed {point.value}"] += 1
            self._tally["killed soon after the start"] += self.fresh
            self.spare()
            raise Killed


@dataclass(frozen=True, slots=True)
class Build:
    """How the parts are made; a re-injected defect replaces one of them."""

    engine: Callable[[Parts, EngineSettings, random.Random], Engine] = Engine
    store: Callable[[SyncStore], SyncStore] = field(default=lambda store: store)
    acts: Callable[[Acts, Documents], Acts] = field(default=lambda acts, _: acts)
    watches: bool = True
    settings: EngineSettings = field(
        default_factory=lambda: EngineSettings(reconcile_every=timedelta(days=30))
    )


PRODUCT = Build()


@dataclass(frozen=True, slots=True)
class Desk:
    """What a clinician works with, over one opened cache."""

    cache: OpenCache
    engine: Engine
    charts: ChartReading
    notes: NoteWriting
    ordering: Ordering
    results: ResultsReview
    queue: QueueKeeping
    disputes: DisputeSettling
    acts: Acts
    maker: ActMaker
    reads: SqlDoseReads
    dosing: Dosing
    claim: Callable[[Ref], DoseSlot]


@dataclass
class Station:
    """One workstation: its folder, its clock, its cable, and what is running on it.

    Attributes:
        write_down: Puts the ledger around the acts.
        between: Called in the turn of every write of the engine, when acts of users go first.
        killed: The process is dead; whatever still runs of it ends at its next step.
        paused_until: The process is stopped and goes on at this time.
    """

    name: str
    folder: Path
    session: Session
    clock: VirtualClock
    cable: Cable
    draw: random.Random
    build: Build = PRODUCT
    types: frozenset[str] = EVERY_TYPE
    write_down: Callable[[Acts, Documents], Acts] = field(default=lambda acts, _: acts)
    doom: Doom = field(init=False)
    between: Callable[[], None] = field(default=lambda: None)
    desk: Desk | None = None
    running: bool = False
    killed: bool = False
    paused_until: int = 0

    def __post_init__(self) -> None:
        self.doom = Doom(self.cable.trace.tally)

    def open(self, kill_at: int = 0) -> Desk:
        """Start the program; with `kill_at`, it is killed at that step of a write."""
        self.killed = False
        self.doom.spare()
        self.doom.left, self.doom.fresh = kill_at, kill_at > 0
        cache = open_cache(
            self.folder,
            KEY,
            all_projectors(),
            self.clock,
            hazards=Hazards(failpoints=self.doom, busy_ms=1),
        )
        _share_statements(cache.cache)
        self.desk = self._desk(cache)
        self.desk.engine.follow((WARD,), self.session.clinician.id)
        return self.desk

    def _desk(self, cache: OpenCache) -> Desk:
        feed, clock, ids = ChangeFeed(), self.clock, SeededIds(self.draw)
        store = self.build.store(cache.sync_store)
        parts = Parts(
            remote=self.cable,
            store=LanedStore(store, self._turn),
            places=SqlPlaces(cache.cache),
            rules=RULES,
            types=scope_types(self.types),
            clock=clock,
            ids=ids,
            feed=feed,
        )
        engine = self.build.engine(parts, self.build.settings, self.draw)
        charts = SqlChartReads(cache.cache)
        policy = AccessPolicy(ROLES, cache.audit, clock)
        maker = ActMaker(clock, ids)
        reads = SqlDoseReads(cache.cache)
        planning = SlotPlanning(reads, cache.documents, ZONE, administration_limits())
        rules = SigningRules(clock, lambda: engine.status().clock_skew_seconds)
        built = self.build.acts(cache.acts, cache.documents)
        acts = PublishedActs(self.write_down(built, cache.documents), feed)
        doing = Doing(acts, maker, rules, policy)
        claims = RemoteClaims(self.cable, store, RULES, clock, feed)
        dosing = make_dosing(
            cache, doing, planning, claims, engine, feed, gates=NO_GATES, warnings=nothing_said
        )
        return Desk(
            cache=cache,
            engine=engine,
            charts=ChartReading(charts, policy, clock),
            notes=NoteWriting(acts, cache.documents, charts, maker, rules),
            ordering=make_ordering(cache, doing, planning, deciding_over(cache, clock).judging),
            results=ResultsReview(acts, cache.documents, maker),
            queue=QueueKeeping(cache.queue, store, engine),
            disputes=DisputeSettling(
                PublishedDisputes(cache.disputes, feed),
                policy,
                charts.banner,
                HIGH_RISK,
                clock,
                ids,
            ),
            acts=acts,
            maker=maker,
            reads=reads,
            dosing=dosing,
            claim=lambda slot: self._on_lane(lambda: dosing.claiming.claim(self.session, slot)),
        )

    def round(self) -> SendingStatus | AppError | None:
        """One synchronisation; None when the process was killed in the middle of it."""
        if self.desk is None or self.running or self.killed:
            raise AssertionError("a round needs a program that is running, and one at a time")
        self.running = True
        try:
            self.desk.engine.round(CancelToken())
            if self.build.watches:
                self.desk.dosing.watching.look(self.session)
            said = self.desk.engine.status()
        except AppError as error:  # as app.kernel.tasks.attempt takes it
            return error
        except Killed:
            self.killed = True
            return None
        else:
            return said
        finally:
            self.running = False
            if self.killed:
                self.die()

    def _on_lane(self, work: Callable[[], T]) -> T:
        """What asks the server beside the rounds waits its turn, and nothing comes in between."""
        if self.running:
            raise app_error(FaultKind.OFFLINE, "sync.verdict.silence", "the lane is busy")
        self.running = True
        try:
            return work()
        finally:
            self.running = False

    def die(self) -> None:
        """Whatever was not committed is gone with the connection."""
        if self.running:
            return  # the round dies first, at its next step
        if self.desk is not None:
            self.desk.cache.close()
            self.desk = None

    def alive(self) -> None:
        """The engine is back from waiting, unless the process was killed meanwhile."""
        if self.killed:
            raise Killed

    def _turn(self, work: Callable[[], T]) -> T:
        self.between()
        self.alive()
        return work()
