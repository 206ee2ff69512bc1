"""Figures over many strips: completion, timeliness, and where the time goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from app.domain.loop_strips import NodeState, Strip

_NINE_TENTHS = 0.9


@dataclass(frozen=True, slots=True)
class LoopFigures:
    """Counts over strips, with their rates.

    Attributes:
        reached: Of `mandatory` nodes. `timely`: Of `judged` limits.
        wrong_order: Nodes whose time lies before their predecessor's: a clock or data fault.
    """

    orders: int = 0
    reached: int = 0
    mandatory: int = 0
    timely: int = 0
    judged: int = 0
    wrong_order: int = 0

    @property
    def completion(self) -> float | None:
        """Nodes reached / mandatory; None where nothing is to be reached."""
        return self.reached / self.mandatory if self.mandatory else None

    @property
    def timeliness(self) -> float | None:
        """Limits kept / limits decided; None where none is."""
        return self.timely / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class SlowStep:
    """How long a step takes after the one before it.

    Attributes:
        step: Its code; `times` how often it was measured.
        middle: Median. `nine_tenths`: Nine in ten took no longer (nearest rank).
        over_limit: How many of them were over a limit.
    """

    step: str
    times: int
    middle: timedelta
    nine_tenths: timedelta
    over_limit: int = 0


def figures(strips: Iterable[Strip]) -> LoopFigures:
    """Sum up strips; the rates are of nodes and limits, not means of means."""
    total = LoopFigures()
    for one in strips:
        total = LoopFigures(
            total.orders + 1,
            total.reached + one.reached,
            total.mandatory + one.mandatory,
            total.timely + one.timely,
            total.judged + one.judged,
            total.wrong_order + one.count(NodeState.OUT_OF_ORDER),
        )
    return total


def slowest(strips: Iterable[Strip], most: int) -> tuple[SlowStep, ...]:
    """The `most` steps with the longest median, the slowest first.

    A negative duration is a fault of a clock and measures nothing.
    """
    spent: dict[str, list[timedelta]] = defaultdict(list)
    over: dict[str, int] = defaultdict(int)
    for view in (view for one in strips for view in one.nodes):
        if view.since is not None and view.since >= timedelta():
            spent[view.node.step].append(view.since)
            over[view.node.step] += view.over_limit
    found = [_slow(step, sorted(times), over[step]) for step, times in spent.items()]
    found.sort(key=lambda one: (-one.middle, one.step))
    return tuple(found[:most])


def _slow(step: str, ordered: list[timedelta], over: int) -> SlowStep:
    rank = -int(-_NINE_TENTHS * len(ordered) // 1)
    middle = timedelta(seconds=median(one.total_seconds() for one in ordered))
    return SlowStep(step, len(ordered), middle, ordered[rank - 1], over)
