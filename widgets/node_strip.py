"""Steps in a row, joined by a line: which are done, which are late, which are still to come."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QToolTip, QWidget

from resources.styles.tokens import Tone
from widgets.look import Look

CELL = 31
"""Width of a step in grid units."""


class Fill(enum.Enum):
    """How the mark of a step is drawn."""

    FULL = "full"
    HOLLOW = "hollow"
    DASHED = "dashed"


@dataclass(frozen=True, slots=True)
class StripNode:
    """A step.

    Attributes:
        key: What the strip answers with.
        title: What it is.
        lines: Who and when, one under another; weaker than the title.
        before: What stands on the line that leads here: the time since the step before.
        state: Its state in a word; also said to screen readers.
        tone: What it claims; `fill` and `icon` say the same without the colour.
        foreign: Somebody else's: a lock stands before the first line, and it is only to be read.
        hover: Everything about it.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    before: str = ""
    state: str = ""
    tone: Tone = Tone.PLAIN
    fill: Fill = Fill.HOLLOW
    icon: str = ""
    foreign: bool = False
    hover: str = ""


class NodeStrip(QWidget):
    """Draws steps from left to right; left and right go from one to the next.

    Signals:
        pointed: The key of the step the user went to.
    """

    pointed = Signal(str)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look = look
        self._nodes: tuple[StripNode, ...] = ()
        self._at = 0
        self._foreign = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._redress)

    @property
    def nodes(self) -> tuple[StripNode, ...]:
        return self._nodes

    @property
    def current(self) -> str:
        return self._nodes[self._at].key if self._nodes else ""

    def show_nodes(self, nodes: tuple[StripNode, ...], current: str, foreign: str = "") -> None:
        """Show `nodes` with the caret on `current`; says nothing to listeners.

        Args:
            nodes: From left to right.
            current: Key of the one the caret is on.
            foreign: The word for a step of somebody else.
        """
        self._nodes, self._foreign = nodes, foreign
        self._at = next((n for n, one in enumerate(nodes) if one.key == current), 0)
        self._redress()

    def box_of(self, place: int) -> QRectF:
        """Where the step lies."""
        wide = self._look.theme.grid(CELL)
        return QRectF(place * wide, 0, wide, self.height())

    def sizeHint(self) -> QSize:
        theme = self._look.theme
        lines = max((len(one.lines) for one in self._nodes), default=2)
        label, body = QFontMetrics(theme.font("label")), QFontMetrics(theme.font("table"))
        tall = self._top() + 2 * self._radius() + theme.grid(2) + 2 * body.height()
        tall += (lines + 1) * label.height() + theme.grid(1)
        return QSize(theme.grid(CELL) * max(len(self._nodes), 1), round(tall))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._nodes) - 1
        places = {
            Qt.Key.Key_Right: min(self._at + 1, last),
            Qt.Key.Key_Left: max(self._at - 1, 0),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in places and self._nodes:
            self._go(places[key])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._under(event.position())
        if place is not None:
            self._go(place)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            place = self._under(QPointF(event.pos()))
            if place is not None:
                QToolTip.showText(event.globalPos(), self._nodes[place].hover, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self._look.theme.colour("panel"))
        self._paint_line(painter)
        for place, node in enumerate(self._nodes):
            box = self.box_of(place)
            if box.intersects(QRectF(event.rect())):
                self._paint_mark(painter, node, box, here=place == self._at)
                self._paint_words(painter, node, box)

    def _paint_line(self, painter: QPainter) -> None:
        theme = self._look.theme
        y = self._top() + self._radius()
        metrics = QFontMetrics(theme.font("label"))
        for place, node in enumerate(self._nodes[1:], start=1):
            right = self.box_of(place).center().x() - self._radius()
            left = self.box_of(place - 1).center().x() + self._radius()
            reached = node.fill is Fill.FULL
            style = Qt.PenStyle.SolidLine if reached else Qt.PenStyle.DotLine
            painter.setPen(QPen(theme.colour("line_strong"), 1 + reached, style))
            painter.drawLine(QPointF(left, y), QPointF(right, y))
            if node.before:
                painter.setFont(theme.font("label"))
                painter.setPen(theme.ink(node.tone if node.tone is Tone.DANGER else Tone.PLAIN))
                over = QRectF(left, y - metrics.height() - 2, right - left, metrics.height())
                painter.drawText(over, Qt.AlignmentFlag.AlignCenter, node.before)

    def _paint_mark(self, painter: QPainter, node: StripNode, box: QRectF, *, here: bool) -> None:
        theme = self._look.theme
        radius = self._radius()
        centre = QPointF(box.center().x(), self._top() + radius)
        if here:
            ring = theme.px("focus") if self.hasFocus() else 1
            painter.setPen(QPen(theme.colour("focus" if self.hasFocus() else "line_strong"), ring))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            around = box.adjusted(2, 2, -2, -2)
            painter.drawRoundedRect(around, theme.px("radius"), theme.px("radius"))
        ink = theme.ink(node.tone)
        pen = QPen(ink, 1.5)
        if node.fill is Fill.DASHED:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        full = node.fill is Fill.FULL
        painter.setBrush(theme.surface(node.tone) if full else theme.colour("panel"))
        painter.drawEllipse(centre, radius, radius)
        if node.icon:
            side = theme.px("mark")
            icon = self._look.pixmap(node.icon, node.tone.ink, "mark", ratio=2.0)
            painter.drawPixmap(round(centre.x() - side / 2), round(centre.y() - side / 2), icon)

    def _paint_words(self, painter: QPainter, node: StripNode, box: QRectF) -> None:
        theme = self._look.theme
        inner = box.adjusted(theme.grid(1), 0, -theme.grid(1), 0)
        body, label = theme.font("table", strong=True), theme.font("label")
        metrics = QFontMetrics(body)
        top = self._top() + 2 * self._radius() + theme.grid(2)
        painter.setFont(body)
        quiet = node.tone is Tone.UNKNOWN or node.fill is not Fill.FULL
        painter.setPen(theme.colour("ink_2" if quiet and node.tone is not Tone.DANGER else "ink"))
        room = QRectF(inner.left(), top, inner.width(), 2 * metrics.height())
        for line in _two_lines(metrics, node.title, int(inner.width())):
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, line)
            room.translate(0, metrics.height())
        top += 2 * metrics.height()
        painter.setFont(label)
        metrics = QFontMetrics(label)
        lines = [(node.state, theme.ink(node.tone))]
        lines += [(line, theme.colour("ink_2")) for line in node.lines]
        side = theme.px("label")
        for place, (text, ink) in enumerate(lines):
            painter.setPen(ink)
            locked = node.foreign and place == 1
            room_for_it = int(inner.width()) - (2 * side + 4 if locked else 0)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room_for_it)
            where = QRectF(inner.left(), top, inner.width(), metrics.height())
            painter.drawText(where, Qt.AlignmentFlag.AlignCenter, shown)
            if locked:
                lock = self._look.pixmap("lock", "ink_2", "label", ratio=2.0)
                left = where.center().x() - metrics.horizontalAdvance(shown) / 2 - side - 3
                painter.drawPixmap(QPointF(left, top + (metrics.height() - side) / 2), lock)
            top += metrics.height()

    def _top(self) -> int:
        """Room over the marks for the time since the step before."""
        return self._look.theme.grid(2)

    def _radius(self) -> int:
        return self._look.theme.px("mark") - self._look.theme.grid(1) // 2

    def _under(self, where: QPointF) -> int | None:
        return next((n for n in range(len(self._nodes)) if self.box_of(n).contains(where)), None)

    def _go(self, place: int) -> None:
        self._at = place
        self._name()
        self.update()
        self.pointed.emit(self.current)

    def _name(self) -> None:
        if not self._nodes:
            self.setAccessibleDescription("")
            return
        node = self._nodes[self._at]
        said = (node.title, node.state, *node.lines, self._foreign if node.foreign else "")
        self.setAccessibleDescription("; ".join(part for part in said if part))

    def _redress(self) -> None:
        self._name()
        self.resize(self.sizeHint())
        self.setMinimumSize(self.sizeHint())
        self.updateGeometry()
        self.update()


