from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.orders import Following, Order
from app.domain.people import Role
from tests.support.basket_kit import RIGHT, Written, presented
from tests.support.chart_kit import NOW, ChartHouse, an_order
from tests.support.desk_kit import a_desk
from ui.orders.copying import Copying

ENDS = NOW + timedelta(days=1)


@pytest.fixture
def at() -> ChartHouse:
    return ChartHouse(a_desk())


def on(at: ChartHouse, *orders: Order) -> Written:
    at.place(*orders)
    return presented(at, f"MedicationRequest/{orders[0].id}")


def hindered(one: Written, copying: Copying) -> str:
    found = one.page.state.copy_hindrance(copying)
    return found.code if found is not None else ""


def test_the_same_again_comes_into_the_basket_with_its_dose(at: ChartHouse) -> None:
    order = an_order("a")
    one = on(at, order)

    one.page.copy(Copying.REORDER)

    (draft,) = one.basket.state.basket.drafts
    assert (draft.item, draft.dosage, draft.following) == (order.item, order.dosage, None)
    assert at.acts.committed == []
    assert presented(at).basket.state.basket == one.basket.state.basket


def test_a_past_order_is_ordered_again(at: ChartHouse) -> None:
    one = on(at, an_order("a", "stopped"))

    one.page.copy(Copying.REORDER)

    assert one.basket.state.count == 1


def test_a_revision_is_opened_in_the_form_and_stops_the_old_one(at: ChartHouse) -> None:
    one = on(at, an_order("a"))

    one.page.copy(Copying.REVISE)
    assert one.page.state.form is not None
    assert one.page.state.form.dose == "0.5"
    one.page.writing.put()
    one.basket.ask()
    one.basket.sign(RIGHT)

    (act,) = at.acts.committed
    assert act.kind == "order.revise"
    statuses = {str(change.document.get("status")) for change in act.changes}
    assert {"active", "stopped"} <= statuses


def test_a_renewal_begins_where_the_old_one_ends(at: ChartHouse) -> None:
    one = on(at, an_order("a", ends_at=ENDS))

    one.page.copy(Copying.RENEW)

    (draft,) = one.basket.state.basket.drafts
    assert (draft.following, draft.starts_at) == (Following.RENEW, ENDS)


def test_one_order_is_not_followed_twice(at: ChartHouse) -> None:
    one = on(at, an_order("a", ends_at=ENDS))

    one.page.copy(Copying.RENEW)
    one.page.copy(Copying.RENEW)

    assert one.basket.state.count == 1
    assert one.page.state.notice is not None
    assert one.page.state.notice.code == "basket.follows_already"


def test_an_infusion_comes_whole_and_as_one_of_its_own(at: ChartHouse) -> None:
    one = on(at, an_order("a", group="g"), an_order("b", group="g", place=1))

    one.page.copy(Copying.REORDER)

    groups = {draft.group for draft in one.basket.state.basket.drafts}
    assert one.basket.state.count == 2
    assert len(groups) == 1
    assert groups.isdisjoint({"", "g"})


@pytest.mark.parametrize(
    ("copying", "order", "said"),
    [
        (Copying.RENEW, an_order("a"), "order.no-end"),
        (Copying.REVISE, an_order("a", "stopped"), "orders.hindered.ended"),
        (Copying.REORDER, an_order("a", guarded=True), "order.not-understood"),
        (Copying.REORDER, an_order("a"), ""),
        (Copying.REVISE, an_order("a"), ""),
        (Copying.RENEW, an_order("a", ends_at=ENDS), ""),
    ],
)
def test_what_cannot_be_copied_says_why(
    at: ChartHouse, copying: Copying, order: Order, said: str
) -> None:
    one = on(at, order)

    assert hindered(one, copying) == said
    one.page.copy(copying)

    assert one.basket.state.count == (0 if said else 1)


def test_without_an_order_and_without_the_right_nothing_is_copied(at: ChartHouse) -> None:
    assert hindered(presented(at), Copying.REORDER) == "orders.hindered.none"
    at.role = Role.TRAINEE
    assert hindered(on(at, an_order("a")), Copying.REORDER) == "orders.hindered.role"
