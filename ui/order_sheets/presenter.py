"""What a click on the order sheets means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from app.domain.order_sheets import SheetKind
from app.domain.terms import PatientId
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.order_printing import OrderPrinting, SheetView
from ui.order_sheets.state import SheetState
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

KINDS = frozenset(
    {"order", "verification", "task", "administration", "patient", "census", "outbox", "skin"}
)
"""News that may change a sheet."""


class SheetPageView(Protocol):
    def show_state(self, state: SheetState) -> None: ...

    def show_fault(self, fault: Fault) -> None: ...

    def show_done(self, message: Message) -> None: ...

    def ask_to_save(self) -> None:
        """Say that patient data leaves the cache, and ask why and where to."""
        ...


class SheetPresenter:
    """Reads a sheet, again when something of this patient changes, and has it saved."""

    def __init__(  # noqa: PLR0913, PLR0917 - a view, a service, and what every presenter stands on
        self,
        view: SheetPageView,
        visit: Visit,
        patient: PatientId,
        printing: OrderPrinting,
        tasks: TaskScope,
        feed: ChangeFeed,
        clock: Clock,
    ) -> None:
        self._view = view
        self._visit = visit
        self._patient = patient
        self._printing = printing
        self._tasks = tasks
        self._clock = clock
        self._asked: SheetState | None = None
        self._state = SheetState(clock.now())
        news = News(feed, KINDS, patient)
        self._reading = Rereading(tasks, news, self._read, self._on_read)
        self._view.show_state(self._state)
        self.reload()

    @property
    def state(self) -> SheetState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def reload(self) -> None:
        self._reading.again()

    def choose_sheet(self, which: SheetKind) -> None:
        """Turn to the other sheet; a line that was chosen is not on it."""
        if which is not self._state.which:
            self._show(replace(self._state, which=which, view=None, chosen="", fault=None))
            self.reload()

    def choose_line(self, key: str) -> None:
        """Print from this line on; "" prints everything."""
        known = any(one.key == key for one in self._state.lines)
        wanted = key if known else ""
        if wanted != self._state.chosen:
            self._show(replace(self._state, chosen=wanted))

    def step(self, by: int) -> None:
        """Choose the line `by` lines further down; the first one when none is chosen."""
        lines = self._state.lines
        if not lines:
            return
        keys = [one.key for one in lines]
        chosen = self._state.chosen
        place = keys.index(chosen) + by if chosen in keys else 0
        self.choose_line(keys[min(max(place, 0), len(keys) - 1)])

    def save(self) -> None:
        if self._state.may_save:
            self._asked = self._state
            self._view.ask_to_save()

    def confirm_save(self, reason: str, file: str) -> None:
        """Write what was chosen when it was asked for; what has changed since is not guessed."""
        asked, self._asked = self._asked, None
        if asked is None:
            return
        session, printing = self._visit.session(), self._printing
        self._show(replace(self._state, saving=True))

        def done(result: Result[None]) -> None:
            self._show(replace(self._state, saving=False))
            match result:
                case Ok():
                    self._view.show_done(Message.of("export.done"))
                case Failed(fault):
                    self._view.show_fault(fault)
                    self.reload()

        self._tasks.write(
            lambda: printing.save(
                session, self._patient, asked.which, asked.chosen, reason, Path(file)
            ),
            done,
        )

    def _read(self, token: CancelToken) -> SheetView:
        del token
        return self._printing.sheet(self._visit.session(), self._patient, self._state.which)

    def _on_read(self, result: Result[SheetView]) -> None:
        now = self._clock.now()
        match result:
            case Ok(view):
                known = any(one.key == self._state.chosen for one in view.sheet.lines)
                chosen = self._state.chosen if known else ""
                self._show(replace(self._state, now=now, view=view, chosen=chosen, fault=None))
            case Failed(fault):
                self._show(replace(self._state, now=now, fault=fault))

    def _show(self, state: SheetState) -> None:
        self._state = state
        self._view.show_state(state)
