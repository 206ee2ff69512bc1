"""What the sheet of order sets shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from app.domain.order_sets import Chosen, Offer, OfferedLine, OrderSet, SetBook, objections_to
from app.domain.orders import Objection
from app.kernel.faults import Fault


@dataclass(frozen=True, slots=True)
class SetSheetState:
    """The sheet as a value.

    Attributes:
        found: Sets that fit what was typed.
        wanted: Code of the set whose lines are shown or being read, or "".
        keys: The chosen lines.
        typed: Doses as they were typed, by line.
        current: The line the caret is on.
        fault: Why something could not be read or put into the basket.
    """

    book: SetBook | None = None
    found: tuple[OrderSet, ...] = ()
    query: str = ""
    wanted: str = ""
    offer: Offer | None = None
    keys: frozenset[str] = frozenset()
    typed: Mapping[str, str] = field(default_factory=dict)
    current: str = ""
    fault: Fault | None = None

    @property
    def chosen(self) -> Chosen:
        """The chosen lines with the doses that were typed."""
        return Chosen(self.keys, {key: number(text) for key, text in self.typed.items()})

    @property
    def objections(self) -> tuple[Objection, ...]:
        """What keeps the chosen lines out of the basket."""
        return objections_to(self.offer, self.chosen) if self.offer is not None else ()

    @property
    def can_add(self) -> bool:
        return bool(self.keys) and not self.objections

    @property
    def line(self) -> OfferedLine | None:
        """The line the caret is on, else the first."""
        lines = self.offer.lines if self.offer is not None else ()
        found = (one for one in lines if one.line.key == self.current)
        return next(found, lines[0] if lines else None)


def number(text: str) -> Decimal | None:
    """What was typed as a number; None when it is none."""
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None
