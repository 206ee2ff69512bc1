from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from app.domain.orders import Ending
from app.kernel.changes import Changed
from tests.gui.pages.orders_driver import OrdersDriver
from tests.support.basket_kit import RIGHT, orders_of
from tests.support.chart_kit import NOW, PATIENT, ChartHouse, an_order
from tests.support.page_kit import a_dressed_desk, opened, part, press, settle
from ui.runtime.page import Page
from widgets.segmented import Segmented
from widgets.table import Table


@pytest.fixture
def house(qapp: QApplication) -> Iterator[ChartHouse]:
    with a_dressed_desk(qapp) as desk:
        at = ChartHouse(desk)
        at.place(an_order("a"), an_order("held", "on-hold"), an_order("done", "completed"))
        yield at


@pytest.fixture
def page(house: ChartHouse) -> Iterator[Page]:
    workspace = orders_of(house)
    with opened(workspace, house.visit(), house.desk) as shown:
        yield shown


def rows(page: Page, name: str = "current") -> dict[str, list[str]]:
    table = part(page, Table, f"orders.{name}")
    return {row.key: [cell.text for cell in row.cells] for row in table.rows}


def choose(page: Page, field: str, value: str) -> None:
    combo = part(page, QComboBox, f"orders.writer.form.{field}")
    place = combo.findData(value)
    combo.setCurrentIndex(place)
    combo.activated.emit(place)
    settle()


def fill(page: Page, qtbot: QtBot) -> None:
    part(page, QPushButton, "orders.new").click()
    search = part(page, QLineEdit, "orders.writer.item.search")
    search.setText("amxl")
    found = part(page, QListWidget, "orders.writer.item.found")
    qtbot.waitUntil(lambda: found.isVisible() and found.count() > 0, timeout=2000)
    found.setCurrentRow(0)
    found.itemActivated.emit(found.item(0))
    part(page, QLineEdit, "orders.writer.form.dose").setText("0.5")
    choose(page, "unit", "g")
    choose(page, "route", "po")
    choose(page, "frequency", "tid")


def test_the_list_opens_on_current_with_a_status_in_every_row(page: Page) -> None:
    shown = rows(page)

    assert set(shown) == {"a", "held"}
    assert "active" in shown["a"]
    assert "suspended" in shown["held"]
    assert "DOSE 0.5\N{NO-BREAK SPACE}g" in shown["a"]


def test_an_order_is_signed_by_keyboard_as_its_preview_reads(
    page: Page, house: ChartHouse, qtbot: QtBot
) -> None:
    fill(page, qtbot)
    preview = part(page, QLabel, "orders.writer.preview").text()
    orders = OrdersDriver(page)

    orders.put()
    assert house.acts.committed == []
    orders.sign_basket(RIGHT)

    (act,) = house.acts.committed
    instruction = act.changes[0].document["dosageInstruction"]
    assert isinstance(instruction, list)
    assert isinstance(instruction[0], dict)
    assert str(instruction[0]["text"]) in preview
    assert house.drafting.open(house.session(), PATIENT) == ()


