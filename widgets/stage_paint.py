"""How a grid of stages is measured and drawn."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from resources.styles.tokens import Tone
from widgets.hatch import paint_hatch
from widgets.look import Look, Theme
from widgets.stage_plan import Band, Entry, StageHead, StagePlan, When

LEAST_COLUMN = 54
"""Narrower than this, in grid units, a stage cannot be read."""
_MOST_COLUMN = 100
_ICONS = {
    When.PASSED: "check",
    When.NOW: "circle-dot",
    When.TO_COME: "circle-dashed",
    When.UNDATED: "circle-help",
}
_BAND = 27
_WRAPS = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
_TALL = 10_000


def column_width(theme: Theme, room: int, count: int) -> int:
    """Columns share the room there is; where it is too little they are scrolled."""
    least, most = theme.grid(LEAST_COLUMN), theme.grid(_MOST_COLUMN)
    if count == 0:
        return least
    whole = max(1, min(count, room // least))
    return max(min(least, room), min(most, room // whole))


def heads(theme: Theme, plan: StagePlan, wide: int, column: int = 0) -> QSize:
    """How wide the headings of the bands are, and how high those of the stages."""
    left = min(theme.grid(_BAND), wide // 4)
    width = (column or theme.grid(LEAST_COLUMN)) - 2 * theme.grid(2)
    strong, label = _metrics(theme, "table", strong=True), _metrics(theme, "label")
    tall = 0
    for one in plan.stages:
        high = _height(strong, one.title, width) + label.height()
        tall = max(tall, high + sum(_height(label, line, width) for line in one.lines))
    return QSize(left, tall + 2 * theme.grid(2))


def entry_height(theme: Theme, entry: Entry, wide: int) -> int:
    """How high an entry is in a column of this width."""
    width = wide - _left(theme) - theme.grid(2)
    text = _height(_metrics(theme, "table", strong=entry.strong), entry.text, width)
    return text + _foot(theme, entry, width) + 2 * theme.grid(1)


def band_height(theme: Theme, band: Band, wide: int) -> int:
    """How high a row is at least: as high as its heading."""
    width = wide - 2 * theme.grid(2)
    title = _height(_metrics(theme, "table", strong=True), band.title, width)
    return title + _height(_metrics(theme, "label"), band.second, width) + 2 * theme.grid(1)


class StagePaint:
    """One painting of a grid."""

    def __init__(self, painter: QPainter, look: Look, *, focused: bool) -> None:
        self._painter = painter
        self._look = look
        self._theme = look.theme
        self._focused = focused

    def ground(self, column: QRect, stage: StageHead) -> None:
        """What has passed lies back, now is raised, what is to come is bounded by dots."""
        theme, painter = self._theme, self._painter
        if stage.when is When.PASSED:
            painter.fillRect(column, theme.colour("ground"))
        dotted = stage.when in {When.TO_COME, When.UNDATED}
        style = Qt.PenStyle.DotLine if dotted else Qt.PenStyle.SolidLine
        painter.setPen(QPen(theme.colour("line_strong" if dotted else "line"), 1, style))
        painter.drawLine(column.topRight(), column.bottomRight())
        if stage.when is When.NOW:
            painter.setPen(QPen(theme.colour("act"), theme.px("focus")))
            painter.drawLine(column.topLeft(), column.bottomLeft())
            painter.drawLine(column.topRight(), column.bottomRight())

    def rule(self, y: int, wide: int) -> None:
        self._painter.setPen(QPen(self._theme.colour("line_strong"), 1))
        self._painter.drawLine(0, y, wide, y)

    def entry(self, box: QRect, entry: Entry, *, here: bool) -> None:
        theme, painter = self._theme, self._painter
        if here:
            painter.fillRect(box, theme.colour("hover"))
            colour = theme.colour("focus" if self._focused else "line_strong")
            painter.setPen(QPen(colour, theme.px("focus") if self._focused else 1))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        if entry.local:
            edge = QRectF(box.left() + 2, box.top() + 2, theme.grid(1), box.height() - 4)
            paint_hatch(painter, edge, theme)
        left = box.left() + _left(theme)
        width = box.width() - _left(theme) - theme.grid(2)
        top = box.top() + theme.grid(1)
        if entry.icon:
            icon = self._look.pixmap(entry.icon, entry.tone.ink, "mark", ratio=2.0)
            painter.drawPixmap(box.left() + theme.grid(2) + 1, top + 1, icon)
        font = theme.font("table", strong=entry.strong)
        painter.setFont(font)
        painter.setPen(theme.colour("ink"))
        high = _height(QFontMetrics(font), entry.text, width)
        painter.drawText(QRect(left, top, width, high), _WRAPS, entry.text)
        self._foot(QRect(left, top + high, width, box.bottom() - top - high), entry)

    def _foot(self, room: QRect, entry: Entry) -> None:
        theme, painter = self._theme, self._painter
        metrics = _metrics(theme, "label")
        painter.setFont(theme.font("label", strong=entry.tone is Tone.DANGER))
        painter.setPen(theme.ink(entry.tone) if entry.tone is not Tone.PLAIN else _quiet(theme))
        painter.drawText(room, _WRAPS, entry.state)
        if not entry.second:
            return
        painter.setFont(theme.font("label"))
        painter.setPen(_quiet(theme))
        if _beside(theme, entry, room.width()):
            room = room.adjusted(_state_width(theme, entry), 0, 0, 0)
        elif entry.state:
            room = room.adjusted(0, _height(metrics, entry.state, room.width()), 0, 0)
        painter.drawText(room, _WRAPS, entry.second)

    def left(self, wide: int, tall: int) -> None:
        """What lies under the headings of the rows."""
        self._painter.fillRect(0, 0, wide, tall, self._theme.colour("ground"))

    def band(self, box: QRect, band: Band, under: int) -> None:
        """The heading of a row; its words stay in sight as long as the row does."""
        theme, painter = self._theme, self._painter
        painter.fillRect(box, theme.colour("ground"))
        painter.setPen(QPen(theme.colour("line_strong"), 1))
        painter.drawLine(box.topRight(), box.bottomRight())
        painter.drawLine(box.topLeft(), box.topRight())
        pad = theme.grid(2)
        width = box.width() - 2 * pad
        strong, label = theme.font("table", strong=True), theme.font("label")
        high = _height(QFontMetrics(strong), band.title, width)
        whole = band_height(theme, band, box.width()) - 2 * theme.grid(1)
        top = max(box.top(), under) + theme.grid(1)
        top = min(top, max(box.bottom() - whole - theme.grid(1), box.top() + theme.grid(1)))
        painter.setFont(strong)
        painter.setPen(theme.colour("ink"))
        painter.drawText(QRect(pad, top, width, high), _WRAPS, band.title)
        painter.setFont(label)
        painter.setPen(_quiet(theme))
        painter.drawText(QRect(pad, top + high, width, whole - high + 1), _WRAPS, band.second)

    def head(self, box: QRect, stage: StageHead) -> None:
        """The heading of a column: a bar for now, a check for what has passed, dots for later."""
        theme, painter = self._theme, self._painter
        now = stage.when is When.NOW
        painter.fillRect(box, theme.colour("raised" if now else "ground"))
        painter.setPen(QPen(theme.colour("line_strong"), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.drawLine(box.topRight(), box.bottomRight())
        if now:
            painter.fillRect(box.left(), box.top(), box.width(), 3, theme.colour("act"))
        pad = theme.grid(2)
        width = box.width() - 2 * pad
        label = _metrics(theme, "label")
        room = QRect(box.left() + pad, box.top() + pad, width, box.height())
        ink = "act" if now else "ink_2"
        pixmap = self._look.pixmap(_ICONS[stage.when], ink, "label", ratio=2.0)
        side = theme.px("label")
        painter.drawPixmap(room.left(), room.top() + (label.height() - side) // 2, pixmap)
        painter.setFont(theme.font("label", strong=now))
        painter.setPen(theme.colour(ink))
        painter.drawText(room.adjusted(side + theme.grid(1), 0, 0, 0), _WRAPS, stage.word)
        room.translate(0, label.height())
        strong = theme.font("table", strong=True)
        painter.setFont(strong)
        painter.setPen(theme.colour("ink"))
        painter.drawText(room, _WRAPS, stage.title)
        room.translate(0, _height(QFontMetrics(strong), stage.title, width))
        painter.setFont(theme.font("label"))
        painter.setPen(_quiet(theme))
        for line in stage.lines:
            painter.drawText(room, _WRAPS, line)
            room.translate(0, _height(label, line, width))

    def corner(self, head: QSize, wide: int) -> None:
        theme, painter = self._theme, self._painter
        painter.fillRect(QRect(0, 0, head.width(), head.height()), theme.colour("ground"))
        painter.setPen(QPen(theme.colour("line_strong"), 1))
        painter.drawLine(0, head.height() - 1, wide, head.height() - 1)
        painter.drawLine(head.width() - 1, 0, head.width() - 1, head.height())


def _left(theme: Theme) -> int:
    """Where the words of an entry begin: behind its icon."""
    return theme.grid(2) + theme.px("mark") + theme.grid(1) + 2


def _foot(theme: Theme, entry: Entry, width: int) -> int:
    label = _metrics(theme, "label")
    if not entry.second or _beside(theme, entry, width):
        return _height(label, entry.state, width)
    return _height(label, entry.state, width) + _height(label, entry.second, width)


def _beside(theme: Theme, entry: Entry, width: int) -> bool:
    """Whether the second part stands in the line of the state."""
    second = _metrics(theme, "label").horizontalAdvance(entry.second)
    return "\n" not in entry.second and _state_width(theme, entry) + second < width


def _state_width(theme: Theme, entry: Entry) -> int:
    if not entry.state:
        return 0
    metrics = _metrics(theme, "label", strong=entry.tone is Tone.DANGER)
    return metrics.horizontalAdvance(entry.state) + theme.grid(2)


def _height(metrics: QFontMetrics, text: str, width: int) -> int:
    if not text:
        return 0
    return metrics.boundingRect(QRect(0, 0, max(width, 1), _TALL), _WRAPS, text).height()


def _metrics(theme: Theme, size: str, *, strong: bool = False) -> QFontMetrics:
    return QFontMetrics(theme.font(size, strong=strong))


def _quiet(theme: Theme) -> QColor:
    return theme.colour("ink_2")
