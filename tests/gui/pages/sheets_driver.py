"""Works the page of the order sheets as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QPushButton,
)

from app.domain.order_sheets import SheetKind
from app.domain.sheet_layout import Placed
from app.domain.sheet_runs import Mode
from tests.support.page_kit import part, press, settle
from ui.order_sheets.paper import Paper, PaperArea
from ui.order_sheets.waiting import WaitingPanel
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

    @property
    def asks(self) -> str:
        """The question about the last run, or ""."""
        panel = part(self.page, WaitingPanel, "order_sheets.waiting")
        return panel.accessibleName() if panel.isVisible() else ""

    @property
    def page_name(self) -> str:
        return part(self.page, QComboBox, "order_sheets.pages").currentText()

    def go_to(self, number: int) -> None:
        pages = part(self.page, QComboBox, "order_sheets.pages")
        pages.setCurrentIndex(number - 1)
        pages.activated.emit(number - 1)
        settle()

    def choose(self, mode: Mode) -> None:
        part(self.page, Segmented, "order_sheets.modes").choose(mode.value)
        settle()

    def show(self, what: str) -> None:
        part(self.page, Segmented, "order_sheets.shows").choose(what)
        settle()

    def print_out(self) -> None:
        """Press Print; the dialog of the printer is open then, if there is one."""
        self.button("print").click()
        settle()

    def give_reason(self, reason: str) -> None:
        part(self.page, QPlainTextEdit, "order_sheets.why.reason").setPlainText(reason)
        part(self.page, QPushButton, "sheet.go").click()
        settle()

    def accept_printer(self) -> None:
        part(self.page.window(), QPrintDialog, "order_sheets.printer").accept()
        settle()

    def answer(self, *, came_out: bool, but: int = 0) -> None:
        """Say whether the run came out, all of it but one page."""
        if but:
            part(self.page, QCheckBox, f"order_sheets.waiting.page.{but}").click()
        self.button("waiting.yes" if came_out else "waiting.no").click()
        settle()

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
