"""Chooses what is ordered, by typing its beginning."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.services.order_catalogue import Found, Item
from ui.runtime.chart_words import ChartWords
from widgets.labels import WrapLabel
from widgets.look import Look
from widgets.naming import named
from widgets.search_box import SearchBox

_LINES = 6
_FORM = re.compile(r"[A-Za-z]+( [a-z]+)?")


class ItemField(QWidget):
    """A search line, what was found, and how much of it is shown.

    Down goes into the list, Enter takes the line, Escape closes the list and leaves what was
    typed.

    Signals:
        searched: What was typed, when typing pauses.
        typed: Something was typed.
        picked: The `Item` the user chose.
    """

    searched = Signal(str)
    typed = Signal()
    picked = Signal(object)

    def __init__(self, look: Look, name: str, words: ChartWords) -> None:
        super().__init__()
        self._words = words
        self._look = look
        self._items: tuple[Item, ...] = ()
        self._showing = False
        self.search = SearchBox(look, f"{name}.search")
        self._list = named(QListWidget(), f"{name}.found")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setWordWrap(True)
        self._said = named(QLabel(), f"{name}.said")
        self._said.setProperty("role", "hint")
        self._said.setWordWrap(True)
        self._chosen = named(WrapLabel(), f"{name}.chosen")
        self._chosen.setProperty("role", "hint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.theme.grid(1))
        for part in (self.search, self._list, self._said, self._chosen):
            column.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.search)
        self._list.hide()
        self._said.hide()
        self.search.installEventFilter(self)
        self._list.installEventFilter(self)
        self.search.searched.connect(self._search)
        self.search.textChanged.connect(self._changed)
        self.search.down_pressed.connect(self._go_down)
        self.search.entered.connect(self._take_first)
        self._list.itemActivated.connect(self._take)
        self._list.itemClicked.connect(self._take)

    def text(self) -> str:
        return self.search.text()

    def show_text(self, text: str) -> None:
        """Show what is kept; a field that holds it already keeps its caret."""
        if self.search.text() != text:
            self._showing = True
            self.search.setText(text)
            self._showing = False

    def show_chosen(self, text: str) -> None:
        """Say what was chosen; "" while nothing is."""
        self._chosen.setText(text)
        self._chosen.setVisible(bool(text))

    def show_found(self, found: Found | None) -> None:
        """Offer what was found, and say how much of it is shown (CUI MSP-0410, 0440)."""
        items = found.items if found is not None else ()
        if items != self._items:
            self._items = items
            self._list.clear()
            for item in items:
                self._list.addItem(QListWidgetItem(self._line(item)))
            self._list.setFixedHeight(self._height())
        self._list.setVisible(bool(items))
        said = self._sentence(found)
        self._said.setText(said)
        self._said.setVisible(bool(said))

    def name(self, label: str, prompt: str) -> None:
        self.search.prompt(prompt)
        self.search.setAccessibleName(label)
        self._list.setAccessibleName(self._words.text("orders.found"))
        for place, item in enumerate(self._items):
            self._list.item(place).setText(self._line(item))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self._list.hide()
            self.search.setFocus()
            return True
        up = event.key() == Qt.Key.Key_Up and watched is self._list
        if up and self._list.currentRow() == 0:
            self.search.setFocus()
            return True
        return False

    def _line(self, item: Item) -> str:
        """The full name in both languages and every strength: initials match too much."""
        term = item.term
        other = term.text if self._words.language == "en" else term.display
        parts = [self._words.term(term), other, self._strengths(item.detail)]
        if item.specialist:
            parts.append(self._words.text("orders.found.specialist"))
        return "  ·  ".join(dict.fromkeys(part for part in parts if part))

    def _strengths(self, detail: str) -> str:
        """The forms of the pack in words; a form it does not name stays as it is written."""
        catalogue = self._words.desk.languages.catalogue

        def worded(found: re.Match[str]) -> str:
            form = found.group(0).casefold().replace(" ", "_")
            known = catalogue.has(f"orders.form.{form}")
            return self._words.text(f"orders.form.{form}") if known else found.group(0)

        return "; ".join(
            f"{_FORM.sub(worded, forms)} {strengths}" if colon else forms
            for forms, colon, strengths in (one.partition(":") for one in detail.split("; "))
        )

    def _sentence(self, found: Found | None) -> str:
        if found is None:
            return ""
        if found.too_short:
            return self._words.text("orders.found.too_short")
        if not found.items:
            return self._words.text("orders.found.nothing")
        shown = f"{len(found.items):,}"
        return self._words.text("orders.found.counts", shown=shown, total=f"{found.total:,}")

    def _height(self) -> int:
        lines = min(len(self._items), _LINES)
        heights = (self._list.sizeHintForRow(place) for place in range(lines))
        return sum(heights) + 2 * self._list.frameWidth() + self._look.theme.grid(1)

    def _search(self, query: str) -> None:
        if not self._showing:
            self.searched.emit(query)

    def _changed(self) -> None:
        if not self._showing:
            self.typed.emit()

    def _go_down(self) -> None:
        if self._list.isVisible() and self._list.count():
            self._list.setCurrentRow(0)
            self._list.setFocus()

    def _take_first(self, query: str) -> None:
        """Enter takes a single hit; with more of them a look at the list comes first."""
        del query
        if len(self._items) == 1 and self._list.isVisible():
            self.picked.emit(self._items[0])
        else:
            self._go_down()

    def _take(self, row: QListWidgetItem) -> None:
        self.picked.emit(self._items[self._list.row(row)])
        self.search.setFocus()
