"""The list of orders as the ward knows it: tabs, infusions, states in words, and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPushButton,
)

from app.domain.orders import OrderKind
from app.domain.sending import GroupState
from app.fhir.orders import read_order
from app.kernel.changes import Changed
from app.kernel.faults import Fault, FaultKind, Message
from tests.gui.pages.orders_driver import OrdersDriver
from tests.support.basket_kit import orders_of
from tests.support.chart_kit import PATIENT, ChartHouse, an_order
from tests.support.page_kit import a_dressed_desk, opened, part, press, settle
from tests.support.shots_order_list import a_full_list, an_infusion, an_item
from tests.support.shots_orders import written
from ui.orders.deed_sheet import ReasonList
from ui.runtime.page import Page
from widgets.segmented import Segmented
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.table_values import Bracket, Row


@pytest.fixture
def house(qapp: QApplication) -> Iterator[ChartHouse]:
    with a_dressed_desk(qapp) as desk:
        at = ChartHouse(desk)
        a_full_list(at)
        yield at


@pytest.fixture
def page(house: ChartHouse) -> Iterator[Page]:
    with opened(orders_of(house), house.visit(), house.desk) as shown:
        yield shown


def table(page: Page, name: str = "current") -> Table:
    return part(page, Table, f"orders.{name}")


def rows(page: Page, name: str = "current") -> dict[str, Row]:
    return {row.key: row for row in table(page, name).rows}


def choose(page: Page, tab: str) -> None:
    part(page, Segmented, "orders.tabs").chosen.emit(tab)
    settle()


def go_to(page: Page, key: str) -> None:
    table(page).go_to(key)
    settle()


def status(row: Row) -> tuple[str, str, str]:
    """Icon, words, and what stands below."""
    cell = row.cells[2]
    return cell.icon, cell.text, cell.second


def ask_to_stop(page: Page, key: str) -> ReasonList:
    go_to(page, key)
    part(page, QPushButton, "orders.stop").click()
    settle()
    return part(page, ReasonList, "sheet.reasons")


def test_what_holds_long_what_is_done_once_and_what_has_ended_are_three_lists(page: Page) -> None:
    long_term = list(rows(page))
    choose(page, "temporary")
    temporary = list(rows(page))
    choose(page, "ended")
    ended = list(rows(page, "past"))

    assert {"plain", "held", "prn"} <= set(long_term)
    assert set(temporary) == {"stat", "once"}
    assert set(ended) == {"gone", "unused", "struck", "crossed", "done"}
    assert part(page, Segmented, "orders.tabs").accessibleName() == "Ended 5"


def test_an_infusion_stands_together_under_its_bracket(page: Page) -> None:
    keys = [row.key for row in table(page).rows]
    first, second, third = (rows(page)[key] for key in ("glucose", "potassium", "insulin"))

    assert keys[:3] == ["glucose", "potassium", "insulin"]
    assert [row.cells[0].bracket for row in (first, second, third)] == list(Bracket)
    assert first.block == second.block == third.block != ""
    # Route, frequency and rate are said once.
    assert [first.cells[n].text for n in (3, 4)] == ["intravenous drip", "once daily"]
    assert "60" in first.cells[1].second
    assert [second.cells[n].text for n in (3, 4)] == ["〃", "〃"]
    assert "intravenous drip" in second.cells[3].hover
    assert second.cells[1].second == ""
    assert "DOSE 1" in second.cells[1].text


def test_a_member_that_runs_otherwise_says_so_itself(house: ChartHouse) -> None:
    glucose, potassium, _ = an_infusion()
    other = replace(potassium.dosage.route, display="oral") if potassium.dosage.route else None
    house.place(glucose, replace(potassium, dosage=replace(potassium.dosage, route=other)))
    with opened(orders_of(house), house.visit(), house.desk) as shown:
        assert rows(shown)["potassium"].cells[3].text == "oral"


STANDING = {
    "plain": ("", "active", ""),
    "held": ("pause", "suspended", "nil by mouth"),
    "draft": ("signature", "waits for countersignature", ""),
    "refused": ("octagon-alert", "active", "refused by the server: HAPI-0541"),
    "conflict": ("git-compare", "active", "somebody must decide"),
    "waits": ("hard-drive", "active", "waiting to be sent"),
    "read-only": ("lock", "active", "not fully understood"),
}
ENDED = {
    "gone": ("circle-x", "stopped", ""),
    "unused": ("timer", "lapsed unused", ""),
    "struck": ("ban", "entered in error", ""),
    "crossed": ("triangle-alert", "stopped", "1 dose recorded after its end"),
    "done": ("check", "completed", ""),
}


def test_how_an_order_stands_or_ended_is_said_by_an_icon_and_in_words(page: Page) -> None:
    standing = rows(page)
    choose(page, "ended")
    ended = rows(page, "past")

    for shown, expected in ((standing, STANDING), (ended, ENDED)):
        for key, (icon, words, below) in expected.items():
            found_icon, said, second = status(shown[key])
            assert (key, found_icon) == (key, icon)
            assert words in said
            assert below in second
    assert [key for key, row in ended.items() if row.cells[0].struck] == ["struck"]


def test_a_coded_reason_is_read_in_the_language_of_the_reader(
    page: Page, house: ChartHouse
) -> None:
    choose(page, "ended")
    english = rows(page, "past")["gone"].cells[6].second

    house.desk.languages.switch("zh_CN")
    settle()

    assert english == "adverse reaction — 皮疹"
    assert rows(page, "past")["gone"].cells[6].second == "不良反应 — 皮疹"


def test_a_reason_is_chosen_by_its_key_and_recorded_with_its_code(
    page: Page, house: ChartHouse
) -> None:
    reasons = ask_to_stop(page, "plain")
    sure = part(page, QPushButton, "sheet.stop")
    assert not sure.isEnabled()

    press(reasons, Qt.Key.Key_2)
    assert sure.isEnabled()
    press(reasons, Qt.Key.Key_Return)

    (act,) = house.acts.committed
    order = read_order(act.changes[0].document)
    assert order is not None
    assert (order.why, order.stop_reason) == ("improved", "improved, no longer needed")


def test_an_open_reason_asks_for_words_before_anything_is_done(
    page: Page, house: ChartHouse
) -> None:
    reasons = ask_to_stop(page, "plain")

    press(reasons, Qt.Key.Key_9)
    press(reasons, Qt.Key.Key_Return)
    own = part(page, QLineEdit, "sheet.form.reason")
    assert house.acts.committed == []
    assert own.hasFocus()
    own.setText("the family asks")
    press(own, Qt.Key.Key_Return)

    (act,) = house.acts.committed
    order = read_order(act.changes[0].document)
    assert order is not None
    assert (order.why, order.stop_reason) == ("other", "other — the family asks")


def test_what_is_typed_over_the_reasons_is_not_lost(page: Page) -> None:
    reasons = ask_to_stop(page, "plain")

    press(reasons, Qt.Key.Key_R)

    own = part(page, QLineEdit, "sheet.form.reason")
    assert own.text() == "r"
    assert own.hasFocus()


def test_a_deed_names_the_whole_infusion_from_any_member(page: Page, house: ChartHouse) -> None:
    reasons = ask_to_stop(page, "insulin")
    press(reasons, Qt.Key.Key_1)
    press(reasons, Qt.Key.Key_Return)

    (act,) = house.acts.committed
    stopped = [one.document["id"] for one in act.changes if one.document["status"] == "stopped"]
    assert sorted(str(key) for key in stopped) == ["glucose", "insulin", "potassium"]


def test_what_was_not_sent_leads_to_where_something_is_done_about_it(
    page: Page, house: ChartHouse
) -> None:
    for key in ("refused", "conflict", "waits"):
        go_to(page, key)
        part(page, QPushButton, "orders.way").click()
    go_to(page, "plain")
    way = part(page, QPushButton, "orders.way")

    assert not way.isEnabled()
    assert "Nothing of the chosen order waits" in way.toolTip()
    assert house.diary.places == [("disputes", "g1"), ("disputes", "g2"), ("queue", "g3")]


def test_an_act_that_is_held_back_is_not_called_waiting(house: ChartHouse) -> None:
    house.queue = (an_item("g3", GroupState.HELD, "waits"),)
    with opened(orders_of(house), house.visit(), house.desk) as shown:
        icon, _, second = status(rows(shown)["waits"])
        assert icon == "git-compare"
        assert "something has changed since" in second


def test_a_refusal_is_seen_even_where_the_queue_says_nothing_of_it(house: ChartHouse) -> None:
    house.queue = ()
    with opened(orders_of(house), house.visit(), house.desk) as shown:
        icon, _, second = status(rows(shown)["refused"])
        assert icon == "octagon-alert"
        assert "refused" in second.casefold()


def test_a_list_that_cannot_be_read_again_says_that_it_is_old(
    page: Page, house: ChartHouse
) -> None:
    house.reads.fault = Fault(FaultKind.STORAGE, Message.of("storage.io"))
    house.desk.feed.publish(Changed(frozenset({"order"}), frozenset({PATIENT})))
    settle()

    said = part(page, StateStack, "orders.state").findChildren(QPushButton)
    assert any(button.text() == "Try again" and button.isVisible() for button in said)
    assert "plain" in rows(page)
    house.reads.fault = None


def test_a_list_that_was_never_read_counts_nothing(house: ChartHouse) -> None:
    house.reads.fault = Fault(FaultKind.STORAGE, Message.of("storage.io"))
    with opened(orders_of(house), house.visit(), house.desk) as shown:
        assert part(shown, Segmented, "orders.tabs").accessibleName() == "Long-term"
    house.reads.fault = None


def test_an_order_is_opened_on_its_own_tab_from_elsewhere(house: ChartHouse) -> None:
    house.place(an_order("a"), an_order("s", kind=OrderKind.STAT))
    focus = "MedicationRequest/s"
    with opened(orders_of(house), house.visit(focus), house.desk) as shown:
        assert list(rows(shown)) == ["s"]


def test_what_was_taken_out_of_the_basket_is_put_back_by_its_notice(house: ChartHouse) -> None:
    house.place()
    with opened(orders_of(house), house.visit(), house.desk) as shown:
        orders = OrdersDriver(shown)
        written(shown)
        before = orders.basket
        orders.click_basket("remove")
        assert len(orders.basket) == len(before) - 1
        assert orders.basket_notice == "1 order taken out of the basket."

        part(shown, QPushButton, "orders.basket.notice.act").click()
        settle()

        assert orders.basket == before
