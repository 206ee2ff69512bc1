"""Which pages lie on the table: the sheet as it shall read, or what one run does."""

from __future__ import annotations

from app.domain.sheet_plans import Layers, layers
from ui.order_sheets.paper import Shown
from ui.order_sheets.state import SheetState


def tabled(state: SheetState) -> Shown:
    """What the paper widget draws.

    Raises:
        ValueError: Nothing has been read yet.
    """
    view, plan = state.shown, state.plan
    if view is None or plan is None:
        raise ValueError("no sheet to lay on the table")
    begins = plan.first if plan.refusal is None else None
    if not state.preview:
        pages = tuple(Layers(number, ink=page) for number, page in enumerate(view.pages, start=1))
        arrow = begins if begins in view.sheet.lines else None
        return Shown(view.profile, pages, view.sheet.lines, state.chosen, arrow)
    pages = layers(view.stock, plan)
    return Shown(view.profile, pages, plan.sheet.lines, state.chosen, begins)
