"""Drives the main window the way a clinician does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from app.domain.terms import PatientId
from tests.support.page_kit import part, press, settle
from ui.runtime.dialogs import Sheet
from ui.shell.banner import PatientBanner
from ui.shell.detached import DetachedWindow
from ui.shell.menu_button import MenuButton
from ui.shell.status_bar import StatusBar
from ui.shell.window import MainWindow
from widgets.banner_line import BannerLine
from widgets.palette_popup import PalettePopup
from widgets.search_box import SearchBox

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class ShellDriver:
    def __init__(self, window: MainWindow) -> None:
        self.window = window

    def open(self, patient: str, workspace: str = "overview") -> ShellDriver:
        self.window.open_patient(PatientId(patient), workspace)
        settle()
        return self

    @property
    def tabs(self) -> list[str]:
        strip = part(self.window, QWidget, "charts")
        buttons = strip.findChildren(QPushButton)
        return [b.text() for b in buttons if b.text() and b.isVisibleTo(strip)]

    @property
    def place(self) -> str:
        return "" if self.window.charts.current else self.window.charts.places.current

    @property
    def chart_page(self) -> str:
        view = self.window.charts.view
        return view.host.current if view else ""

    @property
    def chart_pages(self) -> list[str]:
        view = self.window.charts.view
        return [w.key for w in view.workspaces] if view else []

    @property
    def banner(self) -> str:
        view = self.window.charts.view
        return " | ".join(view.banner.says()) if view else ""

    @property
    def notice(self) -> str:
        line = part(self.window, BannerLine, "window.notice")
        return line.text() if line.isVisible() else ""

    def act_on_notice(self) -> ShellDriver:
        return self.click("window.notice.act")

    @property
    def status(self) -> tuple[str, ...]:
        return part(self.window, StatusBar, "status").says()

    @property
    def sheet(self) -> Sheet | None:
        found = [s for s in self.window.findChildren(Sheet) if s.isVisible()]
        return found[-1] if found else None

    def answer(self, key: str) -> ShellDriver:
        sheet = self.sheet
        assert sheet is not None
        QTest.mouseClick(part(sheet, QPushButton, f"sheet.{key}"), Qt.MouseButton.LeftButton)
        settle()
        return self

    def can_answer(self, key: str) -> bool:
        sheet = self.sheet
        assert sheet is not None
        return part(sheet, QPushButton, f"sheet.{key}").isEnabled()

    def give_reason(self, reason: str) -> ShellDriver:
        sheet = self.sheet
        assert sheet is not None
        field = part(sheet, QPlainTextEdit, "glass.reason")
        field.setFocus()
        QTest.keyClicks(field, reason) if reason.isascii() else field.insertPlainText(reason)
        settle()
        return self

    def click(self, name: str) -> ShellDriver:
        button = part(self.window, QPushButton, name)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        settle()
        return self

    def menu(self, name: str) -> MenuButton:
        return part(self.window, MenuButton, name)

    def choose(self, menu: str, key: str) -> ShellDriver:
        self.menu(menu).take(key)
        settle()
        return self

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> ShellDriver:
        press(self.window.focusWidget() or self.window, key, modifier)
        return self

    @property
    def pad(self) -> QPlainTextEdit:
        page = self.window.charts.host.page
        assert page is not None
        return page.findChildren(QPlainTextEdit)[0]

    def type_on_page(self, text: str) -> ShellDriver:
        self.pad.setFocus()
        QTest.keyClicks(self.pad, text)
        settle()
        return self

    def unlock(self, passphrase: str) -> ShellDriver:
        field = part(self.window, QLineEdit, "lock.form.passphrase")
        QTest.keyClicks(field, passphrase)
        press(field, Qt.Key.Key_Return)
        return self

    def find(self, query: str) -> list[str]:
        self.window.search()
        palette = part(self.window, PalettePopup, "palette")
        box = part(palette, SearchBox, "palette.search")
        box.setText(query)
        palette.searched.emit(query)
        settle()
        return [entry.key for entry in palette.entries]

    @property
    def detached(self) -> list[DetachedWindow]:
        tops = QApplication.topLevelWidgets()
        return [w for w in tops if isinstance(w, DetachedWindow) and w.isVisible()]

    def banner_of(self, window: QWidget) -> PatientBanner:
        return window.findChildren(PatientBanner)[0]
