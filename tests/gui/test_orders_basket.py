"""The basket of the orders page, as a clinician works with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.domain.orders import OrderDraft
from app.domain.people import Role
from app.domain.terms import Named, PractitionerId
from app.fhir.orders import read_order
from tests.gui.pages.orders_driver import OrdersDriver
from tests.support.basket_kit import RIGHT, orders_of
from tests.support.chart_kit import ChartHouse, an_order
from tests.support.page_kit import a_dressed_desk, opened, part, press, settle
from ui.orders.page import OrdersPage
from ui.orders.services import utc_now
from ui.runtime.page import Page
from widgets.search_box import SearchBox
from widgets.table import Table

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def house(qapp: QApplication) -> Iterator[ChartHouse]:
    with a_dressed_desk(qapp) as desk:
        yield ChartHouse(desk)


@pytest.fixture
def page(house: ChartHouse) -> Iterator[Page]:
    with opened(orders_of(house), house.visit(), house.desk) as shown:
        yield shown


def put(page: Page, *lines: str) -> OrdersDriver:
    orders = OrdersDriver(page)
    for line in lines:
        orders.begin()
        QTest.keyClicks(part(page, QLineEdit, "orders.writer.line.text"), line)
        settle()
        orders.put()
    return orders


def test_two_orders_are_signed_with_one_passphrase(page: Page, house: ChartHouse) -> None:
    orders = put(page, "metoprolol 25 mg po bid", "amoxicillin 500 mg po tid")
    assert len(orders.basket) == 2
    assert "Metoprolol" in orders.basket[0]
    assert part(page, QPushButton, "orders.basket.sign").text().startswith("Sign 2 orders")

    press(page, Qt.Key.Key_Return, CTRL_SHIFT)
    shown = orders.on_the_sheet
    assert [line.partition(".")[0] for line in shown] == ["1", "2"]
    assert "25\N{NO-BREAK SPACE}mg" in shown[0]
    assert "twice daily" in shown[0]
    assert "checks done" in part(page, QLabel, "sheet.strip.said").text()
    assert not part(page, QPushButton, "sheet.sign").isEnabled()
    orders.give(RIGHT)

    assert [act.kind for act in house.acts.committed] == ["order.place"] * 2
    assert orders.basket_notice.startswith("2 orders saved on this workstation")


def test_a_wrong_passphrase_says_so_and_keeps_the_orders(page: Page, house: ChartHouse) -> None:
    orders = put(page, "metoprolol 25 mg po bid")
    assert isinstance(page, OrdersPage)
    assert page.draft_is_open

    orders.sign_basket("something else")

    assert house.acts.committed == []
    assert len(orders.basket) == 1
    assert "passphrase" in orders.basket_notice

    orders.sign_basket(RIGHT)

    assert not page.draft_is_open


def test_what_is_taken_home_is_asked_and_signed(page: Page, house: ChartHouse) -> None:
    orders = OrdersDriver(page)
    orders.begin()
    QTest.keyClicks(part(page, QLineEdit, "orders.writer.line.text"), "metoprolol 25 mg po bid")
    settle()
    quantity = part(page, QLineEdit, "orders.writer.form.quantity")
    assert not quantity.isVisible()
    orders.write("25", kind="discharge")
    assert quantity.isVisible()
    orders.put()
    assert orders.basket == []

    quantity.setText("28")
    orders.write("25", quantity_unit="{tbl}")
    orders.put()
    orders.sign_basket(RIGHT)

    (act,) = house.acts.committed
    handed = act.changes[0].document["dispenseRequest"]
    assert handed["quantity"]["value"] == 28  # type: ignore[index,call-overload]  # written just now
    assert handed["quantity"]["code"] == "{tbl}"  # type: ignore[index,call-overload]  # as above


def test_a_course_of_seven_days_ends_and_says_so_before_it_is_signed(
    page: Page, house: ChartHouse
) -> None:
    orders = put(page, "amoxicillin 500 mg po tid 7d")
    assert "until" in orders.basket[0]
    orders.sign_basket(RIGHT)

    (act,) = house.acts.committed
    order = read_order(act.changes[0].document)
    assert order is not None
    assert order.ends_at is not None
    assert order.note == ""
    assert abs(order.ends_at - utc_now() - timedelta(days=7)) < timedelta(minutes=5)


@pytest.mark.parametrize(("field", "typed"), [("duration_d", "a week"), ("rate", "fast")])
def test_what_is_no_number_is_not_put_into_the_basket(page: Page, field: str, typed: str) -> None:
    orders = OrdersDriver(page)
    orders.begin()
    QTest.keyClicks(part(page, QLineEdit, "orders.writer.line.text"), "metoprolol 25 mg po bid")
    settle()
    part(page, QLineEdit, f"orders.writer.form.{field}").setText(typed)
    orders.put()
    assert orders.basket == []


def test_a_level_of_care_is_chosen_from_the_pack_or_written_in_words(
    page: Page, house: ChartHouse, qtbot: QtBot
) -> None:
    orders = OrdersDriver(page)
    orders.begin()
    orders.write("", order_class="level-of-care")
    orders.look_for("一级")
    qtbot.waitUntil(lambda: orders.found.count() > 0)
    orders.take_first()
    orders.put()
    orders.begin()
    orders.write("", order_class="nursing")
    part(page, QLineEdit, "orders.writer.item.search").setText("按需巡视")
    settle()
    orders.put()
    orders.sign_basket(RIGHT)

    codes = [act.changes[0].document["code"] for act in house.acts.committed]
    assert codes[0]["coding"][0]["system"] == "urn:wardone:level-of-care"  # type: ignore[index,call-overload]  # written just now
    assert codes[1] == {"text": "按需巡视"}


def test_turning_away_from_the_sheet_signs_nothing(page: Page, house: ChartHouse) -> None:
    orders = put(page, "metoprolol 25 mg po bid")

    orders.open_sheet()
    press(part(page, QLineEdit, "sheet.form.passphrase"), Qt.Key.Key_Escape)

    assert house.acts.committed == []
    assert len(orders.basket) == 1


def test_leaving_the_page_keeps_the_basket(house: ChartHouse) -> None:
    with opened(orders_of(house), house.visit(), house.desk) as page:
        said = put(page, "metoprolol 25 mg po bid").basket

    with opened(orders_of(house), house.visit(), house.desk) as page:
        assert OrdersDriver(page).basket == said
        restored = part(page, QLabel, "orders.basket.restored")
        assert restored.text() == "Basket of 24-Nov-2026 14:02 restored."


def test_a_row_goes_back_into_the_form(page: Page) -> None:
    orders = put(page, "metoprolol 25 mg po bid")

    orders.click_basket("edit")

    dose = part(page, QLineEdit, "orders.writer.form.dose")
    assert dose.text() == "25"
    dose.clear()
    QTest.keyClicks(dose, "50")
    orders.put()
    assert "50\N{NO-BREAK SPACE}mg" in orders.basket[0]
    assert len(orders.basket) == 1


def test_emptying_asks_first(page: Page) -> None:
    orders = put(page, "metoprolol 25 mg po bid")

    orders.click_basket("clear")
    assert len(orders.basket) == 1
    part(page, QPushButton, "sheet.discard").click()
    settle()

    assert orders.basket == []


def test_a_trainee_is_told_where_the_orders_go(house: ChartHouse) -> None:
    house.role = Role.TRAINEE
    with opened(orders_of(house), house.visit(), house.desk) as page:
        orders = put(page, "metoprolol 25 mg po bid")

        orders.open_sheet()

        assert "countersignature" in part(page, QLabel, "sheet.text").text()
        orders.give(RIGHT)
        assert [act.kind for act in house.acts.committed] == ["order.propose"]


def test_the_basket_is_said_again_in_the_other_language(page: Page, house: ChartHouse) -> None:
    orders = put(page, "metoprolol 25 mg po bid")

    house.desk.languages.switch("zh_CN")
    settle()

    assert "美托洛尔" in orders.basket[0]
    assert part(page, QPushButton, "orders.basket.remove").text() == "移除"


def test_the_chosen_order_comes_into_the_basket_again_by_its_button(house: ChartHouse) -> None:
    house.place(an_order("a"))
    with opened(orders_of(house), house.visit(), house.desk) as page:
        orders = OrdersDriver(page)
        orders.go_to("a")
        renew = part(page, QPushButton, "orders.renew")
        assert not renew.isEnabled()
        assert "nothing to renew" in renew.toolTip()

        part(page, QPushButton, "orders.reorder").click()
        settle()

        assert "Amoxicillin" in orders.basket[0]


@pytest.mark.parametrize("scale", [100, 200])
def test_form_and_basket_fit_a_small_screen(qapp: QApplication, scale: int) -> None:
    with a_dressed_desk(qapp, scale=scale) as desk:
        at = ChartHouse(desk)
        with opened(orders_of(at), at.visit(), desk, (1208, 650)) as page:
            orders = put(page, "metoprolol 25 mg po bid", "amoxicillin 500 mg po tid")
            orders.begin()
            assert page.minimumSizeHint().width() <= 1208


def test_a_set_comes_into_the_basket_and_no_key_of_the_page_is_heard_meanwhile(
    page: Page,
) -> None:
    orders = OrdersDriver(page)
    press(page, Qt.Key.Key_O)
    search = part(page, SearchBox, "order_sets.search")
    QTest.keyClicks(search, "sxyz")
    press(search, Qt.Key.Key_Return)
    lines = part(page, Table, "order_sets.lines")
    marked = len(lines.marked_keys)
    assert marked > 1
    press(lines, Qt.Key.Key_Return, CTRL_SHIFT)
    assert page.findChild(QLineEdit, "sheet.form.passphrase") is None

    press(lines, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert len(orders.basket) == marked
    assert page.findChild(Table, "order_sets.lines") is None
    assert part(page, Table, "orders.basket.rows").isVisible()


def test_the_sheet_of_sets_closes_and_leaves_the_form(page: Page) -> None:
    OrdersDriver(page).begin()
    QTest.keyClicks(part(page, QLineEdit, "orders.writer.form.note"), "slowly")
    part(page, QPushButton, "orders.sets").click()
    settle()

    press(part(page, SearchBox, "order_sets.search"), Qt.Key.Key_Escape)

    assert part(page, QLineEdit, "orders.writer.form.note").text() == "slowly"
    assert part(page, QLineEdit, "orders.writer.form.note").isVisible()


def test_what_waits_for_a_countersignature_is_signed_from_the_line(house: ChartHouse) -> None:
    house.role = Role.TRAINEE
    session = house.session()
    trainee = replace(session.clinician, id=PractitionerId("shi"), name=Named("石磊"))
    copied = an_order("a")
    draft = OrderDraft(copied.patient, copied.encounter, item=copied.item, dosage=copied.dosage)
    house.orders.propose_basket(replace(session, clinician=trainee), (draft,), ())
    house.role = Role.ATTENDING
    with opened(orders_of(house), house.visit(), house.desk) as page:
        said = part(page, QLabel, "orders.countersign.said")
        assert said.text() == "1 order waits for your countersignature"
        part(page, QPushButton, "orders.countersign.look").click()
        settle()
        assert "石磊" in OrdersDriver(page).on_the_sheet[0]
        assert not part(page, QPushButton, "sheet.refuse").isEnabled()

        OrdersDriver(page).give(RIGHT)

        assert [act.kind for act in house.acts.committed] == ["order.propose", "order.countersign"]
        assert not said.isVisible()


def test_lines_of_buttons_do_not_make_the_page_taller_than_its_window(page: Page) -> None:
    put(page, "metoprolol 25 mg po bid")

    assert not page.hasHeightForWidth()
