"""Values over time: points and lines, stacked over one time axis, the newest in digits."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.look import Look
from widgets.time_axis import TimeAxis
from widgets.trend_paint import PanelPainter, paint_symbol, y_of
from widgets.trend_values import Panel, Series, TrendSpec, number_text
from widgets.trend_words import Spot, description, outside, read_out, spots_of, value_text

_SECONDS_PER_DAY = 86_400
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TrendPlot(QWidget):
    """Draws a `TrendSpec`.

    The height follows the panels and the width the period; it does not stretch to fill
    (CUI GTAB-072). Left and right go from value to value, Home and End to the first and last,
    Enter opens.

    Signals:
        pointed: What the read-out says of the value under the pointer or the caret.
        opened: The key of the value the user opened.
    """

    pointed = Signal(str)
    opened = Signal(str)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look = look
        self._spec: TrendSpec | None = None
        self._spots: tuple[Spot, ...] = ()
        self._at: int | None = None
        self._room_aside: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._redress)

    # -- what it shows and says

    def show_trend(self, spec: TrendSpec) -> None:
        self._spec = spec
        self._spots = spots_of(spec)
        self._at = None
        self._redress()

    @property
    def read_out(self) -> str:
        """What is said of the value under the caret; empty when there is none."""
        if self._spec is None or self._at is None:
            return ""
        return read_out(self._look, self._spec, self._spots[self._at])

    def place_of(self, key: str) -> QPointF | None:
        """Where the value `key` is drawn."""
        return next((self._drawn(s) for s in self._spots if s.point.key == key), None)

    # -- size

    def sizeHint(self) -> QSize:
        theme = self._look.theme
        count = len(self._spec.panels) if self._spec else 0
        tall = count * (theme.px("plot_panel") + self._head()) + theme.grid(11)
        return QSize(theme.px("plot_left") + self._wanted_width() + self._aside(), tall)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        narrow = self._look.theme.px("plot_left") * 4 + self._aside()
        return QSize(narrow, self.sizeHint().height())

    def _wanted_width(self) -> int:
        theme = self._look.theme
        if self._spec is None:
            return 0
        seconds = (self._spec.end - self._spec.start).total_seconds()
        days = math.ceil(seconds / _SECONDS_PER_DAY)
        least, most = theme.px("plot_panel") * 3, theme.px("plot_panel") * 9
        return min(max(days * theme.px("plot_day"), least), most)

    def _head(self) -> int:
        return self._look.theme.grid(6)

    def _aside(self) -> int:
        """Room for the last values, whole: a number that is cut is another number."""
        if self._room_aside is None:  # of this content in this theme: `_redress` forgets it
            self._room_aside = self._measured_aside()
        return self._room_aside

    def _measured_aside(self) -> int:
        theme = self._look.theme
        least = theme.px("rail_wide")
        if self._spec is None:
            return least
        metrics = QFontMetrics(theme.font("body", strong=True))
        lead = theme.px("plot_symbol") + theme.grid(6)
        words = [
            value_text(self._look, panel, series.points[-1])
            for panel in self._spec.panels
            for series in panel.series
            if series.points
        ]
        return max([least, *(metrics.horizontalAdvance(word) + lead for word in words)])

    def _plot_width(self) -> float:
        theme = self._look.theme
        room = self.width() - theme.px("plot_left") - self._aside() - theme.grid(2)
        return float(max(theme.grid(20), min(room, self._wanted_width())))

    def _axis(self, spec: TrendSpec) -> TimeAxis:
        left = float(self._look.theme.px("plot_left"))
        return TimeAxis(spec.start, spec.end, spec.zone, left, self._plot_width())

    def _box(self, place: int) -> QRectF:
        """All panels share the left edge and the time axis (CUI GTAB-147)."""
        theme = self._look.theme
        tall = theme.px("plot_panel")
        top = place * (tall + self._head()) + self._head()
        return QRectF(theme.px("plot_left"), top, self._plot_width(), tall - theme.grid(1))

    def _drawn(self, spot: Spot) -> QPointF:
        spec = self._spec
        if spec is None:
            return QPointF()
        y = y_of(spec.panels[spot.panel], self._box(spot.panel), spot.point.value)
        return QPointF(self._axis(spec).x(spot.point.at), y)

    # -- keyboard and pointer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last, now = len(self._spots) - 1, self._at
        steps = {
            Qt.Key.Key_Right: 0 if now is None else min(now + 1, last),
            Qt.Key.Key_Left: last if now is None else max(now - 1, 0),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in steps and self._spots:
            self._point(steps[key])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and now is not None:
            self.opened.emit(self._spots[now].point.key)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._nearest(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._nearest(event.position())
        if place is not None:
            self.opened.emit(self._spots[place].point.key)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: ARG002 - Qt's signature
        if not self.hasFocus():
            self._point(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point(None)

    def _nearest(self, where: QPointF) -> int | None:
        reach = self._look.theme.px("plot_symbol") * 2
        near: list[tuple[float, int]] = []
        for place, spot in enumerate(self._spots):
            away = (self._drawn(spot) - where).manhattanLength()
            if away <= reach:
                near.append((away, place))
        return min(near)[1] if near else None

    def _point(self, place: int | None) -> None:
        if place == self._at:
            return
        self._at = place
        said = self.read_out
        self.setAccessibleDescription(said or self._description())
        self.update()
        if said:
            self.pointed.emit(said)

    # -- pixels

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        if self._spec is None:
            return
        painter = QPainter(self)
        spec, theme = self._spec, self._look.theme
        strokes = PanelPainter(painter, self._look, self._axis(spec), self._mark_room())
        for place, panel in enumerate(spec.panels):
            box = self._box(place)
            self._paint_head(painter, panel, box)
            strokes.paint(panel, box)
            self._paint_last_values(painter, panel, box)
            if spec.now is not None:
                strokes.paint_now(spec.now, box)
        bottom = self._box(len(spec.panels) - 1).bottom()
        strokes.paint_time_marks(bottom + theme.grid(1))
        if not self._spots:
            painter.setPen(theme.colour("ink_2"))
            words = self._look.text("widget.plot.nothing")
            painter.drawText(self._box(0), Qt.AlignmentFlag.AlignCenter, words)
        if self._at is not None:
            self._paint_read_out(painter, self._spots[self._at])
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), theme.px("focus")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _mark_room(self) -> float:
        metrics = QFontMetrics(self._look.theme.font("label"))
        return float(metrics.horizontalAdvance("00-Mmm") + self._look.theme.grid(4))

    def _paint_head(self, painter: QPainter, panel: Panel, box: QRectF) -> None:
        theme = self._look.theme
        left = float(theme.grid(1))
        row = QRectF(left, box.top() - self._head(), box.right() - left, self._head())
        painter.setFont(theme.font("table", strong=True))
        painter.setPen(theme.colour("ink"))
        painter.drawText(row, _LEFT, panel.title)
        used = painter.fontMetrics().horizontalAdvance(panel.title) + theme.grid(2)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.colour("ink_2"))
        words = [panel.unit]
        if panel.band is not None:
            words.append(panel.band.text)
        if panel.rescaled:
            low, high = number_text(panel.low), number_text(panel.high)
            words.append(self._look.text("widget.plot.scale", low=low, high=high))
        if self._spec is not None and (said := outside(self._look, self._spec, panel)):
            words.append(said)
        painter.drawText(row.adjusted(used, 0, 0, 0), _LEFT, " · ".join(filter(None, words)))

    def _paint_last_values(self, painter: QPainter, panel: Panel, box: QRectF) -> None:
        """Newest strongest, the one before weaker (CUI GTAB-045 to 047)."""
        theme = self._look.theme
        left, wide = box.right() + theme.grid(3), self._aside() - theme.grid(3)
        top = box.top()
        for series in panel.series:
            row = QRectF(left, top, wide, theme.grid(10))
            top += self._paint_last(painter, panel, series, row)

    def _paint_last(self, painter: QPainter, panel: Panel, series: Series, row: QRectF) -> float:
        """Paint the last two values of a series and say how tall they stand."""
        theme = self._look.theme
        size = theme.px("plot_symbol")
        colour = theme.colour(series.colour)
        half = row.height() / 2
        centre = QPointF(row.left() + size / 2 + 1, row.top() + half / 2 + 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_symbol(painter, series.symbol, centre, size, (colour, colour))
        lead = size + theme.grid(2)
        first = QRectF(row.left() + lead, row.top(), row.width() - lead, half)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.colour("ink_2"))
        metrics = painter.fontMetrics()
        name = metrics.elidedText(series.name, Qt.TextElideMode.ElideRight, int(first.width()))
        painter.drawText(first, _LEFT, name)
        second = first.translated(0, half - 3)
        if not series.points or self._spec is None:
            painter.drawText(second, _LEFT, "—")
            return row.height()
        newest = series.points[-1]
        painter.setFont(theme.font("body", strong=True))
        painter.setPen(theme.colour("danger" if newest.critical else "ink"))
        words = value_text(self._look, panel, newest)
        painter.drawText(second, _LEFT, words)
        if len(series.points) < 2:
            return row.height()
        used = painter.fontMetrics().horizontalAdvance(words) + theme.grid(2)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.colour("ink_3"))
        before = f"← {series.points[-2].shown}"
        fits = used + painter.fontMetrics().horizontalAdvance(before) <= second.width()
        place = second.adjusted(used, 0, 0, 0) if fits else second.translated(0, half - 3)
        painter.drawText(place, _LEFT, before)
        return row.height() if fits else row.height() + half - 3

    def _paint_read_out(self, painter: QPainter, spot: Spot) -> None:
        """A ring at the value and a line under the axis: words never cover data."""
        theme = self._look.theme
        centre = self._drawn(spot)
        painter.setPen(QPen(theme.colour("ink"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        reach = theme.px("plot_symbol") * 1.3
        painter.drawEllipse(centre, reach, reach)
        painter.setFont(theme.font("table", strong=spot.point.critical))
        painter.setPen(theme.colour("danger" if spot.point.critical else "ink"))
        left = float(theme.px("plot_left"))
        foot = QRectF(left, self.height() - theme.grid(6), self.width() - left, theme.grid(6))
        painter.drawText(foot, _LEFT, self.read_out)

    def _description(self) -> str:
        return description(self._look, self._spec) if self._spec is not None else ""

    def _redress(self) -> None:
        self._room_aside = None
        if self._spec is not None:
            self.setAccessibleName(self._spec.title)
            self.setAccessibleDescription(self.read_out or self._description())
        self.updateGeometry()
        self.update()
