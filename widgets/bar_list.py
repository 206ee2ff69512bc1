"""Bars under each other, the longest first: a value each, and a second mark behind it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from resources.styles.tokens import Tone
from widgets.look import Look


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        label: What is measured.
        value: How long the bar is.
        text: The value in words, behind the bar.
        mark: Where a thin line stands, such as what nine in ten do not exceed.
        tone: What it claims; the words say it too.
        said: Everything about it, for screen readers.
    """

    label: str
    value: float
    text: str
    mark: float = 0.0
    tone: Tone = Tone.ACT
    said: str = ""


class BarList(QWidget):
    """Draws bars; up and down go from one to the next and read it out.

    Signals:
        pointed: The place of the bar the user went to.
    """

    pointed = Signal(int)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look = look
        self._bars: tuple[Bar, ...] = ()
        self._nothing = ""
        self._at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        look.changed.connect(self._redress)

    def show_bars(self, bars: tuple[Bar, ...], nothing: str) -> None:
        """Show `bars`; `nothing` is said where there are none."""
        self._bars, self._nothing = bars, nothing
        self._at = min(self._at, max(len(bars) - 1, 0))
        self._redress()

    @property
    def bars(self) -> tuple[Bar, ...]:
        return self._bars

    @property
    def read_out(self) -> str:
        """What is said of the bar under the caret."""
        return self._bars[self._at].said if self._bars else self._nothing

    def sizeHint(self) -> QSize:
        theme = self._look.theme
        return QSize(theme.grid(70), self._tall() * max(len(self._bars), 3) + theme.grid(2))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._look.theme.grid(40), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or not self._bars:
            super().keyPressEvent(event)
            return
        self._go(min(max(self._at + step, 0), len(self._bars) - 1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = int((event.position().y() - self._look.theme.grid(1)) // self._tall())
        if 0 <= place < len(self._bars):
            self._go(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._look.theme
        painter.fillRect(event.rect(), theme.colour("panel"))
        if not self._bars:
            painter.setFont(theme.font("body"))
            painter.setPen(theme.colour("ink_2"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(8, 8, -8, -8), flags, self._nothing)
        most = max((max(bar.value, bar.mark) for bar in self._bars), default=0.0) or 1.0
        for place, bar in enumerate(self._bars):
            self._paint(painter, place, bar, most)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), theme.px("focus")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint(self, painter: QPainter, place: int, bar: Bar, most: float) -> None:
        theme = self._look.theme
        metrics = QFontMetrics(theme.font("label"))
        top = theme.grid(1) + place * self._tall()
        pad = theme.grid(2)
        wide = self.width() - 2 * pad
        if place == self._at and self.hasFocus():
            painter.fillRect(0, top, self.width(), self._tall(), theme.colour("hover"))
        painter.setFont(theme.font("label"))
        painter.setPen(theme.colour("ink"))
        room = metrics.horizontalAdvance(bar.text) + theme.grid(2)
        line = QRectF(pad, top, wide - room, metrics.height())
        label = metrics.elidedText(bar.label, Qt.TextElideMode.ElideRight, int(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, label)
        painter.setPen(theme.ink(bar.tone) if bar.tone is Tone.DANGER else theme.colour("ink_2"))
        painter.drawText(
            QRectF(pad, top, wide, metrics.height()), Qt.AlignmentFlag.AlignRight, bar.text
        )
        under = top + metrics.height() + 1
        thick = max(self._tall() - metrics.height() - theme.grid(1) - 1, 4)
        painter.fillRect(QRectF(pad, under, wide, thick), theme.colour("ground"))
        painter.fillRect(QRectF(pad, under, wide * bar.value / most, thick), theme.ink(bar.tone))
        if bar.mark:
            x = pad + wide * bar.mark / most
            painter.setPen(QPen(theme.colour("ink"), 1.5))
            painter.drawLine(QPointF(x, under - 1), QPointF(x, under + thick + 1))

    def _tall(self) -> int:
        theme = self._look.theme
        return QFontMetrics(theme.font("label")).height() + theme.grid(3)

    def box_of(self, place: int) -> QRectF:
        """Where the bar lies."""
        top = self._look.theme.grid(1) + place * self._tall()
        return QRectF(0, top, self.width(), self._tall())

    def _go(self, place: int) -> None:
        self._at = place
        self.setAccessibleDescription(self.read_out)
        self.update()
        self.pointed.emit(place)

    def _redress(self) -> None:
        self.setAccessibleDescription(self.read_out)
        self.updateGeometry()
        self.update()


class BarListArea(QScrollArea):
    """Bars for which their place may have no room: the one under the caret stays in sight."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}.area")
        self.list = BarList(look, name)
        self.setWidget(self.list)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusProxy(self.list)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.pointed.connect(self._follow)

    def _follow(self, place: int) -> None:
        box = self.list.box_of(place)
        self.ensureVisible(0, round(box.center().y()), 0, round(box.height()))
