"""A nurse writes down what a physician calls out; the physician sees it and confirms it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QWidget

from app.domain.orders import OrderClass
from app.domain.people import Role
from tests.gui.pages.orders_driver import OrdersDriver
from tests.gui.pages.verbal_driver import VerbalDriver
from tests.support.basket_kit import RIGHT, orders_of
from tests.support.bedside_kit import PHYSICIAN, ZHAO, nurse_signs_in, physician_signs_in
from tests.support.bedside_kit import written_down as chart_lists
from tests.support.chart_kit import ChartHouse, an_order
from tests.support.page_kit import a_dressed_desk, opened, part, press, settle
from ui.orders.set_sheet import SetSheet
from ui.runtime.page import Page
from widgets.segmented import Segmented
from widgets.table import Table

DRUG = "epinephrine 1 mg iv st"
OTHER = "metoprolol 5 mg iv st"
NOT_CONFIRMED = "by word of mouth – ordered by 王奕, written by 赵敏, not yet confirmed"


@pytest.fixture
def house(qapp: QApplication) -> Iterator[ChartHouse]:
    with a_dressed_desk(qapp) as desk:
        house = nurse_signs_in(ChartHouse(desk))
        house.place(an_order("a"))
        yield house


@pytest.fixture
def page(house: ChartHouse) -> Iterator[Page]:
    with opened(orders_of(house), house.visit(), house.desk) as page:
        yield page


def notes(page: Page) -> list[str]:
    """What stands below the status of the temporary orders about word of mouth."""
    part(page, Segmented, "orders.tabs").chosen.emit("temporary")
    settle()
    rows = part(page, Table, "orders.current").rows
    return [cell.second for row in rows for cell in row.cells if "word of mouth" in cell.second]


def seen(page: Page, *names: str) -> list[bool]:
    return [part(page, QWidget, f"orders.{name}").isVisible() for name in names]


def offered(page: Page, field: str) -> list[str]:
    box = part(page, QComboBox, f"orders.writer.form.{field}")
    return [str(box.itemData(place)) for place in range(box.count())]


def test_what_the_nurse_writes_down_the_physician_sees_and_confirms(house: ChartHouse) -> None:
    with opened(orders_of(house), house.visit(), house.desk) as page:
        nurse = VerbalDriver(page)
        nurse.put(DRUG)
        nurse.say(PHYSICIAN.id, "rescue")
        assert "ordered by 王奕 (rescue), read back" in nurse.said
        assert "Epinephrine" in nurse.orders.on_the_sheet[0]
        nurse.give(RIGHT)
        assert nurse.orders.basket == []
        assert nurse.orders.basket_notice.startswith("1 verbal order saved on this workstation")
    (act,) = house.acts.committed
    assert (act.kind, act.author) == ("order.verbal", ZHAO.id)

    physician_signs_in(house)
    chart_lists(house)
    with opened(orders_of(house), house.visit(), house.desk) as page:
        (note,) = notes(page)
        assert note.startswith(NOT_CONFIRMED)
        VerbalDriver(page).confirm(RIGHT)
    assert [one.kind for one in house.acts.committed] == ["order.verbal", "order.verbal-confirm"]

    chart_lists(house)
    with opened(orders_of(house), house.visit(), house.desk) as page:
        assert notes(page) == []
        assert len(OrdersDriver(page).rows()) == 1


def test_without_physician_situation_and_read_back_nothing_is_signed(
    page: Page, house: ChartHouse
) -> None:
    nurse = VerbalDriver(page)
    nurse.put(DRUG)
    nurse.orders.open_sheet()

    assert not nurse.may_go_on
    nurse.choose("by", PHYSICIAN.id)
    nurse.choose("situation", "operation")
    assert not nurse.may_go_on
    nurse.go_on()
    assert page.findChild(QLabel, "sheet.spoken") is None
    assert house.acts.committed == []

    nurse.tick()
    assert nurse.may_go_on
    nurse.go_on()
    assert "operation" in nurse.said


def test_turning_away_from_either_sheet_leaves_the_basket(page: Page, house: ChartHouse) -> None:
    nurse = VerbalDriver(page)
    nurse.put(DRUG)
    nurse.orders.open_sheet()
    nurse.turn_away()
    nurse.say(PHYSICIAN.id, "rescue")
    nurse.turn_away()

    assert len(nurse.orders.basket) == 1
    assert house.acts.committed == []


def test_what_was_said_stands_there_again_after_a_wrong_passphrase(
    page: Page, house: ChartHouse
) -> None:
    nurse = VerbalDriver(page)
    nurse.put(DRUG)
    nurse.say(PHYSICIAN.id, "rescue")
    nurse.give("wrong")
    assert "passphrase" in nurse.orders.basket_notice
    assert len(nurse.orders.basket) == 1

    nurse.orders.open_sheet()
    assert nurse.may_go_on
    nurse.go_on()
    nurse.give(RIGHT)

    assert [act.kind for act in house.acts.committed] == ["order.verbal"]


def test_after_a_kill_the_order_its_physician_and_the_tick_are_there(house: ChartHouse) -> None:
    with opened(orders_of(house), house.visit(), house.desk) as page:
        nurse = VerbalDriver(page)
        nurse.put(DRUG)
        nurse.say(PHYSICIAN.id, "rescue")

    with opened(orders_of(house), house.visit(), house.desk) as page:
        nurse = VerbalDriver(page)
        assert len(nurse.orders.basket) == 1
        nurse.orders.open_sheet()
        assert nurse.may_go_on
        nurse.turn_away()
        nurse.put(OTHER)
        nurse.orders.open_sheet()
        assert not nurse.may_go_on  # the other one was not read back
        nurse.tick()
        assert nurse.may_go_on


def test_the_page_of_a_nurse_is_for_verbal_orders_and_for_nothing_else(page: Page) -> None:
    assert seen(page, "new", "sets", "stop", "renew", "revise", "reorder") == [True, *[False] * 5]
    assert part(page, QPushButton, "orders.new").text().startswith("Verbal order")

    OrdersDriver(page).begin()
    assert part(page, QLabel, "orders.writer.heading").text() == "Verbal order"
    assert offered(page, "kind") == ["verbal"]
    assert OrderClass.MEDICATION.value in offered(page, "order_class")
    assert OrderClass.DIET.value not in offered(page, "order_class")

    press(page, Qt.Key.Key_O)
    assert page.findChild(SetSheet) is None


def test_the_page_of_a_physician_is_as_it_was(house: ChartHouse) -> None:
    physician_signs_in(house)
    with opened(orders_of(house), house.visit(), house.desk) as page:
        assert all(seen(page, "new", "sets", "stop", "renew", "revise", "reorder"))
        own = VerbalDriver(page)
        own.put("amoxicillin 500 mg po tid")
        assert part(page, QLabel, "orders.writer.heading").text() == "New order"
        assert len(offered(page, "kind")) > 1
        assert OrderClass.DIET.value in offered(page, "order_class")

        own.orders.open_sheet()
        assert page.findChild(QPushButton, "sheet.said") is None
        assert page.findChild(QLabel, "sheet.spoken") is None
        own.give(RIGHT)

    assert [act.kind for act in house.acts.committed] == ["order.place"]


def test_who_may_not_write_verbal_orders_down_only_reads(house: ChartHouse) -> None:
    house.role = Role.CODER
    with opened(orders_of(house), house.visit(), house.desk) as page:
        assert len(OrdersDriver(page).rows()) == 1
        assert not any(seen(page, "new", "sets", "stop", "renew", "basket", "writer"))
        press(page, Qt.Key.Key_N)
        assert not any(seen(page, "writer"))

    nurse_signs_in(house)
    with opened(orders_of(house), house.visit(), house.desk) as page:
        press(page, Qt.Key.Key_N)
        assert all(seen(page, "writer"))
