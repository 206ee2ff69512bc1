"""One loop of one order: which nodes are reached, which are late, which are missing.

Pure: a template, facts and a time in, a strip out. The rules (clinical norm: closed-loop display
and indicators of the loop engines the catalogue follows):

- a node is reached when somebody did it (a fact of phase `DONE`) and nobody undid it since;
- a mandatory node that a later one has overtaken is missing, an optional one does not apply;
- a node whose time lies before that of its predecessor is out of order: a clock or data fault;
- a node that is waited for is overdue when the widest bound of a limit has passed.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.loop_facts import Fact, Phase, known, time_of
from app.domain.loop_limits import Judgement, Pairing, Verdict, judge
from app.domain.loops import ANCHORS, Loop, LoopNode


class NodeState(enum.Enum):
    """What a node of a strip is. Every node is exactly one of these."""

    REACHED = "reached"
    OFF_TIME = "off-time"  # reached, and outside a limit
    OUT_OF_ORDER = "out-of-order"
    IN_PROGRESS = "in-progress"
    NOT_YET = "not-yet"
    OVERDUE = "overdue"
    MISSING = "missing"
    NOT_APPLICABLE = "not-applicable"
    NOT_KNOWN = "not-known"  # its documents never come to this workstation


REACHED = frozenset({NodeState.REACHED, NodeState.OFF_TIME, NodeState.OUT_OF_ORDER})
_UNCOUNTED = frozenset({NodeState.NOT_APPLICABLE, NodeState.NOT_KNOWN})
_WAITED_FOR = frozenset({NodeState.NOT_YET, NodeState.IN_PROGRESS, NodeState.OVERDUE})
_OVER = frozenset({Verdict.LATE, Verdict.OVERDUE})


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node of one order.

    Attributes:
        fact: What reached it first, or None.
        last: What reached it last; another than `fact` where it was done again.
        times: How often it was done.
        since: Time since the reached node before it; None where one of the two has no time.
        due: Until when it must be reached, where a limit says so and it is not.
        limits: How each limit that ends here stands.
    """

    node: LoopNode
    state: NodeState
    fact: Fact | None = None
    last: Fact | None = None
    times: int = 0
    since: timedelta | None = None
    due: datetime | None = None
    limits: tuple[Judgement, ...] = ()

    @property
    def reached(self) -> bool:
        return self.state in REACHED

    @property
    def over_limit(self) -> bool:
        """Over a limit for certain, whether reached or not."""
        return any(one.verdict in _OVER for one in self.limits)

    @property
    def waited_for(self) -> bool:
        return self.state in _WAITED_FOR and self.node.mandatory

    @property
    def counts(self) -> bool:
        """Mandatory, applying, and to be known here."""
        return self.node.mandatory and not self.node.undoes and self.state not in _UNCOUNTED


@dataclass(frozen=True, slots=True)
class Strip:
    """A loop of one order as it stands.

    Attributes:
        holds_until: From then on a node is overdue that is not yet; None if time changes nothing.
        mandatory: Mandatory nodes that apply and can be known here; `reached` those of them.
        judged: Limits about which something can be said; `timely` those that are kept.
    """

    loop: Loop
    nodes: tuple[NodeView, ...]
    holds_until: datetime | None = None
    mandatory: int = field(init=False, compare=False)
    reached: int = field(init=False, compare=False)
    judged: int = field(init=False, compare=False)
    timely: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        counted = [view for view in self.nodes if view.counts]
        verdicts = [one.verdict for view in self.nodes for one in view.limits]
        # Counted once: a board sums up hundreds of strips at every refresh.
        object.__setattr__(self, "mandatory", len(counted))
        object.__setattr__(self, "reached", sum(view.reached for view in counted))
        object.__setattr__(self, "judged", sum(one.decided for one in verdicts))
        object.__setattr__(self, "timely", verdicts.count(Verdict.ON_TIME))

    @property
    def completion(self) -> float | None:
        """Nodes reached / mandatory; None where there is nothing to reach."""
        return self.reached / self.mandatory if self.mandatory else None

    @property
    def timeliness(self) -> float | None:
        """Limits kept / limits decided; None where none is."""
        return self.timely / self.judged if self.judged else None

    @property
    def closed(self) -> bool:
        """Nothing is waited for any more."""
        return not any(view.waited_for for view in self.nodes)

    @property
    def current(self) -> NodeView | None:
        """The first node that is waited for."""
        return next((view for view in self.nodes if view.waited_for), None)

    def count(self, *states: NodeState) -> int:
        return sum(view.state in states for view in self.nodes)


@dataclass(frozen=True, slots=True)
class Course:
    """What besides its facts decides a strip.

    Attributes:
        void: The order was cancelled or entered in error: what is not reached never will be.
        known: R4 types whose documents come to this workstation; None for all.
    """

    void: bool = False
    known: frozenset[str] | None = None


def strip(loop: Loop, facts: Iterable[Fact], now: datetime, course: Course = Course()) -> Strip:
    """How `loop` stands at `now`, whatever the order in which `facts` are given."""
    return _Weighing(loop, tuple(facts), now, course).strip()


