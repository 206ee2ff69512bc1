"""What a click on the order sheets means."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from app.domain.order_sheets import SheetKind
from app.domain.sheet_plans import CONTINUE, Plan, Wish
from app.domain.sheet_runs import Mode, RunId
from app.domain.terms import PatientId
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.order_printing import Asked, Impression, OrderPrinting, SheetView
from ui.order_sheets.state import SheetState
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

KINDS = frozenset(
    {
        "order",
        "verification",
        "task",
        "administration",
        "patient",
        "census",
        "outbox",
        "skin",
        "sheet",
    }
)
"""News that may change a sheet."""


class SheetPageView(Protocol):
    def show_state(self, state: SheetState) -> None: ...

    def show_fault(self, fault: Fault) -> None: ...

    def show_done(self, message: Message) -> None: ...

    def ask_to_save(self) -> None:
        """Say that patient data leaves the cache, and ask why and where to."""
        ...

    def ask_why(self) -> None:
        """Ask why something is printed once more."""
        ...

    def ask_printer(self) -> None:
        """Ask which printer, or say that there is none."""
        ...

    def draw(self, made: Impression) -> bool:
        """Hand it to the chosen printer; False when it takes nothing."""
        ...


class SheetPresenter:
    """Reads a sheet, again when something of this patient changes, and has it printed."""

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
        self._asked: Asked | None = None
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

    # -- looking

    def choose_sheet(self, which: SheetKind) -> None:
        """Turn to the other sheet; what was chosen is not on it."""
        if which is not self._state.which:
            self._show(SheetState(self._state.now, which, preview=self._state.preview))
            self.reload()

    def choose_line(self, key: str) -> None:
        """Look at this line, and print from it on where that was wished; "" looks at none."""
        known = any(one.key == key for one in self._state.lines)
        wanted = key if known else ""
        if wanted == self._state.chosen:
            return
        wish = self._state.wish
        if wish.mode is Mode.FROM_LINE:
            wish = Wish(Mode.FROM_LINE, line=wanted) if wanted else CONTINUE
        self._show(replace(self._state, chosen=wanted, wish=wish))

    def step(self, by: int) -> None:
        """Choose the line `by` lines further down; the first one when none is chosen."""
        lines = self._state.lines
        if not lines:
            return
        keys = [one.key for one in lines]
        chosen = self._state.chosen
        place = keys.index(chosen) + by if chosen in keys else 0
        self.choose_line(keys[min(max(place, 0), len(keys) - 1)])

    def show_preview(self, *, preview: bool) -> None:
        """Show what is printed now, or the sheet as it shall read."""
        if preview is not self._state.preview:
            self._show(replace(self._state, preview=preview))

    # -- what is printed

    def choose_mode(self, mode: Mode, page: int) -> None:
        """Say how much is printed; `page` is the one on the screen."""
        state = self._state
        if mode is Mode.FROM_LINE:
            key = state.chosen or self._suggested()
            wish = Wish(mode, line=key) if key else CONTINUE
            self._show(replace(state, chosen=key, wish=wish))
            return
        self._show(replace(state, wish=Wish(mode, page=page if mode is Mode.PAGE else 0)))

    def choose_page(self, page: int) -> None:
        """The page on the screen is another one."""
        if self._state.wish.mode is Mode.PAGE and self._state.wish.page != page:
            self._show(replace(self._state, wish=Wish(Mode.PAGE, page=page)))

    def print_out(self) -> None:
        """Have what is shown printed: ask for a reason where it needs one, then for the printer."""
        plan = self._ask()
        if plan is None:
            return
        if plan.again:
            self._view.ask_why()
        else:
            self._view.ask_printer()

    def give_reason(self, reason: str) -> None:
        if self._asked is not None:
            self._asked = replace(self._asked, reason=reason)
            self._view.ask_printer()

    def begin(self) -> None:
        """A printer was chosen: keep the run, then draw it."""
        asked, self._asked = self._asked, None
        if asked is None:
            return
        session, printing = self._visit.session(), self._printing
        self._show(replace(self._state, busy=True))

        def done(result: Result[Impression]) -> None:
            match result:
                case Ok(made) if self._view.draw(made):
                    self._finish(None)
                case Ok(made):
                    self._settle(made.run.id, (), Message.of("order_sheet.no-ink"))
                case Failed(fault):
                    self._finish(fault)

        self._tasks.write(lambda: printing.begin(session, self._patient, asked), done)

    def save(self) -> None:
        if self._ask() is not None:
            self._view.ask_to_save()

    def confirm_save(self, reason: str, file: str) -> None:
        """Write what was shown when it was asked for; what has changed since is not guessed."""
        asked, self._asked = self._asked, None
        if asked is None:
            return
        session, printing = self._visit.session(), self._printing
        self._show(replace(self._state, busy=True))

        def done(result: Result[object]) -> None:
            match result:
                case Ok():
                    self._view.show_done(Message.of("export.done"))
                    self._finish(None)
                case Failed(fault):
                    self._finish(fault)

        told = replace(asked, reason=reason)
        self._tasks.write(lambda: printing.save(session, self._patient, told, Path(file)), done)

    def answer(self, pages: Collection[int]) -> None:
        """These pages of the waiting run are on paper, and no others."""
        waiting = self._state.waiting
        if waiting is not None and not self._state.busy:
            self._show(replace(self._state, busy=True))
            said = "order_sheet.counted" if pages else "order_sheet.not-counted"
            self._settle(waiting.id, pages, Message.of(said))

    # -- inside

    def _ask(self) -> Plan | None:
        plan = self._state.plan
        if not self._state.may_print or plan is None:
            return None
        self._asked = Asked(self._state.which, plan.wish, plan.digest)
        return plan

    def _suggested(self) -> str:
        """The line a continued print begins with; "" when no line is lacking as a whole."""
        view = self._state.shown
        first = view.stock.plan(CONTINUE).first if view is not None else None
        return first.key if first is not None and not first.printed else ""

    def _settle(self, run: RunId, pages: Collection[int], said: Message) -> None:
        session, printing = self._visit.session(), self._printing

        def done(result: Result[None]) -> None:
            match result:
                case Ok():
                    self._view.show_done(said)
                    self._finish(None)
                case Failed(fault):
                    self._finish(fault)

        self._tasks.write(lambda: printing.settle(session, self._patient, run, pages), done)

    def _finish(self, fault: Fault | None) -> None:
        """Whatever was asked is over: read what has become of the sheet."""
        wish = self._state.wish if fault is not None else CONTINUE
        self._show(replace(self._state, busy=False, wish=wish))
        if fault is not None:
            self._view.show_fault(fault)
        self.reload()

    def _read(self, token: CancelToken) -> SheetView:
        del token
        return self._printing.sheet(self._visit.session(), self._patient, self._state.which)

    def _on_read(self, result: Result[SheetView]) -> None:
        now = self._clock.now()
        match result:
            case Ok(view):
                known = {one.key for one in view.sheet.lines}
                chosen = self._state.chosen if self._state.chosen in known else ""
                wish = self._state.wish
                if wish.mode is Mode.FROM_LINE and wish.line not in known:
                    wish = CONTINUE
                self._show(
                    replace(self._state, now=now, view=view, chosen=chosen, wish=wish, fault=None)
                )
            case Failed(fault):
                self._show(replace(self._state, now=now, fault=fault))

    def _show(self, state: SheetState) -> None:
        view = state.shown
        plan = view.stock.plan(state.wish) if view is not None else None
        self._state = replace(state, plan=plan)
        self._view.show_state(self._state)
