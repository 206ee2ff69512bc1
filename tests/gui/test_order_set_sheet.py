"""What a clinician can do with the sheet of order sets, from the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from app.domain.orders import OrderDraft
from tests.support.desk_kit import Diary, a_visit
from tests.support.page_kit import a_dressed_desk, opened, part, press, settle
from tests.support.sets_kit import LI, PENICILLIN, SetRoom
from tests.support.shots_sets import sheet_workspace
from ui.orders.set_sheet import SetSheet
from widgets.search_box import SearchBox
from widgets.table import Table


def a_sheet(app: QApplication, room: SetRoom) -> Iterator[SetSheet]:
    with a_dressed_desk(app) as desk:
        visit = replace(a_visit(Diary()), patient=LI)
        with opened(sheet_workspace(desk, room), visit, desk) as page:
            assert isinstance(page, SetSheet)
            yield page


@pytest.fixture
def sheet(qapp: QApplication) -> Iterator[SetSheet]:
    yield from a_sheet(qapp, SetRoom())


@pytest.fixture
def allergic(qapp: QApplication) -> Iterator[SetSheet]:
    yield from a_sheet(qapp, SetRoom(allergies=(PENICILLIN,), weight=None))


def find(sheet: SetSheet, typed: str) -> Table:
    search = part(sheet, SearchBox, "order_sets.search")
    QTest.keyClicks(search, typed)
    press(search, Qt.Key.Key_Return)
    return part(sheet, Table, "order_sets.lines")


def hand(otherwise: QWidget) -> QWidget:
    """Where a key goes that is pressed now."""
    return QApplication.focusWidget() or otherwise


def test_a_set_is_found_by_initials_and_put_into_the_basket_by_keyboard(sheet: SetSheet) -> None:
    handed: list[tuple[OrderDraft, ...]] = []
    sheet.chosen.connect(handed.append)
    lines = find(sheet, "sxyz")

    assert {"red-cells", "crossmatch"} <= set(lines.marked_keys)
    press(hand(lines), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    (drafts,) = handed
    assert [one.item.code for one in drafts if one.item].count("leucocyte-depleted-red-cells") == 1
    assert {one.origin for one in drafts} == {"transfusion|1"}


def test_what_the_patient_is_allergic_to_is_not_marked_and_says_why(allergic: SetSheet) -> None:
    lines = find(allergic, "sepsis")
    row = next(one for one in lines.rows if one.key == "meropenem")

    assert "meropenem" not in lines.marked_keys
    assert row.cells[3].text == "does not hold: no penicillin allergy"
    assert "choose one" in part(allergic, QLabel, "order_sets.missing").text()
    assert not part(allergic, QPushButton, "order_sets.add").isEnabled()


def test_a_dose_per_kg_without_a_weight_waits_for_a_number(allergic: SetSheet) -> None:
    lines = find(allergic, "sepsis")
    lines.go_to("ringer")
    lines.setFocus()
    press(hand(lines), Qt.Key.Key_Space)
    assert "ringer" in lines.marked_keys
    assert "per kg" in part(allergic, QLabel, "order_sets.missing").text()

    dose = part(allergic, QLineEdit, "order_sets.dose")
    assert dose.text() == ""
    QTest.keyClicks(dose, "1000")
    settle()
    assert "per kg" not in part(allergic, QLabel, "order_sets.missing").text()


def test_escape_closes_and_nothing_is_handed_over(sheet: SetSheet) -> None:
    chosen, closed = QSignalSpy(sheet.chosen), QSignalSpy(sheet.closed)
    press(hand(find(sheet, "sxyz")), Qt.Key.Key_Escape)

    assert (closed.count(), chosen.count()) == (1, 0)


def test_the_sheet_is_said_again_in_the_other_language(sheet: SetSheet) -> None:
    lines = find(sheet, "sxyz")
    sheet.desk.languages.switch("zh_CN")
    settle()

    assert part(sheet, QPushButton, "order_sets.close").text() == "关闭"
    assert lines.rows[0].cells[1].text == "签署知情同意书"
