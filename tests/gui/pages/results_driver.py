"""Works the results of a patient as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from tests.support.page_kit import part, press, settle
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.segmented import Segmented
from widgets.table import Table


class ResultsDriver:
    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def table(self) -> Table:
        return part(self.page, Table, "results.table")

    @property
    def notice(self) -> str:
        return part(self.page, BannerLine, "results.notice").text()

    def list_part(self, key: str) -> None:
        part(self.page, Segmented, "results.segments").choose(key)
        settle()

    def go_to(self, key: str) -> None:
        self.table.go_to(key)
        settle()

    def can_acknowledge(self) -> bool:
        return part(self.page, QPushButton, "results.acknowledge").isEnabled()

    def acknowledge(self) -> None:
        """By its key, with the list in front."""
        press(self.table, Qt.Key.Key_A)
