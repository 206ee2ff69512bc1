"""What the pages of the closed loops show: of a ward, and of one patient."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.census import Ward
from app.domain.loop_board import TrackedLoop
from app.domain.loop_rates import LoopFigures, SlowStep
from app.domain.loop_strips import NodeState, NodeView
from app.domain.loops import LoopBook
from app.kernel.faults import Fault

_NOTHING = LoopFigures()


class Part(enum.Enum):
    """What is listed."""

    ALL = "all"
    LATE = "late"
    MISSING = "missing"
    RUNNING = "running"
    UNMATCHED = "unmatched"


class Standing(enum.Enum):
    """How a loop stands as a whole, the worst first."""

    LATE = "late"
    MISSING = "missing"
    FAULT = "fault"
    RUNNING = "running"
    CLOSED = "closed"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one reading brought; `ward` and the rest of a ward are empty for one patient.

    Attributes:
        parts: The loops of each part: in a ward the worst first, in a chart as they were ordered.
        figures: Of everything that was read, whatever is listed.
        as_of: Until when the census of the ward is complete.
    """

    book: LoopBook
    parts: Mapping[Part, tuple[TrackedLoop, ...]]
    figures: LoopFigures = _NOTHING
    wards: tuple[Ward, ...] = ()
    ward: Ward | None = None
    as_of: datetime | None = None
    slowest: tuple[SlowStep, ...] = ()


@dataclass(frozen=True, slots=True)
class LoopsState:
    """The page as a value.

    Attributes:
        of_patient: One chart; otherwise a ward.
        now: When it was read.
        selected: Reference of the order whose strip is shown.
        step: The node the caret is on.
        fault: Why the last reading failed; what was read before stays.
    """

    of_patient: bool
    now: datetime
    part: Part = Part.ALL
    selected: str = ""
    step: str = ""
    seen: Seen | None = None
    fault: Fault | None = None

    @property
    def listed(self) -> tuple[TrackedLoop, ...]:
        """Those of the chosen part."""
        return self.seen.parts[self.part] if self.seen is not None else ()

    @property
    def current(self) -> TrackedLoop | None:
        """The selected one while it is listed, else the first."""
        listed = self.listed
        found = (one for one in listed if one.ref == self.selected)
        return next(found, listed[0] if listed else None)

    @property
    def node(self) -> NodeView | None:
        """The node the caret is on, else the one that is waited for, else the first."""
        one = self.current
        if one is None or one.strip is None:
            return None
        nodes = one.strip.nodes
        on = next((view for view in nodes if view.node.step == self.step), None)
        return on or one.strip.current or nodes[0]

    @property
    def figures(self) -> LoopFigures:
        return self.seen.figures if self.seen is not None else _NOTHING

    def count(self, part: Part) -> int:
        return len(self.seen.parts[part]) if self.seen is not None else 0

    def ref_of(self, focus: str) -> str:
        """The reference of what `focus` names, an order by its bare id too."""
        loops = self.seen.parts[Part.ALL] if self.seen is not None else ()
        found = (one.ref for one in loops if focus in (one.ref, one.ref.partition("/")[2]))
        return next(found, focus)


def sorted_out(
    loops: tuple[TrackedLoop, ...], *, of_patient: bool
) -> Mapping[Part, tuple[TrackedLoop, ...]]:
    """The loops of every part, in the order in which they are listed."""
    place = {one: n for n, one in enumerate(Standing)}
    whole = loops if of_patient else tuple(sorted(loops, key=lambda one: place[standing(one)]))
    return {part: tuple(one for one in whole if belongs(one, part)) for part in Part}


def standing(one: TrackedLoop) -> Standing:
    """The worst that can be said of it: what is overdue, then what is missing, then faults."""
    if one.strip is None:
        return Standing.AMBIGUOUS if one.choice.candidates else Standing.NONE
    if one.strip.count(NodeState.OVERDUE):
        return Standing.LATE
    if one.strip.count(NodeState.MISSING):
        return Standing.MISSING
    if one.strip.count(NodeState.OUT_OF_ORDER):
        return Standing.FAULT
    return Standing.CLOSED if one.strip.closed else Standing.RUNNING


def belongs(one: TrackedLoop, part: Part) -> bool:
    """Whether a loop is listed under `part`; it may be late and miss a node at once."""
    match part:
        case Part.ALL:
            return True
        case Part.UNMATCHED:
            return one.strip is None
        case Part.LATE:
            return one.strip is not None and bool(one.strip.count(NodeState.OVERDUE))
        case Part.MISSING:
            return one.strip is not None and bool(one.strip.count(NodeState.MISSING))
        case Part.RUNNING:
            return one.strip is not None and not one.strip.closed
