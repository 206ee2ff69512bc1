"""Choosing what is ordered: typing, arrows, Enter, pins, one's own, dangerous words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.domain.order_templates import Habits, OrderTemplate
from app.domain.orders import Dosage, OrderClass
from app.services.order_catalogue import Item, OrderCatalogue
from tests.support.page_kit import a_dressed_desk, part, press, settle
from ui.orders.item_field import ItemField
from ui.orders.item_lines import LINE, ItemLine
from ui.runtime.chart_words import ChartWords

CATALOGUE = OrderCatalogue()
CONTROL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Desk:
    """A field that is answered as a presenter would answer it, and what it reported."""

    host: QWidget
    items: ItemField
    habits: Habits = field(default_factory=Habits)
    asked: list[str] = field(default_factory=list)
    picked: list[Item] = field(default_factory=list)
    pinned: list[Item] = field(default_factory=list)

    @property
    def search(self) -> QLineEdit:
        return part(self.host, QLineEdit, "new.item.search")

    @property
    def found(self) -> QListWidget:
        return part(self.host, QListWidget, "new.item.found")

    def words(self, name: str) -> str:
        label = part(self.host, QLabel, f"new.item.{name}")
        return label.text() if label.isVisible() else ""

    def lines(self) -> list[ItemLine]:
        return [self.found.item(n).data(LINE) for n in range(self.found.count())]

    def ask(self, query: str) -> None:
        self.asked.append(query)
        self.items.show_found(CATALOGUE.search(query, habits=self.habits))

    def pick(self, item: Item) -> None:
        self.picked.append(item)

    def pin(self, item: Item) -> None:
        self.pinned.append(item)

    def type(self, bot: QtBot, letters: str) -> None:
        QTest.keyClicks(self.search, letters)
        bot.waitUntil(lambda: self.asked[-1:] == [self.search.text()], timeout=2000)
        settle()


@pytest.fixture(params=["en", "zh_CN"])
def at(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Desk]:
    with a_dressed_desk(qapp, request.param) as desk:
        host = QWidget()
        items = ItemField(desk.look, "new.item", ChartWords(desk))
        items.name("What", "Name or pinyin")
        first = QLineEdit()
        column = QVBoxLayout(host)
        column.addWidget(first)
        column.addWidget(items)
        column.addStretch(1)
        host.resize(560, 500)
        host.show()
        host.activateWindow()
        first.setFocus()
        settle()
        found = Desk(host, items)
        items.searched.connect(found.ask)
        items.picked.connect(found.pick)
        items.pin_requested.connect(found.pin)
        yield found
        host.close()
        host.deleteLater()
        settle()


def test_a_line_shows_both_names_the_strengths_the_class_and_the_look_alikes(
    at: Desk, qtbot: QtBot
) -> None:
    at.type(qtbot, "dopam")

    (line,) = at.lines()
    assert {line.name, line.other} == {"多巴胺", "DOPamine"}
    assert "20mg" in line.detail
    assert line.badge in {"medicine", "药品"}
    assert "Dobutamine" in line.caution or "多巴酚丁胺" in line.caution
    assert at.found.item(0).text() == line.text


def test_arrows_go_into_the_list_and_back_and_enter_takes_the_line(at: Desk, qtbot: QtBot) -> None:
    at.type(qtbot, "ct head")
    press(at.search, Qt.Key.Key_Down)
    assert at.found.hasFocus()
    press(at.found, Qt.Key.Key_Down)
    press(at.found, Qt.Key.Key_Up)
    press(at.found, Qt.Key.Key_Up)
    assert at.search.hasFocus()
    assert at.picked == []

    press(at.search, Qt.Key.Key_Down)
    press(at.found, Qt.Key.Key_Down)
    press(at.found, Qt.Key.Key_Return)

    assert [item.order_class for item in at.picked] == [OrderClass.IMAGING]
    assert at.picked[0].term.display == "CT head with contrast"


def test_enter_takes_the_only_hit_and_not_the_first_of_several(at: Desk, qtbot: QtBot) -> None:
    at.type(qtbot, "paracet")
    press(at.search, Qt.Key.Key_Return)
    assert [item.term.display for item in at.picked] == ["Paracetamol"]

    at.search.clear()
    at.type(qtbot, "ceft")
    press(at.search, Qt.Key.Key_Return)
    assert len(at.picked) == 1
    assert at.found.hasFocus()


def test_ctrl_d_pins_the_line_one_is_on_and_nothing_while_on_none(at: Desk, qtbot: QtBot) -> None:
    at.type(qtbot, "ceft")
    press(at.search, Qt.Key.Key_D, CONTROL)
    assert at.pinned == []

    press(at.search, Qt.Key.Key_Down)
    press(at.found, Qt.Key.Key_D, CONTROL)

    assert at.pinned == [CATALOGUE.search("ceft").items[0]]
    assert at.picked == []


def test_a_click_on_the_star_pins_and_one_beside_it_takes_the_item(at: Desk, qtbot: QtBot) -> None:
    at.type(qtbot, "paracet")
    box = at.found.visualItemRect(at.found.item(0))
    port, left = at.found.viewport(), Qt.MouseButton.LeftButton

    QTest.mouseClick(port, left, pos=QPoint(box.left() + 12, box.center().y()))
    assert (len(at.pinned), len(at.picked)) == (1, 0)

    QTest.mouseClick(port, left, pos=box.center())
    assert (len(at.pinned), len(at.picked)) == (1, 1)


def test_an_empty_line_offers_one_s_own_when_it_gets_the_focus(at: Desk) -> None:
    dose = Dosage(unit="g")
    fever, care = (
        OrderTemplate(one.order_class, one.term, one.bare.kind, dose)
        for one in (CATALOGUE.search("paracet").items[0], CATALOGUE.search("一级护理").items[0])
    )
    at.habits = Habits((care,), (fever,))

    at.search.setFocus()
    settle()

    assert at.asked == [""]
    assert [line.favourite for line in at.lines()] == [True, False]
    assert at.words("said")


def test_a_line_with_words_asks_for_nothing_when_it_gets_the_focus(at: Desk) -> None:
    at.items.show_text("阿莫西林")

    at.search.setFocus()
    settle()

    assert at.asked == []
    assert not at.found.isVisible()


def test_typing_in_the_list_goes_on_in_the_search_line(at: Desk, qtbot: QtBot) -> None:
    at.type(qtbot, "ceft")
    press(at.search, Qt.Key.Key_Down)

    QTest.keyClicks(at.found, "a")

    qtbot.waitUntil(lambda: at.asked[-1:] == ["cefta"], timeout=2000)
    assert at.search.hasFocus()
    assert [line.other for line in at.lines()] or at.lines()


def test_a_dangerous_abbreviation_warns_and_a_name_does_not(at: Desk, qtbot: QtBot) -> None:
    at.type(qtbot, "mtx")
    assert "MTX" in at.words("warned")
    assert not at.found.isVisible()

    at.search.clear()
    at.type(qtbot, "methotr")
    assert at.words("warned") == ""
    assert at.found.isVisible()


def test_escape_closes_the_list_and_leaves_what_was_typed(at: Desk, qtbot: QtBot) -> None:
    at.type(qtbot, "ceft")
    press(at.search, Qt.Key.Key_Down)

    press(at.found, Qt.Key.Key_Escape)

    assert not at.found.isVisible()
    assert at.search.text() == "ceft"
    assert at.search.hasFocus()


def test_a_name_is_wrapped_and_never_cut(at: Desk, qtbot: QtBot) -> None:
    at.type(qtbot, "open red")
    wide = at.found.sizeHintForRow(0)

    at.host.resize(240, 500)
    settle()

    assert at.found.sizeHintForRow(0) > wide
    assert at.found.visualItemRect(at.found.item(0)).width() <= at.found.viewport().width()
