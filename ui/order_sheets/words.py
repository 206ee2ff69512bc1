"""What is said beside the paper, in the reader's language; the paper itself is of its profile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.order_sheets import WITHHELD, Caution, Column
from app.domain.sheet_layout import Placed
from resources.catalogue import Parameter
from ui.order_sheets.state import SheetState
from ui.runtime.desk import Desk


@dataclass(frozen=True, slots=True)
class SheetWords:
    """Words of one desk."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    def beginning(self, state: SheetState) -> str:
        """From where on is printed."""
        begins, view = state.begins, state.shown
        if begins is None or view is None:
            return self.text("order_sheet.from.nothing")
        if state.line is None:
            return self.text("order_sheet.from.start", count=view.sheet.page_count)
        page, row = divmod(begins.place, view.sheet.per_page)
        return self.text(
            "order_sheet.from.line", page=page + 1, line=row + 1, text=begins.text(Column.TEXT)
        )

    def chosen(self, state: SheetState) -> str:
        """What speaks about the chosen line that is not on paper."""
        line = state.line
        return self.cautions(line.cautions) if line is not None else ""

    def cautions(self, said: Iterable[Caution]) -> str:
        return "\n".join(self.text(f"order_sheet.caution.{one.value}") for one in said)

    def withheld(self, state: SheetState) -> str:
        """Orders that do not go on the paper yet, and why."""
        view = state.shown
        found: dict[str, tuple[str, str]] = {}
        for line in view.sheet.withheld if view is not None else ():
            text, why = found.get(line.order or "", ("", ""))
            part = line.text(Column.TEXT)
            said = [one.value for one in line.cautions if one in WITHHELD]
            reasons = self.text("order_sheet.joint").join(
                self.text(f"order_sheet.caution.{one}") for one in said
            )
            found[line.order or ""] = (text + part, why or reasons)
        return "\n".join(
            self.text("order_sheet.withheld.line", order=text, why=why) if why else text
            for text, why in found.values()
        )

    def marked(self, state: SheetState) -> str:
        """How many lines have something said beside them."""
        count = sum(bool(line.cautions) for line in state.lines)
        return self.text("order_sheet.marked", count=count) if count else ""

    def gaps(self, state: SheetState) -> str:
        """What the sheet does not hold, or not as it should."""
        view = state.shown
        if view is None:
            return ""
        said = [
            "" if view.whole else self.text("order_sheet.not-whole"),
            self.text("order_sheet.lacking", signs=view.lacking) if view.lacking else "",
            self.text("order_sheet.apart", count=view.apart) if view.apart else "",
            self.text("order_sheet.other-stays", count=view.of_other_stays)
            if view.of_other_stays
            else "",
            "" if view.verifications_known else self.text("order_sheet.nurses-unknown"),
        ]
        return "\n".join(one for one in said if one)

    def spoken(self, line: Placed | None) -> str:
        """The chosen line for a screen reader."""
        if line is None:
            return self.text("order_sheet.paper")
        said = " ".join(cell.text for cell in line.cells)
        return self.text("order_sheet.paper.line", line=said)
