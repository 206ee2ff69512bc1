"""Draws cells: icons, badges, second lines, aligned decimals, marks."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
)

from resources.styles.tokens import Tone
from widgets.chips import paint_chip_ground
from widgets.hatch import paint_hatch
from widgets.labels import unbroken
from widgets.look import Look
from widgets.table_bracket import bracket_room, paint_bracket
from widgets.table_model import CELL_ROLE, ROW_ROLE, Index, TableModel, lead_of
from widgets.table_values import Align, Cell, Column, Row

_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_FLAGS = {
    Align.LEFT: Qt.AlignmentFlag.AlignLeft | _MIDDLE,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight | _MIDDLE,
    Align.CENTRE: Qt.AlignmentFlag.AlignHCenter | _MIDDLE,
    Align.DECIMAL: Qt.AlignmentFlag.AlignLeft | _MIDDLE,
}
_WRAPPING = {align: flags | Qt.TextFlag.TextWordWrap for align, flags in _FLAGS.items()}


class CellDelegate(QStyledItemDelegate):
    """Paints one `Cell`; measures wrapped ones."""

    def __init__(self, look: Look, model: TableModel, view: QTableView) -> None:
        super().__init__(view)
        self._view = view
        self._look = look
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = index.data(CELL_ROLE)
        row = index.data(ROW_ROLE)
        if not isinstance(cell, Cell) or not isinstance(row, Row):
            return
        theme = self._look.theme
        box: QRect = option.rect
        state = option.state
        painter.save()
        self._paint_ground(painter, box, state, row)
        if index.column() == 0:
            self._paint_edge(painter, box, row)
            box = self._paint_mark(painter, box, index.row())
        inner = box.adjusted(theme.grid(2), 0, -theme.grid(2), 0)
        if cell.bracket is not None:
            paint_bracket(painter, inner, cell.bracket, theme)
            inner = inner.adjusted(bracket_room(theme), 0, 0, 0)
        if cell.badge and cell.text:
            self._paint_badge(painter, inner, cell)
        else:
            self._paint_text(painter, inner, cell, index)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if not self._model.continues(index.row()):
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.colour("focus"), theme.px("focus")))
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        cell = index.data(CELL_ROLE)
        theme = self._look.theme
        if not isinstance(cell, Cell):
            return QSize(0, theme.row)
        metrics = QFontMetrics(self._font(cell))
        height = metrics.height()
        wraps = self._model.spec.columns[index.column()].wraps
        room = self._room(self._view.columnWidth(index.column()), cell, index)
        if wraps:
            height = _wrapped(metrics, cell.text, room)
        if cell.second:
            height += self._below(cell, room, wraps=wraps)
        return QSize(option.rect.width(), max(theme.row, height + theme.grid(1) + 2))

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """Say why a value is unknown, or show whole what the column cuts."""
        cell = index.data(CELL_ROLE)
        if not isinstance(cell, Cell) or cell.hover:
            return bool(super().helpEvent(event, view, option, index))
        wraps = self._model.spec.columns[index.column()].wraps
        wide = QFontMetrics(self._font(cell)).horizontalAdvance(cell.text)
        room = self._room(option.rect.width(), cell, index)
        below = QFontMetrics(self._look.theme.font("label")).horizontalAdvance(cell.second)
        needed = max(wide + (self._look.theme.grid(5) if cell.badge else 0), below)
        whole = "\n".join(part for part in (cell.text, cell.second) if part)
        QToolTip.showText(event.globalPos(), whole if needed > room and not wraps else "", view)
        return True

    def _below(self, cell: Cell, room: int, *, wraps: bool) -> int:
        """How high the second line is; where the first one wraps, it does."""
        metrics = QFontMetrics(self._look.theme.font("label"))
        return _wrapped(metrics, cell.second, room) if wraps else metrics.height()

    def _room(self, width: int, cell: Cell, index: Index) -> int:
        theme = self._look.theme
        taken = 2 * theme.grid(2)
        if cell.icon:
            taken += theme.px("icon") + theme.grid(1)
        if cell.bracket is not None:
            taken += bracket_room(theme)
        if index.column() == 0 and self._model.spec.marks:
            taken += theme.px("icon") + theme.grid(2)
        return max(theme.grid(5), width - taken)

    def _paint_ground(
        self, painter: QPainter, box: QRect, state: QStyle.StateFlag, row: Row
    ) -> None:
        theme = self._look.theme
        now = self._view.currentIndex().data(ROW_ROLE) if row.block else None
        belongs = isinstance(now, Row) and now.block == row.block
        if belongs or state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.colour("act_ground"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.colour("hover"))

    def _paint_edge(self, painter: QPainter, box: QRect, row: Row) -> None:
        theme = self._look.theme
        if row.tone is Tone.PLAIN:
            return
        if row.tone is Tone.LOCAL:
            edge = QRectF(box.left(), box.top(), theme.grid(2) - 2, box.height())
            paint_hatch(painter, edge, theme)
            return
        bar = QRect(box.left(), box.top(), theme.grid(1) - 1, box.height())
        painter.fillRect(bar, theme.ink(row.tone))

    def _paint_mark(self, painter: QPainter, box: QRect, place: int) -> QRect:
        if not self._model.spec.marks:
            return box
        theme = self._look.theme
        side = theme.px("icon") - 2
        top = box.top() + (box.height() - side) // 2
        square = QRectF(box.left() + theme.grid(2), top, side, side)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line_field"), 1))
        if self._model.is_marked(place):
            painter.setPen(QPen(theme.colour("act"), 1))
            painter.setBrush(theme.colour("act"))
        painter.drawRoundedRect(square.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._model.is_marked(place):
            tick = self._look.pixmap("check", "on_act", "label", ratio=2.0)
            inset = (side - theme.px("label")) / 2
            painter.drawPixmap(round(square.left() + inset), round(square.top() + inset), tick)
        return box.adjusted(theme.grid(2) + side, 0, 0, 0)

    def _paint_badge(self, painter: QPainter, box: QRect, cell: Cell) -> None:
        theme = self._look.theme
        font = theme.font("label", strong=cell.tone is Tone.DANGER)
        metrics = QFontMetrics(font)
        icon = cell.icon or ("" if cell.tone is Tone.PLAIN else cell.tone.icon)
        lead = theme.px("label") + theme.grid(1) if icon else 0
        width = min(box.width(), metrics.horizontalAdvance(cell.text) + lead + 2 * theme.grid(2))
        height = metrics.height() + 4
        top = box.top() + (box.height() - height) / 2
        chip = QRectF(box.left(), top, width, height)
        paint_chip_ground(painter, chip, theme, cell.tone)
        if icon:
            pixmap = self._look.pixmap(icon, cell.tone.ink, "label", ratio=2.0)
            place = round(chip.left()) + theme.grid(2) - 1
            painter.drawPixmap(place, round(top + (height - theme.px("label")) / 2), pixmap)
        painter.setFont(font)
        painter.setPen(theme.ink(cell.tone))
        text = chip.adjusted(theme.grid(2) + lead, 0, -theme.grid(1), 0)
        room = int(text.width())
        shown = metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(text, _FLAGS[Align.LEFT], shown)

    def _paint_text(self, painter: QPainter, box: QRect, cell: Cell, index: Index) -> None:
        theme = self._look.theme
        column = self._model.spec.columns[index.column()]
        if cell.icon:
            box = self._paint_icon(painter, box, cell)
        font = self._font(cell)
        metrics = QFontMetrics(font)
        first = box
        if cell.second:
            below = self._below(cell, box.width(), wraps=column.wraps)
            above = metrics.height()
            if column.wraps:
                above = _wrapped(metrics, cell.text, box.width())
            block = min(above + below, box.height())
            top = box.top() + (box.height() - block) // 2
            first = QRect(box.left(), top, box.width(), block - below)
            second = QRect(box.left(), top + block - below, box.width(), below)
            painter.setFont(theme.font("label"))
            painter.setPen(theme.colour("ink_2"))
            _write(painter, second, cell.second, column)
        if column.align is Align.DECIMAL:
            first = self._aligned(first, cell, metrics, index.column())
        painter.setFont(font)
        painter.setPen(theme.ink(cell.tone))
        if column.wraps:
            painter.drawText(first, _WRAPPING[column.align], unbroken(cell.text))
            return
        shown = metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, first.width() + 1)
        painter.drawText(first, _FLAGS[column.align], shown)

    def _paint_icon(self, painter: QPainter, box: QRect, cell: Cell) -> QRect:
        theme = self._look.theme
        ink = "ink_2" if cell.tone is Tone.PLAIN else cell.tone.ink
        pixmap = self._look.pixmap(cell.icon, ink, ratio=2.0)
        painter.drawPixmap(box.left(), box.top() + (box.height() - theme.px("icon")) // 2, pixmap)
        return box.adjusted(theme.px("icon") + theme.grid(1), 0, 0, 0)

    def _aligned(self, box: QRect, cell: Cell, metrics: QFontMetrics, column: int) -> QRect:
        """Shift a number to the right until its point stands under that of the longest one.

        Whatever follows the number (an arrow, a word) hangs behind; words stay at the left.
        """
        lead = lead_of(cell.text)
        if not lead:
            return box
        longest = self._model.lead(column)
        shift = metrics.horizontalAdvance(longest) - metrics.horizontalAdvance(lead)
        return box.adjusted(max(0, shift), 0, 0, 0)

    def _font(self, cell: Cell) -> QFont:
        font = self._look.theme.font("table", strong=cell.strong or cell.tone is Tone.DANGER)
        font.setStrikeOut(cell.struck)
        return font


def _wrapped(metrics: QFontMetrics, text: str, room: int) -> int:
    box = QRect(0, 0, room, 10_000)
    return metrics.boundingRect(box, Qt.TextFlag.TextWordWrap, unbroken(text)).height()


def _write(painter: QPainter, box: QRect, text: str, column: Column) -> None:
    """The second line in the font and ink that are set."""
    if column.wraps:
        painter.drawText(box, _WRAPPING[column.align], unbroken(text))
        return
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width() + 1)
    painter.drawText(box, _FLAGS[column.align], shown)
