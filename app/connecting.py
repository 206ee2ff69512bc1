"""The part of the composition root that leads outside: the vault, the directory, the server."""

from __future__ import annotations

import json
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.config import Settings
from app.domain.terms import PatientId, PractitionerId
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock, Ids
from app.kernel.faults import FaultKind, app_error
from app.ports.directory import Directory
from app.ports.sync_store import SyncStore
from app.services.dispute_settling import HighRisk
from app.services.token_keeping import TokenKeeper
from app.services.ward_viewing import MARKED
from localdb.machine_secret import machine_secrets
from localdb.opening import OpenCache
from localdb.passphrases import PassphrasePolicy, words_of
from localdb.provenances import SqlProvenances
from localdb.reads.ward_places import SqlPlaces
from localdb.sealing import HospitalKey
from localdb.vault import FileVault, VaultRules
from resources.reading import path
from sync.demo_directory import DemoDirectory
from sync.engine import Engine
from sync.merge_rules import TABLES, MergeRules, SafetyClass
from sync.merge_rules import parse as parse_rules
from sync.oidc import OidcDirectory
from sync.parts import EngineSettings, Follower, Parts
from sync.scopes import read_types
from sync.store_lane import LanedStore, Turn
from sync.transport import HttpRemote
from sync.who_is import RepositoryIdentity


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


@dataclass(frozen=True, slots=True)
class Ground:
    """What every part of this workstation stands on."""

    settings: Settings
    clock: Clock
    ids: Ids


def make_engine(
    ground: Ground,
    cache: OpenCache,
    remote: HttpRemote,
    feed: ChangeFeed,
    turn: Turn,
    after_merge: Callable[[], object],
) -> Engine:
    """The one engine of this cache; `after_merge` looks at what no person has."""
    settings = ground.settings
    return Engine(
        Parts(
            remote=remote,
            store=LanedStore(cache.sync_store, turn),
            places=SqlPlaces(cache.cache),
            rules=merge_rules(),
            types=read_types(path("packs/scopes/types.tsv")),
            clock=ground.clock,
            ids=ground.ids,
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


def marked(cache: OpenCache, who: PractitionerId) -> tuple[PatientId, ...]:
    """Whom `who` has marked as their own patients."""
    kept = cache.people.preference(who, MARKED)
    return tuple(PatientId(one) for one in json.loads(kept)) if kept else ()


def _followers(cache: OpenCache) -> tuple[Follower, ...]:
    """For whom wards are kept here: everybody enrolled to whom this workstation is not closed."""
    return tuple(Follower(one.id, one.wards) for one in cache.people.enrolled() if one.active)


def _pinned(cache: OpenCache) -> frozenset[PatientId]:
    """Whom one of them has marked: they are kept wherever they lie."""
    return frozenset(p for one in _followers(cache) for p in marked(cache, one.me))
