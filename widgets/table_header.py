"""Column headings that wrap, show the sorting, and stay."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from widgets.labels import unbroken
from widgets.look import Look
from widgets.table_model import TableModel
from widgets.table_values import Align


class HeaderView(QHeaderView):
    """Draws headings in full: they wrap and the header grows (CUI PAL-0150)."""

    def __init__(self, look: Look, model: TableModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._look = look
        self._rows = model
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self._tall: dict[tuple[str, int], int] = {}
        self._worn = look.theme
        self.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.sectionResized.connect(self._grow)

    def sectionSizeFromContents(self, logicalIndex: int) -> QSize:  # noqa: N802, N803 - Qt's names
        width = self.sectionSize(logicalIndex)
        return QSize(width, self._height(self._rows.spec.columns[logicalIndex].title, width))

    def _height(self, title: str, width: int) -> int:
        """Measured once for a width: while columns find theirs, every one is asked for each."""
        theme = self._look.theme
        if theme is not self._worn:
            self._worn = theme
            self._tall.clear()
        at = (title, width)
        if at not in self._tall:
            room = QRect(0, 0, self._room(width), 10_000)
            metrics = QFontMetrics(theme.font("label"))
            words = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, unbroken(title))
            self._tall[at] = max(theme.grid(7), words.height() + theme.grid(2))
        return self._tall[at]

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N802, N803 - Qt's names
        theme = self._look.theme
        column = self._rows.spec.columns[logicalIndex]
        painter.save()
        painter.fillRect(rect, theme.colour("ground"))
        painter.fillRect(QRect(rect.right(), rect.top(), 1, rect.height()), theme.colour("line"))
        under = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(under, theme.colour("line_strong"))
        sorted_here = self.sortIndicatorSection() == logicalIndex
        painter.setFont(theme.font("label", strong=sorted_here))
        painter.setPen(theme.colour("ink" if sorted_here else "ink_2"))
        box = rect.adjusted(theme.grid(2), 0, -theme.grid(2), 0)
        if sorted_here:
            self._paint_arrow(painter, box)
            box = box.adjusted(0, 0, -theme.px("label") - 2, 0)
        right = column.align is Align.RIGHT and not sorted_here
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(box, flags, unbroken(column.title))
        painter.restore()

    def _paint_arrow(self, painter: QPainter, box: QRect) -> None:
        falls = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        arrow = self._look.pixmap("arrow-down" if falls else "arrow-up", "ink", "label", ratio=2.0)
        side = self._look.theme.px("label")
        painter.drawPixmap(box.right() - side, box.center().y() - side // 2, arrow)

    def _room(self, width: int) -> int:
        theme = self._look.theme
        return max(theme.grid(4), width - theme.grid(4) - theme.px("label") - 2)

    def _grow(self) -> None:
        self.updateGeometry()
