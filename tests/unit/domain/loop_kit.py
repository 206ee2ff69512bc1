"""Small loops and facts for the tests of the tracker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain.loop_facts import Fact, Phase
from app.domain.loops import LimitKind, Loop, LoopLimit, LoopNode
from app.domain.terms import Named, Ref

T0 = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def a_node(
    step: str, resource: str = "Task", status: str = "completed", **more: object
) -> LoopNode:
    return LoopNode(step, "nurse", resource, status, **more)  # type: ignore[arg-type]  # a test's own words


def a_limit(
    origin: str,
    target: str,
    most: float | None = 30,
    kind: LimitKind = LimitKind.MAX,
    **more: float,
) -> LoopLimit:
    """A limit with its bounds in minutes."""
    bounds = {name: minutes(value) for name, value in more.items()}
    return LoopLimit(origin, target, kind, most=None if most is None else minutes(most), **bounds)


def a_loop(*nodes: LoopNode | str, limits: tuple[LoopLimit, ...] = (), code: str = "L") -> Loop:
    made = tuple(a_node(one) if isinstance(one, str) else one for one in nodes)
    return Loop(code, "group", Named("闭环", "Loop"), "trigger", made, limits)


def done(step: str, at: float | None = 0, phase: Phase = Phase.DONE, **more: object) -> Fact:
    when = None if at is None else after(at)
    told: dict[str, object] = {"ref": Ref(f"Task/{step}-{at}")} | more
    return Fact(step, phase, when, **told)  # type: ignore[arg-type]  # a test's own words
