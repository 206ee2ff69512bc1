"""One line of what can be ordered, painted: star, names, strengths, class, look-alikes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from resources.styles.tokens import Tone
from widgets.chips import Badge
from widgets.look import Look
from widgets.table_model import Index

LINE = Qt.ItemDataRole.UserRole + 1
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_TALL = 10_000
_POINTED = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver


@dataclass(frozen=True, slots=True)
class ItemLine:
    """What a line shows; "" shows nothing.

    Attributes:
        name: In the reader's language, first and strong; never cut (CUI MEDi-001, 022).
        other: The name in the other language.
        detail: Strengths of a medicine, members of a panel.
        usual: How this person ordered it before.
        caution: Names that it is confused with (CUI MSP-0700).
        badge: Its class.
        favourite: It is pinned.
    """

    name: str
    other: str = ""
    detail: str = ""
    usual: str = ""
    caution: str = ""
    badge: str = ""
    favourite: bool = False

    @property
    def text(self) -> str:
        """The whole line in words."""
        parts = (self.name, self.other, self.detail, self.usual, self.caution, self.badge)
        return "  ·  ".join(dict.fromkeys(part for part in parts if part))


@dataclass(frozen=True, slots=True)
class _Row:
    """A wrapped piece of text and where it stands below the top of the line."""

    text: str
    font: QFont
    colour: str
    box: QRect


class ItemLineDelegate(QStyledItemDelegate):
    """Paints an `ItemLine`; wraps and never elides."""

    def __init__(self, look: Look, view: QAbstractItemView, within: QWidget) -> None:
        """`within`: as wide as the view is when it is shown; hidden, it has no width yet."""
        super().__init__(view)
        self._look = look
        self._view = view
        self._within = within

    def on_star(self, line: QRect, at: QPoint) -> bool:
        """Whether `at` is on the star of the line whose box is `line`."""
        return line.left() <= at.x() < line.left() + self._margin()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        line = index.data(LINE)
        if not isinstance(line, ItemLine):
            return QSize(0, self._look.theme.row)
        rows = self._rows(line)
        height = rows[-1].box.bottom() + 1 + self._look.theme.grid(1)
        return QSize(0, max(height, self._look.theme.row))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line = index.data(LINE)
        if not isinstance(line, ItemLine):
            return
        theme, box = self._look.theme, option.rect
        ratio = painter.device().devicePixelRatioF()
        painter.save()
        if option.state & _POINTED:
            painter.fillRect(box, theme.colour("act_ground"))
        self._paint_star(painter, option, line, ratio)
        for row in self._rows(line):
            painter.setFont(row.font)
            painter.setPen(theme.colour(row.colour))
            painter.drawText(row.box.translated(box.topLeft()), _WRAP, row.text)
        badge = Badge(line.badge)
        if line.badge:
            size = badge.size(theme)
            left = box.right() + 1 - theme.grid(2) - size.width()
            badge.paint(
                painter, QRect(QPoint(left, box.top() + theme.grid(1)), size), self._look, ratio
            )
        painter.setPen(theme.colour("line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.restore()

    def _paint_star(
        self, painter: QPainter, option: QStyleOptionViewItem, line: ItemLine, ratio: float
    ) -> None:
        """A star stands on what is pinned; on another line only where one may be put."""
        theme, box, state = self._look.theme, option.rect, option.state
        if not line.favourite and not state & _POINTED:
            return
        icon = self._look.pixmap("star", "act" if line.favourite else "ink_3", ratio=ratio)
        painter.setOpacity(1 if line.favourite else 0.5)
        painter.drawPixmap(box.left() + theme.grid(2), box.top() + theme.grid(1), icon)
        painter.setOpacity(1)

    def _margin(self) -> int:
        theme = self._look.theme
        return theme.grid(4) + theme.px("icon")

    def _room(self) -> int:
        """The width for text beside the scroll bar, whether or not there is one just now."""
        bar = self._view.verticalScrollBar().sizeHint().width()
        frame = 2 * self._view.frameWidth()
        return self._within.width() - frame - bar - self._margin() - self._look.theme.grid(2)

    def _rows(self, line: ItemLine) -> tuple[_Row, ...]:
        theme, room = self._look.theme, self._room()
        badge = Badge(line.badge).size(theme).width() + theme.grid(2) if line.badge else 0
        top = theme.grid(1)
        found: list[_Row] = []
        for text, font, colour, less in (
            (line.name, theme.font("body", strong=True), "ink", badge),
            (line.other, theme.font("body"), "ink_2", 0),
            (line.detail, theme.font("table"), "ink_2", 0),
            (line.usual, theme.font("table"), "ink", 0),
            (line.caution, theme.font("table"), Tone.CAUTION.ink, 0),
        ):
            if text:
                box = _wrapped(text, font, QRect(self._margin(), top, room - less, _TALL))
                found.append(_Row(text, font, colour, box))
                top = box.bottom() + 1
        return tuple(found)


def _wrapped(text: str, font: QFont, room: QRect) -> QRect:
    """The box that `text` takes of `room`, as wide as the room."""
    taken = QFontMetrics(font).boundingRect(room, _WRAP, text)
    return QRect(room.left(), room.top(), room.width(), taken.height())
