"""What a click on the decision page means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from app.domain.disputes import Comparison, Discarding, Way
from app.domain.people import Privilege, Session
from app.domain.sending import GroupState
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.act_export import ActExport
from app.services.dispute_settling import DisputeSettling
from app.services.duplicate_watching import DuplicateWatching
from app.services.order_settling import OrderSettling
from app.services.queue_keeping import QueueKeeping
from app.services.signing_in import SigningIn
from ui.disputes.state import Case, DisputesState, cases_of, key_of
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

KINDS = frozenset({"outbox", "sync", "session"})
"""News that may open or close a case."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """The services a decision needs."""

    settling: DisputeSettling
    queue: QueueKeeping
    signing_in: SigningIn
    watching: DuplicateWatching
    orders: OrderSettling
    export: ActExport


@dataclass(frozen=True, slots=True)
class Witnessed:
    """Who agrees, with the passphrase that only they know; empty where nobody has to."""

    username: str = ""
    passphrase: str = ""


class DisputesView(Protocol):
    def show_state(self, state: DisputesState) -> None: ...

    def show_fault(self, fault: Fault) -> None: ...

    def ask_to_keep(self, case: Case) -> None:
        """Ask why my version counts."""
        ...

    def ask_to_report(self, case: Case) -> None:
        """Ask for the report that ends a dose given twice."""
        ...

    def ask_to_send(self, case: Case) -> None:
        """Ask whether to send although what was on the screen has changed since."""
        ...

    def ask_to_take_back(self, case: Case, shown: Discarding, way: Way | None) -> None:
        """Name everything that goes with it, and ask why; for high risk, a second person too.

        With a `way`, mine is ordered anew after that.
        """
        ...

    def ask_to_export(self) -> None:
        """Say that patient data leaves the cache, and ask why and where to."""
        ...

    def show_bundle(self, text: str) -> None:
        """Lay open what would be sent."""
        ...

    def show_done(self, message: Message) -> None: ...


class DisputesPresenter:
    """Reads the cases, compares the selected one, and carries decisions out."""

    def __init__(
        self,
        view: DisputesView,
        tasks: TaskScope,
        feed: ChangeFeed,
        visit: Visit,
        deciding: Deciding,
        clock: Clock,
    ) -> None:
        self._view = view
        self._tasks = tasks
        self._visit = visit
        self._deciding = deciding
        self._clock = clock
        self._comparing: CancelToken | None = None
        may = visit.session().can(Privilege.RESOLVE_CONFLICT)
        self._state = DisputesState(clock.now(), may, selected=visit.focus)
        self._cases = Rereading(tasks, News(feed, KINDS), self._read, self._on_read)
        self._view.show_state(self._state)
        self.reload()

    @property
    def state(self) -> DisputesState:
        return self._state

    def close(self) -> None:
        self._cases.close()

    def reload(self) -> None:
        self._cases.again()

    def select(self, key: str) -> None:
        if key != self._state.selected:
            self._show(replace(self._state, selected=key, comparison=None))
            self._compare()

    def keep_mine(self) -> None:
        case = self._state.current
        if case is not None and self._state.can_keep_mine:
            self._view.ask_to_keep(case)

    def report(self) -> None:
        case = self._state.current
        if case is not None and self._state.can_report:
            self._view.ask_to_report(case)

    def send(self) -> None:
        """Try a refused act again, or send an overtaken one after asking."""
        case = self._state.current
        if case is None or not self._state.can_send:
            return
        if case.is_overtaken:
            self._view.ask_to_send(case)
        else:
            self._release(case)

    def take_back(self) -> None:
        """First find out what would go with it."""
        case = self._state.current
        if case is not None and self._state.can_take_back:
            self._ask_about_all(case, None)

    def order_anew(self, way: Way) -> None:
        """Mine becomes a new order: what is taken back for it is named first, too."""
        case = self._state.current
        if case is not None and self._state.can_go(way):
            self._ask_about_all(case, way)

    def show_bundle(self) -> None:
        case = self._state.current
        if case is None or not self._state.can_export:
            return
        session, export = self._visit.session(), self._deciding.export

        def read(result: Result[str]) -> None:
            match result:
                case Ok(text):
                    self._view.show_bundle(text)
                case Failed(fault):
                    self._view.show_fault(fault)

        self._tasks.read(lambda _: export.readable(session, case.groups, case.patient), read)

    def export(self) -> None:
        if self._state.can_export and self._state.may_decide:
            self._view.ask_to_export()

    def confirm_export(self, reason: str, file: str) -> None:
        """Write the selected case to the file; the audit says so first."""
        case = self._state.current
        if case is None:
            return
        session, export = self._visit.session(), self._deciding.export

        def done(result: Result[None]) -> None:
            match result:
                case Ok():
                    self._view.show_done(Message.of("export.done"))
                case Failed(fault):
                    self._view.show_fault(fault)

        self._tasks.write(
            lambda: export.save(session, case.groups, case.patient, reason, Path(file)), done
        )

    def _ask_about_all(self, case: Case, way: Way | None) -> None:
        session = self._visit.session()

        def found(result: Result[Discarding]) -> None:
            match result:
                case Ok(shown):
                    self._view.ask_to_take_back(case, shown, way)
                case Failed(fault):
                    self._view.show_fault(fault)

        self._tasks.read(lambda _: self._deciding.settling.discarding(session, case.groups), found)

    def confirm_keep(self, case: Case, reason: str) -> None:
        dispute = case.dispute
        if dispute is None:
            return
        session = self._visit.session()
        settling = self._deciding.settling
        self._decide(case, lambda: settling.keep_mine(session, dispute.id, reason))

    def confirm_report(self, case: Case, text: str) -> None:
        dispute = case.dispute
        if dispute is None:
            return
        session, watching = self._visit.session(), self._deciding.watching
        self._decide(case, lambda: watching.report(session, dispute.id, text))

    def confirm_send(self, case: Case) -> None:
        self._release(case)

    def confirm_take_back(
        self, case: Case, shown: Discarding, reason: str, witnessed: Witnessed
    ) -> None:
        session, settling = self._visit.session(), self._deciding.settling

        def work() -> None:
            settling.take_back(session, shown, reason, self._witness(shown, witnessed))

        self._decide(case, work)

    def confirm_anew(
        self, case: Case, way: Way, shown: Discarding, reason: str, witnessed: Witnessed
    ) -> None:
        dispute = case.dispute
        if dispute is None:
            return
        session, orders = self._visit.session(), self._deciding.orders

        def work() -> None:
            witness = self._witness(shown, witnessed)
            orders.order_anew(session, dispute.id, way, shown, reason, witness)

        self._decide(case, work)

    def _witness(self, shown: Discarding, witnessed: Witnessed) -> Session | None:
        """The second person, who proves it with what only they know."""
        if not shown.high_risk:
            return None
        return self._deciding.signing_in.second_person(witnessed.username, witnessed.passphrase)

    def open_patient(self) -> None:
        case = self._state.current
        if case is None or case.patient is None:
            return
        focus = case.dispute.ref if case.dispute is not None else ""
        self._visit.navigator.open_patient(case.patient, focus=focus)

    def _release(self, case: Case) -> None:
        session = self._visit.session()
        queue = self._deciding.queue

        def work() -> None:
            for group in case.groups:
                queue.retry(session, group)

        self._decide(case, work)

    def _decide(self, case: Case, work: Callable[[], None]) -> None:
        self._show(replace(self._state, deciding=self._state.deciding | {case.key}))

        def done(result: Result[None]) -> None:
            self._show(replace(self._state, deciding=self._state.deciding - {case.key}))
            if isinstance(result, Failed):
                self._view.show_fault(result.fault)
            self.reload()

        self._tasks.write(work, done)

    def _read(self, token: CancelToken) -> tuple[Case, ...]:
        session = self._visit.session()
        disputes = self._deciding.settling.disputes(session)
        token.check()
        items = self._deciding.queue.items(session)
        refused = tuple(one for one in items if one.state is GroupState.REJECTED)
        return cases_of(disputes, refused)

    def _on_read(self, result: Result[tuple[Case, ...]]) -> None:
        now = self._clock.now()
        match result:
            case Ok(cases):
                first = cases[0].key if cases else ""
                selected = key_of(cases, self._state.selected) or first
                same = selected == self._state.selected
                self._show(
                    replace(
                        self._state,
                        now=now,
                        cases=cases,
                        selected=selected,
                        comparison=self._state.comparison if same else None,
                        fault=None,
                    )
                )
                self._compare()
            case Failed(fault):
                self._show(replace(self._state, now=now, fault=fault))

    def _compare(self) -> None:
        """Read the versions again, too: the hospital's may have moved on while they were shown."""
        if self._comparing is not None:
            self._comparing.cancel()
        case = self._state.current
        if case is None or case.dispute is None:
            return
        session, dispute = self._visit.session(), case.dispute.id
        settling = self._deciding.settling
        self._comparing = self._tasks.read(
            lambda _: settling.compare(session, dispute), self._on_compared
        )

    def _on_compared(self, result: Result[Comparison | None]) -> None:
        match result:
            case Ok(comparison):
                self._show(replace(self._state, comparison=comparison))
            case Failed(fault):
                self._view.show_fault(fault)

    def _show(self, state: DisputesState) -> None:
        self._state = state
        self._view.show_state(state)
