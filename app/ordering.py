"""The part of the composition root that introduces what ordering needs to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.domain.orders import Order
from app.domain.people import Privilege
from app.domain.terms import PatientId
from app.domain.verbal_orders import Colleague
from app.dosing import Doing
from app.services.countersigning import Countersigning
from app.services.order_arithmetic import OrderArithmetic
from app.services.order_changing import OrderChanging
from app.services.order_desk import OrderDesk
from app.services.order_entry import OrderEntry
from app.services.order_habits import OrderHabits
from app.services.order_judging import Judging
from app.services.order_lapsing import OrderLapsing
from app.services.slot_planning import SlotPlanning
from app.services.verbal_chasing import VerbalChasing
from app.services.verbal_orders import VerbalOrders
from localdb.opening import OpenCache
from localdb.reads.chart import SqlChartReads
from localdb.reads.execution import SqlExecution
from localdb.reads.inbox import SqlInboxReads
from localdb.reads.staff import SqlStaff

_LAPSING_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ordering:
    """One of each of the services around an order."""

    entry: OrderEntry
    changing: OrderChanging
    countersigning: Countersigning
    lapsing: OrderLapsing
    arithmetic: OrderArithmetic
    habits: OrderHabits
    verbal: VerbalOrders
    chasing: VerbalChasing


def make_ordering(
    cache: OpenCache, doing: Doing, planning: SlotPlanning, judging: Judging
) -> Ordering:
    """Wire the services of ordering over one opened cache; `judging` is asked before signing."""
    charts, execution = SqlChartReads(cache.cache), SqlExecution(cache.cache)

    def orders(patient: PatientId) -> tuple[Order, ...]:
        return tuple(line.order for line in charts.orders(patient))

    tasks = SqlInboxReads(cache.cache)
    desk = OrderDesk(
        doing.acts,
        cache.documents,
        doing.maker,
        doing.rules,
        planning,
        orders,
        tasks.asked,
        judging,
    )
    staff, entry = SqlStaff(cache.cache, cache.people), OrderEntry(desk)
    placing = doing.policy.roles_with(Privilege.PLACE_ORDER)

    def physicians() -> tuple[Colleague, ...]:
        return staff.holding(placing)

    return Ordering(
        entry=entry,
        changing=OrderChanging(desk, execution.executed),
        countersigning=Countersigning(desk),
        lapsing=OrderLapsing(desk, execution.over_by, execution.executed, _LAPSING_EVERY),
        arithmetic=OrderArithmetic(planning.zone),
        habits=OrderHabits(cache.people),
        verbal=VerbalOrders(desk, entry, physicians),
        chasing=VerbalChasing(tasks.overdue, cache.documents, doing.acts, doing.maker),
    )
