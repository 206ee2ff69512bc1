"""The open charts, over the banner: two at most, each with its own way out."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.runtime.desk import Desk
from widgets.buttons import IconButton, KeyButton
from widgets.naming import named


@dataclass(frozen=True, slots=True)
class OpenChart:
    """One tab: who (name and admission number together, CUI), and whether a draft is on it."""

    key: str
    text: str
    draft: bool = False


class ChartStrip(QWidget):
    """Switches between the charts that are open.

    Signals:
        chosen: The chart the user goes to.
        close_requested: The chart the user wants to close.
    """

    chosen = Signal(str)
    close_requested = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("charts")
        self._desk = desk
        self._charts: tuple[OpenChart, ...] = ()
        self._current = ""
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(desk.look.theme.grid(2), 2, desk.look.theme.grid(2), 0)
        self._row.setSpacing(desk.look.theme.grid(1))
        self._row.addStretch(1)
        self.hide()
        desk.look.changed.connect(self._spell)

    def show_charts(self, charts: tuple[OpenChart, ...], current: str) -> None:
        if (charts, current) != (self._charts, self._current):
            self._charts, self._current = charts, current
            self._spell()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        QPainter(self).fillRect(self.rect(), self._desk.look.theme.colour("ground"))

    def _spell(self) -> None:
        while self._row.count() > 1:
            item = self._row.takeAt(0)
            part = item.widget() if item else None
            if part is not None:
                part.hide()
                part.deleteLater()
        text = self._desk.languages.text
        for place, chart in enumerate(self._charts):
            said = text("shell.tab_draft", chart=chart.text) if chart.draft else chart.text
            tab = named(KeyButton(chart.key, said), f"charts.{chart.key}")
            tab.setProperty("role", "" if chart.key == self._current else "flat")
            tab.setCheckable(True)
            tab.setChecked(chart.key == self._current)
            tab.setAccessibleName(text("shell.tab", chart=said))
            tab.picked.connect(self.chosen)
            away = named(IconButton(self._desk.look, chart.key, "x"), f"charts.{chart.key}.close")
            away.name(text("shell.close_chart", chart=chart.text))
            away.picked.connect(self.close_requested)
            self._row.insertWidget(2 * place, tab)
            self._row.insertWidget(2 * place + 1, away)
        self.setVisible(bool(self._charts))
