"""The part of the composition root that introduces what verifying orders needs to each other."""

from __future__ import annotations

from dataclasses import dataclass

from app.dosing import Doing
from app.services.administration_pack import high_alert
from app.services.order_verifying import OrderVerifying, VerifyingParts
from app.services.skin_testing import SkinTesting
from app.services.slot_planning import SlotPlanning
from app.services.verification_pack import verification_rules
from localdb.opening import OpenCache
from localdb.reads.chart import SqlChartReads
from localdb.reads.snapshots import Snapshots
from localdb.reads.verifications import SqlVerificationReads


@dataclass(frozen=True, slots=True)
class Verifying:
    """One of each of the services around the verification of orders."""

    orders: OrderVerifying
    skin_tests: SkinTesting


def make_verifying(
    cache: OpenCache, seen: Snapshots, doing: Doing, planning: SlotPlanning
) -> Verifying:
    """Wire them over one opened cache; `seen` are its snapshots while they may be looked at."""
    reads, limits = SqlVerificationReads(seen), verification_rules()
    banner = SqlChartReads(cache.cache).banner
    parts = VerifyingParts(
        reads=reads,
        documents=cache.documents,
        planning=planning,
        policy=doing.policy,
        banner=banner,
        high_alert=high_alert,
        limits=limits,
    )
    return Verifying(
        orders=OrderVerifying(doing.acts, doing.maker, doing.rules, parts),
        skin_tests=SkinTesting(
            doing.acts,
            cache.documents,
            doing.maker,
            doing.rules,
            reads,
            doing.policy,
            banner,
            limits,
        ),
    )
