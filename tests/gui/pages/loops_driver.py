"""Works the pages of the closed loops as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget

from tests.support.page_kit import part, press, settle
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.bar_list import BarList
from widgets.node_strip import NodeStrip, StripNode
from widgets.segmented import Segmented
from widgets.state_stack import StateStack
from widgets.table import Table


class LoopsDriver:
    def __init__(self, page: Page) -> None:
        self.page = page
        self._name = page.objectName()

    @property
    def state(self) -> str:
        return part(self.page, StateStack, f"{self._name}.state").state

    @property
    def table(self) -> Table:
        table = "loops.patient" if self._name == "patient_loops" else "loops.ward"
        return part(self.page, Table, table)

    @property
    def strip(self) -> NodeStrip:
        return part(self.page, NodeStrip, f"{self._name}.strip")

    @property
    def bars(self) -> BarList:
        return part(self.page, BarList, f"{self._name}.slowest")

    @property
    def rates(self) -> str:
        return part(self.page, QLabel, f"{self._name}.rates").text()

    @property
    def notice(self) -> str:
        return part(self.page, BannerLine, f"{self._name}.notice").text()

    @property
    def why_no_strip(self) -> str:
        label = part(self.page, QLabel, f"{self._name}.strip.none")
        return label.text() if label.isVisible() else ""

    @property
    def heading(self) -> str:
        return part(self.page, QLabel, f"{self._name}.loop").text()

    def rows(self) -> dict[str, list[str]]:
        return {row.key: [cell.text for cell in row.cells] for row in self.table.rows}

    def nodes(self) -> dict[str, StripNode]:
        return {node.key: node for node in self.strip.nodes}

    def facts(self) -> list[str]:
        panel = part(self.page, QWidget, f"{self._name}.node")
        return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]

    def go_to(self, key: str) -> None:
        self.table.go_to(key)
        settle()

    def list_part(self, key: str) -> None:
        part(self.page, Segmented, f"{self._name}.parts").choose(key)
        settle()

    def choose_ward(self, key: str) -> None:
        combo = part(self.page, QComboBox, f"{self._name}.wards")
        place = combo.findData(key)
        combo.setCurrentIndex(place)
        combo.activated.emit(place)
        settle()

    def step_on(self, *keys: Qt.Key) -> None:
        """Walk along the strip by keyboard."""
        self.strip.setFocus()
        for key in keys:
            press(self.strip, key)

    def open_order(self) -> None:
        part(self.page, QPushButton, f"{self._name}.orders").click()
        settle()
