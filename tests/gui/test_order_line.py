"""The line over the order form, typed key by key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton

from tests.gui.pages.orders_driver import OrdersDriver
from tests.support.basket_kit import RIGHT, orders_of
from tests.support.chart_kit import ChartHouse
from tests.support.page_kit import a_dressed_desk, opened, part, settle
from ui.runtime.page import Page


@pytest.fixture
def house(qapp: QApplication) -> Iterator[ChartHouse]:
    with a_dressed_desk(qapp) as desk:
        yield ChartHouse(desk)


@pytest.fixture
def page(house: ChartHouse) -> Iterator[Page]:
    workspace = orders_of(house)
    with opened(workspace, house.visit(), house.desk) as shown:
        part(shown, QPushButton, "orders.new").click()
        settle()
        yield shown


def line(page: Page) -> QLineEdit:
    return part(page, QLineEdit, "orders.writer.line.text")


def label(page: Page, name: str) -> str:
    return part(page, QLabel, f"orders.writer.line.{name}").text()


def test_a_line_fills_the_fields_and_shows_its_words(page: Page) -> None:
    QTest.keyClicks(line(page), "amoxicillin 500 mg po tid x7d")
    settle()

    assert part(page, QLineEdit, "orders.writer.form.dose").text() == "500"
    assert part(page, QComboBox, "orders.writer.form.route").currentData() == "po"
    assert part(page, QComboBox, "orders.writer.form.frequency").currentData() == "tid"
    assert "Dose: “500 mg”" in label(page, "said")
    assert label(page, "open") == ""
    assert "Amoxicillin" in OrdersDriver(page).preview


def test_a_line_that_lacks_something_says_what(page: Page) -> None:
    QTest.keyClicks(line(page), "amox 500 tid")
    settle()

    assert label(page, "open") == "Which unit?\nWhich route?"
    assert not part(page, QPushButton, "orders.writer.put").isEnabled()


def test_a_refused_line_says_why(page: Page) -> None:
    QTest.keyClicks(line(page), "aspirin allergy")
    settle()

    assert "allergy" in label(page, "open")
    assert OrdersDriver(page).preview.startswith("nothing chosen yet")


def test_an_order_from_a_line_is_signed(page: Page, house: ChartHouse) -> None:
    QTest.keyClicks(line(page), "metoprolol 25 mg po bid")
    settle()

    OrdersDriver(page).sign(RIGHT)
    settle()

    assert [act.kind for act in house.acts.committed] == ["order.place"]


def test_what_is_typed_into_a_field_stays_beside_the_line(page: Page) -> None:
    QTest.keyClicks(line(page), "metoprolol 25 mg")
    QTest.keyClicks(part(page, QLineEdit, "orders.writer.form.note"), "slowly")

    QTest.keyClicks(line(page), " po")
    settle()

    assert part(page, QLineEdit, "orders.writer.form.note").text() == "slowly"
    assert part(page, QComboBox, "orders.writer.form.route").currentData() == "po"


def test_the_language_changes_under_a_line(page: Page, house: ChartHouse) -> None:
    QTest.keyClicks(line(page), "amox 500 tid")

    house.desk.languages.switch("zh_CN")
    settle()

    assert line(page).text() == "amox 500 tid"
    assert label(page, "open") == "单位是什么？\n什么途径？"
