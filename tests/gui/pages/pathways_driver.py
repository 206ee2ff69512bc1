"""Works the pages of the clinical pathways as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QWidget

from tests.support.page_kit import W, part, press, settle
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.bar_list import BarList
from widgets.segmented import Segmented
from widgets.stage_grid import StageGrid
from widgets.stage_plan import Entry
from widgets.state_stack import StateStack
from widgets.table import Table


class _Driver:
    """What both pages have."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._name = page.objectName()

    @property
    def state(self) -> str:
        return part(self.page, StateStack, f"{self._name}.state").state

    @property
    def counts(self) -> str:
        return part(self.page, QLabel, f"{self._name}.counts").text()

    @property
    def caution(self) -> str:
        return self.line("caution")

    def line(self, name: str) -> str:
        return part(self.page, BannerLine, f"{self._name}.{name}").text()

    def everything(self) -> str:
        """Every text that can be seen on the page."""
        seen = (one.text() for one in self.page.findChildren(QLabel) if one.isVisible())
        return "\n".join(seen)

    def retry(self) -> None:
        part(self.page, StateStack, f"{self._name}.state").retry_requested.emit()
        settle()

    def rows(self, name: str) -> list[list[str]]:
        table = part(self.page, Table, f"{self._name}.{name}")
        return [[cell.text for cell in row.cells] for row in table.rows]

    def choose_in(self, name: str, key: str) -> None:
        combo = part(self.page, QComboBox, f"{self._name}.{name}")
        place = combo.findData(key)
        combo.setCurrentIndex(place)
        combo.activated.emit(place)
        settle()

    def _seen(self, kind: type[W], name: str) -> W:
        """The one on the screen: a sheet that has answered is deleted a little later."""
        (found,) = (one for one in self.page.findChildren(kind, name) if one.isVisible())
        return found

    def _click(self, name: str) -> None:
        QTest.mouseClick(self._seen(QPushButton, name), Qt.MouseButton.LeftButton)
        settle()


class PathwayDriver(_Driver):
    """The page of one patient."""

    @property
    def grid(self) -> StageGrid:
        return part(self.page, StageGrid, "pathway.grid")

    @property
    def notice(self) -> str:
        return self.line("notice")

    @property
    def ended(self) -> str:
        return self.line("ended")

    def entry(self, key: str) -> Entry:
        found = self.grid.plan.entry(key)
        assert found is not None, key
        return found

    def facts(self) -> list[str]:
        """What is said of the entry under the caret."""
        panel = part(self.page, QWidget, "pathway.facts")
        return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]

    def go_to(self, key: str) -> PathwayDriver:
        self.grid.setFocus()
        self.grid.pointed.emit(key)
        settle()
        assert self.grid.current == key
        return self

    def press(self, *keys: Qt.Key) -> PathwayDriver:
        """Press keys on the grid."""
        self.grid.setFocus()
        for key in keys:
            press(self.grid, key)
        return self

    def shift(self, key: Qt.Key) -> PathwayDriver:
        press(self.grid, key, Qt.KeyboardModifier.ShiftModifier)
        return self

    def click(self, deed: str) -> PathwayDriver:
        self._click(f"pathway.{deed}")
        return self

    def can(self, deed: str) -> bool:
        return part(self.page, QPushButton, f"pathway.{deed}").isEnabled()

    def why_not(self, deed: str) -> str:
        return part(self.page, QPushButton, f"pathway.{deed}").toolTip()

    def offer(self) -> Table:
        return part(self.page, Table, "pathway.offer")

    # -- the sheets

    def sheet_says(self, name: str) -> str:
        return self._seen(QLabel, f"sheet.{name}").text()

    def sheet_is_open(self) -> bool:
        return any(one.isVisible() for one in self.page.findChildren(QWidget, "sheet.frame"))

    def choices(self) -> list[str]:
        """The reasons that are offered."""
        combo = self._seen(QComboBox, "sheet.form.reason")
        return [combo.itemText(n) for n in range(combo.count())]

    def give(self, reason: str = "", text: str = "") -> PathwayDriver:
        """Choose the reason of that code, and type."""
        if reason:
            combo = self._seen(QComboBox, "sheet.form.reason")
            combo.setCurrentIndex(combo.findData(reason))
        if text:
            self.write("text", text)
        settle()
        return self

    def write(self, field: str, text: str) -> PathwayDriver:
        line = self._seen(QLineEdit, f"sheet.form.{field}")
        line.clear()
        QTest.keyClicks(line, text)
        settle()
        return self

    def offers(self, choice: str = "go") -> bool:
        buttons = self.page.findChildren(QPushButton, f"sheet.{choice}")
        return any(one.isVisible() and one.isEnabled() for one in buttons)

    def answer(self, choice: str = "go") -> PathwayDriver:
        self._click(f"sheet.{choice}")
        return self


class WardPathwaysDriver(_Driver):
    """The page of a ward."""

    def show(self, side: str) -> None:
        part(self.page, Segmented, "pathways.sides").choose(side)
        settle()

    def table(self, side: str) -> Table:
        return part(self.page, Table, f"pathways.{side}")

    def bars(self, name: str) -> dict[str, str]:
        return {one.label: one.text for one in part(self.page, BarList, f"pathways.{name}").bars}

    def nothing(self, name: str) -> str:
        return part(self.page, BarList, f"pathways.{name}").read_out

    def open_grid(self) -> None:
        self._click("pathways.open")
