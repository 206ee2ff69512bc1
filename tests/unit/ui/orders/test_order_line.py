"""One line fills the form, and what is typed beside it stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.services.order_catalogue import Item, OrderCatalogue
from app.services.order_lines import OrderLines
from tests.support.basket_kit import presented
from tests.support.chart_kit import ChartHouse
from tests.support.desk_kit import a_desk
from ui.orders.form import OrderForm
from ui.orders.presenter import OrdersPresenter
from ui.orders.state import OrdersState

LINES = OrderLines(OrderCatalogue())


@pytest.fixture
def at() -> ChartHouse:
    return ChartHouse(a_desk())


def opened(at: ChartHouse) -> OrdersPresenter:
    return presented(at).page


@pytest.fixture
def page(at: ChartHouse) -> OrdersPresenter:
    page = opened(at)
    page.writing.new()
    return page


def form(page: OrdersPresenter) -> OrderForm:
    assert page.state.form is not None
    return page.state.form


def remarks(page: OrdersPresenter) -> list[str]:
    return [one.code for one in page.state.remarks]


def test_a_line_fills_the_form_field_by_field(page: OrdersPresenter) -> None:
    page.writing.type_line("阿莫西林 0.5g po tid 7天")

    now = form(page)
    assert now.item is not None
    assert (now.item.text, now.query) == ("阿莫西林", "阿莫西林")
    assert (now.dose, now.unit, now.route, now.frequency) == ("0.5", "g", "po", "tid")
    assert page.state.objections == ()


def test_what_the_line_does_not_say_is_objected_to_and_asked(page: OrdersPresenter) -> None:
    page.writing.type_line("amox 500 tid")

    assert {one.field for one in page.state.objections} == {"unit", "route"}
    assert remarks(page) == ["order_line.ask.unit", "order_line.ask.route"]


def test_what_the_line_says_no_more_goes_and_what_was_chosen_beside_it_stays(
    page: OrdersPresenter,
) -> None:
    page.writing.type_line("阿莫西林 0.5g tid")
    page.writing.edit(replace(form(page), route="po"))

    page.writing.type_line("阿莫西林 0.5g")

    assert (form(page).route, form(page).frequency) == ("po", "")


def test_a_refused_line_leaves_the_form_empty(page: OrdersPresenter) -> None:
    page.writing.type_line("阿莫西林 0.5g po tid")

    page.writing.type_line("阿莫西林过敏")

    assert replace(form(page), key="") == OrderForm(line="阿莫西林过敏")
    assert remarks(page) == ["order_line.refused.allergy"]


def test_a_name_that_needs_a_click_is_offered_and_stays_chosen(page: OrdersPresenter) -> None:
    page.writing.type_line("amxl 0.5g po")
    assert form(page).item is None
    found = page.state.found
    assert found is not None
    amoxicillin: Item = next(one for one in found.items if one.term.text == "阿莫西林")

    page.writing.pick(amoxicillin)
    page.writing.type_line("amxl 0.5g po tid")

    assert form(page).item == amoxicillin.term
    assert form(page).frequency == "tid"


def test_several_orders_come_one_after_the_other(at: ChartHouse, page: OrdersPresenter) -> None:
    page.writing.type_line("阿司匹林 100mg po qd; 氯吡格雷 75mg po qd")
    assert remarks(page) == ["order_line.more"]

    page.writing.put()
    assert form(page).query == "氯吡格雷"
    assert remarks(page) == []
    page.writing.put()

    assert page.state.form is None
    names = [draft.item.text for draft in presented(at).basket.state.basket.drafts if draft.item]
    assert names == ["阿司匹林", "氯吡格雷"]


def test_the_line_comes_back_with_the_draft(at: ChartHouse, page: OrdersPresenter) -> None:
    page.writing.type_line("阿莫西林 0.5g po")
    page.writing.edit(form(page))

    again = opened(at)

    assert form(again).line == "阿莫西林 0.5g po"
    assert remarks(again) == ["order_line.ask.freq"]


def test_a_line_without_a_form_or_unchanged_does_nothing(at: ChartHouse) -> None:
    page = opened(at)
    page.writing.type_line("阿莫西林 0.5g po")
    assert page.state.form is None

    page.writing.new()
    page.writing.type_line("阿莫西林 0.5g po")
    before = page.state
    page.writing.type_line("阿莫西林 0.5g po")

    assert page.state is before


def test_a_unit_that_the_form_lacks_is_said(page: OrdersPresenter) -> None:
    page.writing.type_line("蒙脱石散 1包 po tid")

    assert form(page).unit == ""
    assert remarks(page) == ["order_line.unit_not_held"]


def test_a_place_that_is_no_number_is_no_draft_of_ours() -> None:
    assert OrderForm.of(replace(OrderForm(), place="x").body) is None
    assert OrderForm.of(replace(OrderForm(), place="1").body) is not None


def test_nothing_is_said_of_a_line_that_is_not_there() -> None:
    assert OrdersState().remarks == ()
