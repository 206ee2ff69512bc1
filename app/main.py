"""The composition root of the core: introduces everybody to everybody, without a screen."""

from __future__ import annotations

import json
import logging
import logging.handlers
import sys
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from zoneinfo import ZoneInfo

from app.config import Settings
from app.domain.people import Session
from app.domain.terms import PatientId, PractitionerId
from app.dosing import Doing, Dosing, make_dosing, make_planning
from app.hearing import Hearing, make_hearing
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock, Ids, RandomIds, SystemClock
from app.kernel.faults import FaultKind, app_error
from app.kernel.tasks import CancelToken
from app.ports.directory import Directory
from app.ports.opening import OpenedCache
from app.ports.sync_store import SyncStore
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.administration import Administration
from app.services.audit_sending import AuditSending
from app.services.chart_reading import ChartReading
from app.services.dispute_settling import HighRisk
from app.services.drafting import Drafting
from app.services.guarding import GuardedActs
from app.services.inbox_keeping import InboxKeeping
from app.services.input_watching import InputWatching
from app.services.list_saving import ListSaving
from app.services.loop_tracking import LoopTracking
from app.services.note_writing import NoteWriting
from app.services.order_entry import OrderEntry
from app.services.publishing import PublishedActs, PublishedDrafts
from app.services.queue_keeping import QueueKeeping
from app.services.results_review import ResultsReview
from app.services.roles import RolePack, read_roles
from app.services.sealing import KeyPublishing, Sealing, SignatureReading
from app.services.signing import SigningRules
from app.services.signing_in import SigningIn
from app.services.token_keeping import TokenKeeper
from app.services.ward_viewing import MARKED, WardViewing
from app.settling import Settling, escalation_rule, make_checking, make_settling
from app.tracking import make_tracking
from localdb.files import replace_whole
from localdb.machine_secret import machine_secrets
from localdb.opening import OpenCache, open_cache
from localdb.passphrases import PassphrasePolicy, words_of
from localdb.projections.all import all_projectors
from localdb.provenances import SqlProvenances
from localdb.reads.chart import SqlChartReads
from localdb.reads.inbox import SqlInboxReads
from localdb.reads.oddities import SqlOddityReads
from localdb.reads.snapshots import CheckedSnapshots
from localdb.reads.ward import SqlWardReads
from localdb.reads.ward_places import SqlPlaces
from localdb.sealing import HospitalKey
from localdb.signing_keys import KeptSigningKeys
from localdb.vault import FileVault, VaultRules
from resources.reading import path
from sync.claiming import RemoteClaims
from sync.demo_directory import DemoDirectory
from sync.engine import Engine
from sync.merge_rules import TABLES, MergeRules, SafetyClass
from sync.merge_rules import parse as parse_rules
from sync.oidc import OidcDirectory
from sync.parts import EngineSettings, Follower, Parts
from sync.scopes import read_types
from sync.store_lane import LanedStore, Turn, at_once
from sync.transport import HttpRemote
from sync.who_is import RepositoryIdentity

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
    orders: OrderEntry
    dosing: Dosing
    results: ResultsReview
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
        engine = make_engine(self, cache, remote, feed, turn, lambda: turn(checking.run))
        seen = CheckedSnapshots(cache.cache, engine.contact.check)
        charts = SqlChartReads(seen)
        rules = SigningRules(clock, lambda: engine.status().clock_skew_seconds)
        maker = ActMaker(clock, self.ids, Sealing(keys, rules.skew))
        policy = AccessPolicy(self.roles, cache.audit, clock)
        planning = make_planning(cache, ZoneInfo(self.settings.string("time_zone")))
        claims = RemoteClaims(
            remote, LanedStore(cache.sync_store, turn), merge_rules(), clock, feed
        )
        doing = Doing(acts, maker, rules, policy)
        wards = SqlWardReads(seen, clock.now, lambda who: _marked(cache, who))
        reading = ChartReading(charts, policy, clock)
        return Services(
            wards=WardViewing(wards, cache.people),
            charts=reading,
            drafting=Drafting(PublishedDrafts(cache.drafts, feed), clock, self.ids),
            notes=NoteWriting(acts, documents, charts, maker, rules),
            orders=OrderEntry(acts, documents, maker, rules, planning),
            dosing=make_dosing(cache, doing, planning, claims, engine, feed),
            results=ResultsReview(acts, documents, maker),
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
            close=hearing.close,
        )

    def close(self) -> None:
        self.door.close()


def synchronise(services: Services, session: Session, token: CancelToken) -> None:
    """One round for `session`: hand over audit, key and what is overdue; send, fetch, look."""
    services.audit_sending.hand_over(session)
    services.key_publishing.publish(session)
    services.settling.escalating.escalate(session)
    services.dosing.keeping.carry_on(session)
    services.engine.round(token)
    services.dosing.watching.look(session)


