"""What can be done on the page of a pathway, and why it cannot be done just now."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from app.domain.pathway_days import StagePlace
from app.domain.pathway_grid import Cell, Grid, StageColumn, State
from app.domain.pathways import Pathway, PathwayFact, Row
from app.kernel.faults import Message
from app.services.pathway_keeping import Hindrances


class Deed(enum.Enum):
    """What a button of the page does."""

    ENROL = "enrol"
    TICK = "tick"
    EXPLAIN = "explain"
    TAKE_BACK = "take-back"
    ORDERS = "orders"
    NOTE = "note"
    OPERATION = "operation"
    COMPLETE = "complete"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Rights:
    """What the session may do.

    Attributes:
        rows: Rows whose elements it may tick.
        records: It may explain, note and take back.
        keeps: It may enrol, complete and leave, and say when the operation is.
        orders: It may write orders, or propose them.
    """

    rows: frozenset[Row] = frozenset()
    records: bool = False
    keeps: bool = False
    orders: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """What the caret is on: an element of a stage, or something that was recorded."""

    column: StageColumn | None = None
    cell: Cell | None = None
    fact: PathwayFact | None = None


NOWHERE = Spot()
CLEAR = Hindrances()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sheet asks about, as it was shown when it opened.

    Attributes:
        pathway: In which a patient is to be enrolled.
        grid: Of the enrolment it is done to.
        against: What stands against completing it.
    """

    deed: Deed
    spot: Spot = NOWHERE
    pathway: Pathway | None = None
    grid: Grid | None = None
    against: Hindrances = CLEAR


_KEEPS = frozenset({Deed.OPERATION, Deed.COMPLETE, Deed.LEAVE})
_RECORDS = frozenset({Deed.EXPLAIN, Deed.TAKE_BACK, Deed.NOTE})
_SETTLED = {
    State.MET: "pathways_page.hindered.met",
    State.DONE: "pathways_page.hindered.done",
    State.VARIANCE: "pathways_page.hindered.explained",
}


def hindrance(deed: Deed, grid: Grid | None, spot: Spot, rights: Rights) -> Message | None:
    """Why it cannot be done; None when it can be tried. Enrolling is asked of `enrolling`."""
    code = _allowed(deed, rights) or _goes_on(deed, grid) or _fits(deed, grid, spot, rights)
    return Message.of(code) if code else None


def enrolling(pathway: Pathway | None, rights: Rights, *, lies_here: bool) -> Message | None:
    """Why the patient cannot be enrolled in it; None when it can be tried."""
    if not rights.keeps:
        return Message.of("pathways_page.hindered.role")
    if not lies_here:
        return Message.of("pathways_page.hindered.no-stay")
    return Message.of("pathways_page.hindered.no-pathway") if pathway is None else None


def _allowed(deed: Deed, rights: Rights) -> str:
    kept = deed in _KEEPS and not rights.keeps
    recorded = deed in _RECORDS and not rights.records
    ordered = deed is Deed.ORDERS and not rights.orders
    return "pathways_page.hindered.role" if kept or recorded or ordered else ""


def _goes_on(deed: Deed, grid: Grid | None) -> str:
    if grid is None:
        return "pathways_page.hindered.no-enrolment"
    if not grid.enrolment.active:
        return "pathways_page.hindered.ended"
    if grid.enrolment.guarded:
        return "pathways.guarded"
    known = grid.pathway is not None or deed in {Deed.NOTE, Deed.LEAVE, Deed.TAKE_BACK}
    return "" if known else "pathways_page.hindered.version"


def _fits(deed: Deed, grid: Grid | None, spot: Spot, rights: Rights) -> str:
    match deed:
        case Deed.TICK:
            return _tickable(spot, rights)
        case Deed.EXPLAIN:
            return _explainable(spot)
        case Deed.TAKE_BACK:
            return "" if recorded(spot) is not None else "pathways_page.hindered.nothing"
        case Deed.ORDERS:
            return "" if has_orders(spot.column) else "pathways_page.hindered.no-orders"
        case Deed.OPERATION if grid is None or grid.pathway is None or not grid.pathway.operation:
            return "pathways_page.hindered.no-operation"
        case _:
            return ""


def _explainable(spot: Spot) -> str:
    if spot.cell is None:
        return "pathways_page.hindered.no-element"
    return _SETTLED.get(spot.cell.state, "")


def _tickable(spot: Spot, rights: Rights) -> str:
    if spot.cell is None or spot.column is None:
        return "pathways_page.hindered.no-element"
    if spot.cell.element.row.ordered:
        return "pathways_page.hindered.ordered"
    if spot.cell.element.row not in rights.rows:
        return "pathways_page.hindered.not-your-row"
    if spot.column.place in (StagePlace.AHEAD, StagePlace.UNDATED):
        return "pathways_page.hindered.not-begun"
    return _SETTLED[State.DONE] if spot.cell.state is State.DONE else ""


def recorded(spot: Spot) -> PathwayFact | None:
    """What would be taken back: the fact itself, else the newest one of the element."""
    if spot.fact is not None:
        return None if spot.fact.void else spot.fact
    return spot.cell.facts[-1] if spot.cell is not None and spot.cell.facts else None


def has_orders(column: StageColumn | None) -> bool:
    """Whether the stage asks for orders."""
    return column is not None and any(cell.element.row.ordered for cell in column.cells)
