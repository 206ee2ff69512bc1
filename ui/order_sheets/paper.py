"""Pages of an order sheet as they lie on paper, one below the other.

The ink has the colours of the profile pack in every theme. What is no ink, the mark beside the
chosen line, the signs of what is on paper and of cautions, lies in the margins and is never
printed.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QScrollArea, QWidget

from app.domain.sheet_layout import Placed
from app.domain.sheet_plans import Layers
from app.domain.sheet_scene import SheetProfile
from ui.order_sheets.ink import draw, faded, full
from widgets.look import Look

_MOST = 5.0
"""Pixels of a millimetre at most, at a text scale of 100."""

_ON_PAPER = "check"
_IN_PART = "circle-dot"


@dataclass(frozen=True, slots=True)
class Shown:
    """What lies on the table.

    Attributes:
        pages: Each in two layers: what is on the paper, and what is to come.
        lines: Those that can be chosen.
        chosen: Key of the line somebody looks at.
        begins: Where the first new ink goes, or None.
    """

    profile: SheetProfile
    pages: tuple[Layers, ...]
    lines: tuple[Placed, ...]
    chosen: str = ""
    begins: Placed | None = None


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
        self._shown: Shown | None = None
        self._scale = 1.0
        look.changed.connect(self.update)

    @property
    def page_step(self) -> float:
        """Pixels from the top of a page to the top of the next one."""
        height = self._shown.profile.height if self._shown is not None else 0.0
        return height * self._scale + self._gap

    @property
    def numbers(self) -> tuple[int, ...]:
        """The pages that lie here, from the top."""
        return tuple(page.number for page in self._shown.pages) if self._shown is not None else ()

    def show_sheet(self, shown: Shown) -> None:
        self._shown = shown
        self._measure()
        self.update()

    def fit(self, width: int) -> None:
        """Make the paper as wide as the room allows."""
        most = _MOST * self._look.theme.scale / 100
        paper = self._shown.profile.width if self._shown is not None else 210.0
        self._scale = max(1.0, min(most, (width - 2 * self._gap) / paper))
        self._measure()
        self.update()

    def box_of(self, line: Placed) -> QRectF:
        """Where a line lies on this widget; nowhere when its page does not lie here."""
        shown = self._shown
        if shown is None:
            return QRectF()
        profile = shown.profile
        page, row = divmod(line.place, profile.lines)
        if page + 1 not in self.numbers:
            return QRectF()
        left, top = self._corner(self.numbers.index(page + 1))
        y = top + (profile.top + row * profile.row) * self._scale
        return QRectF(left, y, profile.width * self._scale, profile.row * self._scale)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for line in self._shown.lines if self._shown is not None else ():
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
        shown = self._shown
        if shown is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inks = (faded(shown.profile.colours), full(shown.profile.colours))
        for place, page in enumerate(shown.pages):
            left, top = self._corner(place)
            width, height = shown.profile.width, shown.profile.height
            sheet = QRectF(left, top, width * self._scale, height * self._scale)
            if not sheet.intersects(QRectF(event.rect())):
                continue
            painter.fillRect(sheet, QColor(Qt.GlobalColor.white))
            edge = "focus" if self.hasFocus() else "line"
            painter.setPen(QPen(self._look.theme.colour(edge), self._look.theme.px(edge)))
            painter.drawRect(sheet)
            self._paint_choice(painter, shown, page.number)
            for scene, colours in zip((page.paper, page.ink), inks, strict=True):
                if scene is not None:
                    draw(painter, scene, colours, QPointF(left, top), self._scale)
            self._paint_margins(painter, shown, page.number)

    # -- inside

    @property
    def _gap(self) -> int:
        return self._look.theme.px("pad")

    def _corner(self, place: int) -> tuple[float, float]:
        width = self._shown.profile.width * self._scale if self._shown is not None else 0.0
        return max(0.0, (self.width() - width) / 2), self._gap + place * self.page_step

    def _measure(self) -> None:
        count = len(self._shown.pages) if self._shown is not None else 0
        self.setFixedHeight(round(self._gap + count * self.page_step))

    def _paint_choice(self, painter: QPainter, shown: Shown, number: int) -> None:
        """The chosen line is tinted; an arrow in the margin shows where printing starts."""
        theme, per_page = self._look.theme, shown.profile.lines
        for line in shown.lines:
            if line.key == shown.chosen and line.place // per_page == number - 1:
                painter.fillRect(self.box_of(line), theme.colour("act", alpha=40))
        begins = shown.begins
        if begins is None or begins.place // per_page != number - 1:
            return
        box = self.box_of(begins)
        left, size = box.left() + 0.6 * self._scale, 3.2 * self._scale
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

    def _paint_margins(self, painter: QPainter, shown: Shown, number: int) -> None:
        """On the left what is on paper, on the right what is to be read about a line."""
        for line in shown.lines:
            if line.place // shown.profile.lines != number - 1:
                continue
            box = self.box_of(line)
            if line.printed:
                sign = _IN_PART if line.lacking else _ON_PAPER
                self._sign(painter, sign, "ink_2", box, box.left() + 6.6 * self._scale)
            if line.cautions:
                right = box.right() - 5 * self._scale
                self._sign(painter, "triangle-alert", "caution", box, right)

    def _sign(self, painter: QPainter, icon: str, ink: str, box: QRectF, x: float) -> None:
        sign = self._look.pixmap(icon, ink, "icon", ratio=2.0)
        size = min(3.4 * self._scale, sign.width() / sign.devicePixelRatio())
        at = QRectF(x - size / 2, box.center().y() - size / 2, size, size)
        # The theme's ground behind it: its colours are not made for white paper.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.theme.colour("ground"))
        painter.drawEllipse(at.adjusted(-2, -2, 2, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPixmap(at, sign, QRectF(sign.rect()))


class PaperArea(QScrollArea):
    """Room for the paper: it takes the width there is, and pages are turned in it.

    Signals:
        turned: Number of the page that lies at the top now.
    """

    turned = Signal(int)

    def __init__(self, paper: Paper, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._paper = paper
        self.setWidget(paper)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().valueChanged.connect(self._tell)

    @property
    def number(self) -> int:
        """Number of the page at the top; 1 when there is none."""
        numbers = self._paper.numbers
        return numbers[min(self.page, len(numbers) - 1)] if numbers else 1

    @property
    def page(self) -> int:
        """How many pages lie above the one at the top."""
        step = self._paper.page_step
        return int((self.verticalScrollBar().value() + step / 2) // step) if step else 0

    def turn(self, by: int) -> None:
        """Go to another page of the sheet."""
        bar = self.verticalScrollBar()
        bar.setValue(round(max(0, self.page + by) * self._paper.page_step))

    def go_to(self, number: int) -> None:
        """Go to a page by its number."""
        if number in self._paper.numbers:
            step = self._paper.page_step
            self.verticalScrollBar().setValue(round(self._paper.numbers.index(number) * step))

    def reveal(self, line: Placed) -> None:
        box = self._paper.box_of(line)
        middle = box.center()
        self.ensureVisible(round(middle.x()), round(middle.y()), 0, round(2 * box.height()))

    def fit(self) -> None:
        self._paper.fit(self.viewport().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def _tell(self) -> None:
        self.turned.emit(self.number)
