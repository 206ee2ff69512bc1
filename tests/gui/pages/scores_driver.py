"""Works the scores of a patient as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from tests.support.page_kit import part, press, settle
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.form import UnitField
from widgets.labels import WrapLabel
from widgets.table import Table


class ScoresDriver:
    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def scores(self) -> Table:
        return part(self.page, Table, "scores.list")

    @property
    def items(self) -> Table:
        return part(self.page, Table, "scores.items")

    @property
    def headline(self) -> str:
        return part(self.page, WrapLabel, "scores.headline").text()

    @property
    def explained(self) -> str:
        return part(self.page, WrapLabel, "scores.explained").text()

    @property
    def changed(self) -> str:
        return part(self.page, WrapLabel, "scores.changed").text()

    @property
    def notice(self) -> str:
        return part(self.page, BannerLine, "scores.notice").text()

    def shows(self, name: str) -> bool:
        return part(self.page, QWidget, f"scores.{name}").isVisible()

    def row(self, table: Table, key: str) -> list[str]:
        """The words of a row, second lines too."""
        cells = next(row.cells for row in table.rows if row.key == key)
        words = (f"{cell.text}|{cell.second}".rstrip("|") for cell in cells)
        return [word.replace("\N{NO-BREAK SPACE}", " ") for word in words]

    def choose(self, score: str) -> ScoresDriver:
        self.scores.go_to(score)
        settle()
        return self

    def go_to(self, item: str) -> ScoresDriver:
        self.items.go_to(item)
        settle()
        return self

    def type_number(self, text: str) -> ScoresDriver:
        field = part(self.page, UnitField, "scores.number")
        field.clear()
        QTest.keyClicks(field, text)
        press(field, Qt.Key.Key_Return)
        return self

    def pick(self, option: str) -> ScoresDriver:
        """As an arrow and Enter in the open list do."""
        box = part(self.page, QComboBox, "scores.choice")
        place = box.findData(option)
        box.setCurrentIndex(place)
        box.activated.emit(place)
        settle()
        return self

    def press(self, key: Qt.Key) -> ScoresDriver:
        press(self.items, key)
        return self

    def open(self, item: str) -> ScoresDriver:
        """Enter on an item."""
        self.go_to(item)
        press(part(self.items, QWidget, "scores.items.rows"), Qt.Key.Key_Return)
        return self

    def can(self, name: str) -> bool:
        return part(self.page, QPushButton, f"scores.{name}").isEnabled()
