"""What was not sent is known to the list, and what was sent is not asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.orders import OrderLine
from app.domain.sending import GroupState
from tests.support.basket_kit import presented
from tests.support.chart_kit import ChartHouse, an_order
from tests.support.desk_kit import a_desk
from tests.support.shots_order_list import an_item


@pytest.fixture
def at() -> ChartHouse:
    house = ChartHouse(a_desk())
    house.place(an_order("a"), an_order("b"))
    house.queue = (an_item("g", GroupState.REJECTED, "a", "no such stay"),)
    return house


def unsent(at: ChartHouse, key: str, how: str) -> None:
    at.reads.order_list = tuple(
        replace(line, unsent=how) if line.order.id == key else line for line in at.reads.order_list
    )


def test_the_act_in_which_an_order_waits_is_found(at: ChartHouse) -> None:
    unsent(at, "a", "rejected")
    page = presented(at, "MedicationRequest/a").page

    assert page.state.trouble is not None
    assert (page.state.trouble.group, page.state.trouble.server_said) == ("g", "no such stay")
    page.see_why_unsent()
    assert at.visit().navigator is at.diary
    assert at.diary.places == [("disputes", "g")]


def test_where_nothing_waits_the_queue_is_not_read(at: ChartHouse) -> None:
    page = presented(at, "MedicationRequest/a").page

    assert page.state.troubles == {}
    page.see_why_unsent()
    assert at.diary.places == []


def test_the_way_of_one_order_is_not_that_of_another(at: ChartHouse) -> None:
    unsent(at, "a", "rejected")
    page = presented(at, "MedicationRequest/b").page

    assert page.state.troubles
    assert page.state.trouble is None


def test_an_infusion_is_found_by_its_name(at: ChartHouse) -> None:
    at.reads.order_list = (OrderLine(an_order("x", group="bag", place=1)), *at.reads.order_list)

    assert presented(at, "RequestGroup/bag").page.state.current == "x"
