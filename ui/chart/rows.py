"""The lines of the overview's cards: they are read, clicked and walked through by Tab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from resources.styles.tokens import Tone
from widgets.hatch import paint_hatch
from widgets.look import Look
from widgets.runs import Run, Runs

_SHARES = (5, 3, 4)
"""Of the columns beside the 5 of the words: a value with its unit, a range, a moment."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line; bold ones are what must not be misread."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card.

    Attributes:
        key: What it answers with when it is opened; "" leads nowhere.
        main: Its pieces, in reading order.
        columns: More to the right, each in its own column.
        second: A weaker line under it.
        tone: What it claims; LOCAL hatches its edge.
        hover: The whole, where a column shortens (a time without its year).
    """

    key: str
    main: tuple[Part, ...]
    columns: tuple[Part, ...] = ()
    second: str = ""
    tone: Tone = Tone.PLAIN
    hover: str = ""

    @property
    def plain(self) -> str:
        """As a screen reader says it."""
        parts = [*(part.text for part in self.main), *(part.text for part in self.columns)]
        return " ".join(part for part in (*parts, self.second) if part)


class LineRow(QWidget):
    """Draws one `Line`: its words, a weaker line under them, and its columns beside.

    Signals:
        picked: Its key, by a click or Enter.
    """

    picked = Signal(str)

    def __init__(self, look: Look, line: Line, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._look = look
        self.line = line
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)  # Qt knows without asking: layouts ask a thousand times
        self.setSizePolicy(policy)
        self.setAccessibleName(line.plain)
        self.setToolTip(line.hover)
        self._write()
        if line.key:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def dress(self) -> None:
        """Take the fonts of the theme of the moment."""
        self._write()
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        if width not in self._heights:  # layouts ask for the same few widths dozens of times
            self._heights[width] = self._height(width)
        return self._heights[width]

    def _height(self, width: int) -> int:
        first, *others = self._places(width)
        deepest = self._main.height(first.width)
        if self._second is not None:
            deepest += self._second.height(first.width)
        for column, place in zip(self._columns, others, strict=True):
            deepest = max(deepest, column.height(place.width))
        return deepest + 2 * self._margin

    def sizeHint(self) -> QSize:
        return QSize(self._look.theme.grid(60), self._one_line)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The share of the card decides how wide it is, not the text."""
        return QSize(self._look.theme.grid(10), self._one_line)

    def _write(self) -> None:
        line, theme = self.line, self._look.theme
        body, bold = theme.font(), theme.font(strong=True)
        small, small_bold = theme.font("label"), theme.font("label", strong=True)
        self._main = Runs(_runs(line.main), body, bold)
        second = (Run(line.second),) if line.second else ()
        self._second = Runs(second, small, small_bold) if second else None
        self._columns = tuple(
            Runs(_runs((part,)), small if place else body, small_bold if place else bold)
            for place, part in enumerate(line.columns)
        )
        self._margin = theme.grid(1) // 2
        self._one_line = QFontMetrics(body).height() + 2 * self._margin
        self._heights: dict[int, int] = {}

    def _places(self, width: int) -> tuple[_Place, ...]:
        """Where the words stand and each column.

        The icon takes its room from the words, so that columns stand under each other.
        """
        theme = self._look.theme
        gap = theme.grid(2)
        shares = (5, *(_SHARES[min(place, 2)] for place in range(len(self._columns))))
        room = max(1, width - gap - theme.grid(1) - gap * len(self._columns))
        found: list[_Place] = []
        x, given = gap, 0
        for n, share in enumerate(shares):
            given += share
            end = gap + room * given // sum(shares) + gap * n
            found.append(_Place(x, max(1, end - x)))
            x = end + gap
        icon = theme.px("icon") + gap if self._has_icon else 0
        words = found[0]
        return (_Place(words.x + icon, max(1, words.width - icon)), *found[1:])

    @property
    def _has_icon(self) -> bool:
        return self.line.tone not in (Tone.PLAIN, Tone.UNKNOWN)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.line.key and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.picked.emit(self.line.key)
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        inside = self.rect().contains(event.position().toPoint())
        if self.line.key and inside and event.button() is Qt.MouseButton.LeftButton:
            self.picked.emit(self.line.key)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        theme, tone = self._look.theme, self.line.tone
        if tone is Tone.LOCAL:
            paint_hatch(painter, QRectF(0, 0, theme.grid(1) + 2, self.height()), theme)
        if self._has_icon:
            icon = self._look.pixmap(tone.icon, tone.ink, ratio=2.0)
            painter.drawPixmap(theme.grid(2), self._margin, icon)
        ink, weak = theme.ink(tone), theme.colour("ink_3")
        first, *others = self._places(self.width())
        self._main.paint(painter, first.x, self._margin, first.width, ink)
        if self._second is not None:
            under = self._margin + self._main.height(first.width)
            self._second.paint(painter, first.x, under, first.width, weak)
        for n, (column, place) in enumerate(zip(self._columns, others, strict=True)):
            claims = tone is not Tone.PLAIN or not n
            colour = ink if claims else weak
            column.paint(painter, place.x, self._margin, place.width, colour)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), theme.px("focus")))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))


@dataclass(frozen=True, slots=True)
class _Place:
    """From where, and how wide."""

    x: int
    width: int


def _runs(parts: tuple[Part, ...]) -> tuple[Run, ...]:
    return tuple(Run(part.text, part.strong) for part in parts)


class Lines(QWidget):
    """The lines of one card, under each other.

    Signals:
        picked: The key of the line that was opened.
    """

    picked = Signal(str)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._look = look
        self._shown: tuple[Line, ...] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        look.changed.connect(self._dress)

    @property
    def lines(self) -> tuple[Line, ...]:
        return self._shown or ()

    def show_lines(self, lines: Sequence[Line], *, afresh: bool = False) -> None:
        """Show `lines`; those that are shown already stay, with the focus on them."""
        if self._shown == tuple(lines) and not afresh:
            return
        held = self._key_in_focus()
        while (item := self._column.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.hide()
                part.deleteLater()
        self._shown = tuple(lines)
        for place, line in enumerate(lines):
            row = LineRow(self._look, line, f"{self.objectName()}.{place}")
            row.picked.connect(self.picked)
            self._column.addWidget(row)
            if held and line.key == held:
                row.setFocus()

    def _dress(self) -> None:
        for place in range(self._column.count()):
            item = self._column.itemAt(place)
            row = item.widget() if item else None
            if isinstance(row, LineRow):
                row.dress()

    def _key_in_focus(self) -> str:
        row = self.focusWidget()
        return row.line.key if isinstance(row, LineRow) and row.hasFocus() else ""
