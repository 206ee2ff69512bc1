"""The composition root of the core: introduces everybody to everybody, without a screen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.config import Settings
from app.connecting import (
    Ground,
    high_risk,
    make_directory,
    make_engine,
    make_remote,
    make_vault,
    marked,
    merge_rules,
    recovery_key,
)
from app.deciding import Deciding, make_deciding
from app.domain.people import Session
from app.dosing import Doing, Dosing, make_dosing, make_planning
from app.hearing import Hearing, make_hearing
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock, Ids, RandomIds, SystemClock
from app.kernel.faults import FaultKind, app_error
from app.kernel.tasks import CancelToken
from app.offering import make_order_sets
from app.ordering import Ordering, make_ordering
from app.pathways import Pathways, make_pathways
from app.ports.opening import OpenedCache
from app.printing import make_printing
from app.remote_checking import make_remote_checks
from app.scoring import Scoring, make_scoring
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.administration import Administration
from app.services.alert_reviewing import AlertReviewing, alert_budget
from app.services.audit_sending import AuditSending
from app.services.chart_reading import ChartReading
from app.services.critical_pack import critical_limits, critical_rules
from app.services.critical_values import CriticalValues
from app.services.decision_rules import DecisionRules
from app.services.drafting import Drafting
from app.services.guarding import GuardedActs
from app.services.inbox_keeping import InboxKeeping
from app.services.input_watching import InputWatching
from app.services.list_saving import ListSaving
from app.services.loop_tracking import LoopTracking
from app.services.note_writing import NoteWriting
from app.services.order_printing import OrderPrinting
from app.services.order_sets import OrderSets
from app.services.publishing import PublishedActs, PublishedDrafts
from app.services.queue_keeping import QueueKeeping
from app.services.remote_asking import RemoteAsking
from app.services.results_review import ResultsReview
from app.services.roles import RolePack, read_roles
from app.services.sealing import KeyPublishing, Sealing, SignatureReading
from app.services.signing import SigningRules
from app.services.signing_in import SigningIn
from app.services.token_keeping import TokenKeeper
from app.services.verification_pack import dose_gates
from app.services.ward_viewing import WardViewing
from app.settling import Settling, escalation_rule, make_checking, make_settling
from app.tracking import make_tracking
from app.verifying import Verifying, make_verifying
from localdb.files import replace_whole
from localdb.opening import OpenCache, open_cache
from localdb.projections.all import all_projectors
from localdb.provenances import SqlProvenances
from localdb.reads.chart import SqlChartReads
from localdb.reads.critical_values import SqlCriticalReads
from localdb.reads.inbox import SqlInboxReads
from localdb.reads.oddities import SqlOddityReads
from localdb.reads.snapshots import CheckedSnapshots
from localdb.reads.ward import SqlWardReads
from localdb.signing_keys import KeptSigningKeys
from resources.reading import lay_over, path
from sync.cds_hooks.checks import HookChecks
from sync.claiming import RemoteClaims
from sync.engine import Engine
from sync.store_lane import LanedStore, Turn, at_once

log = logging.getLogger("wardone")


class Door:
    """`CacheDoor`: opens the cache once, and keeps the key while it is open."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._cache: OpenCache | None = None
        self._key: bytes | None = None

    @property
    def opened(self) -> OpenCache | None:
        return self._cache

    @property
    def key(self) -> bytes | None:
        return self._key

    def open(self, key: bytes) -> OpenedCache:
        if self._cache is None:
            self._cache = open_cache(
                self._settings.folder,
                key,
                all_projectors(),
                self._clock,
                recovery_key=recovery_key(self._settings),
            )
            self._key = key
        return self._cache

    def close(self) -> None:
        if self._cache is not None:
            self._cache.close()
        self._cache = self._key = None


@dataclass(frozen=True, slots=True)
class Services:
    """One of each, over one opened cache and one server."""

    wards: WardViewing
    charts: ChartReading
    drafting: Drafting
    notes: NoteWriting
    deciding: Deciding
    alerts: AlertReviewing
    remote_checks: HookChecks
    remote_asking: RemoteAsking
    ordering: Ordering
    order_sets: OrderSets
    pathways: Pathways
    dosing: Dosing
    verifying: Verifying
    printing: OrderPrinting
    results: ResultsReview
    critical: CriticalValues
    scoring: Scoring
    inbox: InboxKeeping
    queue: QueueKeeping
    settling: Settling
    administration: Administration
    lists: ListSaving
    audit_sending: AuditSending
    signatures: SignatureReading
    key_publishing: KeyPublishing
    input_watching: InputWatching
    loops: LoopTracking
    engine: Engine
    hearing: Hearing
    tokens: TokenKeeper
    feed: ChangeFeed
    close: Callable[[], None]


