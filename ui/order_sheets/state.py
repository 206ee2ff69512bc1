"""What the page of the order sheets shows, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.order_sheets import SheetKind
from app.domain.sheet_layout import Placed
from app.domain.sheet_plans import CONTINUE, Plan, Wish
from app.domain.sheet_runs import Run
from app.kernel.faults import Fault
from app.services.order_printing import SheetView


@dataclass(frozen=True, slots=True)
class SheetState:
    """The page as a value.

    Attributes:
        now: When it was read, or opened.
        view: The sheet of `which`; None until it was read once.
        chosen: Key of the line somebody looks at.
        wish: What is to be printed.
        plan: What that comes to; None without a sheet.
        preview: What is printed now is shown, and not the sheet as it shall read.
        fault: Why the last reading failed; an older sheet may still be shown.
        busy: A run is being begun, drawn, written or answered.
    """

    now: datetime
    which: SheetKind = SheetKind.LONG_TERM
    view: SheetView | None = None
    chosen: str = ""
    wish: Wish = CONTINUE
    plan: Plan | None = None
    preview: bool = False
    fault: Fault | None = None
    busy: bool = False

    @property
    def shown(self) -> SheetView | None:
        """The sheet of the chosen tab; never that of the other one."""
        view = self.view
        return view if view is not None and view.which is self.which else None

    @property
    def lines(self) -> tuple[Placed, ...]:
        return self.shown.sheet.lines if self.shown is not None else ()

    @property
    def is_empty(self) -> bool:
        """There is a sheet, and nothing stands on it or waits below it."""
        view = self.shown
        return view is not None and not view.sheet.lines and not view.sheet.withheld

    @property
    def line(self) -> Placed | None:
        """The chosen line."""
        return next((one for one in self.lines if one.key == self.chosen), None)

    @property
    def waiting(self) -> Run | None:
        """The run somebody has to answer for."""
        return self.shown.waiting if self.shown is not None else None

    @property
    def may_print(self) -> bool:
        """There is ink to put on paper, and no question open about the last run."""
        plan = self.plan
        free = not self.busy and self.fault is None and self.waiting is None
        return free and plan is not None and plan.refusal is None
