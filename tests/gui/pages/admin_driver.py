"""Works the administration as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton

from tests.support.page_kit import part, press, settle
from ui.admin.page import AdminPage
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.segmented import Segmented
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.table_values import Cell


class AdminDriver:
    def __init__(self, page: Page) -> None:
        assert isinstance(page, AdminPage)
        self.page = page

    @property
    def state(self) -> str:
        return part(self.page, StateStack, "admin.state").state

    @property
    def verdict(self) -> str:
        return part(self.page, BannerLine, "admin.verdict").text()

    def label(self, name: str) -> str:
        return part(self.page, QLabel, f"admin.{name}").text()

    def open_section(self, key: str) -> None:
        part(self.page, Segmented, "admin.sections").choose(key)
        settle()

    def table(self, name: str) -> Table:
        return part(self.page, Table, f"admin.{name}")

    def words(self, table: str, key: str) -> list[str]:
        row = next(row for row in self.table(table).rows if row.key == key)
        return [cell.text for cell in row.cells]

    def cell(self, table: str, key: str, column: int) -> Cell:
        return next(row for row in self.table(table).rows if row.key == key).cells[column]

    def go_to(self, table: str, key: str) -> None:
        self.table(table).go_to(key)
        settle()

    def button(self, name: str) -> QPushButton:
        return part(self.page, QPushButton, name)

    def click(self, name: str) -> None:
        self.button(name).click()
        settle()

    def asks(self) -> str:
        label = self.page.findChild(QLabel, "sheet.text")
        return label.text() if label is not None else ""

    def filter(self, action: str) -> None:
        box = part(self.page, QComboBox, "admin.action")
        place = box.findData(action)
        assert place >= 0, action
        box.setCurrentIndex(place)
        box.activated.emit(place)
        settle()

    def press(self, key: Qt.Key) -> None:
        press(self.page, key)
