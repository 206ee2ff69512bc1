"""Pages of an order sheet as they lie on paper, one below the other.

The ink has the colours of the profile pack in every theme. What is no ink, the mark beside the
chosen line and the signs beside lines with a caution, lies in the margins and is never printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QScrollArea, QWidget

from app.domain.order_sheets import Ink
from app.domain.sheet_layout import Placed
from app.domain.sheet_scene import POINT, Align, Scene, Stroke, Writing
from app.services.order_printing import SheetView
from resources.reading import path
from widgets.look import Look

_FONT = "fonts/wqy-microhei.ttf"
"""The font of the PDF, so that a line is as long on the screen as on paper."""

_DRAWN = 64
"""Pixels the letters are measured at, before they are scaled to their place."""

_SHARE = {Align.LEFT: 0.0, Align.CENTRE: 0.5, Align.RIGHT: 1.0}
_MOST = 5.0
"""Pixels of a millimetre at most, at a text scale of 100."""


class Paper(QWidget):
    """Paints the pages. A click chooses a line; so do the arrow keys.

    Signals:
        picked: Key of the line that was clicked.
        stepped: Lines to go down (or up, below 0) from the chosen one.
    """

    picked = Signal(str)
    stepped = Signal(int)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._look = look
        self._view: SheetView | None = None
        self._chosen = ""
        self._from: Placed | None = None
        self._scale = 1.0
        look.changed.connect(self.update)

    @property
    def page_step(self) -> float:
        """Pixels from the top of a page to the top of the next one."""
        height = self._view.profile.height if self._view is not None else 0.0
        return height * self._scale + self._gap

    def show_sheet(self, view: SheetView, chosen: str, begins: Placed | None) -> None:
        """Draw `view` with the line `chosen`; printing starts at `begins`."""
        self._view, self._chosen, self._from = view, chosen, begins
        self._measure()
        self.update()

    def fit(self, width: int) -> None:
        """Make the paper as wide as the room allows."""
        most = _MOST * self._look.theme.scale / 100
        paper = self._view.profile.width if self._view is not None else 210.0
        self._scale = max(1.0, min(most, (width - 2 * self._gap) / paper))
        self._measure()
        self.update()

    def box_of(self, line: Placed) -> QRectF:
        """Where a line lies on this widget."""
        view = self._view
        if view is None:
            return QRectF()
        profile = view.profile
        page, row = divmod(line.place, view.sheet.per_page)
        left, top = self._corner(page)
        y = top + (profile.top + row * profile.row) * self._scale
        return QRectF(left, y, profile.width * self._scale, profile.row * self._scale)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        view = self._view
        for line in view.sheet.lines if view is not None else ():
            if self.box_of(line).contains(event.position()):
                self.picked.emit(line.key)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self.stepped.emit(step)

    def paintEvent(self, event: QPaintEvent) -> None:
        view = self._view
        if view is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, page in enumerate(view.pages):
            left, top = self._corner(place)
            sheet = QRectF(left, top, page.width * self._scale, page.height * self._scale)
            if not sheet.intersects(QRectF(event.rect())):
                continue
            painter.fillRect(sheet, QColor(Qt.GlobalColor.white))
            edge = "focus" if self.hasFocus() else "line"
            painter.setPen(QPen(self._look.theme.colour(edge), self._look.theme.px(edge)))
            painter.drawRect(sheet)
            self._paint_choice(painter, view, place)
            self._paint_page(painter, page, QPointF(left, top), view.profile.colours)
            self._paint_cautions(painter, view, place)

    # -- inside

    @property
    def _gap(self) -> int:
        return self._look.theme.px("pad")

    def _corner(self, place: int) -> tuple[float, float]:
        width = self._view.profile.width * self._scale if self._view is not None else 0.0
        return max(0.0, (self.width() - width) / 2), self._gap + place * self.page_step

    def _measure(self) -> None:
        count = len(self._view.pages) if self._view is not None else 0
        self.setFixedHeight(round(self._gap + count * self.page_step))

    def _paint_page(
        self, painter: QPainter, page: Scene, corner: QPointF, colours: Mapping[Ink, str]
    ) -> None:
        scale = self._scale
        for mark in page.marks:
            colour = QColor(colours[mark.ink])
            match mark:
                case Stroke():
                    painter.setPen(QPen(colour, mark.width * scale))
                    one, other = QPointF(mark.x1, mark.y1), QPointF(mark.x2, mark.y2)
                    painter.drawLine(corner + one * scale, corner + other * scale)
                case Writing():
                    painter.setPen(colour)
                    _write(painter, mark, corner, scale)

    def _paint_choice(self, painter: QPainter, view: SheetView, page: int) -> None:
        """The chosen line is tinted; an arrow in the margin shows where printing starts."""
        theme, per_page = self._look.theme, view.sheet.per_page
        for line in view.sheet.lines:
            if line.key == self._chosen and line.place // per_page == page:
                painter.fillRect(self.box_of(line), theme.colour("act", alpha=40))
        begins = self._from
        if begins is None or begins.place // per_page != page:
            return
        box = self.box_of(begins)
        left, size = box.left() + 2 * self._scale, 5 * self._scale
        middle = box.center().y()
        arrow = (
            QPointF(left, middle - size / 2),
            QPointF(left + size, middle),
            QPointF(left, middle + size / 2),
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("act"))
        painter.drawPolygon(QPolygonF(arrow))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_cautions(self, painter: QPainter, view: SheetView, page: int) -> None:
        sign = self._look.pixmap("triangle-alert", "caution", "icon", ratio=2.0)
        size = min(7.0 * self._scale, sign.width() / sign.devicePixelRatio())
        for line in view.sheet.page(page + 1):
            if line.cautions:
                box = self.box_of(line)
                at = QRectF(
                    box.right() - 5 * self._scale - size / 2,
                    box.center().y() - size / 2,
                    size,
                    size,
                )
                # The theme's ground behind it: its colours are not made for white paper.
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._look.theme.colour("ground"))
                painter.drawEllipse(at.adjusted(-4, -4, 4, 4))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPixmap(at, sign, QRectF(sign.rect()))


class PaperArea(QScrollArea):
    """Room for the paper: it takes the width there is, and pages are turned in it."""

    def __init__(self, paper: Paper, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._paper = paper
        self.setWidget(paper)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    @property
    def page(self) -> int:
        """The page at the top, counted from 0."""
        step = self._paper.page_step
        return int((self.verticalScrollBar().value() + step / 2) // step) if step else 0

    def turn(self, by: int) -> None:
        """Go to another page of the sheet."""
        bar = self.verticalScrollBar()
        bar.setValue(round(max(0, self.page + by) * self._paper.page_step))

    def reveal(self, line: Placed) -> None:
        box = self._paper.box_of(line)
        middle = box.center()
        self.ensureVisible(round(middle.x()), round(middle.y()), 0, round(2 * box.height()))

    def fit(self) -> None:
        self._paper.fit(self.viewport().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


def _write(painter: QPainter, mark: Writing, corner: QPointF, scale: float) -> None:
    font = _font()
    painter.save()
    painter.translate(corner + QPointF(mark.x, mark.y) * scale)
    size = mark.size * POINT * scale / _DRAWN
    painter.scale(size, size)
    painter.setFont(font)
    long = QFontMetricsF(font).horizontalAdvance(mark.text)
    painter.drawText(QPointF(-long * _SHARE[mark.align], 0), mark.text)
    painter.restore()


@cache
def _family() -> str:
    """The family of the font, taken into the program once."""
    families = QFontDatabase.applicationFontFamilies(
        QFontDatabase.addApplicationFont(str(path(_FONT)))
    )
    return families[0] if families else ""


def _font() -> QFont:
    font = QFont(_family())
    font.setPixelSize(_DRAWN)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
