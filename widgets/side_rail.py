"""The navigation at the left: an icon and a word for each place."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
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
from widgets.look import Look


@dataclass(frozen=True, slots=True)
class RailItem:
    """A place to go.

    Attributes:
        key: What the rail answers with.
        text: Its word.
        icon: Its icon.
        count: How much waits there, empty for nothing.
        tone: What the count claims.
        keys: Its shortcut, shown in the tool tip.
        apart: A gap stands before it.
    """

    key: str
    text: str
    icon: str
    count: str = ""
    tone: Tone = Tone.PLAIN
    keys: str = ""
    apart: bool = False


class SideRail(QWidget):
    """Goes from place to place; up and down move, Enter goes.

    Signals:
        chosen: The key of the place the user goes to.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look = look
        self._items: tuple[RailItem, ...] = ()
        self._current = ""
        self._at = 0
        self._hovered = -1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        look.changed.connect(self._redress)
        self._redress()

    @property
    def current(self) -> str:
        return self._current

    def show_items(self, items: tuple[RailItem, ...], current: str) -> None:
        at = next((i for i, item in enumerate(items) if item.key == current), 0)
        if (items, current, at) == (self._items, self._current, self._at):
            return  # asked for with every page that comes to the front
        self._items, self._current, self._at = items, current, at
        self._name()
        self.update()

    def sizeHint(self) -> QSize:
        theme = self._look.theme
        least = len(self._items) * (theme.px("icon_large") + theme.grid(1))
        return QSize(theme.px("rail"), least + theme.grid(1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and self._items:
            self._at = min(max(self._at + step, 0), len(self._items) - 1)
            self._name()
            self.update()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._go(self._at)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(self._place_at(event.position().toPoint().y()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position().toPoint().y())
        if place != self._hovered:
            self._hovered = place
            self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: ARG002 - Qt's signature
        self._hovered = -1
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            place = self._place_at(event.pos().y())
            if 0 <= place < len(self._items):
                item = self._items[place]
                QToolTip.showText(event.globalPos(), f"{item.text}  {item.keys}".strip(), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        theme = self._look.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("panel"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.colour("line"))
        boxes = self._boxes()
        worded = boxes == self._stacked(worded=True)
        for place, box in enumerate(boxes):
            self._paint_item(painter, place, box, worded=worded)

    def _paint_item(self, painter: QPainter, place: int, box: QRect, *, worded: bool) -> None:
        item = self._items[place]
        theme = self._look.theme
        here = item.key == self._current
        if here or place == self._hovered:
            painter.fillRect(box, theme.colour("act_ground" if here else "hover"))
        if here:
            painter.fillRect(box.left(), box.top(), 3, box.height(), theme.colour("act"))
        if item.apart:
            edge = QRect(box.left() + 12, box.top() - theme.grid(1), box.width() - 24, 1)
            painter.fillRect(edge, theme.colour("line"))
        side = theme.px("icon_large")
        ink = "act" if here else "ink_2"
        icon = self._look.pixmap(item.icon, ink, "icon_large", ratio=2.0)
        down = theme.grid(2) if worded else (box.height() - side) // 2
        painter.drawPixmap(box.center().x() - side // 2, box.top() + down, icon)
        painter.setFont(theme.font("label", strong=here))
        painter.setPen(theme.colour("ink" if here else "ink_2"))
        text = item.text if worded else ""
        words = box.adjusted(2, theme.grid(2) + side + 2, -2, -2)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(words, flags | Qt.TextFlag.TextWordWrap, text)
        if item.count:
            self._paint_count(painter, item, box)
        if self.hasFocus() and place == self._at:
            painter.setPen(QPen(theme.colour("focus"), theme.px("focus")))
            painter.drawRect(box.adjusted(1, 1, -2, -2))

    def _paint_count(self, painter: QPainter, item: RailItem, box: QRect) -> None:
        theme = self._look.theme
        font = theme.font("label", strong=True)
        metrics = QFontMetrics(font)
        width = metrics.horizontalAdvance(item.count) + theme.grid(2)
        pill = QRect(box.right() - width - 3, box.top() + 3, width, metrics.height())
        painter.setFont(font)
        painter.setPen(QPen(theme.ink(item.tone), 1))
        painter.setBrush(theme.surface(item.tone))
        painter.drawRoundedRect(pill, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, item.count)

    def _boxes(self) -> list[QRect]:
        """Without room for the words, as at 200 %, the icons stay and the words are tool tips."""
        boxes = self._stacked(worded=True)
        if boxes and boxes[-1].bottom() > self.height() and self.isVisible():
            return self._stacked(worded=False)
        return boxes

    def _stacked(self, *, worded: bool) -> list[QRect]:
        theme = self._look.theme
        width, top, boxes = theme.px("rail"), theme.grid(1), []
        for item in self._items:
            top += theme.grid(2) if item.apart else 0
            tall = self._worded_height(item) if worded else self._bare_height()
            boxes.append(QRect(0, top, width - 1, tall))
            top += tall + 2
        return boxes

    def _worded_height(self, item: RailItem) -> int:
        theme = self._look.theme
        metrics = QFontMetrics(theme.font("label", strong=True))
        room = QRect(0, 0, theme.px("rail") - 4, 1000)
        words = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, item.text).height()
        return theme.grid(4) + theme.px("icon_large") + words

    def _bare_height(self) -> int:
        """As tall as there is room for, and never less than the icon."""
        theme = self._look.theme
        gaps = sum(item.apart for item in self._items) * theme.grid(2) + theme.grid(1)
        share = (self.height() - gaps) // max(len(self._items), 1) - 2
        usual = theme.grid(4) + theme.px("icon_large")
        return max(theme.px("icon_large") + 2, min(usual, share))

    def _place_at(self, y: int) -> int:
        boxes = self._boxes()
        return next((i for i, box in enumerate(boxes) if box.top() <= y <= box.bottom()), -1)

    def _go(self, place: int) -> None:
        if 0 <= place < len(self._items):
            self._at = place
            self.chosen.emit(self._items[place].key)

    def _name(self) -> None:
        rail = self._look.text("widget.rail.name")
        item = self._items[self._at] if self._items else None
        said = f"{rail}, {item.text} {item.count}".strip() if item else rail
        self.setAccessibleName(said)

    def _redress(self) -> None:
        self._name()
        self.setFixedWidth(self._look.theme.px("rail"))
        self.update()
