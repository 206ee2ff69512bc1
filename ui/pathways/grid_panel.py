"""The grid of a pathway with everything about the entry under the caret, and the legend."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.pathways.grid_words import GridWords
from ui.pathways.state import PathwayState
from ui.runtime.fact_sheet import FactSheet
from ui.runtime.page import Page
from widgets.chips import Chip
from widgets.flow_row import FlowRow
from widgets.labels import Caption
from widgets.naming import named
from widgets.stage_grid import StageGrid
from widgets.stage_plan import StagePlan


class GridPanel(QWidget):
    """Draws the grid of a `PathwayState`."""

    def __init__(self, page: Page, words: GridWords) -> None:
        super().__init__()
        self._page = page
        self._words = words
        self._drawn: object = None
        self._spoken = ""
        self._plan = StagePlan()
        theme = page.look.theme
        self.grid = StageGrid(page.look, page.part("grid"))
        self._facts = FactSheet(page.look, page.part("facts"), ())
        self._facts.setFixedWidth(theme.grid(54))
        self._chips = [named(Chip(page.look), page.part(f"legend.{n}")) for n in range(6)]
        self._hint = named(Caption(), page.part("legend.hint"))
        self._hint.setProperty("role", "hint")
        self._legend = named(Caption(), page.part("legend"))
        self.setFocusProxy(self.grid)
        self._lay_out()

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """No: the grid takes the height there is; the lines of the legend must not ask more."""
        return False

    def show_grid(self, state: PathwayState) -> None:
        """Draw it; what was drawn already is left alone while only the caret moves."""
        language = self._page.desk.languages.language
        # By identity: a reading is as large as its pathway and is not compared cell by cell.
        if self._drawn is not state.seen or self._spoken != language:
            self._drawn, self._spoken = state.seen, language
            self._plan = self._words.plan(state)
        self.grid.show_plan(self._plan, state.entry)
        book = state.seen.book if state.seen is not None else None
        facts = self._words.facts(state.spot, book) if book is not None else ()
        self._facts.show_facts(facts)

    def respell(self) -> None:
        """Take the words in another language."""
        text = self._page.text
        self.grid.setAccessibleName(text("pathways_page.grid"))
        self._facts.setAccessibleName(text("pathways_page.facts"))
        self._legend.setText(text("pathways_page.legend"))
        for chip, (word, tone, icon) in zip(self._chips, self._words.legend(), strict=True):
            chip.show_claim(word, tone, icon)
        self._hint.setText(text("pathways_page.legend.hint"))

    def _lay_out(self) -> None:
        theme = self._page.look.theme
        gap = theme.px("gap")
        legend = FlowRow(theme.grid(2))
        for part in (self._legend, *self._chips, self._hint):
            legend.add(part)
        above = QHBoxLayout()
        above.setSpacing(gap)
        above.addWidget(self.grid, 1)
        above.addWidget(self._facts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap)
        column.addLayout(above, 1)
        column.addWidget(legend)
