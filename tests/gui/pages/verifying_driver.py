"""Works the page of the orders to verify as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QLabel, QLineEdit, QPushButton

from tests.support.page_kit import W, part, press, settle
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.table_values import Row


class VerifyingDriver:
    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def state(self) -> str:
        return part(self.page, StateStack, "verifying.state").state

    @property
    def table(self) -> Table:
        return part(self.page, Table, "verifying.list")

    @property
    def counts(self) -> str:
        return part(self.page, QLabel, "verifying.counts").text()

    @property
    def notice(self) -> str:
        return part(self.page, BannerLine, "verifying.notice").text()

    @property
    def caution(self) -> str:
        return part(self.page, BannerLine, "verifying.caution").text()

    @property
    def verify_word(self) -> str:
        return part(self.page, QPushButton, "verifying.verify").text()

    @property
    def marked(self) -> tuple[str, ...]:
        return tuple(self.row(key).cells[4].text for key in self.table.marked_keys)

    def everything(self) -> list[str]:
        """Every text that can be seen on the page."""
        return [one.text() for one in self.page.findChildren(QLabel) if one.isVisible()]

    def rows(self) -> list[list[str]]:
        return [[cell.text for cell in row.cells] for row in self.table.rows]

    def row(self, key: str) -> Row:
        return next(row for row in self.table.rows if row.key == key)

    def find(self, item: str) -> str:
        """The key of the first order of that name."""
        return next(row.key for row in self.table.rows if row.cells[4].text == item)

    def go_to(self, key: str) -> VerifyingDriver:
        self.table.go_to(key)
        settle()
        return self

    def mark(self, key: str) -> VerifyingDriver:
        """Press Space on the row."""
        self.go_to(key)
        press(part(self.page, QAbstractItemView, "verifying.list.rows"), Qt.Key.Key_Space)
        return self

    def mark_patient(self) -> VerifyingDriver:
        return self._click("verifying.patient")

    def unmark(self) -> VerifyingDriver:
        return self._click("verifying.unmark")

    def verify(self) -> VerifyingDriver:
        """Press Ctrl+Enter on the list."""
        rows = part(self.page, QAbstractItemView, "verifying.list.rows")
        press(rows, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        return self

    def test_skin(self) -> VerifyingDriver:
        return self._click("verifying.test")

    def retry(self) -> VerifyingDriver:
        part(self.page, StateStack, "verifying.state").retry_requested.emit()
        settle()
        return self

    def open_order(self) -> VerifyingDriver:
        return self._click("verifying.open")

    def can(self, name: str) -> bool:
        return part(self.page, QPushButton, f"verifying.{name}").isEnabled()

    def choose_ward(self, place: int) -> VerifyingDriver:
        combo = part(self.page, QComboBox, "verifying.wards")
        combo.setCurrentIndex(place)
        combo.activated.emit(place)
        settle()
        return self

    # -- the sheets

    def sheet_says(self, name: str) -> str:
        return self._seen(QLabel, name).text()

    def type_second(self, name: str, passphrase: str) -> VerifyingDriver:
        QTest.keyClicks(self._seen(QLineEdit, "second.who"), name)
        QTest.keyClicks(self._seen(QLineEdit, "second.passphrase"), passphrase)
        settle()
        return self

    def offers(self, choice: str) -> bool:
        return self._seen(QPushButton, f"sheet.{choice}").isEnabled()

    def choose(self, choice: str) -> VerifyingDriver:
        return self._click(f"sheet.{choice}")

    def _click(self, name: str) -> VerifyingDriver:
        QTest.mouseClick(self._seen(QPushButton, name), Qt.MouseButton.LeftButton)
        settle()
        return self

    def _seen(self, kind: type[W], name: str) -> W:
        """The one on the screen: a sheet that has answered is deleted a little later."""
        (found,) = (one for one in self.page.findChildren(kind, name) if one.isVisible())
        return found
