"""Drives the decision page the way a clinician does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from tests.support.page_kit import part, settle
from widgets.banner_line import BannerLine
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.table_values import Row


class DisputesDriver:
    """What a person sees and can do."""

    def __init__(self, page: QWidget) -> None:
        self.page = page

    @property
    def keys(self) -> list[str]:
        return [row.key for row in part(self.page, Table, "disputes.list").rows]

    @property
    def versions(self) -> dict[str, Row]:
        return {row.key: row for row in part(self.page, Table, "disputes.versions").rows}

    @property
    def about(self) -> str:
        return part(self.page, QLabel, "disputes.said").text()

    @property
    def state(self) -> str:
        return part(self.page, StateStack, "disputes.state").state

    @property
    def notice(self) -> str:
        return part(self.page, BannerLine, "disputes.notice").text()

    def go_to(self, key: str) -> DisputesDriver:
        part(self.page, Table, "disputes.list").go_to(key)
        settle()
        return self

    def can(self, button: str) -> bool:
        return part(self.page, QPushButton, f"disputes.{button}").isEnabled()

    def shows(self, button: str) -> bool:
        return part(self.page, QPushButton, f"disputes.{button}").isVisibleTo(self.page)

    @property
    def bundle(self) -> str:
        return part(self.page, QPlainTextEdit, "export.bundle").toPlainText()

    @property
    def export_text(self) -> str:
        return part(self.page, QLabel, "export.text").text()

    def type_export_reason(self, text: str) -> DisputesDriver:
        part(self.page, QPlainTextEdit, "export.reason").setPlainText(text)
        return self

    def press(self, button: str) -> DisputesDriver:
        QTest.mouseClick(
            part(self.page, QPushButton, f"disputes.{button}"), Qt.MouseButton.LeftButton
        )
        settle()
        return self

    def type_reason(self, text: str) -> DisputesDriver:
        part(self.page, QPlainTextEdit, "decision.reason").setPlainText(text)
        return self

    def type_witness(self, name: str, passphrase: str) -> DisputesDriver:
        QTest.keyClicks(part(self.page, QLineEdit, "decision.who"), name)
        QTest.keyClicks(part(self.page, QLineEdit, "decision.passphrase"), passphrase)
        return self

    def confirm(self) -> DisputesDriver:
        """Send what was signed although something has changed since."""
        button = part(self.page, QPushButton, "sheet.send")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        settle()
        return self

    def can_go(self) -> bool:
        return part(self.page, QPushButton, "sheet.go").isEnabled()

    def go(self) -> DisputesDriver:
        QTest.mouseClick(part(self.page, QPushButton, "sheet.go"), Qt.MouseButton.LeftButton)
        settle()
        return self
