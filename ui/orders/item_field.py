"""Chooses what is ordered, by typing its beginning; one's own come first."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.domain.orders import OrderClass
from app.services.order_catalogue import Found, Item
from resources.styles.tokens import Tone
from ui.orders.item_lines import LINE, ItemLine, ItemLineDelegate
from ui.runtime.chart_words import ChartWords
from widgets.labels import WrapLabel, paint_tone
from widgets.look import Look
from widgets.naming import named
from widgets.search_box import SearchBox

_LINES = 6
_SETTLE_MS = 30  # the index answers in less: the list follows the letters
_FORM = re.compile(r"[A-Za-z]+( [a-z]+)?")


class ItemField(QWidget):
    """A search line, what was found, and how much of it is shown.

    Down goes into the list, Enter takes the line, Ctrl+D pins it or takes the pin away, Escape
    closes the list and leaves what was typed; typing in the list goes on in the search line. An
    empty line that gets the focus asks for one's own favourites and recents.

    Signals:
        searched: What was typed, when typing pauses; "" asks for one's own.
        typed: Something was typed.
        picked: The `Item` the user chose.
        pin_requested: The `Item` whose star was touched.
    """

    searched = Signal(str)
    typed = Signal()
    picked = Signal(object)
    pin_requested = Signal(object)

    def __init__(self, look: Look, name: str, words: ChartWords) -> None:
        super().__init__()
        self._words = words
        self._look = look
        self._items: tuple[Item, ...] = ()
        self._found: Found | None = None
        self._showing = False
        self.search = SearchBox(look, f"{name}.search", settle_ms=_SETTLE_MS)
        self._list = named(QListWidget(), f"{name}.found")
        self._lines = ItemLineDelegate(look, self._list, self)
        self._list.setItemDelegate(self._lines)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self._list.setMouseTracking(True)
        self._warned = named(WrapLabel(), f"{name}.warned")
        paint_tone(self._warned, Tone.CAUTION)
        self._said = named(QLabel(), f"{name}.said")
        self._said.setProperty("role", "hint")
        self._said.setWordWrap(True)
        self._chosen = named(WrapLabel(), f"{name}.chosen")
        self._chosen.setProperty("role", "hint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.theme.grid(1))
        for part in (self.search, self._warned, self._list, self._said, self._chosen):
            column.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.search)
        for part in (self._list, self._said, self._warned):
            part.hide()
        for watched in (self.search, self._list, self._list.viewport()):
            watched.installEventFilter(self)
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
        self._found = found
        if items != self._items:
            self._fill(items)
        self._list.setVisible(bool(items))
        self._say()

    def name(self, label: str, prompt: str) -> None:
        """Take the words in another language."""
        self.search.prompt(prompt)
        self.search.setAccessibleName(label)
        self._list.setAccessibleName(self._words.text("orders.found"))
        for place, item in enumerate(self._items):
            self._put(self._list.item(place), item)
        self._list.setFixedHeight(self._height())
        self._say()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return not self.search.composing and self._pressed(event, watched is self._list)
        if watched is self._list.viewport() and isinstance(event, QMouseEvent):
            return event.type() == QEvent.Type.MouseButtonRelease and self._touched(event)
        if watched is self.search and event.type() == QEvent.Type.FocusIn and not self.text():
            self.searched.emit("")
        if event.type() == QEvent.Type.FocusOut:
            self._close_own()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names wrap anew in another width."""
        super().resizeEvent(event)
        if self._items and event.size().width() != event.oldSize().width():
            self._list.setFixedHeight(self._height())

    # -- keys and clicks

    def _pressed(self, event: QKeyEvent, in_list: bool) -> bool:  # noqa: FBT001 - which of two parts
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if key == Qt.Key.Key_D and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self._pin(self._pointed())
            return True
        if key == Qt.Key.Key_Escape:
            self._list.hide()
            self.search.setFocus()
            return True
        if not in_list:
            return False
        if key == Qt.Key.Key_Up and self._list.currentRow() == 0:
            self.search.setFocus()
            return True
        if plain and event.text().strip().isprintable() and event.text().strip():
            self.search.setFocus()
            self.search.setText(f"{self.search.text()}{event.text()}")
            return True
        return False

    def _close_own(self) -> None:
        """One's own are offered to whoever stands in the field, and to nobody further on."""
        inside = QApplication.focusWidget() in (self.search, self._list)
        if not inside and self._found is not None and self._found.own:
            self._list.hide()
            self._said.hide()

    def _touched(self, event: QMouseEvent) -> bool:
        """A click on the star pins; elsewhere on the line it takes the item."""
        at = event.position().toPoint()
        row = self._list.itemAt(at)
        if row is None or not self._lines.on_star(self._list.visualItemRect(row), at):
            return False
        self._pin(self._items[self._list.row(row)])
        return True

    def _pointed(self) -> Item | None:
        """The line that the user is on; the only one where there is one."""
        if not self._list.isVisible():
            return None
        place = 0 if len(self._items) == 1 else self._list.currentRow()
        return self._items[place] if 0 <= place < len(self._items) else None

    def _pin(self, item: Item | None) -> None:
        if item is not None:
            self.pin_requested.emit(item)

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

    # -- words

    def _fill(self, items: tuple[Item, ...]) -> None:
        """Other lines; the user stays on the item that they were on, if it is still there."""
        held = self._pointed()
        self._items = items
        self._list.clear()
        for item in items:
            row = QListWidgetItem()
            self._put(row, item)
            self._list.addItem(row)
        keys = [item.bare.key for item in items]
        if held is not None and self._list.hasFocus() and held.bare.key in keys:
            self._list.setCurrentRow(keys.index(held.bare.key))
        self._list.setFixedHeight(self._height())

    def _put(self, row: QListWidgetItem, item: Item) -> None:
        line = self._line(item)
        row.setText(line.text)
        row.setData(LINE, line)

    def _line(self, item: Item) -> ItemLine:
        """The full name in both languages and every strength: initials match too much."""
        words, term = self._words, item.term
        english = item.tall or term.display
        name, other = (term.text, english)
        if words.language == "en" and english:
            name, other = english, term.text
        details = [self._strengths(item.detail)]
        if item.specialist:
            details.append(words.text("orders.found.specialist"))
        caution = ""
        if item.alike:
            names = words.text("item_field.and").join(words.term(one) for one in item.alike)
            caution = words.text("item_field.alike", names=names)
        return ItemLine(
            name,
            other if other != name else "",
            "  ·  ".join(detail for detail in details if detail),
            self._usual(item),
            caution,
            self._badge(item.order_class),
            item.favourite,
        )

    def _badge(self, order_class: OrderClass) -> str:
        return self._words.text(f"item_field.class.{order_class.value}")

    def _usual(self, item: Item) -> str:
        """How this person ordered it before."""
        if item.template is None:
            return ""
        said = self._words.dosage("", item.template.dosage).plain(self._words.dose_label)
        code = "item_field.pinned" if item.favourite else "item_field.recent"
        return self._words.text(code, dosage=said) if said else ""

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

    def _say(self) -> None:
        found = self._found
        said = self._sentence(found)
        self._said.setText(said)
        self._said.setVisible(bool(said))
        warned = ""
        if found is not None and found.error_prone is not None:
            one = found.error_prone
            warned = self._words.text(
                "item_field.error_prone", short=one.short, meanings=self._words.term(one.meanings)
            )
        self._warned.setText(warned)
        self._warned.setVisible(bool(warned))

    def _sentence(self, found: Found | None) -> str:
        if found is None:
            return ""
        if found.own:
            return self._words.text("item_field.own") if found.items else ""
        if found.too_short:
            return self._words.text("orders.found.too_short")
        if not found.items:
            return "" if found.error_prone is not None else self._words.text("orders.found.nothing")
        shown = f"{len(found.items):,}"
        return self._words.text("orders.found.counts", shown=shown, total=f"{found.total:,}")

    def _height(self) -> int:
        lines = min(len(self._items), _LINES)
        heights = (self._list.sizeHintForRow(place) for place in range(lines))
        return sum(heights) + 2 * self._list.frameWidth() + self._look.theme.grid(1)
