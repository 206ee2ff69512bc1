"""Stages side by side and bands below each other; both headings stay in sight."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from widgets.look import Look
from widgets.naming import named
from widgets.stage_paint import StagePaint, band_height, column_width, entry_height, heads
from widgets.stage_plan import Entry, StagePlan, When


@dataclass(frozen=True, slots=True)
class _Laid:
    """Where everything lies: columns and rows from the end of the headings, in pixels."""

    wide: int = 0
    head: QSize = field(default_factory=QSize)
    tops: tuple[int, ...] = ()
    heights: tuple[int, ...] = ()
    boxes: dict[str, QRect] = field(default_factory=dict)

    @property
    def height(self) -> int:
        return self.tops[-1] + self.heights[-1] if self.tops else 0


class StageGrid(QAbstractScrollArea):
    """Draws a `StagePlan`.

    Keyboard: arrows go from entry to entry, Home and End to the first and the last of the stage,
    Space and Enter choose.

    Signals:
        pointed: The key of the entry the user went to.
        chosen: The key of the entry the user chose.
    """

    pointed = Signal(str)
    chosen = Signal(str)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        named(self.viewport(), f"{name}.cells")
        self._look = look
        self._plan = StagePlan()
        self._laid = _Laid()
        self._current = ""
        self._revealed = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setMinimumSize(look.theme.grid(70), look.theme.grid(24))
        look.changed.connect(self._lay_out)

    @property
    def plan(self) -> StagePlan:
        return self._plan

    @property
    def current(self) -> str:
        """The key of the entry the caret is on, "" for none."""
        return self._current

    @property
    def read_out(self) -> str:
        """What is said of the entry under the caret."""
        entry = self._plan.entry(self._current)
        return entry.said if entry is not None else ""

    def show_plan(self, plan: StagePlan, current: str = "") -> None:
        """Show `plan` with the caret on `current`; says nothing to listeners.

        The stage of now comes into sight when another one was, or none.
        """
        if plan != self._plan:
            self._plan = plan
            self._lay_out()
        wanted = current if plan.entry(current) is not None else ""
        if wanted != self._current:
            self._current = wanted
            self._name()
            self.viewport().update()
        now = next((one.key for one in plan.stages if one.when is When.NOW), "")
        if now != self._revealed:
            self._revealed = now
            self.reveal(now)

    def reveal(self, stage: str) -> None:
        """Scroll so that the stage stands at the left, with the one before it where it fits."""
        keys = [one.key for one in self._plan.stages]
        if stage in keys:
            place = keys.index(stage)
            fits = self._room().width() // max(self._laid.wide, 1)
            first = place - 1 if fits > 2 else place
            self.horizontalScrollBar().setValue(max(first, 0) * self._laid.wide)

    def box_of(self, key: str) -> QRect:
        """Where an entry lies on the viewport."""
        return self._laid.boxes.get(key, QRect()).translated(self._origin())

    # -- hearing

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        plan, here = self._plan, self._current
        if key in {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter} and here:
            self.chosen.emit(here)
            return
        moves = {
            Qt.Key.Key_Left: lambda: plan.beside(here, -1),
            Qt.Key.Key_Right: lambda: plan.beside(here, 1),
            Qt.Key.Key_Up: lambda: plan.below(here, -1),
            Qt.Key.Key_Down: lambda: plan.below(here, 1),
            Qt.Key.Key_Home: lambda: plan.below(here, -len(plan.entries) * 99),
            Qt.Key.Key_End: lambda: plan.below(here, len(plan.entries) * 99),
        }
        if key not in moves or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        self._go(moves[key]() if here else self._first())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        entry = self._under(event.position().toPoint())
        if entry is not None:
            self._go(entry.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        entry = self._under(event.position().toPoint())
        if entry is not None:
            self.chosen.emit(entry.key)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            entry = self._under(event.pos())
            if entry is not None:
                QToolTip.showText(event.globalPos(), entry.said, self.viewport())
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        self.reveal(self._revealed)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        brush = StagePaint(painter, self._look, focused=self.hasFocus())
        laid, origin = self._laid, self._origin()
        painter.fillRect(event.rect(), self._look.theme.colour("panel"))
        height = max(laid.height, self._room().height())
        for place, stage in enumerate(self._plan.stages):
            column = QRect(place * laid.wide, 0, laid.wide, height).translated(origin)
            brush.ground(column, stage)
        for top in laid.tops[1:]:
            brush.rule(origin.y() + top, self.viewport().width())
        for key, box in laid.boxes.items():
            where, entry = box.translated(origin), self._plan.entry(key)
            if entry is not None and where.intersects(event.rect()):
                brush.entry(where, entry, here=key == self._current)
        brush.left(laid.head.width(), self.viewport().height())
        for place, band in enumerate(self._plan.bands):
            top, tall = origin.y() + laid.tops[place], laid.heights[place]
            brush.band(QRect(0, top, laid.head.width(), tall), band, laid.head.height())
        for place, stage in enumerate(self._plan.stages):
            left = origin.x() + place * laid.wide
            brush.head(QRect(left, 0, laid.wide, laid.head.height()), stage)
        brush.corner(laid.head, self.viewport().width())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self._current and event.reason() is not Qt.FocusReason.MouseFocusReason:
            self._go(self._first())
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    # -- inside

    def _origin(self) -> QPoint:
        """Where the first column and row begin on the viewport."""
        head = self._laid.head
        return QPoint(
            head.width() - self.horizontalScrollBar().value(),
            head.height() - self.verticalScrollBar().value(),
        )

    def _room(self) -> QSize:
        return self.viewport().size() - self._laid.head

    def _first(self) -> str:
        """The first entry of the stage of now, else of the first stage that has any."""
        stages = sorted(self._plan.stages, key=lambda one: one.when is not When.NOW)
        found = (one.key for stage in stages for one in self._plan.column(stage.key))
        return next(found, "")

    def _under(self, at: QPoint) -> Entry | None:
        head = self._laid.head
        if at.x() < head.width() or at.y() < head.height():
            return None
        inside = at - self._origin()
        key = next((key for key, box in self._laid.boxes.items() if box.contains(inside)), "")
        return self._plan.entry(key)

    def _go(self, key: str) -> None:
        if not key:
            return
        self._current = key
        self._follow()
        self._name()
        self.viewport().update()
        self.pointed.emit(key)

    def _follow(self) -> None:
        """Bring the entry under the caret into sight."""
        gap, room = self._look.theme.grid(1), self._room()
        box = self._laid.boxes.get(self._current, QRect()).adjusted(-gap, -gap, gap, gap)
        for bar, first, last, size in (
            (self.horizontalScrollBar(), box.left(), box.right() + 1, room.width()),
            (self.verticalScrollBar(), box.top(), box.bottom() + 1, room.height()),
        ):
            if first < bar.value():
                bar.setValue(first)
            elif last > bar.value() + size:
                bar.setValue(min(first, last - size))

    def _name(self) -> None:
        self.setAccessibleDescription(self.read_out)

    def _lay_out(self) -> None:
        """Measure everything anew: the plan, the size or the theme has changed."""
        theme, plan = self._look.theme, self._plan
        head = heads(theme, plan, self.viewport().width())
        wide = column_width(theme, self.viewport().width() - head.width(), len(plan.stages))
        head = heads(theme, plan, self.viewport().width(), wide)
        gap = theme.grid(1)
        boxes: dict[str, QRect] = {}
        tops: list[int] = []
        heights: list[int] = []
        top = 0
        for band in plan.bands:
            tall = band_height(theme, band, head.width()) + gap
            for place, stage in enumerate(plan.stages):
                y = top + gap
                for one in plan.cell(band.key, stage.key):
                    high = entry_height(theme, one, wide - 2 * gap)
                    boxes[one.key] = QRect(place * wide + gap, y, wide - 2 * gap, high)
                    y += high + gap
                tall = max(tall, y - top)
            tops.append(top)
            heights.append(tall)
            top += tall
        self._laid = _Laid(wide, head, tuple(tops), tuple(heights), boxes)
        self._roll()
        self.viewport().update()

    def _roll(self) -> None:
        """Tell the scroll bars how much there is."""
        laid, room = self._laid, self._room()
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, max(len(self._plan.stages) * laid.wide - room.width(), 0))
        across.setPageStep(max(room.width(), 1))
        across.setSingleStep(laid.wide)
        down.setRange(0, max(laid.height - room.height(), 0))
        down.setPageStep(max(room.height(), 1))
        down.setSingleStep(self._look.theme.row)
