"""Works the page of the order sheets as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPlainTextEdit, QPushButton

from app.domain.order_sheets import SheetKind
from app.domain.sheet_layout import Placed
from tests.support.page_kit import part, press, settle
from ui.order_sheets.paper import Paper, PaperArea
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.segmented import Segmented
from widgets.state_stack import StateStack


class SheetsDriver:
    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def state(self) -> str:
        return part(self.page, StateStack, "order_sheets.state").state

    @property
    def paper(self) -> Paper:
        return part(self.page, Paper, "order_sheets.paper")

    @property
    def area(self) -> PaperArea:
        return part(self.page, PaperArea, "order_sheets.area")

    @property
    def notice(self) -> str:
        return part(self.page, BannerLine, "order_sheets.notice").text()

    def said(self, key: str) -> str:
        label = part(self.page, QLabel, f"order_sheets.{key}")
        return label.text() if label.isVisible() else ""

    def button(self, key: str) -> QPushButton:
        return part(self.page, QPushButton, f"order_sheets.{key}")

    def turn_to(self, which: SheetKind) -> None:
        part(self.page, Segmented, "order_sheets.tabs").choose(which.value)
        settle()

    def click(self, line: Placed) -> None:
        middle = self.paper.box_of(line).center().toPoint()
        QTest.mouseClick(self.paper, Qt.MouseButton.LeftButton, pos=middle)
        settle()

    def click_beside(self) -> None:
        QTest.mouseClick(self.paper, Qt.MouseButton.LeftButton, pos=self.paper.rect().topLeft())
        settle()

    def press(self, key: Qt.Key) -> None:
        self.paper.setFocus()
        press(self.paper, key)

    def retry(self) -> None:
        part(self.page, QPushButton, "order_sheets.state.failed.act").click()
        settle()

    def save(self, reason: str, file: str) -> None:
        self.button("save").click()
        settle()
        part(self.page, QPlainTextEdit, "export.reason").setPlainText(reason)
        part(self.page, QPushButton, "sheet.go").click()
        settle()
        dialog = part(self.page.window(), QFileDialog, "export_act")
        dialog.fileSelected.emit(file)
        dialog.close()
        settle()
