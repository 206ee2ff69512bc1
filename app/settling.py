"""Wires what ends a conflict: checks after merges, decisions, export, and asking the ward lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.config import Settings
from app.domain.people import Role
from app.dosing import Doing
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock
from app.ports.acts import Acts
from app.ports.signatures import SigningKeys
from app.services.act_export import ActExport
from app.services.decision_rules import BannerOf, DecisionRules
from app.services.dispute_settling import DisputeSettling, HighRisk
from app.services.escalating import Escalating, EscalationRule
from app.services.merge_checking import EveryRecheck, MergeChecking, SigningRechecks
from app.services.order_settling import OrderSettling
from app.services.publishing import PublishedDisputes
from app.services.slot_planning import SlotPlanning
from localdb.files import replace_whole
from localdb.merging import SqlMerges
from localdb.opening import OpenCache
from localdb.projections.all import all_projectors
from localdb.provenances import SqlProvenances


@dataclass(frozen=True, slots=True)
class Settling:
    """Everything that ends a conflict."""

    disputes: DisputeSettling
    orders: OrderSettling
    export: ActExport
    escalating: Escalating


def make_checking(
    cache: OpenCache, keys: SigningKeys, acts: Acts, feed: ChangeFeed, clock: Clock
) -> MergeChecking:
    """What looks at merges that no person has looked at."""
    return MergeChecking(
        SqlMerges(cache.cache, all_projectors()),
        EveryRecheck((SigningRechecks(),)),
        SqlProvenances(cache.cache),
        keys,
        acts,
        cache.audit,
        feed,
        clock,
    )


def escalation_rule(settings: Settings) -> EscalationRule:
    """When whose help is asked, as the hospital has set it."""
    return EscalationRule(
        timedelta(minutes=settings.number("class_a_minutes")), Role(settings.string("ward_lead"))
    )


def make_settling(  # noqa: PLR0913 - everybody a decision concerns
    cache: OpenCache,
    doing: Doing,
    planning: SlotPlanning,
    feed: ChangeFeed,
    *,
    banner: BannerOf,
    high_risk: HighRisk,
    rule: EscalationRule,
) -> Settling:
    """Everything that ends a conflict, over one opened cache."""
    maker, policy = doing.maker, doing.policy
    disputes = PublishedDisputes(cache.disputes, feed)
    rules = DecisionRules(policy, banner, maker.clock)
    return Settling(
        DisputeSettling(disputes, policy, banner, high_risk, maker.clock, maker.ids),
        OrderSettling(disputes, rules, maker, doing.rules, planning),
        ActExport(disputes, rules, replace_whole),
        Escalating(disputes, cache.queue, cache.documents, doing.acts, maker, high_risk, rule),
    )
