"""Works the patient search as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel

from tests.support.page_kit import part, press, settle
from ui.runtime.page import Page
from widgets.search_box import SearchBox
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.table_view import GridView


class FindingDriver:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.field = part(page, SearchBox, "finding.search")
        self.table = part(page, Table, "finding.table")

    @property
    def state(self) -> str:
        return part(self.page, StateStack, "finding.state").state

    def label(self, name: str) -> str:
        return part(self.page, QLabel, f"finding.{name}").text()

    def type_text(self, text: str) -> None:
        self.field.setFocus()
        QTest.keyClicks(self.field, text) if text.isascii() else self.field.insert(text)

    def is_told(self) -> bool:
        """Whether the field reports a query within a pause of typing and a little more."""
        return QSignalSpy(self.field.searched).wait(400)

    def compose(self, text: str, commit: str = "") -> None:
        event = QInputMethodEvent(text, [])
        if commit:
            event.setCommitString(commit)
        QApplication.sendEvent(self.field, event)
        settle()

    def press(self, key: Qt.Key) -> None:
        press(self.field, key)

    def press_in_list(self, key: Qt.Key) -> None:
        press(part(self.page, GridView, "finding.table.rows"), key)

    def row(self, key: str) -> list[str]:
        row = next(row for row in self.table.rows if row.key == key)
        return [cell.text for cell in row.cells]
