"""Closed loops as data: which steps a process takes, who takes them, and within which time.

The values here are what `resources/packs/loops` says; nothing of medicine is decided in code. A
loop is the linear main path of a process (clinical norm of the source named with each row); what
its nodes mean for one order is computed in `app.domain.loop_strips`.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from app.domain.terms import Named

BIRTH = "@birth"
"""An instant a limit may be counted from although no node of the loop reaches it."""

ANCHORS = frozenset({BIRTH})
SOURCED = "sourced"
MUST_REVIEW = "hospital must review"
LABELS = (SOURCED, MUST_REVIEW)
"""Status of a row: carried over from a named source, or domain knowledge nobody has reviewed."""

_NOTHING = Named("")
_DURATION = re.compile(r"P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


class LimitKind(enum.Enum):
    """How the times of two nodes are held against each other."""

    MAX = "max"  # `to` at most so long after `from`
    MIN = "min"  # `to` not sooner than so long after `from`
    MIN_MAX = "min-max"  # both
    WINDOW = "window"  # `to` around the instant for which `from` was due
    ORDER = "order"  # `from` before `to`, whatever the time
    INTERVAL = "interval"  # `to` again and again, never longer apart


@dataclass(frozen=True, slots=True)
class LoopNode:
    """One step of a loop.

    Attributes:
        step: Code of the step dictionary; once per loop.
        actor: Code of whose step it is.
        resource: R4 type that must be there, and `status` it must have or have passed.
        mandatory: Its absence counts as missing.
        parallel: It may be taken in any order with the parallel nodes beside it.
        undoes: Step that this one takes back, or "".
        repeats: It is taken more than once.
    """

    step: str
    actor: str
    resource: str
    status: str
    mandatory: bool = True
    parallel: bool = False
    undoes: str = ""
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class LoopLimit:
    """A time limit or an order between two nodes.

    Attributes:
        origin: Step (or anchor) the time is counted from.
        target: Step that must be taken.
        most: Widest bound; None where the source gives none that holds for everybody.
        strict: Narrowest bound of a limit that depends on what is not recorded here.
        least: Lower bound (`min`, `min-max`), or how early it may be (`window`).
        wording: The limit in the words of its source, where the numbers do not say it all.
        action: What the source asks for when it is passed.
    """

    origin: str
    target: str
    kind: LimitKind
    least: timedelta | None = None
    strict: timedelta | None = None
    most: timedelta | None = None
    wording: Named = _NOTHING
    action: Named = _NOTHING


@dataclass(frozen=True, slots=True)
class Loop:
    """A process as the catalogue has it.

    Attributes:
        status: `sourced` or `hospital must review`.
        stages: For each node, the number of its stage: parallel neighbours share one.
    """

    code: str
    group: str
    name: Named
    trigger: str
    nodes: tuple[LoopNode, ...]
    limits: tuple[LoopLimit, ...] = ()
    source: str = ""
    status: str = MUST_REVIEW
    stages: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stages", _stages(self.nodes))

    @property
    def sourced(self) -> bool:
        return self.status == SOURCED

    @property
    def steps(self) -> frozenset[str]:
        return frozenset(node.step for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes a step; `here` is False for other departments, whose nodes are only read."""

    code: str
    name: Named
    here: bool


@dataclass(frozen=True, slots=True)
class LoopBook:
    """The whole pack, with its dictionaries."""

    loops: Mapping[str, Loop]
    steps: Mapping[str, Named]
    actors: Mapping[str, Actor]
    groups: Mapping[str, Named]


def duration(text: str) -> timedelta:
    """An ISO 8601 duration of days, hours, minutes and seconds.

    Raises:
        ValueError: It is none, or negative.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(text)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _stages(nodes: tuple[LoopNode, ...]) -> tuple[int, ...]:
    found: list[int] = []
    for place, node in enumerate(nodes):
        together = node.parallel and place > 0 and nodes[place - 1].parallel
        found.append(found[-1] if together else place)
    return tuple(found)
