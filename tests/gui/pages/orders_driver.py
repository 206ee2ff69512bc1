"""Writes an order as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QListWidget, QPushButton

from tests.support.page_kit import part, press, settle
from ui.runtime.page import Page
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

    def sign(self) -> None:
        dose = part(self.page, QLineEdit, "orders.writer.form.dose")
        press(dose, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