class NodeStripArea(QScrollArea):
    """A strip that is wider than its place: the step the caret is on stays in sight."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}.area")
        self.strip = NodeStrip(look, name)
        self.setWidget(self.strip)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusProxy(self.strip)
        self.strip.pointed.connect(self._follow)

    def show_nodes(self, nodes: tuple[StripNode, ...], current: str, foreign: str = "") -> None:
        """As `NodeStrip.show_nodes`, with the caret in sight."""
        self.strip.show_nodes(nodes, current, foreign)
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setMinimumHeight(self.strip.sizeHint().height() + bar)
        self._follow(self.strip.current)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._follow(self.strip.current)

    def _follow(self, key: str) -> None:
        place = next((n for n, one in enumerate(self.strip.nodes) if one.key == key), 0)
        box = self.strip.box_of(place)
        self.ensureVisible(round(box.center().x()), 0, round(box.width()), 0)


def _two_lines(metrics: QFontMetrics, text: str, width: int) -> list[str]:
    """`text` broken once where it fits best; the second line is cut with an ellipsis."""
    if metrics.horizontalAdvance(text) <= width:
        return [text]
    ends = [n for n, sign in enumerate(text) if sign == " "] or list(range(1, len(text)))
    fitting = [n for n in ends if metrics.horizontalAdvance(text[:n]) <= width]
    cut = fitting[-1] if fitting else max(1, len(text) // 2)
    first = metrics.elidedText(text[:cut].strip(), Qt.TextElideMode.ElideRight, width)
    rest = metrics.elidedText(text[cut:].strip(), Qt.TextElideMode.ElideRight, width)
    return [first, rest]
