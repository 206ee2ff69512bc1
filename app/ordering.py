"""The part of the composition root that introduces what ordering needs to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.domain.orders import Order
from app.domain.terms import PatientId
from app.dosing import Doing
from app.services.countersigning import Countersigning
from app.services.order_changing import OrderChanging
from app.services.order_desk import OrderDesk
from app.services.order_entry import OrderEntry
from app.services.order_lapsing import OrderLapsing
from app.services.slot_planning import SlotPlanning
from localdb.opening import OpenCache
from localdb.reads.chart import SqlChartReads
from localdb.reads.execution import SqlExecution

_LAPSING_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ordering:
    """One of each of the services around an order."""

    entry: OrderEntry
    changing: OrderChanging
    countersigning: Countersigning
    lapsing: OrderLapsing


def make_ordering(cache: OpenCache, doing: Doing, planning: SlotPlanning) -> Ordering:
    """Wire the services of ordering over one opened cache."""
    charts, execution = SqlChartReads(cache.cache), SqlExecution(cache.cache)

    def orders(patient: PatientId) -> tuple[Order, ...]:
        return tuple(line.order for line in charts.orders(patient))

    desk = OrderDesk(doing.acts, cache.documents, doing.maker, doing.rules, planning, orders)
    return Ordering(
        entry=OrderEntry(desk),
        changing=OrderChanging(desk, execution.executed),
        countersigning=Countersigning(desk),
        lapsing=OrderLapsing(desk, execution.over_by, execution.executed, _LAPSING_EVERY),
    )
