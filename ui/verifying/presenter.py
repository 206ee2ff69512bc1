"""What a click on the page of the orders to verify means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.people import Privilege, Session
from app.domain.skin_tests import Reaction, SkinResult
from app.domain.terms import WardId
from app.domain.verification_batch import OrderObjection, objections
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.order_verifying import OrderVerifying
from app.services.signing_in import SigningIn
from app.services.skin_testing import SkinTesting
from app.services.ward_viewing import WardViewing
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit
from ui.verifying.state import Line, Marks, Seen, VerifyingState

KINDS = frozenset({"order", "verification", "task", "result", "census", "outbox", "sync"})
"""News that may bring or take what waits."""


@dataclass(frozen=True, slots=True)
class VerifyingSources:
    """The services the page works with."""

    orders: OrderVerifying
    skin_tests: SkinTesting
    wards: WardViewing
    signing_in: SigningIn
    clock: Clock


@dataclass(frozen=True, slots=True)
class Checker:
    """Who checks with the user, with the passphrase that only they know."""

    username: str
    passphrase: str


class VerifyingView(Protocol):
    def show_state(self, state: VerifyingState) -> None: ...

    def show_fault(self, fault: Fault) -> None: ...

    def show_done(self, message: Message) -> None: ...

    def ask_for_checker(self, marks: Marks, to_check: tuple[Line, ...]) -> None:
        """Ask who checks the high-alert drugs and the blood among the marked ones."""
        ...

    def ask_for_reading(self, line: Line, *, two_read_positive: bool) -> None:
        """Ask what the skin showed; a positive one may need a second reader."""
        ...


class VerifyingPresenter:
    """Reads what waits in a ward, marks it, and takes it over as one batch."""

    def __init__(
        self,
        view: VerifyingView,
        tasks: TaskScope,
        feed: ChangeFeed,
        visit: Visit,
        sources: VerifyingSources,
    ) -> None:
        self._view = view
        self._tasks = tasks
        self._visit = visit
        self._sources = sources
        self._ward = visit.focus
        may_test = visit.session().can(Privilege.ADMINISTER)
        self._state = VerifyingState(sources.clock.now(), may_test)
        self._reading = Rereading(tasks, News(feed, KINDS), self._read, self._on_read)
        self._view.show_state(self._state)
        self.reload()

    @property
    def state(self) -> VerifyingState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def reload(self) -> None:
        self._reading.again()

    def pass_time(self) -> None:
        """A skin test may have run out, or a stop may be listed no longer."""
        self.reload()

    def choose_ward(self, ward: str) -> None:
        waiting = self._state.waiting
        if ward and not self._state.busy and (waiting is None or waiting.ward.id != ward):
            self._ward = ward
            now = self._state.now
            self._show(VerifyingState(now, self._state.may_test))
            self.reload()

    def select(self, ref: str) -> None:
        if ref and ref != self._state.selected:
            self._show(replace(self._state, selected=ref))

    def mark(self, refs: tuple[str, ...]) -> None:
        """These are marked now; an infusion follows whole."""
        if not self._state.busy:
            self._show(self._state.with_marks(refs))
        else:
            self._show(self._state)

    def mark_patient(self) -> None:
        """Mark all of the patient of the current line that nothing speaks against."""
        line = self._state.current
        if line is None or self._state.busy:
            return
        self._show(self._state.with_patient(line.bedside))
        left = self._state.left_out(line.bedside)
        if left:
            self._view.show_done(Message.of("verifypage.left-out", count=left))

    def unmark(self) -> None:
        if not self._state.busy:
            self._show(self._state.with_marks(()))

    def open_order(self) -> None:
        """Go to the order itself."""
        line = self._state.current
        if line is not None:
            focus = line.one.order.id
            self._visit.navigator.open_patient(line.bedside.id, "orders", focus)

    # -- verifying

    def verify(self) -> None:
        """Take over what is marked; asks for a second person first where one must check.

        What speaks against it whoever stands by is said before anybody types a passphrase.
        """
        state = self._state
        if not state.can_verify or state.waiting is None:
            return
        listed = [line.one for line in state.lines]
        wrong = objections(state.marks, listed, state.waiting.rules, has_second=True)
        if wrong:
            self._object(state.marks, wrong)
        elif state.to_check:
            self._view.ask_for_checker(state.marks, state.to_check)
        else:
            self._verify(state.marks, None)

    def confirm_verify(self, marks: Marks, checker: Checker) -> None:
        """The second person has typed their passphrase for exactly these."""
        if not self._state.busy:
            self._verify(marks, checker)

    def _verify(self, marks: Marks, checker: Checker | None) -> None:
        session, orders = self._visit.session(), self._sources.orders
        self._show(replace(self._state, busy=True, objected=(), lost=0))

        def work() -> tuple[OrderObjection, ...]:
            return orders.verify(session, marks, self._second(checker))

        def done(result: Result[tuple[OrderObjection, ...]]) -> None:
            state = replace(self._state, busy=False)
            match result:
                case Ok(()):
                    taken = {one.ref for one in marks}
                    left = tuple(one for one in state.marks if one.ref not in taken)
                    # What it lost while it was written was taken over, not taken away.
                    self._show(replace(state, marks=left, lost=0))
                    self._view.show_done(Message.of("verifypage.done", count=len(marks)))
                case Ok(wrong):
                    self._show(state)
                    self._object(marks, wrong)
                case Failed(fault):
                    self._show(state)
                    self._view.show_fault(fault)
            self.reload()

        self._tasks.write(work, done)

    def _object(self, marks: Marks, wrong: tuple[OrderObjection, ...]) -> None:
        self._show(replace(self._state, objected=wrong))
        held = len({note.ref for note in wrong if note.ref})
        refused = Message.of("verifypage.refused", count=len(marks), held=held)
        self._view.show_done(refused)

    def _second(self, checker: Checker | None) -> Session | None:
        if checker is None:
            return None
        return self._sources.signing_in.second_person(checker.username, checker.passphrase)

    # -- skin tests

    def test(self) -> None:
        """Ask for the reading of the skin test that the current line waits for."""
        state, line = self._state, self._state.current
        if line is not None and state.waiting is not None and state.can_test:
            two = state.waiting.rules.skin_second_reader
            self._view.ask_for_reading(line, two_read_positive=two)

    def confirm_reading(self, line: Line, reaction: Reaction, reader: Checker | None) -> None:
        if self._state.busy:
            return
        session, testing = self._visit.session(), self._sources.skin_tests
        self._show(replace(self._state, busy=True))

        def work() -> SkinResult:
            return testing.record(session, line.one.ref, reaction, self._second(reader))

        def done(result: Result[SkinResult]) -> None:
            self._show(replace(self._state, busy=False))
            match result:
                case Ok(read):
                    self._view.show_done(Message.of(f"verifypage.read.{read.reaction.value}"))
                case Failed(fault):
                    self._view.show_fault(fault)
            self.reload()

        self._tasks.write(work, done)

    # -- reading

    def _read(self, token: CancelToken) -> Seen:
        session = self._visit.session()
        wards = self._sources.wards.wards(session)
        known = [ward.id for ward in wards]
        ward = self._ward if self._ward in known else (known[0] if known else "")
        token.check()
        if not ward:
            return Seen(wards)
        return Seen(wards, self._sources.orders.ward(session, WardId(ward)))

    def _on_read(self, result: Result[Seen]) -> None:
        now = self._sources.clock.now()
        match result:
            case Ok(seen):
                self._show(self._state.with_seen(seen, now))
            case Failed(fault):
                self._show(replace(self._state, now=now, fault=fault))

    def _show(self, state: VerifyingState) -> None:
        self._state = state
        self._view.show_state(state)
