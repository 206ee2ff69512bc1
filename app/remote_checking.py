"""The part of the composition root that talks CDS Hooks: services we ask, and being one."""

from __future__ import annotations

import logging
from pathlib import Path
from zoneinfo import ZoneInfo

from app.config import Settings
from app.connecting import Ground
from app.deciding import knowledge
from app.decision.engine import Memory
from app.decision.situation import Situation
from app.decision.verdict import Verdict
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock, Ids
from app.services.hook_answering import EngineAnswering
from app.services.hook_cards import CardWriting
from localdb.opening import OpenCache
from localdb.reads.prefetching import SqlPrefetchReads
from localdb.reads.snapshots import Snapshots
from resources.catalogue import Catalogue
from resources.reading import path
from sync.cds_hooks.allowed import AllowList, read_allow_list
from sync.cds_hooks.checks import HookChecks, Parts
from sync.cds_hooks.exchange import Exchange
from sync.cds_hooks.tokens import ServiceKey, ServiceTokens
from sync.scopes import read_types
from sync.store_lane import Turn

log = logging.getLogger("wardone")

_LONGEST_SECONDS = 10.0
"""A service that has said nothing by then is given up; the signature was never waiting for it."""
_OF_A_PATIENT = "patient"


def make_remote_checks(
    ground: Ground, cache: OpenCache, seen: Snapshots, turn: Turn, feed: ChangeFeed
) -> HookChecks:
    """The hospital's services as its list allows them; without a list nobody is asked."""
    settings, clock = ground.settings, ground.clock
    allowed = allow_list(settings)
    for remark in allowed.remarks:
        log.warning("cds_services: %s", remark)
    key, issuer = service_key(cache, turn), settings.string("cds_issuer")
    tokens = ServiceTokens(key, issuer, clock, ground.ids)
    ca = settings.string("ca_bundle")
    return HookChecks(
        Parts(
            allowed=allowed,
            exchange=Exchange(tokens.bearer, seconds=_LONGEST_SECONDS, ca_bundle=ca),
            reads=SqlPrefetchReads(seen, patient_types()),
            answers=cache.remote_answers,
            clock=clock,
            turn=turn,
            feed=feed,
            soft_seconds=settings.number("cds_wait_ms") / 1000,
        )
    )


def allow_list(settings: Settings) -> AllowList:
    """What IT allows. One that cannot be read stops nobody's work: its remark is told instead."""
    name = settings.string("cds_services")
    if not name:
        return AllowList()
    try:
        return read_allow_list(Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return AllowList(remarks=(f"cannot be read: {type(error).__name__}",))


def service_key(cache: OpenCache, turn: Turn) -> ServiceKey:
    """The key of this workstation; it lies in the encrypted cache, and is written in turn."""

    def keep(name: str, value: bytes) -> None:
        turn(lambda: cache.people.keep_secret(name, value))

    return ServiceKey(cache.people.secret, keep)


def patient_types() -> frozenset[str]:
    """Types that are followed for each patient, so that all of them are here."""
    rows = read_types(path("packs/scopes/types.tsv"))
    return frozenset(row.rtype for row in rows if row.kind == _OF_A_PATIENT)


def make_answering(settings: Settings, clock: Clock, ids: Ids) -> EngineAnswering:
    """The local engine as a service; it needs no cache and no sign-in.

    Raises:
        AppError: `STORAGE` when a pack cannot be read: here, and not at the first question.
    """
    knowing = knowledge(settings, clock)
    knowing()
    language = settings.string("language")
    catalogue = Catalogue.load(language)

    def judge(situation: Situation, memory: Memory) -> Verdict:
        return knowing().engine.judge(situation, memory)

    return EngineAnswering(
        judge,
        knowing,
        ZoneInfo(settings.string("time_zone")),
        CardWriting(catalogue.render, language, ids),
        clock,
    )
