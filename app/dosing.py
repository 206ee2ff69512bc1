"""The part of the composition root that introduces what giving a dose needs to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from app.domain.administration_hurdles import Hurdle
from app.domain.dose_gates import Gates
from app.domain.orders import Order
from app.domain.sending import Connection
from app.kernel.changes import ChangeFeed
from app.ports.acts import Acts
from app.ports.claiming import Claims
from app.ports.syncing import Synchronisation
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.administering import Administering, Surroundings
from app.services.administration_pack import (
    administration_limits,
    crossed_window,
    high_alert,
)
from app.services.crossing_watching import CrossingWatching
from app.services.decision_rules import DecisionRules
from app.services.dose_claiming import Desk, DoseClaiming
from app.services.dose_gates import DoseGates, HurdlesOf
from app.services.dose_leases import DoseLeases
from app.services.duplicate_watching import DuplicateWatching
from app.services.publishing import PublishedDisputes, PublishedDuplicates
from app.services.signing import SigningRules
from app.services.skin_testing import SkinGates
from app.services.slot_keeping import SlotKeeping
from app.services.slot_planning import SlotPlanning
from app.services.verification_pack import verification_rules
from localdb.duplicates import SqlDuplicateActs
from localdb.opening import OpenCache
from localdb.reads.chart import SqlChartReads
from localdb.reads.crossings import SqlCrossingReads
from localdb.reads.doses import SqlDoseReads
from localdb.reads.verifications import SqlVerificationReads

_CONNECTED = (Connection.ONLINE, Connection.SYNCING)


@dataclass(frozen=True, slots=True)
class Dosing:
    """One of each of the services around a dose."""

    keeping: SlotKeeping
    claiming: DoseClaiming
    administering: Administering
    watching: DuplicateWatching
    crossings: CrossingWatching


@dataclass(frozen=True, slots=True)
class Doing:
    """How acts are made and signed on this workstation."""

    acts: Acts
    maker: ActMaker
    rules: SigningRules
    policy: AccessPolicy


def make_planning(cache: OpenCache, zone: tzinfo) -> SlotPlanning:
    """How orders are laid out, in the ward's time."""
    reads = SqlDoseReads(cache.cache)
    return SlotPlanning(reads, cache.documents, zone, administration_limits())


def make_dosing(  # noqa: PLR0913 - everybody a dose concerns
    cache: OpenCache,
    doing: Doing,
    planning: SlotPlanning,
    claims: Claims,
    engine: Synchronisation,
    feed: ChangeFeed,
    *,
    gates: Gates,
    warnings: HurdlesOf,
) -> Dosing:
    """Wire the services of giving over one opened cache.

    Args:
        cache: The opened one.
        doing: How acts are made here.
        planning: How doses are laid out.
        claims: Where a dose is claimed.
        engine: Whether the server answers.
        feed: Who hears of it.
        gates: What must have been said before a dose is given.
        warnings: What decision support says before it.
    """
    reads, limits = SqlDoseReads(cache.cache), administration_limits()
    banner = SqlChartReads(cache.cache).banner
    said = SqlVerificationReads(cache.cache)
    skin = SkinGates(said, verification_rules(), doing.maker.clock)
    leases = DoseLeases(doing.maker.clock)
    desk = Desk(doing.maker.clock, lambda: _device(cache), doing.rules.skew, planning.zone)
    asked = DoseGates(said, gates, doing.maker.clock).hurdles

    def before_a_dose(order: Order) -> tuple[Hurdle, ...]:
        return (*asked(order), *warnings(order))

    around = Surroundings(
        reads=reads,
        leases=leases,
        desk=desk,
        policy=doing.policy,
        banner=banner,
        online=lambda: engine.status().connection in _CONNECTED,
        high_alert=high_alert,
        skin_gate=skin.gate,
        gates=before_a_dose,
        limits=limits,
    )
    return Dosing(
        keeping=SlotKeeping(doing.acts, doing.maker, planning),
        claiming=DoseClaiming(claims, cache.documents, reads, leases, desk, limits),
        administering=Administering(doing.acts, cache.documents, doing.maker, doing.rules, around),
        watching=DuplicateWatching(
            doing.acts,
            cache.documents,
            doing.maker,
            reads,
            PublishedDuplicates(SqlDuplicateActs(cache.cache), feed),
            PublishedDisputes(cache.disputes, feed),
            rules=DecisionRules(doing.policy, banner, doing.maker.clock),
        ),
        crossings=CrossingWatching(
            doing.acts,
            cache.documents,
            doing.maker,
            SqlCrossingReads(cache.cache),
            crossed_window(),
        ),
    )


def _device(cache: OpenCache) -> str:
    enrolment = cache.sync_store.enrolment()
    return "" if enrolment is None else enrolment.workstation
