"""What a click on the decision page means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.disputes import Comparison, Discarding
from app.domain.people import Privilege
from app.domain.sending import GroupState
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Fault, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.dispute_settling import DisputeSettling
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

    def ask_to_send(self, case: Case) -> None:
        """Ask whether to send although what was on the screen has changed since."""
        ...

    def ask_to_take_back(self, case: Case, shown: Discarding) -> None:
        """Name everything that goes with it, and ask why; for high risk, a second person too."""
        ...


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
        if case is None or not self._state.can_take_back:
            return
        session = self._visit.session()

        def found(result: Result[Discarding]) -> None:
            match result:
                case Ok(shown):
                    self._view.ask_to_take_back(case, shown)
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

    def confirm_send(self, case: Case) -> None:
        self._release(case)

    def confirm_take_back(
        self, case: Case, shown: Discarding, reason: str, witnessed: Witnessed
    ) -> None:
        session = self._visit.session()

        def work() -> None:
            witness = None
            if shown.high_risk:
                witness = self._deciding.signing_in.second_person(
                    witnessed.username, witnessed.passphrase
                )
            self._deciding.settling.take_back(session, shown, reason, witness)

        self._decide(case, work)

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
