"""Puts the services of ordering onto the acts and documents of a test."""

from __future__ import annotations

from app.domain.orders import Order
from app.ports.acts import Acts
from app.services.act_making import ActMaker
from app.services.order_desk import OrderDesk
from app.services.order_judging import Judging
from app.services.signing import SigningRules
from app.services.slot_planning import SlotPlanning
from tests.support.fake_acts import FakeActs
from tests.support.fake_deciding import FakeJudging


def an_order_desk(
    acts: FakeActs,
    maker: ActMaker,
    rules: SigningRules,
    planning: SlotPlanning,
    told: Acts | None = None,
    judging: Judging | None = None,
) -> OrderDesk:
    """A desk over documents in memory; `told` also tells somebody of what is committed.

    Unless `judging` is given, decision support has nothing to say to any order.
    """
    judging = judging or FakeJudging(maker.clock)
    return OrderDesk(told or acts, acts, maker, rules, planning, acts.orders, acts.asked, judging)


def executed_in(acts: FakeActs) -> frozenset[str]:
    """The orders that a dose refers to."""
    given = acts.documents("MedicationAdministration")
    return frozenset(str(one["request"]["reference"]).partition("/")[2] for one in given)  # type: ignore[index,call-overload]  # written by the test itself


def was_executed(acts: FakeActs, order: Order) -> bool:
    """Whether a dose refers to the order."""
    return order.id in executed_in(acts)
