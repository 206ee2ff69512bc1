"""What the page of the order sheets shows, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.order_sheets import SheetKind
from app.domain.sheet_layout import Placed
from app.kernel.faults import Fault
from app.services.order_printing import SheetView


@dataclass(frozen=True, slots=True)
class SheetState:
    """The page as a value.

    Attributes:
        now: When it was read, or opened.
        view: The sheet of `which`; None until it was read once.
        chosen: Key of the line from which on is printed; "" prints everything.
        fault: Why the last reading failed; an older sheet may still be shown.
        saving: A file is being written.
    """

    now: datetime
    which: SheetKind = SheetKind.LONG_TERM
    view: SheetView | None = None
    chosen: str = ""
    fault: Fault | None = None
    saving: bool = False

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
    def begins(self) -> Placed | None:
        """The first line that is printed: a group is not torn apart."""
        line = self.line
        if line is None:
            return next(iter(self.lines), None)
        return next((one for one in self.lines if one.place == line.unit), line)

    @property
    def may_save(self) -> bool:
        return bool(self.lines) and not self.saving and self.fault is None
