"""Beds as cards; the keyboard walks over them like over a plan of the ward."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from ui.ward.bed_card import BedCard
from ui.ward.state import WardState
from ui.ward.words import WardWords
from widgets.look import Look
from widgets.naming import named

_NARROWEST = 284
"""Logical pixels of a card at 100 %."""


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
