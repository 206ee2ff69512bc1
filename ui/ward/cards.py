"""Beds as cards; the keyboard walks over them like over a plan of the ward."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.domain.census import BedRow
from resources.styles.tokens import Tone
from ui.ward.state import WardState, is_critical, key_of
from ui.ward.words import Claim, WardWords
from widgets.chips import Chip
from widgets.flow_layout import FlowLayout
from widgets.labels import WrapLabel
from widgets.look import Look
from widgets.naming import named

_NARROWEST = 284
"""Logical pixels of a card at 100 %."""

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class BedCard(QFrame):
    """One bed.

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
        self.setProperty("part", "card")
        self._bed = named(QLabel(), "ward.card.bed")
        self._bed.setProperty("role", "title")
        self._name = named(WrapLabel(), "ward.card.name")
        self._name.setProperty("role", "strong")
        self._star = QLabel()
        self._lines = [named(WrapLabel(), f"ward.card.{part}") for part in _LINES]
        for label in (self._name, *self._lines):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        for label in self._lines[:2]:
            label.setProperty("role", "caption")
        self._chips = named(QWidget(), "ward.card.chips")
        self._flow = FlowLayout(self._chips, gap=look.theme.grid(1))
        head = QHBoxLayout()
        head.setSpacing(look.theme.grid(2))
        head.addWidget(self._bed, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._name, 1)
        head.addWidget(self._star, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        pad = look.theme.px("pad")
        column.setContentsMargins(pad, look.theme.grid(2), pad, look.theme.grid(2))
        column.setSpacing(look.theme.grid(1))
        column.addLayout(head)
        for label in self._lines:
            column.addWidget(label)
        column.addWidget(self._chips)
        column.addStretch(1)

    def show_bed(self, row: BedRow, state: WardState, words: WardWords) -> bool:
        """Show a bed; says whether anything on the card is new."""
        self.key = key_of(row)
        claims = tuple(_claims(row, words)) if row.patient else ()
        mine, marked = state.is_mine(row), state.is_marked(row)
        wanted = (row, claims, mine, marked, words.desk.languages.language, self._look.theme)
        if wanted == self._shown:
            return False
        self._shown = wanted
        self._bed.setText(words.bed(row))
        self._name.setText(words.name(row))
        self._name.setProperty("role", "strong" if row.patient else "hint")
        self._name.style().polish(self._name)
        texts = _texts(row, state, words) if row.patient else ("",) * len(_LINES)
        for label, text in zip(self._lines, texts, strict=True):
            label.setText(text)
            label.setVisible(bool(text))
        self._star.setVisible(mine)
        ink = "act" if marked else "ink_3"
        self._star.setPixmap(self._look.pixmap("star", ink, ratio=2.0))
        self._star.setToolTip(words.text("ward.marked" if marked else "ward.mine"))
        self._show_claims(claims)
        self._tone = Tone.DANGER if row.patient and is_critical(row) else Tone.PLAIN
        spoken = [words.bed(row), words.name(row), *texts, *(claim.text for claim in claims)]
        self.setAccessibleName(", ".join(part for part in spoken if part))
        self.update()
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = self._look.theme
        painter = QPainter(self)
        if self._tone is not Tone.PLAIN:
            bar = QRect(1, 1, theme.grid(1) - 1, self.height() - 2)
            painter.fillRect(bar, theme.ink(self._tone))
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), theme.px("focus")))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))

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

    def _show_claims(self, claims: tuple[Claim, ...]) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.hide()
                part.deleteLater()
        for claim in claims:
            chip = Chip(self._look, self._chips)
            chip.show_claim(claim.text, claim.tone, claim.icon)
            chip.setToolTip(claim.hover)
            self._flow.addWidget(chip)
            chip.show()  # now, not when the events come: a hidden chip takes no room in the card
        self._chips.setVisible(bool(claims))


