"""What a click on the ward board means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.terms import PatientId, PractitionerId, WardId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Fault, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.ward_viewing import WardViewing
from ui.runtime.visits import Visit
from ui.ward.state import Filters, Layout, Order, Seen, WardState, key_of, patient_of, ward_to_show

Marked = Callable[[PractitionerId], tuple[PatientId, ...]]
"""The patients a clinician marked by hand."""

KINDS = frozenset(
    {"census", "patient", "allergy", "result", "task", "message", "order", "outbox", "sync", "user"}
)
"""News that may change the board."""


@dataclass(frozen=True, slots=True)
class WardSources:
    """Where a board comes from."""

    viewing: WardViewing
    marked: Marked
    clock: Clock


class WardView(Protocol):
    def show_state(self, state: WardState) -> None: ...

    def show_fault(self, fault: Fault) -> None: ...


class WardPresenter:
    """Reads a ward, or one's own patients, and reads again at every piece of news."""

    def __init__(
        self,
        view: WardView,
        tasks: TaskScope,
        feed: ChangeFeed,
        visit: Visit,
        sources: WardSources,
        *,
        own_list: bool,
    ) -> None:
        self._view = view
        self._visit = visit
        self._viewing = sources.viewing
        self._marked, self._clock = sources.marked, sources.clock
        self._tasks = tasks
        self._wanted = visit.focus
        self._reading: CancelToken | None = None
        person = visit.session().clinician.name
        layout = Layout.TABLE if own_list else Layout.CARDS
        self._state = WardState(own_list, person, self._clock.now(), layout)
        self._unlisten = feed.listen(self._hear)
        self._view.show_state(self._state)
        self.reload()

    @property
    def state(self) -> WardState:
        return self._state

    def close(self) -> None:
        self._unlisten()
        self._tasks.close()

    # -- what is looked at

    def choose_ward(self, ward: str) -> None:
        seen = self._state.seen
        if seen is None or (seen.ward is not None and seen.ward.id == ward):
            return
        self._wanted = ward
        self._show(replace(self._state, seen=None, fault=None, filters=Filters()))
        self.reload()

    def lay_out(self, layout: Layout) -> None:
        self._show(replace(self._state, layout=layout))

    def sort(self, order: Order) -> None:
        self._show(replace(self._state, order=order))

    def filter(self, filters: Filters) -> None:
        self._show(replace(self._state, filters=filters))

    def reload(self) -> None:
        """Read again; what is on the screen stays until the answer comes."""
        if self._reading is not None:
            self._reading.cancel()
        read = self._read_mine if self._state.own_list else self._read_ward
        self._reading = self._tasks.read(read, self._on_read)

    def pass_time(self) -> None:
        """Data that nobody renews grows old on the screen, too."""
        self._show(replace(self._state, now=self._clock.now()))

    # -- what is done

    def open(self, key: str) -> None:
        patient = patient_of(key)
        if patient is not None:
            self._visit.navigator.open_patient(patient)

    def toggle_mark(self, key: str) -> None:
        """Put a patient on one's own list, or take them off. An empty bed has nobody to mark."""
        patient, seen = patient_of(key), self._state.seen
        if patient is None or seen is None or not any(key_of(row) == key for row in seen.rows):
            return
        to_mark = patient not in seen.marked
        session = self._visit.session()
        self._tasks.write(
            lambda: self._viewing.mark(session, patient, marked=to_mark), self._on_marked
        )

    def find(self) -> None:
        self._visit.navigator.open_place("finding")

    # -- reading

    def _read_ward(self, token: CancelToken) -> Seen:
        session = self._visit.session()
        wards = self._viewing.wards(session)
        ward = ward_to_show(wards, self._wanted)
        token.check()
        mine = frozenset(
            row.patient.id for row in self._viewing.my_patients(session) if row.patient is not None
        )
        marked = frozenset(self._marked(session.clinician.id))
        if ward is None:
            return Seen(wards, mine=mine, marked=marked)
        token.check()
        board = self._viewing.board(session, WardId(ward))
        return Seen(wards, board.ward, board.rows, board.as_of, mine, marked)

    def _read_mine(self, token: CancelToken) -> Seen:
        session = self._visit.session()
        rows = self._viewing.my_patients(session)
        token.check()
        mine = frozenset(row.patient.id for row in rows if row.patient is not None)
        marked = frozenset(self._marked(session.clinician.id))
        wards = {row.stay.ward for row in rows if row.stay is not None and row.stay.ward}
        wards = wards or set(session.clinician.wards)  # an empty list has an age, too
        times = [self._viewing.board(session, ward).as_of for ward in sorted(wards)]
        known = [time for time in times if time is not None]
        # The list is as old as the oldest of its wards, and undated where one is.
        oldest = min(known) if known and len(known) == len(times) else None
        return Seen(rows=rows, as_of=oldest, mine=mine, marked=marked)

    def _on_read(self, result: Result[Seen]) -> None:
        now = self._clock.now()
        match result:
            case Ok(seen):
                self._show(replace(self._state, seen=seen, now=now, fault=None))
            case Failed(fault):
                self._show(replace(self._state, now=now, fault=fault))

    def _on_marked(self, result: Result[None]) -> None:
        if isinstance(result, Failed):
            self._view.show_fault(result.fault)
        self.reload()

    def _hear(self, changed: Changed) -> None:
        if changed.kinds & KINDS:
            self.reload()

    def _show(self, state: WardState) -> None:
        self._state = state
        self._view.show_state(state)
