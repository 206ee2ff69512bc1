"""Works the notes page as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton

from tests.support.page_kit import part, press, settle
from ui.runtime.page import Page
from widgets.chips import Chip
from widgets.table import Table


class NotesDriver:
    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def text(self) -> QPlainTextEdit:
        return part(self.page, QPlainTextEdit, "notes.writer.editor.text")

    def label(self, name: str) -> str:
        return part(self.page, QLabel, f"notes.{name}").text()

    @property
    def status(self) -> str:
        return part(self.page, Chip, "notes.note_status").text()

    def rows(self) -> list[list[str]]:
        table = part(self.page, Table, "notes.table")
        return [[f"{c.text} {c.second}".strip() for c in row.cells] for row in table.rows]

    def begin(self) -> None:
        part(self.page, QPushButton, "notes.new").click()
        settle()

    def write(self, text: str) -> None:
        self.text.setFocus()
        self.text.insertPlainText(text)
        settle()

    def sign(self) -> None:
        press(self.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def escape(self) -> None:
        press(self.text, Qt.Key.Key_Escape)

    def ask_to_discard(self) -> None:
        part(self.page, QPushButton, "notes.writer.discard").click()
        settle()

    def answer(self, key: str) -> None:
        part(self.page, QPushButton, f"sheet.{key}").click()
        settle()
