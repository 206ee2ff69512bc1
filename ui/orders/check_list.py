"""All checks of a basket, each with what became of it and why."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.decision.findings import Answer, Outcome
from app.decision.verdict import Verdict
from resources.styles.tokens import Tone
from ui.runtime.decision_words import DecisionWords
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH
from ui.runtime.reading_sheet import ReadingSheet
from widgets.table import Table
from widgets.table_values import Cell, Column, Row, TableSpec

_ROWS = 10
_ICONS = {
    Outcome.CHECKED: "check",
    Outcome.NOT_CHECKABLE: "circle-help",
    Outcome.NOT_APPLICABLE: "minus",
}


class CheckListSheet(ReadingSheet):
    """Lists what was looked at; what could not be looked at stands first."""

    def __init__(self, desk: Desk, over: QWidget, verdict: Verdict) -> None:
        words = DecisionWords(desk)
        super().__init__(desk, over, words.text("cards.list.title"))
        table = Table(desk.look, _spec(words))
        table.show_search(shown=False)
        table.show_rows(check_rows(words, verdict))
        table.setMinimumHeight(_ROWS * desk.look.theme.row)
        self.put(table)
        self._table = table

    def open(self) -> None:
        """Show it; the arrows go through the list at once."""
        super().open()
        self._table.setFocus()


def check_rows(words: DecisionWords, verdict: Verdict) -> tuple[Row, ...]:
    """One row a check: those that could not look before the others."""
    order = (Outcome.NOT_CHECKABLE, Outcome.CHECKED, Outcome.NOT_APPLICABLE)
    answers = sorted(verdict.answers, key=lambda one: order.index(one.outcome))
    return tuple(_row(words, one) for one in answers)


def _spec(words: DecisionWords) -> TableSpec:
    columns = (
        Column("check", words.text("cards.list.check"), 160, wraps=True, fixed=True),
        Column("outcome", words.text("cards.list.outcome"), 150, wraps=True, fixed=True),
        Column("why", words.text("cards.list.why"), 240, wraps=True, stretches=True, fixed=True),
    )
    return TableSpec("sheet.checks", words.text("cards.list.title"), columns)


def _row(words: DecisionWords, answer: Answer) -> Row:
    outcome = answer.outcome
    open_ = outcome is Outcome.NOT_CHECKABLE
    told = (*map(words.why, answer.gaps), *map(words.said, answer.findings))
    cells = (
        Cell(words.check(answer.check), strong=open_),
        Cell(
            words.text(f"cards.outcome.{outcome.value}"),
            second=words.text("cards.found", count=len(answer.findings)) if answer.findings else "",
            tone=Tone.CAUTION if open_ else Tone.PLAIN,
            icon=_ICONS[outcome],
        ),
        Cell("\n".join(dict.fromkeys(told)) or DASH),
    )
    faded = outcome is Outcome.NOT_APPLICABLE
    return Row(answer.check.value, cells, tone=Tone.CAUTION if open_ else Tone.PLAIN, faded=faded)
