"""One bed as a card: drawn whole, because a ward has forty of them and they change all day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolTip

from app.domain.census import BedRow
from resources.styles.tokens import Tone
from ui.ward.state import WardState, is_critical, key_of
from ui.ward.words import Claim, WardWords
from widgets.chips import Badge
from widgets.look import Look
from widgets.runs import Run, Runs

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_WEAK_LINES = 2
"""So many of the lines under the name are in small letters: who it is, and the numbers."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """For one width: where each line begins, where the chips stand, how tall the card is."""

    tops: tuple[int, ...]
    boxes: tuple[QRect, ...]
    height: int


class BedCard(QFrame):
    """One bed: its number, who lies there, four lines, and what is claimed of the patient.

    Signals:
        taken: The card was clicked or reached.
        opened: The key, on Enter or a double click.
        mark_requested: The key, on Space.
        walked: Steps to the right and down.
    """

    taken = Signal(str)
    opened = Signal(str)
    mark_requested = Signal(str)
    walked = Signal(int, int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.key = ""
        self._look = look
        self._tone = Tone.PLAIN
        self._shown: object = None
        self._claims: tuple[Claim, ...] = ()
        self._lines: tuple[Runs, ...] = ()
        self._star, self._star_says = "", ""
        self._plans: dict[int, _Plan] = {}
        self.setProperty("part", "card")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def claims(self) -> tuple[str, ...]:
        """What its chips say."""
        return tuple(claim.text for claim in self._claims)

    def show_bed(self, row: BedRow, state: WardState, words: WardWords) -> bool:
        """Show a bed; says whether anything on the card is new."""
        self.key = key_of(row)
        claims = tuple(_claims(row, words)) if row.patient else ()
        mine, marked = state.is_mine(row), state.is_marked(row)
        wanted = (row, claims, mine, marked, words.desk.languages.language, self._look.theme)
        if wanted == self._shown:
            return False
        self._shown = wanted
        texts = _texts(row, state, words) if row.patient else ()
        self._claims = claims
        self._star = ("act" if marked else "ink_3") if mine else ""
        self._star_says = words.text("ward.marked" if marked else "ward.mine")
        self._tone = Tone.DANGER if row.patient and is_critical(row) else Tone.PLAIN
        self._write(words.bed(row), words.name(row), texts, taken=row.patient is not None)
        spoken = [words.bed(row), words.name(row), *texts, *self.claims]
        self.setAccessibleName(", ".join(part for part in spoken if part))
        self.updateGeometry()
        self.update()
        return True

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        return self._plan(width).height

    def sizeHint(self) -> QSize:
        return QSize(self._look.theme.grid(60), self._look.theme.grid(12))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._look.theme.grid(20), self._look.theme.grid(12))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = self._look.theme
        painter = QPainter(self)
        if self._tone is not Tone.PLAIN:
            bar = QRect(1, 1, theme.grid(1) - 1, self.height() - 2)
            painter.fillRect(bar, theme.ink(self._tone))
        self._paint_words(painter)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), theme.px("focus")))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._hover_at(event.pos()), self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.taken.emit(self.key)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.opened.emit(self.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit(self.key)
        elif key == Qt.Key.Key_Space:
            self.mark_requested.emit(self.key)
        elif key in _STEPS:
            self.walked.emit(*_STEPS[key])
        else:
            super().keyPressEvent(event)

    # -- drawing

    def _write(self, bed: str, name: str, texts: tuple[str, ...], *, taken: bool) -> None:
        theme = self._look.theme
        title, body = theme.font("title", strong=True), theme.font()
        strong, small = theme.font(strong=True), theme.font("label")
        self._bed, self._bed_font = bed, title
        self._bed_size = QFontMetrics(title).size(Qt.TextFlag.TextSingleLine, bed)
        self._name = Runs((Run(name),), strong if taken else small, strong)
        self._is_taken = taken
        self._lines = tuple(
            Runs((Run(text),), small if n < _WEAK_LINES else body, strong)
            for n, text in enumerate(texts)
        )
        self._badges = tuple(Badge(one.text, one.tone, one.icon) for one in self._claims)
        self._plans = {}

    def _paint_words(self, painter: QPainter) -> None:
        theme = self._look.theme
        plan = self._plan(self.width())
        left, room, name_left, name_room = self._columns(self.width())
        top = theme.grid(2)
        painter.setFont(self._bed_font)
        painter.setPen(theme.colour("ink"))
        painter.drawText(
            QRect(QPoint(left, top), self._bed_size), Qt.AlignmentFlag.AlignLeft, self._bed
        )
        ink = theme.colour("ink" if self._is_taken else "ink_3")
        self._name.paint(painter, name_left, top, name_room, ink)
        if self._star:
            icon = self._look.pixmap("star", self._star, ratio=2.0)
            painter.drawPixmap(left + room - theme.px("icon"), top, icon)
        for n, (line, y) in enumerate(zip(self._lines, plan.tops, strict=True)):
            if line.text:
                line.paint(
                    painter, left, y, room, theme.colour("ink_2" if n < _WEAK_LINES else "ink")
                )
        ratio = self.devicePixelRatioF()
        for badge, box in zip(self._badges, plan.boxes, strict=True):
            badge.paint(painter, box, self._look, ratio)

    def _columns(self, width: int) -> tuple[int, int, int, int]:
        """Left edge and width of the lines, and of the name between bed and star."""
        theme = self._look.theme
        left = theme.px("pad")
        room = max(1, width - 2 * left)
        name_left = left + self._bed_size.width() + theme.grid(2)
        star = theme.px("icon") + theme.grid(2) if self._star else 0
        return left, room, name_left, max(1, left + room - star - name_left)

    def _plan(self, width: int) -> _Plan:
        if width not in self._plans:  # layouts ask for the same few widths dozens of times
            self._plans[width] = self._planned(width)
        return self._plans[width]

    def _planned(self, width: int) -> _Plan:
        theme = self._look.theme
        left, room, _, name_room = self._columns(width)
        gap = theme.grid(1)
        icon = theme.px("icon") if self._star else 0
        y = theme.grid(2) + max(self._bed_size.height(), self._name.height(name_room), icon)
        tops: list[int] = []
        for line in self._lines:
            tops.append(y + gap)
            if line.text:
                y += gap + line.height(room)
        boxes: list[QRect] = []
        x, down = left, y + gap
        for badge in self._badges:  # in lines, like words
            size = badge.size(theme)
            if x > left and x + size.width() > left + room:
                x, down = left, down + size.height() + gap
            boxes.append(QRect(QPoint(x, down), size))
            x += size.width() + gap
            y = down + size.height()
        return _Plan(tuple(tops), tuple(boxes), y + theme.grid(2))

    def _hover_at(self, at: QPoint) -> str:
        for claim, box in zip(self._claims, self._plan(self.width()).boxes, strict=True):
            if box.contains(at):
                return claim.hover
        side = self._look.theme.px("icon") + self._look.theme.px("pad")
        corner = QRect(self.width() - side, 0, side, side)
        return self._star_says if self._star and corner.contains(at) else ""


def _texts(row: BedRow, state: WardState, words: WardWords) -> tuple[str, ...]:
    day, _ = words.day(row, state)
    attending = words.text("ward.card.attending", name=words.attending(row), day=day)
    return (words.who(row, state), words.numbers_line(row), words.diagnosis(row), attending)


def _claims(row: BedRow, words: WardWords) -> Iterator[Claim]:
    namesake, severity = words.namesake(row), words.severity(row)
    yield from words.results(row.pending)
    if severity is not None:
        yield severity
    yield words.allergy(row)
    if namesake is not None:
        yield namesake
    if row.level_of_care:
        yield Claim(words.care(row))
    yield from words.warnings(row)
    yield from words.unsent(row.pending)
    yield from words.tasks(row.pending)
