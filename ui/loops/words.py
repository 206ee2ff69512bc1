"""How loops and their nodes are worded: in the list, on the strip, and one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.domain.loop_board import TrackedLoop
from app.domain.loop_limits import Judgement, Verdict
from app.domain.loop_strips import NodeState, NodeView, Strip
from app.domain.loops import LoopBook
from app.domain.terms import Named
from resources.catalogue import Parameter
from resources.styles.tokens import Tone
from ui.loops.state import LoopsState, Part, Standing, standing
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH
from widgets.bar_list import Bar
from widgets.node_strip import Fill, StripNode
from widgets.table_values import Cell, Column, Row, TableSpec

_STATES: Final = {
    NodeState.REACHED: (Tone.GOOD, Fill.FULL, "check"),
    NodeState.OFF_TIME: (Tone.DANGER, Fill.FULL, "clock"),
    NodeState.OUT_OF_ORDER: (Tone.CAUTION, Fill.FULL, "triangle-alert"),
    NodeState.IN_PROGRESS: (Tone.ACT, Fill.HOLLOW, "circle-dot"),
    NodeState.NOT_YET: (Tone.PLAIN, Fill.HOLLOW, ""),
    NodeState.OVERDUE: (Tone.DANGER, Fill.HOLLOW, "clock"),
    NodeState.MISSING: (Tone.UNKNOWN, Fill.FULL, "x"),
    NodeState.NOT_APPLICABLE: (Tone.UNKNOWN, Fill.DASHED, "minus"),
    NodeState.NOT_KNOWN: (Tone.UNKNOWN, Fill.DASHED, "circle-help"),
}
_STANDINGS: Final = {
    Standing.LATE: (Tone.DANGER, "clock"),
    Standing.MISSING: (Tone.UNKNOWN, "circle-x"),
    Standing.FAULT: (Tone.CAUTION, "triangle-alert"),
    Standing.RUNNING: (Tone.ACT, "circle-dot"),
    Standing.CLOSED: (Tone.GOOD, "circle-check"),
    Standing.AMBIGUOUS: (Tone.CAUTION, "git-compare"),
    Standing.NONE: (Tone.UNKNOWN, "circle-help"),
}


@dataclass(frozen=True, slots=True)
class LoopWords:
    """Words of one desk."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    def name(self, named: Named) -> str:
        return named.shown(self.desk.languages.language)

    def rate(self, rate: float | None, done: int, of: int) -> str:
        """`83 % (10 of 12)`; a rate of nothing is said to be none."""
        if rate is None:
            return self.text("loops.rate.none")
        return self.text("loops.rate", per_cent=f"{rate:.0%}".rstrip("%"), done=done, of=of)

    # -- the list

    def spec(self, *, of_patient: bool) -> TableSpec:
        who = (
            Column("bed", self.text("loops.column.bed"), 46, fixed=True),
            Column("patient", self.text("loops.column.patient"), 84, wraps=True, fixed=True),
        )
        columns = (
            *(() if of_patient else who),
            Column("state", self.text("loops.column.state"), 132, fixed=True),
            Column("order", self.text("loops.column.order"), 160, wraps=True, fixed=True),
            Column("loop", self.text("loops.column.loop"), 170, wraps=True, stretches=True),
            Column("next", self.text("loops.column.next"), 150, wraps=True),
            Column("nodes", self.text("loops.column.nodes"), 62),
        )
        name = "loops.patient" if of_patient else "loops.ward"
        return TableSpec(name, self.text("workspace.loops"), columns, exports=True)

    def rows(self, state: LoopsState) -> tuple[Row, ...]:
        if state.seen is None:
            return ()
        book = state.seen.book
        return tuple(self._row(n, one, book, state) for n, one in enumerate(state.listed))

    def _row(self, place: int, one: TrackedLoop, book: LoopBook, state: LoopsState) -> Row:
        stands = standing(one)
        tone, icon = _STANDINGS[stands]
        word = self.text(f"loops.standing.{stands.value}")
        who = (Cell(one.bed or DASH), Cell(self.name(one.patient_name) or DASH, strong=True))
        cells = (
            *(() if state.of_patient else who),
            Cell(word, tone=tone, icon=icon, badge=True, order=place),
            self._order(one),
            self._loop(one, book),
            self._next(one, book, state),
            self._nodes(one),
        )
        edge = tone if tone is Tone.DANGER else Tone.PLAIN
        finds = f"{one.choice.loop} {one.ref}"
        return Row(one.ref, cells, tone=edge, faded=stands is Standing.CLOSED, finds=finds)

    def _order(self, one: TrackedLoop) -> Cell:
        order = one.order
        if order is None:
            return Cell(self.text("loops.event"), second=one.ref)
        at = order.authored_at
        second = self.desk.formats.moment(at) if at is not None else order.authored_text
        return Cell(order.item.shown(self.desk.languages.language), second=second, strong=True)

    def _loop(self, one: TrackedLoop, book: LoopBook) -> Cell:
        loop = book.loops.get(one.choice.loop)
        if loop is not None:
            label = self.label(one.strip)
            return Cell(self.name(loop.name), second=f"{loop.code} · {label}")
        if one.choice.candidates:
            known = [book.loops[c].name for c in one.choice.candidates if c in book.loops]
            said = self.text("loops.ambiguous", count=len(one.choice.candidates))
            return Cell(
                said, second=" / ".join(map(self.name, known)), tone=Tone.CAUTION, icon="info"
            )
        return Cell(DASH, tone=Tone.UNKNOWN, hover=self.text("loops.unmatched"))

    def _next(self, one: TrackedLoop, book: LoopBook, state: LoopsState) -> Cell:
        view = one.strip.current if one.strip is not None else None
        if one.strip is None:
            return Cell(DASH, tone=Tone.UNKNOWN, hover=self.text("loops.unmatched"))
        if view is None:
            return Cell(DASH, hover=self.text("loops.nothing_next"))
        late = next((v for v in one.strip.nodes if v.state is NodeState.OVERDUE), view)
        due = "" if late.due is None else self.due(late, state)
        tone = Tone.DANGER if late.state is NodeState.OVERDUE else Tone.PLAIN
        icon = "clock" if tone is Tone.DANGER else ""
        return Cell(
            self.step(late, book), second=due or self.actor(late, book), tone=tone, icon=icon
        )

    def _nodes(self, one: TrackedLoop) -> Cell:
        found = one.strip
        if found is None:
            return Cell(DASH, tone=Tone.UNKNOWN, hover=self.text("loops.unmatched"))
        share = found.completion
        return Cell(f"{found.reached}/{found.mandatory}", order=share if share is not None else 0.0)

    # -- the strip

    def label(self, found: Strip | None) -> str:
        """Where the loop comes from: a named source, or nobody has reviewed it."""
        sourced = found is not None and found.loop.sourced
        return self.text("loops.label.sourced" if sourced else "loops.label.review")

    def step(self, view: NodeView, book: LoopBook) -> str:
        return self.name(book.steps[view.node.step])

    def actor(self, view: NodeView, book: LoopBook) -> str:
        return self.name(book.actors[view.node.actor].name)

    def node_state(self, view: NodeView) -> str:
        return self.text(f"loops.node.{view.state.value}")

    def strip(self, found: Strip, book: LoopBook, state: LoopsState) -> tuple[StripNode, ...]:
        return tuple(self._node(view, book, state) for view in found.nodes)

    def _node(self, view: NodeView, book: LoopBook, state: LoopsState) -> StripNode:
        tone, fill, icon = _STATES[view.state]
        facts = self.facts(view, book)
        return StripNode(
            key=view.node.step,
            title=self.step(view, book),
            lines=self._lines(view, book, state),
            before=self.since(view),
            state=self.node_state(view),
            tone=tone,
            fill=fill,
            icon=icon,
            foreign=not book.actors[view.node.actor].here,
            hover="\n".join(self.text("loops.fact", label=a, value=b) for a, b in facts),
        )

    def _lines(self, view: NodeView, book: LoopBook, state: LoopsState) -> tuple[str, str]:
        fact = view.fact
        actor = self.actor(view, book)
        if fact is None:
            return actor, self.due(view, state) if view.due is not None else ""
        at = self.text("loops.no_time") if fact.at is None else self._short(view, state)
        return fact.by or actor, at

    def _short(self, view: NodeView, state: LoopsState) -> str:
        """The time alone while it is of today."""
        formats = self.desk.formats
        at = view.fact.at if view.fact is not None else None
        if at is None:
            return ""
        if formats.local(at).date() == formats.local(state.now).date():
            return formats.time(at)
        return f"{formats.day(at)} {formats.time(at)}"

    def since(self, view: NodeView) -> str:
        """The time since the step before it; before it, with a minus."""
        if view.since is None:
            return ""
        said = self.desk.formats.span(view.since)
        return f"−{said}" if view.since < timedelta() else f"+{said}"

    def due(self, view: NodeView, state: LoopsState) -> str:
        """Until when it must be done, or since when it is overdue."""
        if view.due is None:
            return ""
        formats = self.desk.formats
        if view.state is NodeState.OVERDUE:
            return self.text("loops.overdue", span=formats.span(state.now - view.due))
        return self.text("loops.due", at=formats.time(view.due))

    # -- one node

    def facts(self, view: NodeView, book: LoopBook) -> tuple[tuple[str, str], ...]:
        """Everything about a node, with its label."""
        text, formats, fact = self.text, self.desk.formats, view.fact
        found = [
            (text("loops.fact.step"), f"{self.step(view, book)} ({view.node.step})"),
            (text("loops.fact.state"), self.node_state(view)),
            (text("loops.fact.actor"), self._whose(view, book)),
        ]
        if fact is not None:
            found.append((text("loops.fact.who"), fact.by or DASH))
            found.append((text("loops.fact.at"), formats.moment(fact.at, seconds=True)))
            if fact.client_at is not None and fact.client_at != fact.at:
                own = formats.moment(fact.client_at, seconds=True)
                found.append((text("loops.fact.client_at"), own))
            shown = "signed" if fact.witnessed else "document"
            found.append((text("loops.fact.evidence"), text(f"loops.evidence.{shown}")))
            version = text("loops.version", ref=fact.ref, version=fact.version or DASH)
            found.append((text("loops.fact.document"), version))
        if view.since is not None:
            found.append((text("loops.fact.since"), self.since(view)))
        if view.times > 1:
            found.append((text("loops.fact.times"), str(view.times)))
        found += [(self._limit(one, book), self._verdict(one)) for one in _worst(view)]
        return tuple(found)

    def _whose(self, view: NodeView, book: LoopBook) -> str:
        actor = self.actor(view, book)
        if book.actors[view.node.actor].here:
            return actor
        return self.text("loops.foreign_actor", actor=actor)

    def _limit(self, one: Judgement, book: LoopBook) -> str:
        origin = book.steps.get(one.limit.origin)
        name = self.name(origin) if origin is not None else self.text("loops.birth")
        return self.text("loops.fact.limit", step=name, limit=self._bound(one))

    def _bound(self, one: Judgement) -> str:
        """The words of its source, or the number it has."""
        limit, formats = one.limit, self.desk.formats
        if said := self.name(limit.wording):
            return said
        if limit.most is not None:
            return self.text("loops.limit.most", span=formats.span(limit.most))
        if limit.least is not None:
            return self.text("loops.limit.least", span=formats.span(limit.least))
        return self.text("loops.limit.order")

    def _verdict(self, one: Judgement) -> str:
        said = self.text(f"loops.verdict.{one.verdict.value}")
        if one.verdict in (Verdict.OVERDUE, Verdict.LATE, Verdict.WRONG_ORDER):
            action = self.name(one.limit.action)
            return self.text("loops.verdict.action", verdict=said, action=action)
        return said

    # -- the head and the chart

    def bars(self, state: LoopsState) -> tuple[Bar, ...]:
        if state.seen is None:
            return ()
        formats = self.desk.formats
        found: list[Bar] = []
        for one in state.seen.slowest:
            label = self.name(state.seen.book.steps[one.step])
            middle, most = formats.span(one.middle), formats.span(one.nine_tenths)
            found.append(
                Bar(
                    label=label,
                    value=one.middle.total_seconds(),
                    text=self.text("loops.slow", span=middle, count=one.times),
                    mark=one.nine_tenths.total_seconds(),
                    tone=Tone.DANGER if one.over_limit else Tone.ACT,
                    said=self.text(
                        "loops.slow.said",
                        step=label,
                        middle=middle,
                        most=most,
                        count=one.times,
                        late=one.over_limit,
                    ),
                )
            )
        return tuple(found)

    def part(self, part: Part) -> str:
        return self.text(f"loops.part.{part.value}")


def _worst(view: NodeView) -> tuple[Judgement, ...]:
    """For each limit the judgement that matters most: a repeated node has one for every time."""
    order = list(_IMPORTANCE)
    found: dict[object, Judgement] = {}
    for one in view.limits:
        before = found.get(one.limit)
        if before is None or order.index(one.verdict) < order.index(before.verdict):
            found[one.limit] = one
    return tuple(found.values())


_IMPORTANCE = (
    Verdict.OVERDUE,
    Verdict.LATE,
    Verdict.WRONG_ORDER,
    Verdict.EARLY,
    Verdict.DEPENDS,
    Verdict.WAITING,
    Verdict.ON_TIME,
)
