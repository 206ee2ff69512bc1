"""The part of the composition root that introduces decision support to the chart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from app.config import Settings
from app.decision.engine import Memory
from app.decision.situation import Situation
from app.decision.verdict import Verdict
from app.domain.orders import Order
from app.domain.terms import PatientId
from app.dosing import Doing
from app.kernel.clock import Clock
from app.services.decision_exporting import DecisionExporting
from app.services.decision_hurdles import DecisionHurdles
from app.services.decision_packs import Decision, PackFolders
from app.services.knowledge_at_hand import knowledge_at_hand
from app.services.order_checking import OrderChecking
from app.services.order_judging import OrderJudging
from app.services.pack_keys import key_folders
from app.services.result_watching import ResultWatching
from app.services.situation_building import SituationBuilding
from localdb.files import replace_whole
from localdb.opening import OpenCache
from localdb.reads.chart import SqlChartReads
from localdb.reads.deciding import SqlChartedReads, SqlReportedReads
from localdb.reads.snapshots import Snapshots
from resources.reading import path


@dataclass(frozen=True, slots=True)
class Deciding:
    """One of each of the services of decision support."""

    knowing: Callable[[], Decision]
    checking: OrderChecking
    judging: OrderJudging
    hurdles: DecisionHurdles
    exporting: DecisionExporting
    results: ResultWatching


def make_deciding(cache: OpenCache, seen: Snapshots, doing: Doing, settings: Settings) -> Deciding:
    """Wire them over one opened cache; the packs are read when they are first asked."""
    clock, ids = doing.maker.clock, doing.maker.ids
    knowing = knowledge(settings, clock)

    def judge(situation: Situation, memory: Memory) -> Verdict:
        return knowing().engine.judge(situation, memory)

    zone = ZoneInfo(settings.string("time_zone"))
    building = SituationBuilding(SqlChartedReads(seen), knowing, zone)
    # A signature is judged over the cache itself: that the server was lost stops nobody's order.
    signing = SituationBuilding(SqlChartedReads(cache.cache), knowing, zone)
    charts = SqlChartReads(cache.cache)

    def orders(patient: PatientId) -> tuple[Order, ...]:
        return tuple(line.order for line in charts.orders(patient))

    return Deciding(
        knowing,
        OrderChecking(judge, building, cache.decisions, clock, ids),
        OrderJudging(judge, signing, cache.decisions, clock, ids),
        DecisionHurdles(judge, signing, orders, clock),
        DecisionExporting(cache.decisions, replace_whole, cache.audit, clock, zone),
        ResultWatching(
            doing.acts,
            cache.documents,
            doing.maker,
            judge,
            signing,
            SqlReportedReads(cache.cache),
        ),
    )


def knowledge(settings: Settings, clock: Clock) -> Callable[[], Decision]:
    """The packs as they hold today, those of the hospital over ours."""
    told = settings.string("hospital_packs")
    overlay, keys = Path(told) if told else None, key_folders(settings)

    def knowing() -> Decision:
        return _decision(overlay, clock.now().date(), keys)

    return knowing


@lru_cache(maxsize=2)
def _decision(overlay: Path | None, today: date, keys: tuple[Path, ...]) -> Decision:
    return knowledge_at_hand(PackFolders(path("packs"), overlay, today, keys=keys))
