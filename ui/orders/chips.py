"""Warnings beside what is being written: they inform, interrupt nothing, and do not flicker."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.decision.findings import Tier
from app.decision.verdict import Card
from resources.styles.tokens import Tone
from ui.orders.check_strip import Checked
from ui.runtime.decision_words import DecisionWords, cards_of, gaps_of, tone_of
from ui.runtime.desk import Desk
from widgets.buttons import KeyButton
from widgets.chips import Chip
from widgets.flow_row import FlowRow
from widgets.labels import WrapLabel
from widgets.naming import named
from widgets.table_values import Cell

_SHOWN = 3
"""So many warnings stand in words beside an order; the rest are counted."""
_LONG = 44
"""Letters that fit beside the form at any size of the text; a name is not cut: it is left out."""


class FindingChips(QWidget):
    """What is known of one order that is being written.

    Signals:
        opened: The user wants to see all of it.
    """

    opened = Signal()

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._look = desk.look
        self._words = DecisionWords(desk)
        self._drawn: object = None
        self._row = FlowRow(desk.look.theme.grid(1))
        self._more = named(KeyButton("more"), f"{name}.more")
        self._more.setProperty("role", "flat")
        self._more.clicked.connect(self.opened)
        self._rest = named(WrapLabel(), f"{name}.rest")
        self._rest.setProperty("role", "hint")
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self._rest, 1)
        foot.addWidget(self._more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(desk.look.theme.grid(1))
        column.addWidget(self._row)
        column.addLayout(foot)

    def show_line(self, checked: Checked, line: str) -> None:
        """Show what is known of `line`; the same again draws nothing."""
        verdict = checked.of(line)
        cards = loud(cards_of(verdict, line))[:_SHOWN] if verdict is not None else ()
        rest = rest_text(self._words, checked, line)
        drawn = (cards, rest, self._words.desk.languages.language)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self._row.clear()
        for place, card in enumerate(cards):
            self._row.add(self._chip(card, place))
        self._row.setVisible(bool(cards))
        self._rest.setText(rest)
        self._more.setText(self._words.text("cards.line.open"))
        self._more.setVisible(verdict is not None)

    def _chip(self, card: Card, place: int) -> Chip:
        """What it is about, where there is room; the whole sentence for who asks for it."""
        words, lead = self._words, card.lead
        title = words.title(lead)
        chip = named(Chip(self._look), f"{self.objectName()}.{place}")
        chip.show_claim(
            title if len(title) <= _LONG else words.check(lead.check), tone_of(card.tier)
        )
        said = words.text("cards.title.tier", tier=words.tier(card.tier), title=words.said(lead))
        chip.setToolTip(said)
        chip.setAccessibleDescription(said)
        return chip


def loud(cards: tuple[Card, ...]) -> tuple[Card, ...]:
    """Those that are told in words; the others are counted."""
    return tuple(card for card in cards if card.tier.rank <= Tier.INLINE.rank)


def rest_text(words: DecisionWords, checked: Checked, line: str, told: int = _SHOWN) -> str:
    """What is not told in words of one line: how many more, and what was not checked.

    Args:
        words: Of the desk.
        checked: What is known.
        line: Key of the line.
        told: So many warnings are told in words, if there are so many.
    """
    verdict = checked.of(line)
    if verdict is None:
        failed = checked.fault is not None
        return words.text("cards.unknown") if failed else words.text("cards.running")
    cards = cards_of(verdict, line)
    shown = loud(cards)
    more, quiet = max(0, len(shown) - told), len(cards) - len(shown)
    parts = (
        words.text("cards.more", count=more) if more else "",
        words.text("cards.quiet", count=quiet) if quiet else "",
        words.short(verdict, line),
    )
    said = words.text("cards.point").join(part for part in parts if part)
    return said or ("" if shown else words.text("cards.nothing"))


def chip_cell(words: DecisionWords, checked: Checked, line: str) -> Cell:
    """The same for a row of the basket: the worst in words, the rest counted."""
    rest, verdict = rest_text(words, checked, line, told=1), checked.of(line)
    shown = loud(cards_of(verdict, line)) if verdict is not None else ()
    if not shown:
        unknown = verdict is None or bool(gaps_of(verdict, line))
        return Cell(rest, tone=Tone.UNKNOWN if unknown else Tone.PLAIN)
    first, tone = shown[0], tone_of(shown[0].tier)
    hover = "\n".join(words.said(one) for card in shown for one in card.findings)
    return Cell(words.title(first.lead), second=rest, tone=tone, icon=tone.icon, hover=hover)
