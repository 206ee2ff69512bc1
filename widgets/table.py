"""A table for the keyboard: sticky headings, filter, marks, copy, CSV."""

from __future__ import annotations

import csv
import io

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QMenu, QVBoxLayout, QWidget

from widgets.buttons import IconButton, KeyButton
from widgets.look import Look
from widgets.naming import named
from widgets.search_box import SearchBox
from widgets.table_delegate import CellDelegate
from widgets.table_model import TableModel
from widgets.table_values import ColumnState, Row, TableSpec, as_grid
from widgets.table_view import GridView


class Table(QWidget):
    """Shows rows of values.

    Keyboard: arrows move, Enter opens, Space marks, Ctrl+C copies with headings, Ctrl+F goes to
    the filter, Ctrl+Shift+arrows sort by the column, letters find.

    Signals:
        opened: The key of the row the user opened.
        selected: The key of the row the user is on, empty for none.
        marked: The keys of the marked rows.
        columns_changed: How the columns stand now, to be remembered.
        csv_requested: The shown rows as CSV text, to be saved by whoever may.
        filter_cleared: The user cleared the filter, the page's own included.
    """

    opened = Signal(str)
    selected = Signal(str)
    marked = Signal(tuple)
    columns_changed = Signal(tuple)
    csv_requested = Signal(str)
    filter_cleared = Signal()

    def __init__(self, look: Look, spec: TableSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(spec.name)
        self._look = look
        self._page_filter = ""
        self._restoring = False
        self._scale = look.theme.scale
        self._model = TableModel(spec)
        self._view = named(GridView(look, self._model), f"{spec.name}.rows")
        self._view.setItemDelegate(CellDelegate(look, self._model, self._view))
        self._search = SearchBox(look, f"{spec.name}.filter")
        self._said = named(QLabel(), f"{spec.name}.showing")
        self._clear = named(KeyButton("clear"), f"{spec.name}.clear")
        self._clear.setProperty("role", "flat")
        self._csv = named(IconButton(look, "csv", "download"), f"{spec.name}.csv")
        self._csv.setVisible(spec.exports)
        self._foot = named(QLabel(), f"{spec.name}.foot")
        self._foot.setProperty("role", "hint")
        self._lay_out()
        self._dress_header()
        self._connect()
        self._redress()
        self.setFocusProxy(self._view)

    # -- what is shown

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows that are shown now."""
        return self._model.rows

    @property
    def current(self) -> str:
        """The key of the row the user is on."""
        place = self._view.currentIndex().row()
        return self._model.rows[place].key if 0 <= place < len(self._model.rows) else ""

    @property
    def marked_keys(self) -> tuple[str, ...]:
        return self._model.marked

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show `rows`; the place, the marks, the sorting and the filter stay."""
        key, top = self.current, self._view.verticalScrollBar().value()
        blocked = self._view.selectionModel().blockSignals(True)
        self._model.show_rows(rows)
        self._view.fit_anew()
        self._go_back_to(key)
        self._view.verticalScrollBar().setValue(top)
        self._view.selectionModel().blockSignals(blocked)
        if self.current != key:
            self._tell_selected()
        self._say()

    def respell(self, spec: TableSpec) -> None:
        """Take the headings in another language."""
        self._model.respell(spec)
        self._redress()

    def describe_filter(self, text: str) -> None:
        """Say which rows the page itself left out; empty for none (CUI MEDv-070)."""
        self._page_filter = text
        self._say()

    def go_to(self, key: str) -> None:
        """Move to the row `key`, if it is shown."""
        place = self._model.place_of(key)
        if place is not None:
            self._view.setCurrentIndex(self._model.index(place, max(0, self._column_now())))

    def show_marked(self, keys: tuple[str, ...]) -> None:
        """Mark exactly these rows, where the page knows which are; says nothing to listeners."""
        self._model.mark(frozenset(keys))
        self._say_foot()

    def unmark_all(self) -> None:
        self._model.unmark_all()
        self._tell_marks()

    def show_search(self, *, shown: bool) -> None:
        """Hide the filter field where a page has its own search."""
        self._search.setVisible(shown)

    # -- columns

    def column_states(self) -> tuple[ColumnState, ...]:
        """How the columns stand, in their order on the screen; widths are at 100 %."""
        header = self._view.horizontalHeader()
        order = sorted(range(header.count()), key=header.visualIndex)
        columns = self._model.spec.columns
        return tuple(
            ColumnState(columns[i].key, self._unscaled(i), not header.isSectionHidden(i))
            for i in order
        )

    def restore_columns(self, states: tuple[ColumnState, ...]) -> None:
        """Set the columns as they were; columns unknown by now are passed over."""
        header = self._view.horizontalHeader()
        columns = self._model.spec.columns
        places = {column.key: i for i, column in enumerate(columns)}
        self._restoring = True
        known = [state for state in states if state.key in places]
        for visual, state in enumerate(known):
            i = places[state.key]
            header.moveSection(header.visualIndex(i), visual)
            header.setSectionHidden(i, not state.shown and not columns[i].fixed)
            if state.width > 0:
                header.resizeSection(i, round(state.width * self._look.theme.scale / 100))
        self._restoring = False
        self._fit_stretching()
        self._view.fit_anew()

    # -- clipboard and files

    def copy(self) -> None:
        """Copy the marked rows, else the selected ones, with headings, tab separated."""
        keys = set(self._model.marked) or {self.current}
        rows = tuple(row for row in self._model.rows if row.key in keys)
        grid = as_grid(self._model.spec, rows)
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in grid))

    def as_csv(self) -> str:
        """The shown rows with headings (RFC 4180); a leading `=` is not left to be a formula."""
        out = io.StringIO()
        writer = csv.writer(out)
        for line in as_grid(self._model.spec, self._model.rows):
            writer.writerow([f"'{text}" if text[:1] in "=+@\t" and text else text for text in line])
        return out.getvalue()

    # -- inside

    def _lay_out(self) -> None:
        grid = self._look.theme.grid
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(grid(2))
        line.addWidget(self._search, 1)
        line.addWidget(self._said)
        line.addWidget(self._clear)
        line.addStretch(1)
        line.addWidget(self._csv)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(grid(1))
        column.addLayout(line)
        column.addWidget(self._view, 1)
        column.addWidget(self._foot)

    def _connect(self) -> None:
        header = self._view.horizontalHeader()
        self._search.searched.connect(self._filter)
        self._search.down_pressed.connect(self._view.setFocus)
        self._clear.clicked.connect(self._clear_filter)
        self._csv.clicked.connect(self._export)
        self._view.opened.connect(self._open)
        self._view.mark_requested.connect(self._mark)
        self._view.copy_requested.connect(self.copy)
        self._view.filter_requested.connect(self._search.setFocus)
        self._view.selectionModel().currentRowChanged.connect(self._tell_selected)
        self._view.resized.connect(self._fit_stretching)
        self._view.verticalScrollBar().valueChanged.connect(self._say_foot)
        self._view.verticalScrollBar().rangeChanged.connect(self._say_foot)
        header.sortIndicatorChanged.connect(self._sort)
        header.sectionResized.connect(self._column_resized)
        header.sectionMoved.connect(self._tell_columns)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_column_menu)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._view.customContextMenuRequested.connect(self._open_row_menu)
        self._look.changed.connect(self._redress)

    def _dress_header(self) -> None:
        header = self._view.horizontalHeader()
        spec = self._model.spec
        for i, column in enumerate(spec.columns):
            header.resizeSection(i, round(column.width * self._look.theme.scale / 100))
            if column.key == spec.sort_by:
                header.setSortIndicator(i, Qt.SortOrder.AscendingOrder)
        self._view.verticalHeader().setVisible(spec.row_headings)

    def _fit_stretching(self) -> None:
        """A column that takes the room that is left takes at least its own: then one scrolls."""
        header, columns = self._view.horizontalHeader(), self._model.spec.columns
        least = {
            i: round(column.width * self._look.theme.scale / 100)
            for i, column in enumerate(columns)
            if column.stretches
        }
        shown = [i for i in range(len(columns)) if not header.isSectionHidden(i)]
        wanted = sum(least.get(i, header.sectionSize(i)) for i in shown)
        fits = wanted <= self._view.viewport().width()
        modes = QHeaderView.ResizeMode
        restoring, self._restoring = self._restoring, True
        for i, width in least.items():
            header.setSectionResizeMode(i, modes.Stretch if fits else modes.Fixed)
            if not fits:
                header.resizeSection(i, width)
        self._restoring = restoring

    def _go_back_to(self, key: str) -> None:
        place = self._model.place_of(key) if key else None
        if place is None:
            place = 0 if self._model.rows else None
        if place is not None:
            self._view.setCurrentIndex(self._model.index(place, max(0, self._column_now())))

    def _column_now(self) -> int:
        return self._view.currentIndex().column()

    def _unscaled(self, column: int) -> int:
        header = self._view.horizontalHeader()
        return round(header.sectionSize(column) * 100 / self._look.theme.scale)

    def _filter(self, query: str) -> None:
        key = self.current
        self._model.filter_by(query)
        self._view.fit_anew()
        self._go_back_to(key)
        self._say()

    def _clear_filter(self) -> None:
        self._search.clear()
        self._filter("")
        if self._page_filter:
            self._page_filter = ""
            self._say()
        self.filter_cleared.emit()
        self._view.setFocus()

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        if column >= 0 and not self._model.spec.columns[column].sorts:
            return
        key = self.current
        self._model.sort(column, order)
        self._view.fit_anew()
        self._go_back_to(key)

    def _open(self, place: int) -> None:
        if 0 <= place < len(self._model.rows):
            self.opened.emit(self._model.rows[place].key)

    def _mark(self, place: int) -> None:
        if self._model.spec.marks and 0 <= place < len(self._model.rows):
            self._model.toggle_mark(place)
            self._tell_marks()

    def _tell_marks(self) -> None:
        self.marked.emit(self._model.marked)
        self._say()

    def _tell_selected(self) -> None:
        self.selected.emit(self.current)
        self._say_foot()

    def _tell_columns(self) -> None:
        if not self._restoring:
            self.columns_changed.emit(self.column_states())

    def _column_resized(self, column: int) -> None:
        self._view.fit_anew()
        mode = self._view.horizontalHeader().sectionResizeMode(column)
        if mode == QHeaderView.ResizeMode.Interactive:  # others follow the window, not a person
            if not self._restoring:
                self._fit_stretching()
            self._tell_columns()

    def _open_column_menu(self, at: QPoint) -> None:
        header = self._view.horizontalHeader()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for i, column in enumerate(self._model.spec.columns):
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(i))
            action.setEnabled(not column.fixed)
            action.setData(i)
        menu.triggered.connect(self._toggle_column)
        menu.popup(header.mapToGlobal(at))

    def _toggle_column(self, action: QAction) -> None:
        header = self._view.horizontalHeader()
        i = int(action.data())
        header.setSectionHidden(i, not header.isSectionHidden(i))
        self._fit_stretching()
        self._tell_columns()

    def _open_row_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._look.text("widget.table.copy")).triggered.connect(self.copy)
        if self._model.spec.exports:
            menu.addAction(self._csv.accessibleName()).triggered.connect(self._export)
        menu.popup(self._view.viewport().mapToGlobal(at))

    def _export(self) -> None:
        self.csv_requested.emit(self.as_csv())

    def _say(self) -> None:
        text = self._look.text
        shown, total = len(self._model.rows), self._model.total
        filters = [f for f in (self._page_filter, self._model.query) if f]
        self._clear.setVisible(bool(filters))
        self._said.setProperty("role", "strong" if filters else "hint")
        if filters:
            counts = {"shown": f"{shown:,}", "total": f"{total:,}"}
            said = text("widget.table.showing", **counts, filter=" · ".join(filters))
            self._said.setText(said)
        else:
            self._said.setText(text("widget.table.all", count=total, total=f"{total:,}"))
        self._said.style().polish(self._said)
        self._view.say_nothing_shown(text("widget.table.nothing") if filters and not shown else "")
        self._say_foot()

    def _say_foot(self) -> None:
        text, parts = self._look.text, []
        above, below = self._view.rows_out_of_view()
        if above:
            parts.append("↑ " + text("widget.table.above", rows=f"{above:,}"))
        if below:
            parts.append("↓ " + text("widget.table.below", rows=f"{below:,}"))
        if self._model.marked:
            parts.append(text("widget.table.marked", marked=f"{len(self._model.marked):,}"))
        self._foot.setText(" · ".join(parts))

    def _rescale(self, by: float) -> None:
        """The columns grow with the text; that is not a person's choice of widths."""
        header = self._view.horizontalHeader()
        self._restoring = True
        for i in range(header.count()):
            if header.sectionResizeMode(i) == QHeaderView.ResizeMode.Interactive:
                header.resizeSection(i, round(header.sectionSize(i) * by))
        self._restoring = False
        self._fit_stretching()

    def _redress(self) -> None:
        text, scale = self._look.text, self._look.theme.scale
        if scale != self._scale:
            self._rescale(scale / self._scale)
            self._scale = scale
        self._search.setMaximumWidth(self._look.theme.px("rail_wide") + self._look.theme.grid(10))
        self._csv.name(text("widget.table.csv"))
        self._search.prompt(text("widget.table.filter"))
        self._clear.setText(text("widget.table.clear"))
        self._view.setAccessibleName(self._model.spec.title)
        self._view.dress()
        self._view.fit_anew()
        self._say()
