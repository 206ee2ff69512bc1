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

from app.config import Settings
from app.domain.people import Session
from app.domain.terms import PatientId, PractitionerId
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock, Ids, RandomIds, SystemClock
from app.kernel.faults import AppError, FaultKind, app_error
from app.kernel.tasks import CancelToken
from app.ports.directory import Directory, Tokens
from app.ports.opening import OpenedCache
from app.ports.sync_store import SyncStore
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.administration import Administration
from app.services.audit_sending import AuditSending
from app.services.chart_reading import ChartReading
from app.services.dispute_settling import DisputeSettling, HighRisk
from app.services.drafting import Drafting
from app.services.guarding import GuardedActs
from app.services.inbox_keeping import InboxKeeping
from app.services.input_watching import InputWatching
from app.services.list_saving import ListSaving
from app.services.note_writing import NoteWriting
from app.services.order_entry import OrderEntry
from app.services.publishing import PublishedActs, PublishedDisputes, PublishedDrafts
from app.services.queue_keeping import QueueKeeping
from app.services.results_review import ResultsReview
from app.services.roles import RolePack, read_roles
from app.services.signing import SigningRules
from app.services.signing_in import SigningIn
from app.services.ward_viewing import MARKED, WardViewing
from localdb.files import replace_whole
from localdb.machine_secret import machine_secrets
from localdb.opening import OpenCache, open_cache
from localdb.passphrases import PassphrasePolicy, words_of
from localdb.projections.all import all_projectors
from localdb.reads.chart import SqlChartReads
from localdb.reads.inbox import SqlInboxReads
from localdb.reads.oddities import SqlOddityReads
from localdb.reads.ward import SqlWardReads
from localdb.reads.ward_places import SqlPlaces
from localdb.sealing import HospitalKey
from localdb.vault import FileVault, VaultRules
from resources.reading import path
from sync.demo_directory import DemoDirectory
from sync.engine import Engine
from sync.merge_rules import TABLES, MergeRules, SafetyClass
from sync.merge_rules import parse as parse_rules
from sync.oidc import OidcDirectory
from sync.parts import EngineSettings, Parts
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
    results: ResultsReview
    inbox: InboxKeeping
    queue: QueueKeeping
    disputes: DisputeSettling
    administration: Administration
    lists: ListSaving
    audit_sending: AuditSending
    input_watching: InputWatching
    engine: Engine
    tokens: TokenKeeper
    feed: ChangeFeed
    close: Callable[[], None]


class TokenKeeper:
    """The bearer token of the session, renewed shortly before it ends. Used on the SYNC lane."""

    def __init__(self, signing_in: SigningIn, clock: Clock) -> None:
        self._signing_in = signing_in
        self._clock = clock
        self._session: Session | None = None
        self._tokens: Tokens | None = None
        self._refused = False
        self._lock = threading.Lock()
        self.renewed: Callable[[Session], None] = _nobody

    def attend(self, session: Session | None) -> None:
        """Send in the name of `session` from now on."""
        with self._lock:
            self._session = session
            self._tokens = self._signing_in.tokens(session) if session else None
            self._refused = False

    def __call__(self) -> str | None:
        """A token that still holds, or None: then the server will ask us to sign in."""
        with self._lock:
            session, tokens = self._session, self._tokens
            if session is None or tokens is None or self._refused:
                return None
            if self._clock.now() < tokens.expires_at - timedelta(seconds=60):
                return tokens.access
            return self._renew(session, tokens)

    def _renew(self, session: Session, tokens: Tokens) -> str | None:
        try:
            fresh = self._signing_in.renew(session)
        except AppError as error:
            self._refused = error.fault.kind is FaultKind.SIGNED_OUT
            return None if self._refused else tokens.access
        self._session = fresh
        self._tokens = self._signing_in.tokens(fresh)
        self.renewed(fresh)
        return self._tokens.access if self._tokens else None


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
        engine = make_engine(self, cache, remote, feed, turn)
        charts = SqlChartReads(cache.cache)
        maker = ActMaker(clock, self.ids)
        rules = SigningRules(clock, lambda: engine.status().clock_skew_seconds)
        policy = AccessPolicy(self.roles, cache.audit, clock)
        wards = SqlWardReads(cache.cache, clock.now, lambda who: _marked(cache, who))
        documents = cache.documents
        acts = PublishedActs(GuardedActs(cache.acts, documents, merge_rules().may_edit), feed)
        return Services(
            wards=WardViewing(wards, cache.people),
            charts=ChartReading(charts, policy, clock),
            drafting=Drafting(PublishedDrafts(cache.drafts, feed), clock, self.ids),
            notes=NoteWriting(acts, documents, charts, maker, rules),
            orders=OrderEntry(acts, documents, maker, rules),
            results=ResultsReview(acts, documents, maker),
            inbox=InboxKeeping(SqlInboxReads(cache.cache), acts, documents, maker),
            queue=QueueKeeping(cache.queue, cache.sync_store, engine),
            disputes=DisputeSettling(
                PublishedDisputes(cache.disputes, feed),
                policy,
                charts.banner,
                high_risk(),
                clock,
                self.ids,
            ),
            administration=Administration(
                cache.people, cache.audit, self.vault, self.roles, wards, clock
            ),
            lists=ListSaving(replace_whole, cache.audit, clock),
            audit_sending=AuditSending(cache.audit, acts, maker),
            input_watching=InputWatching(SqlOddityReads(cache.cache)),
            engine=engine,
            tokens=tokens,
            feed=feed,
            close=remote.close,
        )

    def close(self) -> None:
        self.door.close()


def synchronise(services: Services, session: Session, token: CancelToken) -> None:
    """One round in the name of `session`: hand the audit over, send, fetch."""
    services.audit_sending.hand_over(session)
    services.engine.round(token)


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
    station: Workstation, cache: OpenCache, remote: HttpRemote, feed: ChangeFeed, turn: Turn
) -> Engine:
    """The one engine of this cache."""
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
        ),
        EngineSettings(
            overlap=timedelta(seconds=settings.number("overlap_seconds")),
            page_size=settings.number("page_size"),
            poll_seconds=settings.number("poll_seconds"),
            retention=timedelta(hours=settings.number("retention_hours")),
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
    # Its debug lines hold addresses with names of patients in them.
    logging.getLogger("urllib3").setLevel(logging.WARNING)
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


def _pinned(cache: OpenCache) -> frozenset[PatientId]:
    """Whom anybody enrolled here has marked: they are kept wherever they lie."""
    return frozenset(p for one in cache.people.enrolled() for p in _marked(cache, one.id))


def _nobody(session: Session) -> None:
    """Nobody wants to hear of a renewed session."""
    del session
