"""Works the ward page as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel

from tests.support.page_kit import part, press, settle
from ui.runtime.page import Page
from ui.ward.bed_card import BedCard
from ui.ward.cards import CardGrid
from widgets.segmented import Segmented
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.table_view import GridView


class WardDriver:
    def __init__(self, page: Page) -> None:
        self.page = page
        self._name = page.objectName()

    @property
    def state(self) -> str:
        return part(self.page, StateStack, f"{self._name}.state").state

    def label(self, name: str) -> str:
        return part(self.page, QLabel, f"{self._name}.{name}").text()

    @property
    def cards(self) -> tuple[BedCard, ...]:
        return part(self.page, CardGrid, f"{self._name}.cards").shown

    def card(self, key: str) -> BedCard:
        return next(card for card in self.cards if card.key == key)

    def chips(self, key: str) -> list[str]:
        return list(self.card(key).claims)

    @property
    def table(self) -> Table:
        return part(self.page, Table, f"{self._name}.table")

    def row(self, key: str) -> list[str]:
        row = next(row for row in self.table.rows if row.key == key)
        return [f"{cell.text} {cell.second}".strip() for cell in row.cells]

    def focus_card(self, key: str) -> None:
        self.card(key).setFocus()
        settle()

    def press_on_card(self, key: Qt.Key) -> None:
        grid = part(self.page, CardGrid, f"{self._name}.cards")
        press(self.card(grid.current), key)

    def press_in_table(self, key: Qt.Key) -> None:
        press(part(self.page, GridView, f"{self._name}.table.rows"), key)

    def press_on_page(self, key: Qt.Key) -> None:
        press(self.page, key)

    def lay_out(self, layout: str) -> None:
        part(self.page, Segmented, f"{self._name}.layout").choose(layout)
        settle()

    def tick(self, name: str) -> None:
        part(self.page, QCheckBox, f"{self._name}.{name}").click()
        settle()

    def choose(self, name: str, key: str) -> None:
        box = part(self.page, QComboBox, f"{self._name}.{name}")
        place = box.findData(key)
        assert place >= 0, key
        box.setCurrentIndex(place)
        box.activated.emit(place)
        settle()