def test_an_incomplete_order_cannot_be_signed(page: Page, house: ChartHouse) -> None:
    part(page, QPushButton, "orders.new").click()

    assert not part(page, QPushButton, "orders.writer.put").isEnabled()

    dose = part(page, QLineEdit, "orders.writer.form.dose")
    press(dose, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert house.acts.committed == []
    assert part(page, QLabel, "orders.writer.form.dose.error").text() == "Enter the dose."


def test_escape_keeps_what_was_typed(page: Page) -> None:
    part(page, QPushButton, "orders.new").click()
    search = part(page, QLineEdit, "orders.writer.item.search")
    search.setText("amxl")

    press(search, Qt.Key.Key_Escape)

    assert search.text() == "amxl"


def test_an_answer_that_comes_meanwhile_does_not_overwrite_what_is_typed(
    page: Page, house: ChartHouse
) -> None:
    part(page, QPushButton, "orders.new").click()
    note = part(page, QLineEdit, "orders.writer.form.note")
    QTest.keyClicks(note, "slowly")

    house.desk.feed.publish(Changed(frozenset({"order"}), frozenset({PATIENT})))

    assert note.text() == "slowly"


def test_a_discarded_order_leaves_nothing_in_the_next_form(page: Page) -> None:
    part(page, QPushButton, "orders.new").click()
    QTest.keyClicks(part(page, QLineEdit, "orders.writer.form.note"), "slowly")
    part(page, QPushButton, "orders.writer.discard").click()
    part(page, QPushButton, "sheet.discard").click()
    settle()

    part(page, QPushButton, "orders.new").click()

    assert part(page, QLineEdit, "orders.writer.form.note").text() == ""


def test_leaving_the_page_keeps_the_order(house: ChartHouse) -> None:
    workspace = orders_of(house)
    with opened(workspace, house.visit(), house.desk) as page:
        part(page, QPushButton, "orders.new").click()
        QTest.keyClicks(part(page, QLineEdit, "orders.writer.form.note"), "slowly")

    with opened(workspace, house.visit(), house.desk) as page:
        assert part(page, QLineEdit, "orders.writer.form.note").text() == "slowly"
        restored = part(page, QLabel, "orders.writer.restored")
        assert restored.text() == "Draft of 24-Nov-2026 14:02 restored."


@pytest.mark.parametrize("scale", [100, 200])
def test_the_open_form_fits_a_small_screen(qapp: QApplication, scale: int) -> None:
    with a_dressed_desk(qapp, scale=scale) as desk:
        at = ChartHouse(desk)
        workspace = orders_of(at)
        with opened(workspace, at.visit(), desk, (1208, 650)) as page:
            part(page, QPushButton, "orders.new").click()
            settle()
            assert page.minimumSizeHint().width() <= 1208


def test_an_order_is_stopped_only_with_a_reason(page: Page, house: ChartHouse) -> None:
    part(page, QPushButton, "orders.stop").click()
    sure = part(page, QPushButton, "sheet.stop")
    assert not sure.isEnabled()

    part(page, QLineEdit, "sheet.form.reason").setText("皮疹")
    sure.click()

    assert [act.kind for act in house.acts.committed] == ["order.stop"]


def test_the_language_changes_under_an_open_form(
    page: Page, house: ChartHouse, qtbot: QtBot
) -> None:
    fill(page, qtbot)

    house.desk.languages.switch("zh_CN")
    settle()

    assert "执行中" in rows(page)["a"]
    assert part(page, QLineEdit, "orders.writer.form.dose").text() == "0.5"
    assert part(page, QComboBox, "orders.writer.form.route").currentText() == "口服"


def test_the_loop_of_the_chosen_order_is_one_click_away(page: Page, house: ChartHouse) -> None:
    part(page, Table, "orders.current").go_to("held")
    settle()

    part(page, QPushButton, "orders.loop").click()

    assert house.diary.patients == [(PATIENT, "patient-loops", "held")]


def test_without_an_order_there_is_no_loop_to_go_to(house: ChartHouse) -> None:
    house.place()
    workspace = orders_of(house)
    with opened(workspace, house.visit(), house.desk) as shown:
        assert not part(shown, QPushButton, "orders.loop").isEnabled()


def test_a_deed_that_is_not_possible_says_why_in_its_hover(page: Page) -> None:
    part(page, Table, "orders.current").go_to("held")
    settle()

    hold, resume = part(page, QPushButton, "orders.hold"), part(page, QPushButton, "orders.resume")

    assert not hold.isEnabled()
    assert hold.toolTip() == "Only an active order can be held."
    assert resume.isEnabled()
    assert resume.toolTip() == ""


def test_a_row_says_how_an_order_ended_and_why_it_is_held(house: ChartHouse) -> None:
    house.place(
        an_order("held", "on-hold", held_at=NOW, hold_reason="禁食"),
        an_order("unused", "stopped", ending=Ending.LAPSED),
        an_order("error", "entered-in-error", ending=Ending.CANCELLED),
    )
    workspace = orders_of(house)
    with opened(workspace, house.visit(), house.desk) as shown:
        (row,) = part(shown, Table, "orders.current").rows
        assert "禁食" in " ".join(cell.second for cell in row.cells)
        part(shown, Segmented, "orders.tabs").chosen.emit("ended")
        settle()
        past = rows(shown, "past")
        assert "lapsed unused" in past["unused"]
        assert "entered in error" in past["error"]


def test_a_row_says_that_it_runs_with_others_and_when_it_ends(house: ChartHouse) -> None:
    house.place(
        an_order("b", group="g", place=1, ends_at=NOW + timedelta(days=3)), an_order("plain")
    )
    with opened(orders_of(house), house.visit(), house.desk) as shown:
        (drug, plain) = part(shown, Table, "orders.current").rows
        said = [" ".join(cell.second for cell in row.cells) for row in (drug, plain)]
        assert "one infusion, drug 2" in said[0]
        assert "until" in said[0]
        assert "infusion" not in said[1]
        assert "until" not in said[1]


def test_a_held_order_is_resumed_without_a_reason(page: Page, house: ChartHouse) -> None:
    part(page, Table, "orders.current").go_to("held")
    settle()
    part(page, QPushButton, "orders.resume").click()

    part(page, QPushButton, "sheet.resume").click()
    settle()

    assert [act.kind for act in house.acts.committed] == ["order.resume"]


def test_a_group_is_stopped_whole_and_the_sheet_says_so(page: Page, house: ChartHouse) -> None:
    members = (an_order("a", group="g"), an_order("b", group="g", place=1))
    house.place(*members)
    house.desk.feed.publish(Changed(frozenset({"order"}), frozenset({PATIENT})))
    settle()
    part(page, QPushButton, "orders.stop").click()

    assert part(page, QLabel, "sheet.group").text().endswith("all 2 orders together.")
    part(page, QLineEdit, "sheet.form.reason").setText("皮疹")
    part(page, QPushButton, "sheet.stop").click()
    settle()

    (act,) = house.acts.committed
    changed = [c.document for c in act.changes if c.document["resourceType"] == "MedicationRequest"]
    assert [one["status"] for one in changed] == ["stopped", "stopped"]
