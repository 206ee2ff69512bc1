"""Decision support over a real cache, with an engine that says what it is told to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from app.domain.administration_hurdles import Hurdle
from app.domain.orders import Order
from app.kernel.clock import Clock, RandomIds
from app.services.decision_hurdles import DecisionHurdles
from app.services.order_checking import Judge
from app.services.order_judging import OrderJudging
from app.services.situation_building import SituationBuilding
from localdb.opening import OpenCache
from localdb.reads.chart import SqlChartReads
from localdb.reads.deciding import SqlChartedReads
from tests.support.fake_deciding import FakeEngine, small_knowledge


@dataclass(frozen=True)
class DecidingOver:
    """What signing and giving ask, over one cache and its journal."""

    judging: OrderJudging
    hurdles: DecisionHurdles


def deciding_over(cache: OpenCache, clock: Clock, judge: Judge | None = None) -> DecidingOver:
    """Over this cache; without `judge` nothing is said to anything."""
    building = SituationBuilding(SqlChartedReads(cache.cache), small_knowledge, UTC)
    asked = judge or FakeEngine().judge
    charts = SqlChartReads(cache.cache)
    return DecidingOver(
        OrderJudging(asked, building, cache.decisions, clock, RandomIds()),
        DecisionHurdles(
            asked, building, lambda who: (one.order for one in charts.orders(who)), clock
        ),
    )


def nothing_said(order: Order) -> tuple[Hurdle, ...]:
    """No warning before any dose."""
    del order
    return ()
