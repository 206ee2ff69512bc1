"""Writes an order as a person does."""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QListWidget, QPushButton

from tests.support.page_kit import part, press, settle
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.table import Table


class OrdersDriver:
    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def found(self) -> QListWidget:
        return part(self.page, QListWidget, "orders.writer.item.found")

    @property
    def preview(self) -> str:
        return part(self.page, QLabel, "orders.writer.preview").text()

    def rows(self) -> list[str]:
        table = part(self.page, Table, "orders.current")
        return [" ".join(cell.text for cell in row.cells) for row in table.rows]

    def begin(self) -> None:
        part(self.page, QPushButton, "orders.new").click()
        settle()

    @property
    def writing(self) -> bool:
        """An order is in the form; it stays there until the basket has kept it."""
        return part(self.page, QLineEdit, "orders.writer.line.text").isVisible()

    def type_line(self, text: str) -> None:
        """Write an order in one line, as an input method does: the keys of a test are ASCII."""
        line = part(self.page, QLineEdit, "orders.writer.line.text")
        line.setText(text)
        line.textEdited.emit(text)
        settle()

    def look_for(self, letters: str) -> None:
        """Type into the search of the formulary; the list answers after a pause."""
        part(self.page, QLineEdit, "orders.writer.item.search").setText(letters)

    def take_first(self) -> None:
        self.found.setCurrentRow(0)
        self.found.itemActivated.emit(self.found.item(0))
        settle()

    def write(self, dose: str, **choices: str) -> None:
        part(self.page, QLineEdit, "orders.writer.form.dose").setText(dose)
        for field, value in choices.items():
            box = part(self.page, QComboBox, f"orders.writer.form.{field}")
            place = box.findData(value)
            assert place >= 0, value
            box.setCurrentIndex(place)
            box.activated.emit(place)
            settle()

    @property
    def current(self) -> list[str]:
        """Keys of the current orders."""
        return [row.key for row in part(self.page, Table, "orders.current").rows]

    def go_to(self, key: str) -> None:
        part(self.page, Table, "orders.current").go_to(key)
        settle()

    def stop(self, reason: str) -> None:
        """Stop the order one is on."""
        part(self.page, QPushButton, "orders.stop").click()
        settle()
        part(self.page, QLineEdit, "sheet.form.reason").setText(reason)
        part(self.page, QPushButton, "sheet.stop").click()
        settle()

    def put(self) -> None:
        """Put what is written into the basket."""
        dose = part(self.page, QLineEdit, "orders.writer.form.dose")
        press(dose, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    @property
    def basket(self) -> list[str]:
        """The orders of the basket, each with what is missing."""
        table = part(self.page, Table, "orders.basket.rows")
        return [" | ".join(cell.text for cell in row.cells) for row in table.rows]

    @property
    def basket_notice(self) -> str:
        return part(self.page, BannerLine, "orders.basket.notice").text()

    def click_basket(self, key: str) -> None:
        part(self.page, QPushButton, f"orders.basket.{key}").click()
        settle()

    def open_sheet(self) -> None:
        self.click_basket("sign")

    @property
    def on_the_sheet(self) -> list[str]:
        """What the sheet says that will be signed."""
        labels = self.page.findChildren(QLabel, QRegularExpression(r"^sheet\.order\..*"))
        return [label.text() for label in labels]

    def give(self, passphrase: str) -> None:
        """Answer the sheet of the signature."""
        field = part(self.page, QLineEdit, "sheet.form.passphrase")
        field.setText(passphrase)
        part(self.page, QPushButton, "sheet.sign").click()
        settle()

    def sign_basket(self, passphrase: str) -> None:
        self.open_sheet()
        self.give(passphrase)

    def sign(self, passphrase: str) -> None:
        """Put what is written into the basket, and sign the basket."""
        self.put()
        self.sign_basket(passphrase)
