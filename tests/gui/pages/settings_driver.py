"""Works the settings as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton

from tests.support.page_kit import part, settle
from ui.runtime.page import Page
from widgets.banner_line import BannerLine


class SettingsDriver:
    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def notice(self) -> str:
        return part(self.page, BannerLine, "settings.notice").text()

    @property
    def report(self) -> str:
        label = part(self.page, QLabel, "settings.report.title")
        return label.text() if label.isVisible() else ""

    def write(self, name: str, text: str) -> None:
        field = part(self.page, QLineEdit, f"settings.{name}")
        field.clear()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        settle()

    def pick(self, name: str, value: str) -> None:
        box = part(self.page, QComboBox, f"settings.{name}")
        box.setCurrentIndex(box.findData(value))
        box.activated.emit(box.currentIndex())
        settle()

    def press(self, name: str) -> None:
        button = part(self.page, QPushButton, f"settings.{name}")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        settle()
