"""Works the queue page as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QWidget

from tests.support.page_kit import part, press, settle
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.segmented import Segmented
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.table_values import Row


class QueueDriver:
    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def state(self) -> str:
        return part(self.page, StateStack, "queue.state").state

    @property
    def headline(self) -> str:
        return part(self.page, BannerLine, "queue.headline").text()

    @property
    def contact(self) -> str:
        """What is said of the server, beside the title."""
        return part(self.page, QLabel, "queue.contact").text()

    @property
    def missing(self) -> str:
        return part(self.page, BannerLine, "queue.state.partial").text()

    @property
    def listed_part(self) -> str:
        return part(self.page, Segmented, "queue.parts").accessibleName()

    @property
    def notice(self) -> str:
        return part(self.page, BannerLine, "queue.notice").text()

    @property
    def table(self) -> Table:
        return part(self.page, Table, "queue.table")

    def row(self, key: str) -> Row:
        return next(row for row in self.table.rows if row.key == key)

    def words(self, key: str) -> list[str]:
        return [cell.text for cell in self.row(key).cells]

    def go_to(self, key: str) -> None:
        self.table.go_to(key)
        settle()

    def details(self) -> list[str]:
        panel = part(self.page, QWidget, "queue.details")
        return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]

    def server_said(self) -> str:
        field = part(self.page, QPlainTextEdit, "queue.server_said")
        return field.toPlainText() if field.isVisible() else ""

    def click(self, name: str) -> None:
        part(self.page, QPushButton, name).click()
        settle()

    def can_click(self, name: str) -> bool:
        return part(self.page, QPushButton, name).isEnabled()

    def asks(self) -> str:
        label = self.page.findChild(QLabel, "sheet.text")
        return label.text() if label is not None else ""

    def list_part(self, key: str) -> None:
        part(self.page, Segmented, "queue.parts").choose(key)
        settle()

    def press(self, key: Qt.Key) -> None:
        press(self.page, key)
