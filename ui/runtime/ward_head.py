"""The head of a page about a ward: its title, which ward, and how much there is."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from app.domain.census import Ward
from app.domain.terms import WardId
from ui.runtime.page import Page
from widgets.choices import offer
from widgets.labels import Title, WrapLabel
from widgets.naming import named


class WardHead(QWidget):
    """A line that lets one go to another ward.

    Signals:
        chosen: The id of the ward that somebody went to.
    """

    chosen = Signal(str)

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._title = named(Title(), page.part("title"))
        self._title.setWordWrap(False)
        self.wards = named(QComboBox(), page.part("wards"))
        self.wards.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._counts = named(WrapLabel(), page.part("counts"))
        self._counts.setProperty("role", "caption")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(page.look.theme.px("pad"))
        line.addWidget(self._title)
        line.addWidget(self.wards)
        line.addWidget(self._counts, 1)
        self.wards.activated.connect(self._choose)

    def name(self, title: str, wards: str) -> None:
        """Say what the page is called, and what is chosen here."""
        self._title.setText(title)
        self.wards.setAccessibleName(wards)

    def show_wards(self, wards: Iterable[Ward], current: WardId | None) -> None:
        """Offer the wards; until some are known, what was offered stays."""
        language = self._page.desk.languages.language
        names = [(str(ward.id), ward.name.shown(language)) for ward in wards]
        if names:
            offer(self.wards, names, current or "")

    def say(self, counts: str) -> None:
        """How much there is; "" for nothing known."""
        self._counts.setText(counts)

    def _choose(self, place: int) -> None:
        self.chosen.emit(str(self.wards.itemData(place) or ""))
