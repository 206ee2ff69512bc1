"""The fields of the order form: what is asked when, what stands under them, keys only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QWidget

from app.domain.patients import Measured
from tests.gui.pages.orders_driver import OrdersDriver
from tests.support.basket_kit import RIGHT, orders_of
from tests.support.chart_kit import NOW, ChartHouse
from tests.support.page_kit import a_dressed_desk, opened, part, press, settle
from ui.runtime.page import Page

FORM = "orders.writer.form"


@pytest.fixture(params=["en", "zh_CN"])
def either(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[ChartHouse]:
    with a_dressed_desk(qapp, request.param) as desk:
        yield ChartHouse(desk)


@pytest.fixture
def house(qapp: QApplication) -> Iterator[ChartHouse]:
    with a_dressed_desk(qapp) as desk:
        yield ChartHouse(desk)


@pytest.fixture
def page(house: ChartHouse) -> Iterator[Page]:
    with opened(orders_of(house), house.visit(), house.desk) as shown:
        OrdersDriver(shown).begin()
        yield shown


def say(page: Page, line: str) -> None:
    field = part(page, QLineEdit, "orders.writer.line.text")
    field.setText(line)
    field.textEdited.emit(line)  # as an input method does; the keys of a test are ASCII
    settle()


def asked(page: Page, key: str) -> bool:
    return part(page, QWidget, f"{FORM}.{key}").isVisible()


def hint(page: Page, key: str) -> str:
    label = part(page, QLabel, f"{FORM}.{key}.hint")
    return label.text() if label.isVisible() else ""


def error(page: Page, key: str) -> str:
    label = part(page, QLabel, f"{FORM}.{key}.error")
    return label.text() if label.isVisible() else ""


def choices(page: Page, key: str) -> list[str]:
    box = part(page, QComboBox, f"{FORM}.{key}")
    return [box.itemText(place) for place in range(box.count())]


def write(page: Page, key: str, text: str) -> None:
    """Type it and leave the field."""
    field = part(page, QLineEdit, f"{FORM}.{key}")
    field.setFocus()
    field.clear()
    QTest.keyClicks(field, text)
    press(field, Qt.Key.Key_Tab)


def test_a_plain_order_asks_little_and_more_opens_by_key(page: Page) -> None:
    say(page, "amoxicillin 500 mg po tid")
    assert asked(page, "dose")
    assert not any(asked(page, key) for key in ("starts_at", "interval", "rate", "quantity"))

    press(part(page, QPushButton, "orders.writer.more"), Qt.Key.Key_Space)

    assert all(asked(page, key) for key in ("starts_at", "ends_at", "first_day", "skin_test"))
    assert hint(page, "starts_at") == "begins when it is signed"
    press(part(page, QPushButton, "orders.writer.more"), Qt.Key.Key_Space)
    assert not asked(page, "starts_at")


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("paracetamol 500 mg po q6h prn", ("interval", "most", "most_unit")),
        ("vancomycin 1 g ivgtt q12h", ("rate", "rate_unit")),
        ("penicillin 80万u im bid 皮试", ("skin_test", "starts_at")),
    ],
)
def test_what_an_order_needs_is_open_without_a_click(
    page: Page, line: str, fields: tuple[str, ...]
) -> None:
    assert not any(asked(page, key) for key in fields)

    say(page, line)

    assert all(asked(page, key) for key in fields)


def test_a_start_is_typed_quickly_and_shown_as_it_was_understood(page: Page) -> None:
    say(page, "amoxicillin 500 mg po tid")
    press(part(page, QPushButton, "orders.writer.more"), Qt.Key.Key_Space)

    write(page, "starts_at", "tomorrow 8")

    assert hint(page, "starts_at").startswith("from ")
    assert hint(page, "starts_at").endswith(" 08:00")
    assert "08:00" in OrdersDriver(page).preview
    assert error(page, "starts_at") == ""


def test_a_start_that_is_not_read_says_so_beside_it_when_it_is_left(page: Page) -> None:
    say(page, "amoxicillin 500 mg po tid")
    press(part(page, QPushButton, "orders.writer.more"), Qt.Key.Key_Space)

    write(page, "starts_at", "soon")

    assert error(page, "starts_at").startswith("Not read. Write 14:00")
    put = part(page, QPushButton, "orders.writer.put")
    assert not put.isEnabled()
    write(page, "starts_at", "+2h")
    assert error(page, "starts_at") == ""
    assert put.isEnabled()


def test_a_standby_order_asks_what_it_is_for(either: ChartHouse) -> None:
    with opened(orders_of(either), either.visit(), either.desk) as page:
        OrdersDriver(page).begin()
        say(page, "paracetamol 500 mg po prn")
        text = either.desk.languages.text
        assert hint(page, "reason") == text("order_form.no_indication")
        assert hint(page, "interval") == text("order_form.no_interval")
        label = part(page, QLabel, f"{FORM}.reason.label").text()
        assert label == text("order_form.indication")

        say(page, "paracetamol 500 mg po q6h prn for pain")

        assert (hint(page, "reason"), hint(page, "interval")) == ("", "")


def test_doses_of_a_day_are_said_as_an_amount(page: Page) -> None:
    say(page, "paracetamol 500 mg po prn for pain")

    write(page, "most", "4")
    assert error(page, "most_unit") == ""
    assert not part(page, QPushButton, "orders.writer.put").isEnabled()
    OrdersDriver(page).write("500", most_unit="times")

    assert "2000\N{NO-BREAK SPACE}mg" in hint(page, "most").replace(",", "")
    assert "at most" in OrdersDriver(page).preview


def test_a_standby_order_for_once_says_when_it_lapses(either: ChartHouse) -> None:
    with opened(orders_of(either), either.visit(), either.desk) as page:
        OrdersDriver(page).begin()
        say(page, "扑热息痛 0.5g 口服")
        assert hint(page, "kind") == ""

        say(page, "扑热息痛 0.5g 口服 sos")

        assert "12" in hint(page, "kind")


def test_pieces_days_and_courses_stand_under_their_fields(page: Page) -> None:
    say(page, "amoxicillin 500 mg po tid 7d")

    assert "2 × capsule of 0.25g" in hint(page, "dose")
    assert "… and " in hint(page, "dose")
    assert hint(page, "frequency").startswith("First day: ")
    assert "For 21 doses: 42 × " in hint(page, "duration_d")


def test_a_dose_is_said_for_each_kg_of_the_weight_that_was_measured(house: ChartHouse) -> None:
    house.reads.weight = Measured(Decimal(50), "kg", NOW - timedelta(hours=5))
    with opened(orders_of(house), house.visit(), house.desk) as page:
        OrdersDriver(page).begin()
        say(page, "paracetamol 1 g po prn for pain")
        assert hint(page, "dose").startswith("= 20 mg/kg at 50")

        say(page, "氯化钠 100 ml ivgtt qd")

        assert "/kg" not in hint(page, "dose")


def test_without_a_weight_nothing_is_said_for_each_kg(page: Page) -> None:
    say(page, "paracetamol 1 g po prn for pain")

    assert "/kg" not in hint(page, "dose")
    assert "One dose: 2 ×" in hint(page, "dose")


def test_a_dose_that_no_product_makes_says_so_in_words(page: Page) -> None:
    say(page, "metoprolol 33 mg po bid")
    assert hint(page, "dose").startswith("One dose: 33 mL")

    say(page, "aspirin 77 mg po qd")

    assert "No product of the formulary makes 77 mg exactly." in hint(page, "dose")


def test_the_first_dose_now_is_chosen_and_stands_in_the_preview(page: Page) -> None:
    say(page, "amoxicillin 500 mg po q8h")
    press(part(page, QPushButton, "orders.writer.more"), Qt.Key.Key_Space)
    offered = choices(page, "first_day")
    assert offered[0].endswith("by the ward's times")
    assert offered[1].endswith("first dose now")
    assert "on the first day" not in OrdersDriver(page).preview

    OrdersDriver(page).write("500", first_day="now")

    assert "on the first day" in OrdersDriver(page).preview


def test_a_bag_is_shown_whole_and_goes_into_the_basket_as_one_infusion(page: Page) -> None:
    say(page, "ceftriaxone 2 g in NS 100 ml ivgtt qd 50 ml/h")

    assert "\nIn: Sodium chloride — DOSE 100" in OrdersDriver(page).preview
    assert hint(page, "rate").startswith("100 mL last 2 h 0 min.")
    OrdersDriver(page).put()

    drug, fluid = OrdersDriver(page).basket
    assert ("Ceftriaxone" in drug, "Sodium chloride" in fluid) == (True, True)
    assert "infusion 1" in drug
    assert "infusion 1" in fluid


def test_what_was_signed_is_offered_when_the_empty_field_gets_the_focus(page: Page) -> None:
    orders = OrdersDriver(page)
    say(page, "amoxicillin 500 mg po tid")
    orders.sign(RIGHT)
    orders.begin()
    assert not orders.found.isVisible()

    part(page, QLineEdit, "orders.writer.item.search").setFocus()
    settle()
    assert orders.found.count() == 1
    assert "last ordered" in orders.found.item(0).text()
    part(page, QLineEdit, f"{FORM}.note").setFocus()
    settle()
    assert not orders.found.isVisible()
    part(page, QLineEdit, "orders.writer.item.search").setFocus()
    settle()
    press(part(page, QLineEdit, "orders.writer.item.search"), Qt.Key.Key_Down)
    press(orders.found, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert "your usual" in orders.found.item(0).text()
    press(orders.found, Qt.Key.Key_Return)

    assert part(page, QLineEdit, f"{FORM}.dose").text() == "500"
    assert "usually order" in hint(page, "item")
    assert part(page, QPushButton, "orders.writer.put").isEnabled()


def test_every_field_is_reached_with_tab_in_reading_order(page: Page) -> None:
    say(page, "paracetamol 500 mg po q6h prn for pain")
    press(part(page, QPushButton, "orders.writer.more"), Qt.Key.Key_Space)
    start = part(page, QLineEdit, "orders.writer.line.text")
    start.setFocus()
    seen = []
    for _ in range(30):
        press(QApplication.focusWidget() or start, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        seen.append(focused.objectName() if focused is not None else "")

    wanted = [
        "order_class", "kind", "dose", "unit", "route", "frequency", "duration_d", "priority",
        "interval", "most", "most_unit", "reason", "note", "starts_at", "ends_at", "skin_test",
    ]  # fmt: skip
    reached = [name.removeprefix(f"{FORM}.") for name in seen if name.startswith(f"{FORM}.")]
    assert reached[: len(wanted)] == wanted


def test_what_is_typed_is_there_after_the_page_was_left(house: ChartHouse) -> None:
    workspace, visit = orders_of(house), house.visit()
    with opened(workspace, visit, house.desk) as page:
        OrdersDriver(page).begin()
        say(page, "paracetamol 500 mg po prn for pain")
        part(page, QLineEdit, f"{FORM}.interval").setText("6")
        part(page, QLineEdit, f"{FORM}.interval").textEdited.emit("6")
    with opened(workspace, replace(visit), house.desk) as again:
        assert part(again, QLineEdit, f"{FORM}.interval").text() == "6"
        assert "not again within 6 h" in OrdersDriver(again).preview


def test_a_time_for_the_whole_bag_is_signed_as_a_rate(page: Page) -> None:
    say(page, "ceftriaxone 2 g in NS 100 ml ivgtt qd")

    write(page, "rate", "30")
    OrdersDriver(page).write("2", rate_unit="over_min")

    assert "200\N{NO-BREAK SPACE}mL per hour" in OrdersDriver(page).preview
    write(page, "rate", "45")
    assert "200\N{NO-BREAK SPACE}mL per hour" not in OrdersDriver(page).preview
    assert error(page, "rate").startswith("That would be ≈ 133.3 mL/h")


def test_the_rest_of_a_bag_is_shown_with_the_order_that_was_taken_out(page: Page) -> None:
    orders = OrdersDriver(page)
    say(page, "ceftriaxone 2 g in NS 100 ml ivgtt qd 50 ml/h")
    orders.put()
    orders.click_basket("edit")

    shown = orders.preview.splitlines()

    assert len(shown) == 2
    assert shown[1].startswith("In one infusion with it: Sodium chloride")
