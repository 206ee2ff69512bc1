"""Writes a verbal order down as a nurse does, and answers for it as a physician does."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QWidget

from tests.gui.pages.orders_driver import OrdersDriver
from tests.support.page_kit import part, settle
from ui.runtime.page import Page

W = TypeVar("W", bound=QWidget)


class VerbalDriver:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.orders = OrdersDriver(page)

    def _shown(self, kind: type[W], name: str) -> W:
        """A part of the sheet that is open; one that was closed goes when Qt comes round to it."""
        (found,) = (one for one in self.page.findChildren(kind, name) if one.isVisible())
        return found

    def put(self, line: str) -> None:
        """Write one line and put it into the basket."""
        self.orders.begin()
        field = part(self.page, QLineEdit, "orders.writer.line.text")
        field.setText(line)
        field.textEdited.emit(line)  # as an input method does; the keys of a test are ASCII
        settle()
        self.orders.put()

    def choose(self, key: str, code: str) -> None:
        """Choose the physician, or the situation."""
        box = self._shown(QComboBox, f"sheet.form.{key}")
        place = box.findData(code)
        assert place > 0, code
        box.setCurrentIndex(place)

    def tick(self) -> None:
        self._shown(QCheckBox, "sheet.read_back").click()

    @property
    def may_go_on(self) -> bool:
        return self._shown(QPushButton, "sheet.said").isEnabled()

    def turn_away(self) -> None:
        """Not now: nothing was said, or nothing is signed."""
        self._shown(QPushButton, "sheet.back").click()
        settle()

    def give(self, passphrase: str) -> None:
        """Sign."""
        self._shown(QLineEdit, "sheet.form.passphrase").setText(passphrase)
        self._shown(QPushButton, "sheet.sign").click()
        settle()

    def go_on(self) -> None:
        self._shown(QPushButton, "sheet.said").click()
        settle()

    def say(self, by: str, situation: str) -> None:
        """Open the sheet and answer it whole."""
        self.orders.open_sheet()
        self.choose("by", by)
        self.choose("situation", situation)
        self.tick()
        self.go_on()

    @property
    def said(self) -> str:
        """What the sheet of the signature says about who ordered it."""
        return self._shown(QLabel, "sheet.spoken").text()

    def confirm(self, passphrase: str) -> None:
        """Answer for it as its physician."""
        part(self.page, QPushButton, "orders.verbal.look").click()
        settle()
        part(self.page, QLineEdit, "sheet.form.passphrase").setText(passphrase)
        part(self.page, QPushButton, "sheet.confirm").click()
        settle()
