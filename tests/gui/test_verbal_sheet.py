"""A nurse says whose verbal order it is, and that it was read back; nothing is chosen for her."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QPushButton, QWidget

from app.domain.people import Role
from app.domain.terms import Named, PractitionerId
from app.domain.verbal_orders import Colleague, Spoken
from app.services.verbal_pack import situations
from tests.support.page_kit import a_dressed_desk, settle
from ui.orders.verbal_sheet import VerbalSheet
from ui.orders.verbal_state import VerbalChoices, VerbalForm
from widgets.search_box import SearchBox

LI = Colleague(PractitionerId("li"), Named("李明远", "Li Mingyuan"), Role.ATTENDING)
SUN = Colleague(PractitionerId("sun"), Named("孙伟"), Role.CHIEF)
MAY = VerbalChoices((LI, SUN), situations())
LINE = "肾上腺素 1 mg 静脉注射 st"


@dataclass
class Bedside:
    """The sheet over an empty page, and what it answered."""

    sheet: VerbalSheet
    over: QWidget
    heard: list[Spoken] = field(default_factory=list)

    def choose(self, key: str, place: int) -> None:
        combo = self.sheet.findChild(QComboBox, f"sheet.form.{key}")
        assert combo is not None
        combo.setFocus()
        for _ in range(place):
            QTest.keyClick(combo, Qt.Key.Key_Down)

    @property
    def offered(self) -> list[str]:
        combo = self.sheet.findChild(QComboBox, "sheet.form.by")
        assert combo is not None
        return [str(combo.itemData(place)) for place in range(combo.count())]

    def find(self, typed: str) -> None:
        """Type into the search, and let it answer without waiting for the pause."""
        box = self._search()
        box.setText(typed)
        box.searched.emit(typed)

    def enter(self) -> None:
        QTest.keyClick(self._search(), Qt.Key.Key_Return)

    def _search(self) -> SearchBox:
        box = self.sheet.findChild(SearchBox, "sheet.form.find")
        assert box is not None
        return box

    def tick(self) -> None:
        box = self.sheet.findChild(QCheckBox, "sheet.read_back")
        assert box is not None
        QTest.keyClick(box, Qt.Key.Key_Space)

    def button(self, key: str) -> QPushButton:
        found = self.sheet.findChild(QPushButton, f"sheet.{key}")
        assert found is not None
        return found

    def press(self, key: str) -> None:
        QTest.mouseClick(self.button(key), Qt.MouseButton.LeftButton)


Opened = Callable[..., Bedside]


@pytest.fixture
def opened(qapp: QApplication) -> Iterator[Opened]:
    held: list[QWidget] = []
    with a_dressed_desk(qapp, language="zh_CN") as desk:

        def make(may: VerbalChoices = MAY) -> Bedside:
            over = QWidget()
            held.append(over)
            over.resize(900, 600)
            sheet = VerbalSheet(desk, over, (LINE,), may)
            bedside = Bedside(sheet, over)
            sheet.said.connect(bedside.heard.append)
            over.show()
            sheet.open()
            return bedside

        yield make
        for over in held:
            over.close()
            over.deleteLater()
        settle()


def test_physician_situation_and_read_back_make_a_verbal_order(opened: Opened) -> None:
    bedside = opened()

    bedside.choose("by", 2)
    bedside.choose("situation", 1)
    bedside.tick()
    bedside.press("said")

    (spoken,) = bedside.heard
    assert spoken == Spoken(SUN.id, "孙伟", situations()[0].term, read_back=True)


@pytest.mark.parametrize("left_out", ["by", "situation", "read_back"])
def test_without_one_of_the_three_nothing_is_written_down(opened: Opened, left_out: str) -> None:
    bedside = opened()

    for key in ("by", "situation"):
        if key != left_out:
            bedside.choose(key, 1)
    if left_out != "read_back":
        bedside.tick()

    assert not bedside.button("said").isEnabled()
    bedside.press("said")
    assert bedside.heard == []


@pytest.mark.parametrize(("typed", "left"), [("sw", "sun"), ("李", "li"), ("ming", "li")])
def test_a_physician_is_found_by_name_or_pinyin_and_taken_with_enter(
    opened: Opened, typed: str, left: str
) -> None:
    bedside = opened()

    bedside.find(typed)
    assert bedside.sheet.form == VerbalForm()
    assert bedside.offered == ["", left]
    bedside.enter()

    assert bedside.sheet.form.by == left


def test_enter_takes_nobody_while_several_may_be_meant(opened: Opened) -> None:
    bedside = opened()

    bedside.enter()
    bedside.find("xyz")
    bedside.enter()

    assert bedside.sheet.form == VerbalForm()


def test_who_is_chosen_and_not_among_those_found_is_not_chosen_any_more(opened: Opened) -> None:
    bedside = opened()
    for key in ("by", "situation"):
        bedside.choose(key, 1)
    bedside.tick()
    assert bedside.button("said").isEnabled()

    bedside.find("li")
    assert bedside.button("said").isEnabled()
    bedside.find("sw")

    assert not bedside.button("said").isEnabled()


def test_turning_away_writes_nothing_down(opened: Opened) -> None:
    bedside = opened()
    bedside.choose("by", 1)
    bedside.choose("situation", 1)
    bedside.tick()
    assert bedside.button("said").isEnabled()

    bedside.press("back")

    assert bedside.heard == []


def test_nobody_and_nothing_is_chosen_beforehand_and_the_order_is_read_there(
    opened: Opened,
) -> None:
    bedside = opened()

    assert bedside.sheet.form == VerbalForm()
    label = bedside.sheet.findChild(QLabel, "sheet.order.1")
    assert label is not None
    assert label.text() == LINE


def test_where_no_physician_is_known_it_says_so(opened: Opened) -> None:
    assert opened(VerbalChoices((), situations())).sheet.findChild(QLabel, "sheet.nobody")
    assert not opened().sheet.findChild(QLabel, "sheet.nobody")
