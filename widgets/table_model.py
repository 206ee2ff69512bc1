"""Rows of values for Qt's views; sorts and filters whole tuples at once."""

from __future__ import annotations

import re
from dataclasses import replace

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from resources.styles.tokens import Tone
from widgets.table_blocks import filtered, in_order
from widgets.table_values import Align, Cell, Column, Row, TableSpec

Index = QModelIndex | QPersistentModelIndex
CELL_ROLE = Qt.ItemDataRole.UserRole + 1
ROW_ROLE = Qt.ItemDataRole.UserRole + 2

_NOWHERE = QModelIndex()


class TableModel(QAbstractTableModel):
    """The rows that are shown, in the order they are shown."""

    def __init__(self, spec: TableSpec) -> None:
        super().__init__()
        self._spec = spec
        self._all: tuple[Row, ...] = ()
        self._shown: tuple[Row, ...] = ()
        self._marked: frozenset[str] = frozenset()
        self._query = ""
        self._sort: tuple[int, bool] | None = None
        self._leads: tuple[str, ...] = ()

    @property
    def spec(self) -> TableSpec:
        return self._spec

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown, sorted and filtered."""
        return self._shown

    @property
    def total(self) -> int:
        return len(self._all)

    @property
    def query(self) -> str:
        return self._query

    @property
    def marked(self) -> tuple[str, ...]:
        """The keys of the marked rows, in the order of the rows."""
        return tuple(row.key for row in self._all if row.key in self._marked)

    @property
    def sorted_by(self) -> tuple[int, bool] | None:
        """The column and whether it descends; None is the order the rows came in."""
        return self._sort

    def respell(self, spec: TableSpec) -> None:
        """Take headings in another language; the columns stay the same."""
        self._spec = spec
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(spec.columns) - 1)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        self._all = rows
        self._marked &= {row.key for row in rows}
        self._arrange()

    def filter_by(self, query: str) -> None:
        self._query = query.strip()
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        descends = order == Qt.SortOrder.DescendingOrder
        self._sort = (column, descends) if column >= 0 else None
        self._arrange()

    def toggle_mark(self, place: int) -> None:
        key = self._shown[place].key
        self._marked = self._marked ^ {key}
        last = self.columnCount() - 1
        self.dataChanged.emit(self.index(place, 0), self.index(place, last))

    def unmark_all(self) -> None:
        self.mark(frozenset())

    def mark(self, keys: frozenset[str]) -> None:
        """Mark the rows of these keys and no others."""
        self._marked = keys & {row.key for row in self._all}
        if self._shown:
            corner = self.index(len(self._shown) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), corner)

    def is_marked(self, place: int) -> bool:
        return self._shown[place].key in self._marked

    def grows(self, place: int) -> bool:
        """Whether the row may be taller than one line."""
        wraps = any(column.wraps for column in self._spec.columns)
        return wraps or any(cell.second for cell in self._shown[place].cells)

    def continues(self, place: int) -> bool:
        """Whether the row below belongs to the same block."""
        here, below = self._shown[place], self._shown[place + 1 : place + 2]
        return bool(here.block) and any(row.block == here.block for row in below)

    def place_of(self, key: str) -> int | None:
        """The place of the row `key`, if it is shown."""
        return next((i for i, row in enumerate(self._shown) if row.key == key), None)

    def lead(self, column: int) -> str:
        """The longest whole part in a column of decimals: points stand under each other by it."""
        return self._leads[column] if column < len(self._leads) else ""

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._spec.columns)

    def cell(self, index: Index) -> Cell:
        row = self._shown[index.row()]
        cell = row.cells[index.column()] if index.column() < len(row.cells) else Cell()
        if row.faded and cell.tone is Tone.PLAIN:
            return replace(cell, tone=Tone.UNKNOWN)
        return cell

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == ROW_ROLE:
            return self._shown[index.row()]
        cell = self.cell(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.text
            case Qt.ItemDataRole.ToolTipRole:
                return cell.hover or None
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self._column(index).title} {cell.text} {cell.second}".strip()
            case _:
                return cell if role == CELL_ROLE else None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self._spec.columns[section].title
        return self._shown[section].heading

    def _column(self, index: Index) -> Column:
        return self._spec.columns[index.column()]

    def _arrange(self) -> None:
        rows = self._all
        if self._query:
            rows = filtered(rows, self._query)
        if self._sort is not None:
            column, descends = self._sort
            rows = in_order(rows, column, descends=descends)
        self.beginResetModel()
        self._shown = rows
        self._leads = tuple(
            max((lead_of(_text(row, place)) for row in rows), key=len, default="")
            if column.align is Align.DECIMAL
            else ""
            for place, column in enumerate(self._spec.columns)
        )
        self.endResetModel()


def lead_of(text: str) -> str:
    """What stands before the decimal point of a number: `<1,234` of `<1,234.5 ↑`; "" of words."""
    number = re.match(r"[<>≤≥~]?-?[\d,]+", text)
    return number.group() if number else ""


def _text(row: Row, column: int) -> str:
    return row.cells[column].text if column < len(row.cells) else ""
