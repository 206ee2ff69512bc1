"""Signs in the way a clinician does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QPushButton

from app.domain.people import Session
from tests.support.page_kit import part, press, settle
from ui.shell.sign_in.page import SignInPage
from widgets.banner_line import BannerLine
from widgets.segmented import Segmented


class SignInDriver:
    def __init__(self, page: SignInPage, sessions: list[Session]) -> None:
        self.page = page
        self.sessions = sessions

    def label(self, name: str) -> str:
        return part(self.page, QLabel, f"sign_in.{name}").text()

    def shows(self, name: str) -> bool:
        return part(self.page, QLineEdit, f"sign_in.{name}").isVisible()

    def field(self, name: str) -> QLineEdit:
        return part(self.page, QLineEdit, f"sign_in.{name}")

    @property
    def fault(self) -> str:
        return part(self.page, BannerLine, "sign_in.fault").text()

    @property
    def demo(self) -> bool:
        return part(self.page, BannerLine, "sign_in.demo").isVisible()

    @property
    def users(self) -> list[str]:
        users = part(self.page, QListWidget, "sign_in.users")
        return [users.item(row).text() for row in range(users.count())]

    def error_of(self, field: str) -> str:
        return self.label(f"{field}.error")

    def choose_user(self, row: int) -> SignInDriver:
        part(self.page, QListWidget, "sign_in.users").setCurrentRow(row)
        settle()
        return self

    def write(self, field: str, text: str) -> SignInDriver:
        edit = self.field(field)
        edit.clear()
        QTest.keyClicks(edit, text)
        return self

    def enter(self, field: str) -> SignInDriver:
        press(self.field(field), Qt.Key.Key_Return)
        return self

    def unlock(self, passphrase: str) -> SignInDriver:
        return self.write("unlock.passphrase", passphrase).enter("unlock.passphrase")

    def at_hospital(self, user: str, password: str) -> SignInDriver:
        self.write("hospital.user", user).write("hospital.password", password)
        return self.enter("hospital.password")

    def choose_passphrase(self, first: str, second: str) -> SignInDriver:
        self.write("enrol.first", first).write("enrol.second", second)
        return self.enter("enrol.second")

    def press(self, name: str) -> SignInDriver:
        button = part(self.page, QPushButton, f"sign_in.{name}")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        settle()
        return self

    def speak(self, language: str) -> SignInDriver:
        part(self.page, Segmented, "sign_in.language").choose(language)
        settle()
        return self
