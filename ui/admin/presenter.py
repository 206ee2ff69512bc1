"""What a click in the administration means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from app.domain.people import Clinician, RoleMatrix
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Fault, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.ports.keeping import AuditEntry, AuditVerdict
from app.ports.reading import Oddity
from app.services.administration import Account, Administration
from app.services.input_watching import InputWatching
from ui.admin.state import AdminState, Section, counted, sections_of
from ui.runtime.visits import Visit

T = TypeVar("T")


class AdminView(Protocol):
    def show_state(self, state: AdminState) -> None: ...

    def show_fault(self, fault: Fault) -> None: ...

    def ask_to_toggle(self, user: Clinician) -> None:
        """Ask whether this workstation is really to be closed or reopened to `user`."""
        ...


@dataclass(frozen=True, slots=True)
class AdminSources:
    """What the page is about."""

    administration: Administration
    watching: InputWatching
    clock: Clock


class AdminPresenter:
    """Reads one section at a time.

    Reading and checking the audit write to it, so both go through the one writer.
    """

    def __init__(
        self,
        view: AdminView,
        tasks: TaskScope,
        feed: ChangeFeed,
        visit: Visit,
        sources: AdminSources,
    ) -> None:
        self._view = view
        self._tasks = tasks
        self._visit = visit
        self._administration = sources.administration
        self._watching = sources.watching
        self._clock = sources.clock
        self._reading: CancelToken | None = None
        session = visit.session()
        sections = sections_of(session)
        wanted = next((one for one in sections if one.value == visit.focus), None)
        first = wanted or (sections[0] if sections else None)
        self._state = AdminState(session.clinician.id, sections, first, self._clock.now())
        self._unlisten = feed.listen(self._hear)
        self._view.show_state(self._state)
        self.reload()

    @property
    def state(self) -> AdminState:
        return self._state

    def close(self) -> None:
        self._unlisten()
        self._tasks.close()

    def open_section(self, key: str) -> None:
        section = next((one for one in self._state.sections if one.value == key), None)
        if section is not None and section is not self._state.section:
            self._show(replace(self._state, section=section, fault=None))
            self.reload()

    def reload(self) -> None:
        session = self._visit.session()
        match self._state.section:
            case Section.USERS:
                self._read(lambda: self._administration.users(session), self._on_users)
            case Section.ROLES:
                self._read(lambda: self._administration.matrix(session), self._on_matrix)
            case Section.AUDIT:
                action = self._state.action
                self._tasks.write(
                    lambda: self._administration.audit_entries(session, action), self._on_entries
                )
            case Section.BREAK_GLASS:
                self._read(
                    lambda: self._administration.break_glass_entries(session), self._on_openings
                )
            case Section.UNREAD:
                self._read(lambda: self._watching.not_understood(session), self._on_unread)
            case None:
                pass

    def pass_time(self) -> None:
        """A lock-out ends by itself; the list of users is read again while it is looked at."""
        if self._state.section is Section.USERS and not self._state.busy:
            self.reload()

    # -- users

    def choose_user(self, key: str) -> None:
        if key != self._state.user:
            self._show(replace(self._state, user=key))

    def toggle_user(self) -> None:
        user = self._state.chosen_user
        if user is not None and self._state.can_toggle:
            self._view.ask_to_toggle(user)

    def confirm_toggle(self, key: str) -> None:
        """The question has been answered with yes; for the user it was asked about."""
        user = self._state.user_of(key)
        if user is None or user.id == self._state.me or self._state.busy:
            return
        session = self._visit.session()
        self._write(
            lambda: self._administration.set_active(session, user.id, active=not user.active)
        )

    # -- audit

    def filter_action(self, action: str) -> None:
        if action != self._state.action:
            self._show(replace(self._state, action=action))
            self.reload()

    def verify(self) -> None:
        """Recompute the whole chain."""
        if self._state.busy:
            return
        session = self._visit.session()
        self._show(replace(self._state, busy=True, verdict=None))
        self._tasks.write(lambda: self._administration.verify(session), self._on_verdict)

    # -- break-glass

    def choose_opening(self, seq: int) -> None:
        if seq != self._state.opening:
            self._show(replace(self._state, opening=seq))

    def review(self) -> None:
        entry = self._state.chosen_opening
        if entry is None or not self._state.can_review:
            return
        session = self._visit.session()
        self._write(lambda: self._administration.review(session, entry.seq))

    # -- answers

    def _read(self, work: Callable[[], T], done: Callable[[Result[T]], None]) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._tasks.read(lambda _: work(), done)

    def _write(self, work: Callable[[], None]) -> None:
        self._show(replace(self._state, busy=True))
        self._tasks.write(work, self._on_written)

    def _on_written(self, result: Result[None]) -> None:
        self._show(replace(self._state, busy=False))
        if isinstance(result, Failed):
            self._view.show_fault(result.fault)
        self.reload()

    def _on_users(self, result: Result[tuple[Account, ...]]) -> None:
        self._take(result, lambda users: replace(self._state, users=users))

    def _on_matrix(self, result: Result[RoleMatrix]) -> None:
        self._take(result, lambda matrix: replace(self._state, matrix=matrix))

    def _on_entries(self, result: Result[tuple[AuditEntry, ...]]) -> None:
        def taken(entries: tuple[AuditEntry, ...]) -> AdminState:
            seen = {entry.action for entry in entries} | set(self._state.actions)
            return replace(self._state, entries=entries, actions=tuple(sorted(seen)))

        self._take(result, taken)

    def _on_openings(self, result: Result[tuple[AuditEntry, ...]]) -> None:
        self._take(result, lambda openings: replace(self._state, openings=openings))

    def _on_unread(self, result: Result[tuple[Oddity, ...]]) -> None:
        self._take(result, lambda found: replace(self._state, unread=counted(found)))

    def _on_verdict(self, result: Result[AuditVerdict]) -> None:
        self._show(replace(self._state, busy=False))
        match result:
            case Ok(verdict):
                self._show(replace(self._state, verdict=verdict, checked_at=self._clock.now()))
            case Failed(fault):
                self._view.show_fault(fault)

    def _take(self, result: Result[T], taken: Callable[[T], AdminState]) -> None:
        now = self._clock.now()
        match result:
            case Ok(value):
                self._show(replace(taken(value), now=now, fault=None))
            case Failed(fault):
                self._show(replace(self._state, now=now, fault=fault))

    def _hear(self, changed: Changed) -> None:
        """News of the audit is not followed: reading it writes to it, and would not end."""
        if "user" in changed.kinds and self._state.section in {Section.USERS, Section.ROLES}:
            self.reload()

    def _show(self, state: AdminState) -> None:
        self._state = state
        self._view.show_state(state)
