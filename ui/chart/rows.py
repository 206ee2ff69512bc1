"""The lines of the overview's cards: they are read, clicked and walked through by Tab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from resources.styles.tokens import Tone
from widgets.hatch import paint_hatch
from widgets.labels import WrapLabel, paint_tone
from widgets.look import Look
from widgets.naming import named

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
    """Draws one `Line`.

    Signals:
        picked: Its key, by a click or Enter.
    """

    picked = Signal(str)

    def __init__(self, look: Look, line: Line, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._look = look
        self.line = line
        grid = look.theme.grid
        body = QHBoxLayout(self)
        body.setContentsMargins(grid(2), grid(1) // 2, grid(1), grid(1) // 2)
        body.setSpacing(grid(2))
        if line.tone not in (Tone.PLAIN, Tone.UNKNOWN):
            icon = QLabel()
            icon.setPixmap(look.pixmap(line.tone.icon, line.tone.ink, ratio=2.0))
            body.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(_rich(line.main, line.tone))
        if line.second:
            second = WrapLabel(line.second)
            second.setProperty("role", "hint")
            second.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            words.addWidget(second)
        body.addLayout(words, 5)
        for place, part in enumerate(line.columns):
            column = _rich((part,), line.tone)
            if place:
                column.setProperty("role", "hint")
            body.addWidget(column, _SHARES[min(place, 2)])
        self.setAccessibleName(line.plain)
        self.setToolTip(line.hover)
        if line.key:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)

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
        theme = self._look.theme
        if self.line.tone is Tone.LOCAL:
            paint_hatch(painter, QRectF(0, 0, theme.grid(1) + 2, self.height()), theme)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), theme.px("focus")))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))


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

    def _key_in_focus(self) -> str:
        row = self.focusWidget()
        return row.line.key if isinstance(row, LineRow) and row.hasFocus() else ""


def _rich(parts: tuple[Part, ...], tone: Tone) -> QLabel:
    """Bold where a piece is strong; what was recorded is never read as markup."""
    html = "".join(
        f"<b>{escape(part.text)}</b>" if part.strong else escape(part.text) for part in parts
    )
    label = named(QLabel(html), "line")
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    # The share of the row decides, not the text, so that columns stand under each other.
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    if tone is not Tone.PLAIN:
        paint_tone(label, tone)
    return label
