"""What a click on the page of a ward's pathways means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Protocol

from app.domain.terms import WardId
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.pathways import PathwayReading
from app.services.ward_viewing import WardViewing
from ui.pathways.periods import Period, days_of
from ui.pathways.presenter import KINDS
from ui.pathways.ward_state import Side, WardPathwaysState, WardSeen
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit


@dataclass(frozen=True, slots=True)
class WardSources:
    """The services the page works with; `zone` says when a day of the ward begins."""

    reading: PathwayReading
    wards: WardViewing
    clock: Clock
    zone: tzinfo


class WardPathwaysView(Protocol):
    def show_state(self, state: WardPathwaysState) -> None: ...


class WardPathwaysPresenter:
    """Reads who is on a pathway in a ward, and the figures of a period."""

    def __init__(
        self,
        view: WardPathwaysView,
        tasks: TaskScope,
        feed: ChangeFeed,
        visit: Visit,
        sources: WardSources,
    ) -> None:
        self._view = view
        self._visit = visit
        self._sources = sources
        self._ward = visit.focus
        self._state = WardPathwaysState(sources.clock.now())
        self._reading = Rereading(tasks, News(feed, KINDS | {"sync"}), self._read, self._on_read)
        self._view.show_state(self._state)
        self.reload()

    @property
    def state(self) -> WardPathwaysState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def reload(self) -> None:
        self._reading.again()

    def pass_time(self) -> None:
        """A day may have begun."""
        self.reload()

    def choose_ward(self, ward: str) -> None:
        seen = self._state.seen
        if ward and (seen is None or seen.ward is None or seen.ward.id != ward):
            self._ward = ward
            self._show(replace(self._state, seen=None, patient="", origin="", fault=None))
            self.reload()

    def choose_period(self, period: Period) -> None:
        """Count the enrolments that began in another period."""
        if period is not self._state.period:
            self._show(replace(self._state, period=period, seen=None, fault=None))
            self.reload()

    def show_side(self, side: Side) -> None:
        self._show(replace(self._state, side=side))

    def select(self, key: str) -> None:
        """The caret is on another row of the side that is shown."""
        if not key:
            return
        if self._state.side is Side.PATIENTS:
            self._show(replace(self._state, patient=key))
        else:
            self._show(replace(self._state, origin=key))

    def open_grid(self) -> None:
        """Go to the grid of the patient."""
        one = self._state.current
        if one is not None and self._state.side is Side.PATIENTS:
            focus = str(one.grid.enrolment.id)
            self._visit.navigator.open_patient(one.patient, "pathway", focus)

    def _read(self, token: CancelToken) -> WardSeen:
        session, reading = self._visit.session(), self._sources.reading
        book, wards = reading.book(), self._sources.wards.wards(session)
        ward = next((one for one in wards if one.id == self._ward), next(iter(wards), None))
        token.check()
        if ward is None:
            return WardSeen(book, wards)
        key = WardId(ward.id)
        now, zone = self._sources.clock.now(), self._sources.zone
        days = days_of(self._state.period, now, zone)
        standing = reading.ward(session, key)
        token.check()
        figures = reading.statistics(session, key, days.since, days.until)
        return WardSeen(book, wards, ward, standing, figures, days)

    def _on_read(self, result: Result[WardSeen]) -> None:
        now = self._sources.clock.now()
        match result:
            case Ok(seen):
                self._show(replace(self._state, now=now, seen=seen, fault=None))
            case Failed(fault):
                self._show(replace(self._state, now=now, fault=fault))

    def _show(self, state: WardPathwaysState) -> None:
        self._state = state
        self._view.show_state(state)
