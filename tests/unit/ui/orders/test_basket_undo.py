"""What is taken out of the basket by mistake can be put back until something else is done."""

from __future__ import annotations

import pytest

from app.kernel.faults import FaultKind, app_error
from tests.support.basket_kit import RIGHT, Written, presented
from tests.support.chart_kit import ChartHouse
from tests.support.desk_kit import a_desk
from tests.unit.ui.orders.test_basket_presenter import doses, written


@pytest.fixture
def at() -> ChartHouse:
    return ChartHouse(a_desk())


def keys(one: Written) -> list[str]:
    return [item.key for item in one.basket.state.basket.items]


def test_a_removed_order_comes_back_to_its_place(at: ChartHouse) -> None:
    one = written(at, "0.5", "1", "2")
    before = keys(one)

    one.basket.remove(before[1])
    assert (doses(one), one.basket.state.removed) == (["0.5", "2"], 1)
    one.basket.undo()

    assert keys(one) == before
    assert not one.basket.state.can_undo
    assert keys(presented(at)) == before


def test_an_emptied_basket_is_seen_until_the_notice_is_read(at: ChartHouse) -> None:
    one = written(at, "0.5", "1")

    one.basket.clear()
    assert one.basket.state.shown
    assert one.basket.state.removed == 2
    one.basket.undo()
    assert doses(one) == ["0.5", "1"]

    one.basket.clear()
    one.basket.read_notice()
    one.basket.undo()
    assert doses(one) == []
    assert not one.basket.state.shown


def test_another_order_ends_the_way_back(at: ChartHouse) -> None:
    one = written(at, "0.5")
    one.basket.remove(keys(one)[0])
    drafts = written(at, "3").basket.state.basket.drafts

    one.basket.put_all(drafts)
    one.basket.undo()

    assert doses(one) == ["3"]


def test_what_was_signed_does_not_come_back_as_unsigned(at: ChartHouse) -> None:
    at.place()
    one = written(at, "0.5", "1")
    one.basket.remove(keys(one)[0])

    one.basket.ask()
    one.basket.sign(RIGHT)
    one.basket.undo()

    assert doses(one) == []
    assert [act.kind for act in at.acts.committed] == ["order.place"]


def test_a_removal_that_was_not_kept_needs_no_way_back(at: ChartHouse) -> None:
    one = written(at, "0.5")
    at.drafts.refusing = app_error(FaultKind.STORAGE, "storage.full")

    one.basket.remove(keys(one)[0])

    assert doses(one) == ["0.5"]
    assert not one.basket.state.can_undo
