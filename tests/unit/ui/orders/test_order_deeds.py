from __future__ import annotations

import pytest

from app.domain.orders import Order, OrderLine
from app.services.order_catalogue import OrderCatalogue
from tests.support.basket_kit import presented
from tests.support.chart_kit import PATIENT, ChartHouse, an_order
from tests.support.desk_kit import a_desk
from ui.orders.deeds import Deed, Why, group_of, hindrance
from ui.orders.presenter import OrdersPresenter

CATALOGUE = OrderCatalogue()


@pytest.fixture
def at() -> ChartHouse:
    return ChartHouse(a_desk())


def opened(at: ChartHouse, focus: str) -> OrdersPresenter:
    return presented(at, focus).page


def hindered(deed: Deed, order: Order | None, *, allowed: bool = True) -> str:
    line = OrderLine(order) if order is not None else None
    found = hindrance(deed, line, allowed=allowed)
    return found.code if found is not None else ""


@pytest.mark.parametrize("deed", [Deed.STOP, Deed.HOLD, Deed.CANCEL, Deed.ERROR])
def test_a_deed_is_done_for_a_reason(at: ChartHouse, deed: Deed) -> None:
    at.place(an_order("a"))
    page = opened(at, "MedicationRequest/a")

    page.act(deed, Why("不良反应 — 皮疹", "adverse-reaction"))

    (act,) = at.acts.committed
    assert (act.kind, act.reason) == (f"order.{deed.value}", "不良反应 — 皮疹")
    (order,) = at.acts.orders(PATIENT)
    assert order.why == "adverse-reaction"
    assert "不良反应 — 皮疹" in (order.stop_reason, order.hold_reason)
    assert page.state.notice is not None
    assert page.state.notice.code == f"orders.done.{deed.value}"


def test_a_held_order_goes_on(at: ChartHouse) -> None:
    at.place(an_order("a", "on-hold"))

    opened(at, "MedicationRequest/a").act(Deed.RESUME)

    assert [act.kind for act in at.acts.committed] == ["order.resume"]


def test_an_active_order_has_nothing_to_resume(at: ChartHouse) -> None:
    at.place(an_order("a"))

    opened(at, "MedicationRequest/a").act(Deed.RESUME)

    assert at.acts.committed == []


@pytest.mark.parametrize(
    ("deed", "order", "why"),
    [
        (Deed.STOP, None, "orders.hindered.none"),
        (Deed.STOP, an_order("a"), ""),
        (Deed.STOP, an_order("a", "completed"), "orders.hindered.ended"),
        (Deed.STOP, an_order("a", guarded=True), "order.not-understood"),
        (Deed.HOLD, an_order("a"), ""),
        (Deed.HOLD, an_order("a", "on-hold"), "order.not-active"),
        (Deed.RESUME, an_order("a", "on-hold"), ""),
        (Deed.RESUME, an_order("a"), "order.not-on-hold"),
        (Deed.CANCEL, an_order("a"), ""),
        (Deed.CANCEL, an_order("a", "stopped"), "orders.hindered.ended"),
        (Deed.ERROR, an_order("a", "completed"), ""),
        (Deed.ERROR, an_order("a", "entered-in-error"), "orders.hindered.struck"),
    ],
)
def test_what_cannot_be_done_says_why(deed: Deed, order: Order | None, why: str) -> None:
    assert hindered(deed, order) == why


def test_a_role_that_may_not_is_told_so() -> None:
    assert hindered(Deed.STOP, an_order("a"), allowed=False) == "orders.hindered.role"


def test_a_group_is_named_whole_and_in_its_order() -> None:
    second = an_order("b", group="g", place=1)
    first = an_order("a", group="g", place=0)
    lines = [OrderLine(one) for one in (second, an_order("alone"), first)]

    assert [one.id for one in group_of(lines, second)] == ["a", "b"]
    assert [one.id for one in group_of(lines, lines[1].order)] == ["alone"]
