"""The strokes of a trend plot."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from widgets.look import Look, Theme
from widgets.time_axis import TimeAxis, mark_text
from widgets.trend_values import Panel, Point, Series, Symbol, number_text, scale_marks

_LEFT = Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignRight
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def y_of(panel: Panel, box: QRectF, value: float) -> float:
    """Where `value` stands in `box`; values outside the scale stand at its edge."""
    inside = min(max(value, panel.low), panel.high)
    return box.bottom() - box.height() * (inside - panel.low) / ((panel.high - panel.low) or 1.0)


def is_outside(panel: Panel, point: Point) -> bool:
    """Whether the scale does not hold the value."""
    return not panel.low <= point.value <= panel.high


class PanelPainter:
    """Draws one panel in its box."""

    def __init__(self, painter: QPainter, look: Look, axis: TimeAxis, room: float) -> None:
        self._painter = painter
        self._look = look
        self._axis = axis
        self._room = room

    @property
    def _theme(self) -> Theme:
        return self._look.theme

    def paint(self, panel: Panel, box: QRectF) -> None:
        painter = self._painter
        painter.fillRect(box, self._theme.colour("panel"))
        self._paint_band(panel, box)
        self._paint_time_lines(box)
        self._paint_scale(panel, box)
        self._paint_critical_lines(panel, box)
        painter.setPen(QPen(self._theme.colour("line_strong"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        painter.save()
        reach = self._theme.px("plot_symbol") + 6
        painter.setClipRect(box.adjusted(-reach, -reach, reach, reach))
        for series in panel.series:
            self._paint_series(panel, box, series)
        painter.restore()

    def _paint_time_lines(self, box: QRectF) -> None:
        midnight = QPen(self._theme.colour("line_strong"), 1)
        plain = QPen(self._theme.colour("line"), 1)
        for mark in self._axis.marks(self._room):
            self._painter.setPen(midnight if mark.hour == 0 and mark.minute == 0 else plain)
            x = round(self._axis.x(mark)) + 0.5
            self._painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def paint_time_marks(self, top: float) -> None:
        """The words of the time axis."""
        self._painter.setFont(self._theme.font("label"))
        step = self._axis.step(self._room)
        for mark in self._axis.marks(self._room):
            day = mark.hour == 0 and mark.minute == 0
            self._painter.setPen(self._theme.colour("ink" if day else "ink_2"))
            box = QRectF(self._axis.x(mark) - self._room, top, 2 * self._room, self._theme.grid(5))
            flags = Qt.AlignmentFlag.AlignHCenter | _MIDDLE
            self._painter.drawText(box, flags, mark_text(self._look, mark, step))

    def paint_now(self, now: datetime, box: QRectF) -> None:
        """The now line with its word; what lies after it has not happened."""
        if not self._axis.holds(now):
            return
        x = round(self._axis.x(now)) + 0.5
        self._painter.setPen(QPen(self._theme.colour("now"), 1, Qt.PenStyle.DashLine))
        self._painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        self._painter.setFont(self._theme.font("label"))
        word = self._look.text("widget.plot.now")
        width = self._painter.fontMetrics().horizontalAdvance(word) + 6
        left = min(x + 3, box.right() - width)
        where = QRectF(left, box.top() - self._theme.grid(4), width, self._theme.grid(4))
        self._painter.drawText(where, _LEFT | _MIDDLE, word)

    def _paint_band(self, panel: Panel, box: QRectF) -> None:
        if panel.band is None:
            return
        low = panel.low if panel.band.low is None else panel.band.low
        high = panel.high if panel.band.high is None else panel.band.high
        top, bottom = y_of(panel, box, high), y_of(panel, box, low)
        self._painter.fillRect(
            QRectF(box.left(), top, box.width(), bottom - top), self._theme.colour("band")
        )

    def _paint_scale(self, panel: Panel, box: QRectF) -> None:
        self._painter.setFont(self._theme.font("label"))
        for mark in scale_marks(panel.low, panel.high):
            y = round(y_of(panel, box, mark)) + 0.5
            self._painter.setPen(QPen(self._theme.colour("line"), 1))
            self._painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            self._painter.setPen(self._theme.colour("ink_2"))
            where = QRectF(0, y - 10, box.left() - self._theme.grid(1), 20)
            self._painter.drawText(where, _RIGHT | _MIDDLE, number_text(mark))

    def _paint_critical_lines(self, panel: Panel, box: QRectF) -> None:
        self._painter.setPen(QPen(self._theme.colour("danger"), 1, Qt.PenStyle.DashDotLine))
        for limit in (panel.critical_low, panel.critical_high):
            if limit is not None and panel.low < limit < panel.high:
                y = round(y_of(panel, box, limit)) + 0.5
                self._painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))

    def _paint_series(self, panel: Panel, box: QRectF, series: Series) -> None:
        painter = self._painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._theme.colour(series.colour)
        seen = [point for point in series.points if self._axis.holds(point.at)]
        painter.setPen(QPen(colour, 1.4))
        placed = [(point, self._place(panel, box, point)) for point in seen]
        for (before, start), (after, end) in pairwise(placed):
            if series.gap is None or after.at - before.at <= series.gap:
                painter.drawLine(start, end)
        for point, centre in placed:
            self._paint_point(panel, box, (series.symbol, colour), point, centre)

    def _paint_point(
        self,
        panel: Panel,
        box: QRectF,
        mark: tuple[Symbol, QColor],
        point: Point,
        centre: QPointF,
    ) -> None:
        painter, theme = self._painter, self._theme
        size = theme.px("plot_symbol")
        symbol, colour = mark
        if is_outside(panel, point):
            self._paint_outside(centre, colour, above=point.value > panel.high)
            return
        fill = theme.colour("panel") if point.late else colour
        paint_symbol(painter, symbol, centre, size, (colour, fill))
        if point.critical:
            painter.setPen(QPen(theme.colour("danger"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, size * 0.95, size * 0.95)
            painter.setFont(theme.font("table", strong=True))
            above = centre.y() - size * 2.6 > box.top()
            top = centre.y() - size * 2.9 if above else centre.y() + size
            where = QRectF(centre.x() - 12, top, 24, size * 2)
            painter.drawText(where, Qt.AlignmentFlag.AlignCenter, "‼")

    def _paint_outside(self, centre: QPointF, colour: QColor, *, above: bool) -> None:
        """An arrow at the edge: the value lies outside the scale (CUI GTAB-078)."""
        size = self._theme.px("plot_symbol")
        tip = -size if above else size
        self._painter.setPen(QPen(colour, 1.4))
        self._painter.setBrush(colour)
        base = QPointF(centre.x(), centre.y() - tip * 0.2)
        self._painter.drawPolygon(
            QPolygonF(
                [
                    base + QPointF(-size * 0.6, 0),
                    base + QPointF(size * 0.6, 0),
                    base + QPointF(0, tip),
                ]
            )
        )

    def _place(self, panel: Panel, box: QRectF, point: Point) -> QPointF:
        return QPointF(self._axis.x(point.at), y_of(panel, box, point.value))


def paint_symbol(
    painter: QPainter, symbol: Symbol, centre: QPointF, size: float, inks: tuple[QColor, QColor]
) -> None:
    """A symbol centred on its value (CUI GTAB-012)."""
    line, fill = inks
    half = size / 2
    painter.setPen(QPen(line, 1.6))
    painter.setBrush(fill)
    x, y = centre.x(), centre.y()
    match symbol:
        case Symbol.CIRCLE:
            painter.drawEllipse(centre, half, half)
        case Symbol.SQUARE:
            side = size * 0.88
            painter.drawRect(QRectF(x - side / 2, y - side / 2, side, side))
        case Symbol.TRIANGLE:
            corners = [(0, -1.1), (1.05, 0.8), (-1.05, 0.8)]
            painter.drawPolygon(
                QPolygonF([QPointF(x + a * half, y + b * half) for a, b in corners])
            )
        case Symbol.DIAMOND:
            corners = [(0, -1.25), (1.1, 0), (0, 1.25), (-1.1, 0)]
            painter.drawPolygon(
                QPolygonF([QPointF(x + a * half, y + b * half) for a, b in corners])
            )
        case Symbol.CROSS:
            painter.setPen(QPen(line, 2))
            painter.drawLine(QPointF(x - half, y - half), QPointF(x + half, y + half))
            painter.drawLine(QPointF(x - half, y + half), QPointF(x + half, y - half))
