"""The grid inside a table: keys, headings, focus."""

from __future__ import annotations

import time

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from widgets.look import Look
from widgets.table_header import HeaderView
from widgets.table_model import TableModel

_TYPING_SECONDS = 1.0
_SORT_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_SORT_ORDERS: dict[int, Qt.SortOrder] = {
    Qt.Key.Key_Up: Qt.SortOrder.AscendingOrder,
    Qt.Key.Key_Down: Qt.SortOrder.DescendingOrder,
}


class GridView(QTableView):
    """A table view that speaks in row places.

    Signals:
        opened: Enter or a double click on a row.
        mark_requested: Space on a row, or a click on its box.
        copy_requested: Ctrl+C.
        filter_requested: Ctrl+F.
        resized: There is another room for the columns.
    """

    opened = Signal(int)
    mark_requested = Signal(int)
    copy_requested = Signal()
    filter_requested = Signal()
    resized = Signal()

    def __init__(self, look: Look, model: TableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows = model
        self._fitted: set[str] = set()
        self._widths: tuple[int, ...] = ()
        self._typed = ""
        self._typed_at = 0.0
        self._nothing = ""
        self.setModel(model)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalHeader(HeaderView(look, model, self))
        self.verticalHeader().setHighlightSections(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.doubleClicked.connect(self._open_index)
        self.selectionModel().currentRowChanged.connect(self._show_block)

    def dress(self) -> None:
        """Take sizes from the theme of the moment."""
        theme = self._look.theme
        header = self.verticalHeader()
        header.setMinimumSectionSize(theme.row)
        header.setDefaultSectionSize(theme.row)
        self.horizontalHeader().setMinimumSectionSize(theme.grid(8))
        self.viewport().update()

    def say_nothing_shown(self, text: str) -> None:
        """What stands in place of the rows when the filter leaves none."""
        self._nothing = text
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def rows_out_of_view(self) -> tuple[int, int]:
        """How many rows lie above and below what is seen (CUI MEDv-177)."""
        count = self._rows.rowCount()
        if not count:
            return (0, 0)
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        if last >= 0 and self.rowViewportPosition(last) + self.rowHeight(last) > (
            self.viewport().height() + self.rowHeight(last) // 2
        ):
            last -= 1
        return (max(first, 0), count - 1 - last if last >= 0 else 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = self.currentIndex().row()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        elif event.matches(QKeySequence.StandardKey.Find):
            self.filter_requested.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.opened.emit(place)
        elif event.key() == Qt.Key.Key_Space:
            self.mark_requested.emit(place)
        elif event.modifiers() == _SORT_KEYS and event.key() in _SORT_ORDERS:
            column = max(0, self.currentIndex().column())
            self.horizontalHeader().setSortIndicator(column, _SORT_ORDERS[event.key()])
        elif event.key() in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self._jump(0 if event.key() == Qt.Key.Key_Home else self._rows.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802 - Qt's name
        """Go to the next row in which a word begins with the typed letters."""
        if not search.strip():
            return
        now = time.monotonic()
        again = now - self._typed_at < _TYPING_SECONDS
        self._typed = (self._typed if again else "") + search.casefold()
        self._typed_at = now
        wanted, rows = self._typed, self._rows.rows
        start = max(0, self.currentIndex().row())
        for step in range(len(rows)):
            place = (start + step) % len(rows)
            text = " ".join((*(cell.text for cell in rows[place].cells), rows[place].finds))
            if any(word.startswith(wanted) for word in text.casefold().split()):
                self._jump(place)
                return

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        index = self.indexAt(at)
        theme = self._look.theme
        edge = self.columnViewportPosition(0) + theme.grid(3) + theme.px("icon")
        if index.isValid() and index.column() == 0 and at.x() < edge and self._rows.spec.marks:
            self.setCurrentIndex(index)
            self.mark_requested.emit(index.row())
            return
        super().mousePressEvent(event)

    def fit_anew(self) -> None:
        """Measure rows again when they are next seen."""
        self._fitted.clear()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._fit_seen()
        super().paintEvent(event)
        if self._nothing:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.viewport().rect(), flags, self._nothing)

    def _fit_seen(self) -> None:
        """Give each row that is seen the height of its wrapped cells; the others wait."""
        widths = tuple(map(self.columnWidth, range(self._rows.columnCount())))
        if widths != self._widths:
            self._widths = widths
            self._fitted.clear()
        place = max(0, self.rowAt(0))
        while (
            place < self._rows.rowCount()
            and self.rowViewportPosition(place) < self.viewport().height()
        ):
            if self._rows.rows[place].key not in self._fitted and self._rows.grows(place):
                self._fitted.add(self._rows.rows[place].key)
                self.setRowHeight(place, self.sizeHintForRow(place))
            place += 1

    def _show_block(self) -> None:
        """Whoever comes to a row comes to its whole block."""
        self.viewport().update()

    def _jump(self, place: int) -> None:
        if 0 <= place < self._rows.rowCount():
            column = max(0, self.currentIndex().column())
            self.setCurrentIndex(self._rows.index(place, column))

    def _open_index(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())