class Workstation:
    """Everything before somebody has signed in, and the way to what comes after."""

    def __init__(
        self, settings: Settings, clock: Clock | None = None, ids: Ids | None = None
    ) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.ids = ids or RandomIds()
        told = settings.string("hospital_packs")
        lay_over(Path(told) if told else None)
        self.roles: RolePack = read_roles(path("packs/roles/privileges.tsv"))
        self.door = Door(settings, self.clock)
        self.vault = make_vault(settings, self.clock)
        self.directory = make_directory(settings, self.clock)
        self.signing_in = SigningIn(
            self.vault,
            self.directory,
            self.door,
            self.roles,
            self.clock,
            timedelta(hours=settings.number("lease_hours")),
        )

    def services(self, turn: Turn = at_once, feed: ChangeFeed | None = None) -> Services:
        """Wire what works on the opened cache; `turn` brings the engine's writes to STORE.

        Raises:
            AppError: `SIGNED_OUT` while the cache is closed.
        """
        cache = self.door.opened
        if cache is None:
            raise app_error(FaultKind.SIGNED_OUT, "signin.closed", "cache is closed")
        clock, feed = self.clock, feed or ChangeFeed()
        tokens = TokenKeeper(self.signing_in, clock)
        remote = make_remote(self.settings, cache.sync_store, tokens)
        hearing = make_hearing(self.settings, cache, tokens, remote, clock)
        documents, keys = cache.documents, KeptSigningKeys(cache.people, cache.documents)
        acts = PublishedActs(GuardedActs(cache.acts, documents, merge_rules().may_edit), feed)
        checking = make_checking(cache, keys, acts, feed, clock)
        engine = make_engine(
            Ground(self.settings, clock, self.ids),
            cache,
            remote,
            feed,
            turn,
            lambda: turn(checking.run),
        )
        seen = CheckedSnapshots(cache.cache, engine.contact.check)
        charts = SqlChartReads(seen)
        rules = SigningRules(clock, lambda: engine.status().clock_skew_seconds)
        maker = ActMaker(clock, self.ids, Sealing(keys, rules.skew))
        policy = AccessPolicy(self.roles, cache.audit, clock)
        zone = ZoneInfo(self.settings.string("time_zone"))
        planning = make_planning(cache, zone)
        claims = RemoteClaims(
            remote, LanedStore(cache.sync_store, turn), merge_rules(), clock, feed
        )
        doing = Doing(acts, maker, rules, policy)
        deciding = make_deciding(cache, seen, doing, self.settings)
        ground = Ground(self.settings, clock, self.ids)
        remote_checks = make_remote_checks(ground, cache, seen, turn, feed)
        wards = SqlWardReads(seen, clock.now, lambda who: marked(cache, who))
        reading = ChartReading(charts, policy, clock)
        return Services(
            wards=WardViewing(wards, cache.people),
            charts=reading,
            drafting=Drafting(PublishedDrafts(cache.drafts, feed), clock, self.ids),
            notes=NoteWriting(acts, documents, charts, maker, rules),
            deciding=deciding,
            alerts=AlertReviewing(cache.decisions, clock, zone, alert_budget()),
            remote_checks=remote_checks,
            remote_asking=RemoteAsking(remote_checks, clock, self.ids),
            ordering=make_ordering(cache, doing, planning, deciding.judging),
            order_sets=make_order_sets(self.settings, reading, clock, self.ids),
            pathways=make_pathways(cache, seen, doing, reading, self.settings),
            dosing=make_dosing(
                cache,
                doing,
                planning,
                claims,
                engine,
                feed,
                gates=dose_gates(),
                warnings=deciding.hurdles.hurdles,
            ),
            verifying=make_verifying(cache, seen, doing, planning),
            printing=make_printing(cache, seen, doing, reading, feed, zone),
            results=ResultsReview(acts, documents, maker),
            critical=CriticalValues(
                SqlCriticalReads(seen, critical_limits()),
                SqlCriticalReads(cache.cache, critical_limits()),
                acts,
                documents,
                maker,
                critical_rules(),
                DecisionRules(policy, charts.banner, clock).must_be_open,
            ),
            scoring=make_scoring(self.settings, reading, acts, documents, (maker, rules)),
            inbox=InboxKeeping(SqlInboxReads(seen), acts, documents, maker),
            queue=QueueKeeping(cache.queue, cache.sync_store, engine, hearing.fetching),
            settling=make_settling(
                cache,
                doing,
                planning,
                feed,
                banner=charts.banner,
                high_risk=high_risk(),
                rule=escalation_rule(self.settings),
            ),
            administration=Administration(
                cache.people, cache.audit, self.vault, self.roles, wards, clock
            ),
            lists=ListSaving(replace_whole, cache.audit, clock),
            audit_sending=AuditSending(cache.audit, acts, maker),
            signatures=SignatureReading(documents, SqlProvenances(cache.cache), keys),
            key_publishing=KeyPublishing(keys, acts, documents, maker),
            input_watching=InputWatching(SqlOddityReads(cache.cache)),
            loops=make_tracking(seen, self.settings, reading, clock),
            engine=engine,
            hearing=hearing,
            tokens=tokens,
            feed=feed,
            close=lambda: _close(remote_checks, hearing),
        )

    def close(self) -> None:
        self.door.close()


def _close(remote_checks: HookChecks, hearing: Hearing) -> None:
    """Everything that talks to somebody, while the cache is still open."""
    remote_checks.close()
    hearing.close()


def synchronise(services: Services, session: Session, token: CancelToken) -> None:
    """One round for `session`: hand over audit, key and what is overdue; send, fetch, look."""
    services.audit_sending.hand_over(session)
    services.key_publishing.publish(session)
    services.settling.escalating.escalate(session)
    services.dosing.keeping.carry_on(session)
    services.ordering.lapsing.look(session)
    services.ordering.chasing.look(session)
    services.deciding.results.look(session)
    services.engine.round(token)
    services.dosing.watching.look(session)
    services.dosing.crossings.look(session)
    services.critical.look(session, session.clinician.wards)
    services.remote_checks.nudge()
