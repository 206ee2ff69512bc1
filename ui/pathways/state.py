"""What the page of a pathway shows, as values."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.pathway_grid import Grid, StageColumn
from app.domain.pathways import EnrolmentId, FactKind, Pathway, PathwayBook, PathwayFact, Row
from app.domain.terms import Term
from app.kernel.faults import Fault, Message
from app.services.pathways import PathwayView
from ui.pathways.deeds import NOWHERE, Asked, Deed, Rights, Spot, enrolling, hindrance

VARIANCES = "variances"
"""The band under the rows of the form."""


class Face(enum.Enum):
    """What lies in the middle of the page."""

    OFFER = "offer"
    """Not enrolled in this stay: what could be chosen."""
    GRID = "grid"
    RECORD = "record"
    """Enrolled in a version that is not known here: what was recorded, unjudged."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one reading brought.

    Attributes:
        suggested: What brings a pathway up, by its code; empty while the patient is in one.
    """

    book: PathwayBook
    view: PathwayView
    suggested: dict[str, Term]


@dataclass(frozen=True, slots=True)
class PathwayState:
    """The page as a value.

    Attributes:
        now: When it was read, or opened.
        wanted: The enrolment that was asked for; None for the one that matters most.
        entry: Key of what the caret is on in the grid.
        offered: Code of the pathway the caret is on while nobody is enrolled.
        fault: Why the last reading failed; what was read before stays.
        act_fault: Why the last act was not done.
    """

    now: datetime
    rights: Rights
    seen: Seen | None = None
    wanted: EnrolmentId | None = None
    entry: str = ""
    offered: str = ""
    busy: bool = False
    fault: Fault | None = None
    act_fault: Fault | None = None
    notice: Message | None = None

    @property
    def view(self) -> PathwayView | None:
        return self.seen.view if self.seen is not None else None

    @property
    def grid(self) -> Grid | None:
        return self.view.grid if self.view is not None else None

    @property
    def enrolled(self) -> bool:
        """The grid is of this stay, and goes on."""
        view, grid = self.view, self.grid
        if view is None or grid is None or not grid.enrolment.active:
            return False
        return view.stay is None or grid.enrolment.encounter == view.stay.id

    @property
    def face(self) -> Face:
        view, grid = self.view, self.grid
        asked_for = self.wanted is not None or self.enrolled
        if view is None or grid is None or (view.stay is not None and not asked_for):
            return Face.OFFER
        return Face.RECORD if grid.pathway is None else Face.GRID

    @property
    def pathways(self) -> tuple[Pathway, ...]:
        """What can be chosen: what a diagnosis suggests first, then the others by name."""
        if self.seen is None:
            return ()
        suggested = self.seen.suggested
        return tuple(
            sorted(
                self.seen.book.offered,
                key=lambda one: (one.code not in suggested, one.pinyin, one.code),
            )
        )

    @property
    def choice(self) -> Pathway | None:
        """The pathway the caret is on, else the first."""
        found = (one for one in self.pathways if one.code == self.offered)
        return next(found, next(iter(self.pathways), None))

    @property
    def spot(self) -> Spot:
        """What the caret is on."""
        return spot_of(self.grid, self.entry) if self.grid is not None else NOWHERE

    def hindrance(self, deed: Deed) -> Message | None:
        """Why it cannot be done now; being busy is none."""
        if deed is Deed.ENROL:
            lies_here = self.view is not None and self.view.stay is not None
            return enrolling(self.choice, self.rights, lies_here=lies_here)
        return hindrance(deed, self.grid, self.spot, self.rights)

    def can(self, deed: Deed) -> bool:
        return not self.busy and self.fault is None and self.hindrance(deed) is None

    def with_seen(self, seen: Seen, now: datetime) -> PathwayState:
        """Take a new reading in; the caret stays where it was while that is there."""
        state = replace(self, seen=seen, now=now, fault=None)
        if state.grid is not None and not known(state.grid, state.entry):
            state = replace(state, entry=first_entry(state.grid))
        return state


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an act.

    Attributes:
        again: What has to be asked once more, since something stood against it after all.
    """

    deed: Deed
    again: Asked | None = None


def key_of(column: StageColumn, element: str) -> str:
    """How the grid names an element of a stage."""
    return f"{column.stage.key}/{element}"


def spot_of(grid: Grid, key: str) -> Spot:
    """What an entry of the grid stands for."""
    stage, _, name = key.partition("/")
    column = grid.column(stage)
    if column is not None:
        return Spot(column, column.cell(name))
    for place, facts in variances(grid).items():
        found = next((one for one in facts if one.ref == key), None)
        if found is not None:
            return Spot(grid.column(place), None, found)
    fact = next((one for one in grid.unplaced if one.ref == key), None)
    return Spot(None, None, fact)


def known(grid: Grid, key: str) -> bool:
    """Whether the grid has such an entry."""
    spot = spot_of(grid, key)
    return spot.cell is not None or spot.fact is not None


def first_entry(grid: Grid) -> str:
    """Today's first element that is still open, else today's first, else the first of all."""
    columns = grid.today or grid.columns
    keys = [
        (not cell.hinders, key_of(column, cell.element.key))
        for column in columns
        for row in Row
        for cell in column.row(row)
    ]
    if keys:
        return min(keys, key=lambda one: one[0])[1]
    return next((one.ref for one in grid.unplaced), "")


def variances(grid: Grid) -> dict[str, tuple[PathwayFact, ...]]:
    """The variances of every stage, those of no element in the stage they were recorded in."""
    found: dict[str, tuple[PathwayFact, ...]] = {}
    for column in grid.columns:
        told = [one for cell in column.cells for one in cell.facts]
        found[column.stage.key] = tuple(one for one in told if one.kind is FactKind.VARIANCE)
    for extra in grid.extras:
        stage = _recorded_in(grid, extra)
        if stage is not None:
            found[stage.stage.key] += (extra,)
    return found


def _recorded_in(grid: Grid, fact: PathwayFact) -> StageColumn | None:
    """The stage of the day on which it was recorded, else the last one that had begun by then."""
    dated = [(one.window, one) for one in grid.columns if one.window is not None]
    at = fact.at
    if at is not None:
        begun = [one for window, one in dated if window.begins <= at]
        holding = [one for window, one in dated if window.holds(at)]
        if holding or begun:
            return (holding or begun[::-1])[0]
    return next(iter(grid.columns), None)
