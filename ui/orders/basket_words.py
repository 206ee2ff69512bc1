"""An unsigned order in full words, as it will be signed."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.baskets import BasketItem
from app.domain.orders import OrderClass, OrderDraft
from resources.styles.tokens import Tone
from ui.orders.basket_state import BasketState
from ui.orders.check_strip import Checked
from ui.orders.chips import chip_cell
from ui.orders.words import preview
from ui.runtime.chart_words import LONG_DASH, ChartWords
from ui.runtime.decision_words import DecisionWords
from widgets.table_values import Cell, Column, Row, TableSpec


@dataclass(frozen=True, slots=True)
class BasketWords:
    """Words of one desk."""

    words: ChartWords

    def spec(self, name: str) -> TableSpec:
        text = self.words.text
        columns = (
            Column("line", text("basket.column.line"), 250, wraps=True, stretches=True, fixed=True),
            Column("checks", text("basket.column.checks"), 172, wraps=True, fixed=True),
            Column("missing", text("basket.column.missing"), 104, wraps=True, fixed=True),
        )
        return TableSpec(name, text("basket.title"), columns, marks=True)

    def rows(self, state: BasketState, checked: Checked) -> tuple[Row, ...]:
        return tuple(self._row(item, state, checked) for item in state.basket.items)

    def full(self, state: BasketState) -> tuple[str, ...]:
        """All orders, each in one line."""
        return tuple(self.line(item.draft, state) for item in state.basket.items)

    def numbered(self, state: BasketState) -> tuple[str, ...]:
        """All orders, as a sheet counts them."""
        return tuple(
            self.words.text("basket.sheet.line", place=place, line=line)
            for place, line in enumerate(self.full(state), 1)
        )

    def kind(self, state: BasketState) -> str:
        """What the signature does: `sign`, `propose` or `verbal`."""
        if state.verbal:
            return "verbal"
        return "propose" if state.proposes else "sign"

    def said(self, state: BasketState) -> str:
        """Who gave the orders, in which situation, and that they were read back; else ""."""
        spoken = state.basket.drafts[0].spoken if state.verbal and state.read_back else None
        if spoken is None:
            return ""
        situation = self.words.term(spoken.situation)
        return self.words.text("verbal.said", by=spoken.by_name, situation=situation)

    def line(self, draft: OrderDraft, state: BasketState) -> str:
        """Everything that it says, nothing cut."""
        text = self.words.text
        parts = [preview(self.words, draft)]
        if draft.following is not None:
            parts.append(text(f"basket.following.{draft.following.value}"))
        if draft.group:
            parts.append(text("basket.group.of", place=_place(draft.group, state)))
        return LONG_DASH.join(parts)

    def missing(self, item: BasketItem, state: BasketState) -> str:
        render = self.words.desk.languages.render
        said = (render(one.message) for one in state.wrong.get(item.key, ()))
        return "\n".join(dict.fromkeys(said))

    def _row(self, item: BasketItem, state: BasketState, checked: Checked) -> Row:
        missing = self.missing(item, state)
        tone = Tone.CAUTION if missing else Tone.LOCAL
        drug = item.draft.order_class is OrderClass.MEDICATION
        name = "" if drug else self.words.text(f"orders.class.{item.draft.order_class.value}")
        cells = (
            Cell(self.line(item.draft, state), second=name),
            chip_cell(DecisionWords(self.words.desk), checked, item.key),
            Cell(missing, tone=tone, icon="triangle-alert")
            if missing
            else Cell(self.words.text("basket.complete")),
        )
        return Row(item.key, cells, tone=tone)


def _place(group: str, state: BasketState) -> int:
    """Infusions are told apart by their number, from 1."""
    groups = dict.fromkeys(item.draft.group for item in state.basket.items if item.draft.group)
    return list(groups).index(group) + 1