class CardGrid(QScrollArea):
    """All beds; one of them takes the keyboard.

    Signals:
        opened: The key of the bed the user opened.
        mark_requested: The key of the bed the user marked or unmarked.
    """

    opened = Signal(str)
    mark_requested = Signal(str)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look = look
        self._cards: list[BedCard] = []
        self._seen = 0
        self._current = ""
        self._inside = named(QWidget(), f"{name}.beds")
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, look.theme.grid(2), 0)
        self._grid.setSpacing(look.theme.px("gap"))
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._columns = 0

    @property
    def current(self) -> str:
        """The key of the bed the user is on."""
        return self._current

    @property
    def shown(self) -> tuple[BedCard, ...]:
        return tuple(self._cards[: self._seen])

    def show_beds(self, state: WardState, words: WardWords) -> None:
        rows = state.rows
        while len(self._cards) < len(rows):
            self._cards.append(self._made())
        changed = self._seen != len(rows)
        self._seen = len(rows)
        for card, row in zip(self._cards, rows, strict=False):
            changed = card.show_bed(row, state, words) or changed
        if changed:  # also for new words alone: a grid remembers how tall its items once were
            self._arrange()
        keys = [card.key for card in self.shown]
        if self._current not in keys:
            self._current = keys[0] if keys else ""
        self._rove()
        self._make_room()

    def take_focus(self) -> None:
        card = self._card(self._current)
        if card is not None:
            card.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._wanted_columns() != self._columns:
            self._arrange()
        self._make_room()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._seen:
            self._arrange()

    def _made(self) -> BedCard:
        card = named(BedCard(self._look), "ward.card")
        # Without a parent it would be shown as a window, and hidden by the layout that adopts it:
        # the grid would then take its height for that of an empty card.
        card.setParent(self._inside)
        card.taken.connect(self._take)
        card.opened.connect(self.opened)
        card.mark_requested.connect(self.mark_requested)
        card.walked.connect(self._walk)
        return card

    def _wanted_columns(self) -> int:
        narrowest = round(_NARROWEST * self._look.theme.scale / 100)
        return max(1, (self.viewport().width() + 8) // (narrowest + self._grid.spacing()))

    def _arrange(self) -> None:
        self._columns = self._wanted_columns()
        while self._grid.takeAt(0) is not None:
            pass
        for place, card in enumerate(self._cards):
            card.setVisible(place < self._seen)
            if place < self._seen:
                self._grid.addWidget(card, place // self._columns, place % self._columns)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)
        for line in range(self._grid.rowCount() + 1):
            self._grid.setRowStretch(line, 0)
        self._grid.setRowStretch((self._seen - 1) // self._columns + 1, 1)
        self._make_room()

    def _make_room(self) -> None:
        """Give the beds the height their wrapped words need.

        A scroll area asks for the smallest height only, which for wrapped text is one line.
        """
        needed = self._grid.totalHeightForWidth(self.viewport().width())
        self._inside.setMinimumHeight(max(0, needed))

    def _walk(self, right: int, down: int) -> None:
        keys = [card.key for card in self.shown]
        if self._current not in keys:
            return
        place = keys.index(self._current) + right + down * self._columns
        if 0 <= place < len(keys):
            self._current = keys[place]
            self._rove()
            self.take_focus()

    def _take(self, key: str) -> None:
        self._current = key
        self._rove()
        card = self._card(key)
        if card is not None:
            self.ensureWidgetVisible(card, 0, self._look.theme.grid(2))

    def _rove(self) -> None:
        """Tab stops at one card; the arrows go on from there."""
        for card in self._cards:
            here = card.key == self._current
            card.setFocusPolicy(Qt.FocusPolicy.StrongFocus if here else Qt.FocusPolicy.ClickFocus)

    def _card(self, key: str) -> BedCard | None:
        return next((card for card in self.shown if card.key == key), None)


_LINES = ("who", "numbers", "diagnosis", "attending")


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
