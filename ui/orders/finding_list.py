"""Everything that is known of one order: its warnings, information, and what was not checked."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.decision.findings import Gap
from app.decision.verdict import Card, Verdict
from resources.styles.tokens import Tone
from ui.orders.check_strip import Checked
from ui.runtime.decision_words import DecisionWords, cards_of, gaps_of, tone_of
from ui.runtime.desk import Desk
from ui.runtime.reading_sheet import ReadingSheet
from ui.runtime.rule_sheet import RuleSheet
from widgets.labels import WrapLabel
from widgets.naming import named
from widgets.table import Table
from widgets.table_values import Cell, Column, Row, TableSpec

_ROWS = 8


class FindingListSheet(ReadingSheet):
    """The drawer of one order; Enter on a warning opens its rule and source."""

    def __init__(self, desk: Desk, over: QWidget, verdict: Verdict, line: str) -> None:
        words = DecisionWords(desk)
        super().__init__(desk, over, words.text("cards.line.title"))
        self._desk = desk
        self._cards = {card.key: card for card in cards_of(verdict, line)}
        rows = finding_rows(words, verdict, line)
        self._table = Table(desk.look, _spec(words))
        self._table.show_search(shown=False)
        self._table.show_rows(rows)
        self._table.setMinimumHeight(_ROWS * desk.look.theme.row)
        if not rows:
            self._table.hide()
        self._table.opened.connect(self._open_rule)
        code = "cards.line.keys" if self._cards else "cards.nothing"
        hint = named(WrapLabel(words.text(code)), "sheet.hint")
        hint.setProperty("role", "hint")
        self.put(self._table)
        self.put(hint)
        self.put(named(WrapLabel(words.summary(verdict)), "sheet.summary"))

    def open(self) -> None:
        """Show it; the arrows go through the list at once."""
        super().open()
        if self._table.isVisible():
            self._table.setFocus()

    def _open_rule(self, key: str) -> None:
        card = self._cards.get(key)
        if card is not None:
            RuleSheet(self._desk, self, card).open()


def see_findings(desk: Desk, over: QWidget, checked: Checked, line: str) -> None:
    """Open the drawer of `line`, where anything is known of it."""
    verdict = checked.of(line)
    if line and verdict is not None:
        FindingListSheet(desk, over, verdict, line).open()


def finding_rows(words: DecisionWords, verdict: Verdict, line: str) -> tuple[Row, ...]:
    """A row for every warning of the line, worst first; then what was not checked."""
    cards = (_card_row(words, card) for card in cards_of(verdict, line))
    gaps = (_gap_row(words, gap, place) for place, gap in enumerate(gaps_of(verdict, line)))
    return (*cards, *gaps)


def _spec(words: DecisionWords) -> TableSpec:
    text = words.text
    columns = (
        Column("tier", text("cards.line.tier"), 150, wraps=True, fixed=True, sorts=False),
        Column(
            "said",
            text("cards.line.said"),
            300,
            wraps=True,
            stretches=True,
            fixed=True,
            sorts=False,
        ),
        Column("source", text("cards.rule.source"), 150, wraps=True, sorts=False),
    )
    return TableSpec("sheet.findings", text("cards.line.title"), columns)


def _card_row(words: DecisionWords, card: Card) -> Row:
    lead, tone = card.lead, tone_of(card.tier)
    advice = (words.said(one) for one in card.findings[1:])
    second = "\n".join(part for part in (words.advice(lead), *advice) if part)
    cells = (
        Cell(words.tier(card.tier), second=words.check(lead.check), tone=tone, icon=tone.icon),
        Cell(words.said(lead), second=second),
        Cell(lead.origin.source, second=words.badge(lead.origin)),
    )
    return Row(card.key, cells, tone=tone)


def _gap_row(words: DecisionWords, gap: Gap, place: int) -> Row:
    cells = (
        Cell(
            words.text("cards.outcome.not-checkable"),
            second=words.check(gap.check),
            tone=Tone.UNKNOWN,
            icon=Tone.UNKNOWN.icon,
        ),
        Cell(words.why(gap)),
        Cell(),
    )
    return Row(f"gap.{place}", cells)
