"""What locking, unlocking and signing in again mean."""

from __future__ import annotations

from typing import Protocol

from app.domain.people import Session
from app.kernel.faults import Failed, Fault, FaultKind, Message, Ok, Result
from app.kernel.tasks import CancelToken, Lane, TaskScope
from app.ports.directory import Credentials
from app.services.signing_in import Newcomer, SigningIn
from ui.shell.session_now import SessionNow


class GuardView(Protocol):
    def show_unlocked(self) -> None: ...

    def show_still_locked(self, fault: Fault) -> None: ...

    def show_signed_in_again(self, session: Session) -> None: ...

    def show_not_signed_in(self, fault: Fault) -> None: ...


class GuardPresenter:
    """Locks and unlocks for the person of the session, and for nobody else."""

    def __init__(
        self, view: GuardView, signing_in: SigningIn, session: SessionNow, tasks: TaskScope
    ) -> None:
        self._view = view
        self._signing_in = signing_in
        self._session = session
        self._tasks = tasks
        self._asking: CancelToken | None = None

    @property
    def in_browser(self) -> bool:
        return self._signing_in.in_browser

    def close(self) -> None:
        self._tasks.close()

    def note_lock(self) -> None:
        """Write the lock down; the screen is covered whatever comes of it."""
        session = self._session.value
        self._tasks.write(lambda: self._signing_in.locked(session), _done)

    def unlock(self, passphrase: str) -> None:
        session = self._session.value
        self._tasks.write(lambda: self._signing_in.unlock(session, passphrase), self._on_unlocked)

    def sign_in_again(self, password: str) -> None:
        """Ask the hospital anew, for the same person; the browser needs no password from us."""
        username = self._session.value.clinician.username
        given = None if self.in_browser else Credentials(username, password)
        self._asking = self._tasks.read(
            lambda token: self._signing_in.at_the_hospital(given, lambda: token.cancelled),
            self._on_signed_in_again,
            lane=Lane.SYNC,
        )

    def stop_asking(self) -> None:
        """An answer that still comes is not heard."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def _on_unlocked(self, result: Result[Session]) -> None:
        match result:
            case Ok(_):
                # The session that comes back is the one before; it may be renewed meanwhile.
                self._view.show_unlocked()
            case Failed(fault):
                self._view.show_still_locked(fault)

    def _on_signed_in_again(self, result: Result[Session | Newcomer]) -> None:
        self._asking = None
        mine = self._session.value.clinician.id
        match result:
            case Ok(Session() as session) if session.clinician.id == mine:
                self._view.show_signed_in_again(session)
            case Ok(_):
                message = Message.of("shell.again.somebody_else")
                fault = Fault(FaultKind.REFUSED, message, "another clinician signed in")
                self._view.show_not_signed_in(fault)
            case Failed(fault):
                self._view.show_not_signed_in(fault)


def _done(result: object) -> None:
    """What came of it is in the log; nothing on the screen depends on it."""
    del result
