"""What a click on a page of closed loops means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.loop_rates import figures
from app.domain.terms import PatientId, WardId
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.loop_tracking import LoopTracking
from app.services.ward_viewing import WardViewing
from ui.loops.state import LoopsState, Part, Seen, sorted_out
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

KINDS = frozenset(
    {"loop", "order", "task", "result", "note", "administration", "census", "outbox", "sync"}
)
"""News that may move a loop on."""


@dataclass(frozen=True, slots=True)
class LoopSources:
    """Where the loops come from."""

    tracking: LoopTracking
    wards: WardViewing
    clock: Clock


class LoopsView(Protocol):
    def show_state(self, state: LoopsState) -> None: ...


class LoopsPresenter:
    """Reads the loops of a ward or of a chart, and reads again at every piece of news."""

    def __init__(
        self,
        view: LoopsView,
        tasks: TaskScope,
        feed: ChangeFeed,
        visit: Visit,
        sources: LoopSources,
    ) -> None:
        self._view = view
        self._visit = visit
        self._sources = sources
        self._patient = visit.patient
        self._ward = "" if visit.patient else visit.focus
        focus = visit.focus if visit.patient else ""
        self._state = LoopsState(visit.patient is not None, sources.clock.now(), selected=focus)
        news = News(feed, KINDS, visit.patient)
        self._reading = Rereading(tasks, news, self._read, self._on_read)
        self._view.show_state(self._state)
        self.reload()

    @property
    def state(self) -> LoopsState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def reload(self) -> None:
        self._reading.again()

    def pass_time(self) -> None:
        """A limit may have been passed meanwhile."""
        self.reload()

    def choose_ward(self, ward: str) -> None:
        seen = self._state.seen
        if seen is not None and (seen.ward is None or seen.ward.id != ward):
            self._ward = ward
            self._show(replace(self._state, seen=None, selected="", step="", fault=None))
            self.reload()

    def list_part(self, part: Part) -> None:
        self._show(replace(self._state, part=part))

    def select(self, ref: str) -> None:
        if ref and ref != self._state.selected:
            self._show(replace(self._state, selected=ref, step=""))

    def focus_on(self, focus: str) -> None:
        """Show one order of a chart, or another ward."""
        if self._patient is None:
            self.choose_ward(focus)
        else:
            self._show(replace(self._state, part=Part.ALL))
            self.select(self._state.ref_of(focus))

    def point(self, step: str) -> None:
        """The caret is on another node."""
        if step != self._state.step:
            self._show(replace(self._state, step=step))

    def open_orders(self) -> None:
        """Go to the order itself."""
        one = self._state.current
        if one is not None:
            focus = one.order.id if one.order is not None else ""
            self._visit.navigator.open_patient(one.patient, "orders", focus)

    def _read(self, token: CancelToken) -> Seen:
        session, tracking = self._visit.session(), self._sources.tracking
        book = tracking.book()
        if self._patient is not None:
            loops = tracking.of_patient(session, PatientId(self._patient))
            strips = (one.strip for one in loops if one.strip is not None)
            return Seen(book, sorted_out(loops, of_patient=True), figures(strips))
        wards = self._sources.wards.wards(session)
        known = [ward.id for ward in wards]
        ward = self._ward if self._ward in known else (known[0] if known else "")
        token.check()
        if not ward:
            return Seen(book, sorted_out((), of_patient=False))
        board = tracking.board(session, WardId(ward))
        parts = sorted_out(board.loops, of_patient=False)
        return Seen(book, parts, board.figures, wards, board.ward, board.as_of, board.slowest)

    def _on_read(self, result: Result[Seen]) -> None:
        now = self._sources.clock.now()
        match result:
            case Ok(seen):
                state = replace(self._state, now=now, seen=seen, fault=None)
                self._show(replace(state, selected=state.ref_of(state.selected)))
            case Failed(fault):
                self._show(replace(self._state, now=now, fault=fault))

    def _show(self, state: LoopsState) -> None:
        self._state = state
        self._view.show_state(state)