def make_vault(settings: Settings, clock: Clock) -> FileVault:
    """The vault beside the cache, under the hospital's rules."""
    public = recovery_key(settings)
    rules = VaultRules(
        policy=PassphrasePolicy(
            shortest=settings.number("passphrase_length"),
            names=words_of(*settings.string("hospital_names").split(",")),
        ),
        hospital=HospitalKey.load(public) if public is not None else None,
    )
    folder = settings.folder
    return FileVault(
        folder / "vault.json", machine_secrets(folder / "machine.secret"), clock, rules
    )


def make_directory(settings: Settings, clock: Clock) -> Directory:
    """How clinicians sign in here: the hospital's SMART/OIDC server, or the demo directory."""
    base, ca = settings.string("server"), settings.string("ca_bundle")
    timeout = float(settings.number("timeout_seconds"))
    who_is = RepositoryIdentity(base, timeout=timeout, ca_bundle=ca)
    if settings.string("directory") == "demo":
        return DemoDirectory(base, who_is, clock, timeout=timeout)
    return OidcDirectory(
        base,
        settings.string("client_id"),
        webbrowser.open,
        who_is,
        clock,
        timeout=timeout,
        ca_bundle=ca,
    )


def make_remote(settings: Settings, store: SyncStore, tokens: TokenKeeper) -> HttpRemote:
    """The server this workstation is enrolled at; the configured one before that."""
    enrolment = store.enrolment()
    base = enrolment.base_url if enrolment is not None else settings.string("server")
    return HttpRemote(
        base,
        tokens,
        timeout=float(settings.number("timeout_seconds")),
        ca_bundle=settings.string("ca_bundle"),
    )


def make_engine(
    station: Workstation,
    cache: OpenCache,
    remote: HttpRemote,
    feed: ChangeFeed,
    turn: Turn,
    after_merge: Callable[[], object],
) -> Engine:
    """The one engine of this cache; `after_merge` looks at what no person has."""
    settings = station.settings
    return Engine(
        Parts(
            remote=remote,
            store=LanedStore(cache.sync_store, turn),
            places=SqlPlaces(cache.cache),
            rules=merge_rules(),
            types=read_types(path("packs/scopes/types.tsv")),
            clock=station.clock,
            ids=station.ids,
            feed=feed,
            pinned=lambda: _pinned(cache),
            followers=lambda: _followers(cache),
            after_merge=after_merge,
            unattributed=SqlProvenances(cache.cache),
        ),
        EngineSettings(
            overlap=timedelta(seconds=settings.number("overlap_seconds")),
            page_size=settings.number("page_size"),
            poll_seconds=settings.number("poll_seconds"),
            retention=timedelta(hours=settings.number("retention_hours")),
            longest_offline=timedelta(hours=settings.number("offline_hours")),
        ),
    )


def merge_rules() -> MergeRules:
    """The merge pack that ships."""
    return parse_rules({t: path(f"packs/merge/{t}.tsv").read_text("utf-8") for t in TABLES})


def high_risk() -> HighRisk:
    """Whether a document is of safety class A, by the merge pack."""
    rules = merge_rules()
    return lambda document: rules.class_of(document) is SafetyClass.A


def recovery_key(settings: Settings) -> bytes | None:
    """The hospital's public recovery key, if one is configured.

    Raises:
        AppError: `STORAGE` when it is configured and cannot be read: going on without it would
            make a cache that IT believes it can recover.
    """
    name = settings.string("recovery_key")
    if not name:
        return None
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise app_error(
            FaultKind.STORAGE, "storage.recovery-key-unreadable", type(error).__name__
        ) from error


def set_up_logging(settings: Settings) -> None:
    """Log into the private folder, and send what nobody caught there, too."""
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = logging.handlers.RotatingFileHandler(
        settings.folder / "wardone.log", maxBytes=2_000_000, backupCount=3, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.setLevel(settings.string("log_level"))
    root.addHandler(handler)
    # Their debug lines hold addresses with names of patients, and tokens.
    for chatty in ("urllib3", "websockets"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("unforeseen error", exc_info=(kind, error, trace))


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        _uncaught(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)


def _marked(cache: OpenCache, who: PractitionerId) -> tuple[PatientId, ...]:
    kept = cache.people.preference(who, MARKED)
    return tuple(PatientId(one) for one in json.loads(kept)) if kept else ()


def _followers(cache: OpenCache) -> tuple[Follower, ...]:
    """For whom wards are kept here: everybody enrolled to whom this workstation is not closed."""
    return tuple(Follower(one.id, one.wards) for one in cache.people.enrolled() if one.active)


def _pinned(cache: OpenCache) -> frozenset[PatientId]:
    """Whom one of them has marked: they are kept wherever they lie."""
    return frozenset(p for one in _followers(cache) for p in _marked(cache, one.me))
