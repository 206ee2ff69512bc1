"""The lists of a patient's orders as the ward knows them: infusions together, in three tabs."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from app.domain.order_sheets import SheetKind, sheet_of
from app.domain.orders import OrderLine

Unit = tuple[OrderLine, ...]
"""One order, or the members of one infusion in their places."""


class Tab(enum.Enum):
    LONG_TERM = "long-term"
    TEMPORARY = "temporary"
    ENDED = "ended"


def units_of(lines: Iterable[OrderLine]) -> tuple[Unit, ...]:
    """The orders with the members of each infusion together, where the first of them came."""
    found: dict[str, list[OrderLine]] = {}
    for line in lines:
        order = line.order
        found.setdefault(f"group {order.group}" if order.group else order.id, []).append(line)
    return tuple(tuple(sorted(unit, key=_place)) for unit in found.values())


def tab_of(unit: Unit) -> Tab:
    """Where it stands: an infusion among the ended only when no member of it holds any more.

    An order whose feed does not say how long it holds may hold until it is stopped: it stands
    where one looks for that.
    """
    standing = [line.order for line in unit if line.order.current]
    if not standing:
        return Tab.ENDED
    short = sheet_of(standing[0]) is SheetKind.TEMPORARY
    return Tab.TEMPORARY if short else Tab.LONG_TERM


def in_tab(lines: Iterable[OrderLine], tab: Tab) -> tuple[OrderLine, ...]:
    """The orders of one tab; nothing is torn apart."""
    return tuple(line for unit in units_of(lines) if tab_of(unit) is tab for line in unit)


def of_class(lines: Iterable[OrderLine], order_class: str) -> tuple[OrderLine, ...]:
    """The orders of a class, infusions whole; "" asks for all."""
    return tuple(
        line
        for unit in units_of(lines)
        if not order_class or any(one.order.order_class.value == order_class for one in unit)
        for line in unit
    )


def found(lines: Iterable[OrderLine], name: str) -> tuple[Tab, OrderLine] | None:
    """The order of that id, or the first of the infusion of that name, and its tab."""
    for unit in units_of(lines):
        for line in unit:
            if name and name in (line.order.id, line.order.group):
                return tab_of(unit), line
    return None


def _place(line: OrderLine) -> int:
    return line.order.place