class _Weighing:
    """The facts of one loop, sorted once."""

    def __init__(self, loop: Loop, facts: tuple[Fact, ...], now: datetime, course: Course) -> None:
        self._loop, self._now, self._course = loop, now, course
        told = known(facts)
        self._done, self._begun = told[Phase.DONE], told[Phase.BEGUN]
        self._declined = told[Phase.DECLINED]
        undone_by = {node.undoes: node.step for node in loop.nodes if node.undoes}
        self._held = {
            node.step: self._standing(node.step, undone_by.get(node.step, ""))
            for node in loop.nodes
        }
        self._stage = dict(zip((node.step for node in loop.nodes), loop.stages, strict=True))
        self._front = max((self._stage[s] for s, held in self._held.items() if held), default=-1)
        self._known = {node.step: self._is_known(node) for node in loop.nodes}

    def strip(self) -> Strip:
        judged = self._judged()
        before = self._before()
        views = tuple(
            self._view(node, judged.get(node.step, ()), before[node.step])
            for node in self._loop.nodes
        )
        return Strip(self._loop, views, _holds_until(views))

    def _standing(self, step: str, undoing: str) -> tuple[Fact, ...]:
        """What was done and not undone since."""
        done, undone = self._done.get(step, ()), self._done.get(undoing, ())
        if not undone:
            return done
        return tuple(one for one in done if time_of(one) > time_of(undone[-1]))

    def _is_known(self, node: LoopNode) -> bool:
        known = self._course.known
        return known is None or node.resource in known or bool(self._held[node.step])

    def _judged(self) -> Mapping[str, tuple[Judgement, ...]]:
        found: dict[str, tuple[Judgement, ...]] = {}
        for limit in self._loop.limits:
            anchored = limit.origin in ANCHORS
            origins = self._done.get(limit.origin, ()) if anchored else self._held[limit.origin]
            repeated = limit.origin == limit.target
            pairing = Pairing(
                origins=() if repeated else origins,
                targets=self._held[limit.target],
                declined=self._declined.get(limit.target, ()),
                origin_known=anchored or self._known[limit.origin],
                waits=not self._course.void and self._known[limit.target],
                overtaken=self._front > self._stage[limit.target],
            )
            found[limit.target] = found.get(limit.target, ()) + judge(limit, pairing, self._now)
        return found

    def _view(
        self, node: LoopNode, limits: tuple[Judgement, ...], before: datetime | None
    ) -> NodeView:
        held = self._held[node.step]
        first = held[0] if held else None
        since = first.at - before if first and first.at and before else None
        if first is None:
            state = self._unreached(node, limits)
        elif (since is not None and since < timedelta()) or _wrong(limits):
            state = NodeState.OUT_OF_ORDER
        else:
            state = NodeState.OFF_TIME if _is_off(limits) else NodeState.REACHED
        dues = [one.due for one in limits if one.at is None and one.due is not None]
        due = min(dues, default=None)
        return NodeView(
            node, state, first, held[-1] if held else None, len(held), since, due, limits
        )

    def _before(self) -> Mapping[str, datetime | None]:
        """For each node when the stage before it was reached: the last of those beside each other.

        What takes a node back comes when it comes and follows nothing.
        """
        found: dict[str, datetime | None] = {}
        earlier: datetime | None = None
        stage, latest = -1, earlier
        for node in self._loop.nodes:
            if self._stage[node.step] != stage:
                stage, earlier = self._stage[node.step], latest
                latest = earlier
            found[node.step] = None if node.undoes else earlier
            held = self._held[node.step]
            at = held[0].at if held and not node.undoes else None
            if at is not None:
                latest = at if latest is earlier else max(latest or at, at)
        return found

    def _unreached(self, node: LoopNode, limits: tuple[Judgement, ...]) -> NodeState:
        if not self._known[node.step]:
            return NodeState.NOT_KNOWN
        if self._course.void or node.undoes:
            return NodeState.NOT_APPLICABLE
        if self._stage[node.step] < self._front:
            return NodeState.MISSING if node.mandatory else NodeState.NOT_APPLICABLE
        if any(one.verdict is Verdict.OVERDUE for one in limits):
            return NodeState.OVERDUE
        return NodeState.IN_PROGRESS if node.step in self._begun else NodeState.NOT_YET


def _wrong(limits: tuple[Judgement, ...]) -> bool:
    return any(one.verdict is Verdict.WRONG_ORDER for one in limits)


def _is_off(limits: tuple[Judgement, ...]) -> bool:
    return any(one.verdict in _OVER or one.verdict is Verdict.EARLY for one in limits)


def _holds_until(views: tuple[NodeView, ...]) -> datetime | None:
    """The first bound that is still ahead: until then only a fact can change the strip."""
    ahead: list[datetime] = []
    for one in (judgement for view in views for judgement in view.limits):
        if one.verdict is Verdict.WAITING and one.strict_due is not None:
            ahead.append(one.strict_due)
        if not one.verdict.decided and one.at is None and one.due is not None:
            ahead.append(one.due)
    return min(ahead, default=None)
