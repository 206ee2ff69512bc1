"""The orders of a stage of a pathway, on their way into the basket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.gui.pages.orders_driver import OrdersDriver
from tests.support.basket_kit import orders_of as orders_page_of
from tests.support.chart_kit import ChartHouse
from tests.support.page_kit import a_dressed_desk, opened, part, press, settle
from tests.support.pathways_kit import CAP, PathwayRoom, an_enrolment, orders_of
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from widgets.table import Table

FOCUS = f"pathway/e1/{CAP.set_code('day-1')}"


@dataclass
class Chart:
    house: ChartHouse
    room: PathwayRoom

    def page(self, focus: str = FOCUS) -> Iterator[Page]:
        workspace = orders_page_of(self.house, self.room.sources.reading)
        with opened(workspace, self.house.visit(focus), self.house.desk) as page:
            yield page


@pytest.fixture(scope="module")
def desk(qapp: QApplication) -> Iterator[Desk]:
    """One for all tests here: a page that has left leaves nothing on it."""
    with a_dressed_desk(qapp) as desk:
        yield desk


@pytest.fixture
def chart(desk: Desk) -> Chart:
    room = PathwayRoom(desk)
    room.enrol(an_enrolment())
    room.orders = orders_of("day-1", "routine", "vitals")
    return Chart(ChartHouse(desk), room)


def lines(page: Page) -> Table:
    return part(page, Table, "order_sets.lines")


def test_the_orders_of_the_stage_are_offered_with_what_is_still_missing(chart: Chart) -> None:
    for page in chart.page():
        table, sets = lines(page), part(page, Table, "order_sets.sets")
        marked = {key.partition("/")[0] for key in table.marked_keys}

        assert sets.current == CAP.set_code("day-1")
        assert {row.key.split(".")[0] for row in sets.rows} == {"cap"}
        assert {"cbc", "renal", "level"} <= marked
        assert not marked & {"routine", "vitals"}  # ordered already


def test_what_is_chosen_goes_into_the_basket(chart: Chart) -> None:
    for page in chart.page():
        table = lines(page)
        wanted = len(table.marked_keys)
        press(table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        orders = OrdersDriver(page)

        assert len(orders.basket) == wanted
        assert page.findChild(Table, "order_sets.lines") is None


def test_a_page_that_is_open_is_sent_to_the_stage(chart: Chart) -> None:
    for page in chart.page(""):
        assert page.findChild(Table, "order_sets.lines") is None

        page.focus_on(FOCUS)  # type: ignore[attr-defined]  # `TakesFocus`
        settle()

        assert lines(page).marked_keys


def test_a_sheet_that_is_open_keeps_what_was_typed_there(chart: Chart) -> None:
    for page in chart.page():
        table = lines(page)
        dosed = next(row.key for row in table.rows if row.cells[2].text)
        table.go_to(dosed)
        dose = part(page, QLineEdit, "order_sets.dose")
        dose.clear()
        QTest.keyClicks(dose, "7")

        page.focus_on(f"pathway/e1/{CAP.set_code('day-4-6')}")  # type: ignore[attr-defined]
        settle()

        assert part(page, QLineEdit, "order_sets.dose").text() == "7"


def test_another_focus_is_an_order(chart: Chart) -> None:
    for page in chart.page("MedicationRequest/o1"):
        assert page.findChild(Table, "order_sets.lines") is None


def test_a_stage_that_is_not_known_offers_nothing(chart: Chart) -> None:
    for page in chart.page("pathway/e1/cap.no-such.1"):
        assert part(page, Table, "order_sets.sets").rows == ()
        assert not lines(page).isVisible()
