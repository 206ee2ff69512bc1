"""How fast a bag runs, said as a rate or as the time it takes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.support.basket_kit import Written, presented
from tests.support.chart_kit import ChartHouse
from tests.support.desk_kit import a_desk
from ui.orders.presenter import OrdersPresenter

BAG = "头孢曲松 2g + NS 100ml ivgtt qd"


@pytest.fixture
def both() -> Written:
    return presented(ChartHouse(a_desk()))


@pytest.fixture
def page(both: Written) -> OrdersPresenter:
    both.page.writing.new()
    return both.page


def run(page: OrdersPresenter, line: str, rate: str, unit: str) -> None:
    page.writing.type_line(line)
    form = page.state.form
    assert form is not None
    page.writing.edit(replace(form, rate=rate, rate_unit=unit))


@pytest.mark.parametrize(("rate", "unit"), [("200", "mL/h"), ("30", "over_min"), ("0.5", "over_h")])
def test_a_rate_and_the_time_it_takes_make_the_same_order(
    page: OrdersPresenter, rate: str, unit: str
) -> None:
    run(page, BAG, rate, unit)

    draft, fluid = page.state.draft, page.state.reckoned.fluid
    assert draft is not None
    assert fluid is not None
    assert page.state.objections == ()
    assert (draft.dosage.rate, draft.dosage.rate_unit) == (Decimal(200), "mL/h")
    assert fluid.dosage.rate == draft.dosage.rate
    assert "200" in draft.dosage.text
    said = [one.code for one in page.state.reckoned.running]
    assert said == ["arithmetic.bag-lasts", "arithmetic.dose-rate"]


@pytest.mark.parametrize(
    ("line", "rate", "why"),
    [
        ("头孢曲松 2g ivgtt qd", "30", "arithmetic.volume-not-stated"),
        (BAG, "45", "arithmetic.rate-without-end"),
    ],
)
def test_a_time_that_makes_no_rate_is_objected_to(
    page: OrdersPresenter, line: str, rate: str, why: str
) -> None:
    run(page, line, rate, "over_min")

    assert [(one.field, one.message.code) for one in page.state.objections] == [("rate", why)]


def test_the_rest_of_the_bag_is_counted_from_the_basket(page: OrdersPresenter) -> None:
    run(page, "氨茶碱 0.25g 地塞米松 5mg 加入 5%GS 250ml ivgtt qd", "", "")
    page.writing.put()
    form = page.state.form
    assert form is not None

    page.writing.edit(replace(form, rate="2", rate_unit="over_h"))

    draft = page.state.draft
    assert draft is not None
    assert draft.dosage.rate == Decimal(125)


def test_what_is_changed_in_one_order_of_a_bag_is_changed_in_all(
    both: Written, page: OrdersPresenter
) -> None:
    run(page, f"{BAG} 7d", "50", "mL/h")
    page.writing.put()
    drug, fluid = both.basket.state.basket.items
    page.writing.take_out(drug.key)
    form = page.state.form
    assert form is not None

    page.writing.edit(replace(form, rate="80", frequency="bid", starts_at="+2h", reason="x"))
    (beside,) = page.state.reckoned.bag
    page.writing.put()

    basket = both.basket.state
    again = basket.basket.item(fluid.key)
    assert again == replace(beside, draft=replace(beside.draft, encounter=None))
    assert again is not None
    assert (again.draft.dosage.rate, again.draft.dosage.dose) == (Decimal(80), Decimal(100))
    assert again.draft.reason == ""
    assert basket.wrong == {}
    assert len(basket.basket.items) == 2


def test_an_order_outside_the_bag_stays_as_it_is(both: Written, page: OrdersPresenter) -> None:
    run(page, "amoxicillin 500 mg po tid", "", "")
    page.writing.put()
    page.writing.new()
    run(page, BAG, "50", "mL/h")

    assert page.state.reckoned.bag == ()
    page.writing.put()

    first = both.basket.state.basket.items[0]
    assert first.draft.dosage.rate is None
