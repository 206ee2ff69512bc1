"""Events on a time axis, in lanes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from resources.styles.tokens import Tone
from widgets.hatch import paint_hatch
from widgets.look import Look
from widgets.time_axis import TimeAxis, mark_text, moment_text


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something that happened, lasts, or is due.

    Attributes:
        key: What the timeline answers with.
        lane: The key of its lane.
        at: When, aware.
        text: What it is.
        until: Its end; None for a moment.
        open_ended: It has begun and has not ended.
        tone: What it claims; LOCAL is hatched.
        icon: Its sign; the tone's own when empty.
        hollow: Planned, not done: bordered, unfilled (CUI MEDa-0115).
    """

    key: str
    lane: str
    at: datetime
    text: str
    until: datetime | None = None
    open_ended: bool = False
    tone: Tone = Tone.PLAIN
    icon: str = ""
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class TimelineSpec:
    """A whole timeline: `lanes` are (key, heading) from top to bottom."""

    title: str
    lanes: tuple[tuple[str, str], ...]
    events: tuple[TimelineEvent, ...]
    start: datetime
    end: datetime
    zone: tzinfo
    now: datetime | None = None


class Timeline(QWidget):
    """Draws a `TimelineSpec`; left and right go from event to event, Enter opens.

    Signals:
        opened: The key of the event the user opened.
        pointed: What is said of the event under the caret.
    """

    opened = Signal(str)
    pointed = Signal(str)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look = look
        self._spec: TimelineSpec | None = None
        self._events: tuple[TimelineEvent, ...] = ()
        self._at: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._redress)

    def show_timeline(self, spec: TimelineSpec) -> None:
        key = self._events[self._at].key if self._at is not None else ""
        self._spec = spec
        seen = [e for e in spec.events if e.at <= spec.end and self._end_of(e, spec) >= spec.start]
        self._events = tuple(sorted(seen, key=lambda event: event.at))
        self._at = next((i for i, e in enumerate(self._events) if e.key == key), None)
        self._redress()

    @property
    def read_out(self) -> str:
        """What is said of the event under the caret."""
        return self._sentence(self._events[self._at]) if self._at is not None else ""

    def sizeHint(self) -> QSize:
        theme = self._look.theme
        lanes = len(self._spec.lanes) if self._spec else 0
        return QSize(theme.px("plot_panel") * 4, lanes * theme.px("lane") + theme.grid(11))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._look.theme.px("plot_panel") * 2, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last, now = len(self._events) - 1, self._at
        steps = {
            Qt.Key.Key_Right: 0 if now is None else min(now + 1, last),
            Qt.Key.Key_Left: last if now is None else max(now - 1, 0),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in steps and self._events:
            self._go(steps[key])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and now is not None:
            self.opened.emit(self._events[now].key)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._under(event.position())
        if place is not None:
            self._go(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._under(event.position())
        if place is not None:
            self.opened.emit(self._events[place].key)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            place = self._under(QPointF(event.pos()))
            if place is not None:
                QToolTip.showText(event.globalPos(), self._sentence(self._events[place]), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        if self._spec is None:
            return
        painter = QPainter(self)
        theme, axis = self._look.theme, self._axis(self._spec)
        self._paint_lanes(painter, self._spec, axis)
        self._paint_marks(painter, self._spec, axis)
        for place, item in enumerate(self._events):
            self._paint_event(painter, item, here=place == self._at)
        if not self._events:
            painter.setPen(theme.colour("ink_2"))
            words = self._look.text("widget.timeline.nothing")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), theme.px("focus")))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_lanes(self, painter: QPainter, spec: TimelineSpec, axis: TimeAxis) -> None:
        theme = self._look.theme
        tall = theme.px("lane")
        for place, (_, heading) in enumerate(spec.lanes):
            top = self._top() + place * tall
            ground = theme.colour("panel" if place % 2 == 0 else "ground")
            painter.fillRect(QRectF(axis.left, top, axis.width, tall), ground)
            painter.setFont(theme.font("label"))
            painter.setPen(theme.colour("ink_2"))
            where = QRectF(theme.grid(1), top, axis.left - theme.grid(2), tall)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(where, flags | Qt.TextFlag.TextWordWrap, heading)
        painter.setPen(QPen(theme.colour("line_strong"), 1))
        tall_all = tall * len(spec.lanes)
        painter.drawRect(QRectF(axis.left, self._top(), axis.width, tall_all))

    def _paint_marks(self, painter: QPainter, spec: TimelineSpec, axis: TimeAxis) -> None:
        theme = self._look.theme
        room = float(QFontMetrics(theme.font("label")).horizontalAdvance("00-Mmm") + 16)
        step = axis.step(room)
        bottom = self._top() + theme.px("lane") * len(spec.lanes)
        painter.setFont(theme.font("label"))
        for mark in axis.marks(room):
            x = round(axis.x(mark)) + 0.5
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawLine(QPointF(x, self._top()), QPointF(x, bottom))
            painter.setPen(theme.colour("ink_2"))
            where = QRectF(x - room, bottom + 2, 2 * room, theme.grid(5))
            flags = Qt.AlignmentFlag.AlignCenter
            painter.drawText(where, flags, mark_text(self._look, mark, step))
        if spec.now is not None and axis.holds(spec.now):
            x = round(axis.x(spec.now)) + 0.5
            painter.setPen(QPen(theme.colour("now"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, self._top()), QPointF(x, bottom))
            where = QRectF(x - 40, 0, 80, self._top())
            painter.drawText(
                where, Qt.AlignmentFlag.AlignCenter, self._look.text("widget.plot.now")
            )

    def _paint_event(self, painter: QPainter, item: TimelineEvent, *, here: bool) -> None:
        theme = self._look.theme
        box = self._box(item)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = theme.colour("line_field") if item.tone is Tone.PLAIN else theme.ink(item.tone)
        if item.tone is Tone.LOCAL:
            paint_hatch(painter, box, theme)
        fill = theme.colour("panel") if item.hollow else theme.surface(item.tone)
        painter.setBrush(Qt.BrushStyle.NoBrush if item.tone is Tone.LOCAL else fill)
        painter.setPen(QPen(theme.colour("focus"), theme.px("focus")) if here else QPen(edge, 1))
        if item.open_ended and not here:
            painter.setPen(QPen(edge, 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(box, theme.px("radius") - 1, theme.px("radius") - 1)
        side = theme.px("label")
        icon = self._look.pixmap(item.icon or item.tone.icon, item.tone.ink, "label", ratio=2.0)
        painter.drawPixmap(
            round(box.left()) + theme.grid(1), round(box.center().y() - side / 2), icon
        )
        painter.setFont(theme.font("label", strong=item.tone is Tone.DANGER))
        painter.setPen(theme.ink(item.tone))
        words = box.adjusted(side + theme.grid(2), 0, -2, 0)
        shown = painter.fontMetrics().elidedText(
            item.text, Qt.TextElideMode.ElideRight, int(words.width()) + 2
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()

    def _box(self, item: TimelineEvent) -> QRectF:
        spec = self._spec
        if spec is None:
            return QRectF()
        theme, axis = self._look.theme, self._axis(spec)
        lanes = [key for key, _ in spec.lanes]
        place = lanes.index(item.lane)
        top = self._top() + place * theme.px("lane") + 3
        left = max(axis.x(item.at), axis.left)
        if item.until is None and not item.open_ended:
            words = QFontMetrics(theme.font("label", strong=True)).horizontalAdvance(item.text)
            width = min(words + theme.px("label") + theme.grid(4), theme.px("plot_day") * 1.6)
            width = min(width, self._free_after(item, left))
            return QRectF(left, top, width, theme.px("lane") - 6)
        right = min(axis.x(self._end_of(item, spec)), axis.left + axis.width)
        return QRectF(left, top, max(right - left, theme.grid(6)), theme.px("lane") - 6)

    def _free_after(self, item: TimelineEvent, left: float) -> float:
        """Room before the next event of the same lane; a box never covers another's start."""
        spec = self._spec
        if spec is None:
            return 0.0
        axis = self._axis(spec)
        later = [axis.x(e.at) for e in self._events if e.lane == item.lane and e.at > item.at]
        least = float(self._look.theme.px("label") + self._look.theme.grid(2))
        return max(least, min(later, default=axis.left + axis.width) - left - 2)

    def _end_of(self, item: TimelineEvent, spec: TimelineSpec) -> datetime:
        if item.open_ended:
            return max(item.at, min(spec.now or spec.end, spec.end))
        return item.until or item.at

    def _axis(self, spec: TimelineSpec) -> TimeAxis:
        theme = self._look.theme
        left = float(theme.px("plot_left") * 2)
        width = max(theme.grid(20), self.width() - left - theme.grid(3))
        return TimeAxis(spec.start, spec.end, spec.zone, left, float(width))

    def _top(self) -> int:
        return self._look.theme.grid(5)

    def _under(self, where: QPointF) -> int | None:
        hits = [i for i, item in enumerate(self._events) if self._box(item).contains(where)]
        return hits[-1] if hits else None

    def _go(self, place: int) -> None:
        self._at = place
        self.setAccessibleDescription(self.read_out)
        self.update()
        self.pointed.emit(self.read_out)

    def _sentence(self, item: TimelineEvent) -> str:
        spec = self._spec
        if spec is None:
            return ""
        text = self._look.text
        time = moment_text(self._look, item.at, spec.zone)
        if item.until is not None:
            until = moment_text(self._look, item.until, spec.zone)
            return text("widget.timeline.lasting", label=item.text, time=time, until=until)
        code = "widget.timeline.open" if item.open_ended else "widget.timeline.event"
        return text(code, label=item.text, time=time)

    def _redress(self) -> None:
        if self._spec is not None:
            self.setAccessibleName(self._spec.title)
        self.updateGeometry()
        self.update()
