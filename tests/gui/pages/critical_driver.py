"""Works the page of the critical values as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QLabel, QLineEdit, QPlainTextEdit, QPushButton

from tests.support.page_kit import W, part, press, settle
from ui.critical.page import CriticalPage
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.table_values import Row


class CriticalDriver:
    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def state(self) -> str:
        return part(self.page, StateStack, "critical.state").state

    @property
    def table(self) -> Table:
        return part(self.page, Table, "critical.list")

    @property
    def counts(self) -> str:
        return part(self.page, QLabel, "critical.counts").text()

    @property
    def notice(self) -> str:
        return part(self.page, BannerLine, "critical.notice").text()

    @property
    def caution(self) -> str:
        return part(self.page, BannerLine, "critical.caution").text()

    def pass_time(self) -> None:
        """The minute turns, as the shell says it."""
        assert isinstance(self.page, CriticalPage)
        self.page.pass_time()
        settle()

    @property
    def rows(self) -> list[Row]:
        return list(self.table.rows)

    def row(self, key: str) -> Row:
        return next(row for row in self.rows if row.key.startswith(f"Observation/{key}-"))

    def go_to(self, key: str) -> CriticalDriver:
        self.table.go_to(self.row(key).key)
        settle()
        return self

    def key(self, key: Qt.Key) -> CriticalDriver:
        """Press a key on the list."""
        press(part(self.page, QAbstractItemView, "critical.list.rows"), key)
        return self

    def can(self, name: str) -> bool:
        return part(self.page, QPushButton, f"critical.{name}").isEnabled()

    def type_in(self, name: str, text: str) -> CriticalDriver:
        QTest.keyClicks(self._seen(QLineEdit, name), text)
        settle()
        return self

    def say_why(self, text: str) -> CriticalDriver:
        # A Chinese text comes in by the input method, never by keys.
        self._seen(QPlainTextEdit, "ask.reason").setPlainText(text)
        settle()
        return self

    def enter(self, name: str) -> CriticalDriver:
        press(self._seen(QLineEdit, name), Qt.Key.Key_Return)
        return self

    def offers(self, choice: str) -> bool:
        return self._seen(QPushButton, f"sheet.{choice}").isEnabled()

    def choose(self, choice: str) -> CriticalDriver:
        button = self._seen(QPushButton, f"sheet.{choice}")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        settle()
        return self

    def sees(self, name: str) -> bool:
        return any(one.isVisible() for one in self.page.findChildren(QLabel, name))

    def _seen(self, kind: type[W], name: str) -> W:
        """The one on the screen: a sheet that has answered is deleted a little later."""
        (found,) = (one for one in self.page.findChildren(kind, name) if one.isVisible())
        return found
