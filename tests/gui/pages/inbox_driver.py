"""Works the inbox as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QPushButton

from tests.support.page_kit import part, press, settle
from ui.inbox.page import InboxPage
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.segmented import Segmented
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.table_values import Row


class InboxDriver:
    def __init__(self, page: Page) -> None:
        assert isinstance(page, InboxPage)
        self.page = page

    @property
    def state(self) -> str:
        return part(self.page, StateStack, "inbox.state").state

    @property
    def listed_part(self) -> str:
        return part(self.page, Segmented, "inbox.parts").accessibleName()

    @property
    def notice(self) -> str:
        return part(self.page, BannerLine, "inbox.notice").text()

    @property
    def table(self) -> Table:
        return part(self.page, Table, "inbox.table")

    def row(self, key: str) -> Row:
        return next(row for row in self.table.rows if row.key == key)

    def go_to(self, key: str) -> None:
        self.table.go_to(key)
        settle()

    def label(self, name: str) -> str:
        return part(self.page, QLabel, f"inbox.{name}").text()

    def button(self, name: str) -> QPushButton:
        return part(self.page, QPushButton, name)

    def click(self, name: str) -> None:
        self.button(name).click()
        settle()

    def press(self, key: Qt.Key) -> None:
        press(self.page, key)

    @property
    def letter_is_open(self) -> bool:
        return self.button("inbox.letter.send").isVisible()

    def address(self, person: str) -> None:
        box = part(self.page, QComboBox, "inbox.letter.to")
        place = box.findData(person)
        assert place > 0, person
        box.setCurrentIndex(place)
        box.activated.emit(place)
        settle()

    @property
    def _area(self) -> QPlainTextEdit:
        return part(self.page, QPlainTextEdit, "inbox.letter.text.text")

    def type_text(self, text: str) -> None:
        self._area.setFocus()
        self._area.insertPlainText(text)
        settle()

    def typed(self) -> str:
        return self._area.toPlainText()

    def caret_to(self, place: int) -> None:
        cursor = self._area.textCursor()
        cursor.setPosition(place)
        self._area.setTextCursor(cursor)

    def addressee(self) -> str:
        return str(part(self.page, QComboBox, "inbox.letter.to").currentData())

    @property
    def letter_fault(self) -> str:
        return part(self.page, BannerLine, "inbox.letter.fault").text()

    @property
    def missing(self) -> str:
        return part(self.page, BannerLine, "inbox.state.partial").text()

    def press_escape(self) -> None:
        QTest.keyClick(self._area, Qt.Key.Key_Escape)
        settle()

    def press_ctrl_enter(self) -> None:
        QTest.keyClick(self._area, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        settle()
