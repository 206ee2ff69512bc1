"""What a click on the sign-in page means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from app.domain.people import Session
from app.kernel.faults import Failed, Fault, FaultKind, Ok, Result
from app.kernel.tasks import CancelToken, Lane, TaskScope
from app.ports.directory import Credentials
from app.services.signing_in import Enrolled, Newcomer, SigningIn
from ui.shell.sign_in.state import SignInState, Step


class SignInView(Protocol):
    def show_state(self, state: SignInState) -> None: ...


class SignInPresenter:
    """Leads from nobody to a session, one answer at a time.

    Passwords and passphrases pass through; none is kept.
    """

    def __init__(
        self,
        view: SignInView,
        signing_in: SigningIn,
        tasks: TaskScope,
        signed_in: Callable[[Session], None],
        *,
        demo: bool,
    ) -> None:
        self._view = view
        self._signing_in = signing_in
        self._tasks = tasks
        self._signed_in = signed_in
        self._asking: CancelToken | None = None
        self._state = SignInState(in_browser=signing_in.in_browser, demo=demo)
        self._view.show_state(self._state)
        self._load()

    @property
    def state(self) -> SignInState:
        return self._state

    def close(self) -> None:
        self._tasks.close()

    # -- choosing a way

    def choose_user(self, username: str) -> None:
        self._show(replace(self._state, user=username, fault=None, wrong=0))

    def go_to_hospital(self) -> None:
        """Another user, or one whose lease has ended."""
        self._show(replace(self._state, step=Step.HOSPITAL, fault=None, busy=False))

    def go_back(self) -> None:
        """To the users of this workstation; a newcomer who has not finished starts again."""
        step = Step.UNLOCK if self._state.users else Step.HOSPITAL
        self._show(
            replace(
                self._state,
                step=step,
                fault=None,
                objection=None,
                differs=False,
                newcomer=None,
                busy=False,
            )
        )

    def try_again(self) -> None:
        """Read the users of this workstation again, after IT has mended what was wrong."""
        self._show(replace(self._state, step=Step.LOADING, fault=None))
        self._load()

    # -- with the passphrase

    def unlock(self, username: str, passphrase: str) -> None:
        if self._state.busy or not username or not passphrase:
            return
        self._show(replace(self._state, user=username, busy=True, fault=None))
        self._tasks.write(lambda: self._signing_in.offline(username, passphrase), self._on_unlocked)

    def enrol(self, passphrase: str, again: str) -> None:
        newcomer = self._state.newcomer
        if self._state.busy or newcomer is None:
            return
        if passphrase != again:
            self._show(replace(self._state, differs=True, objection=None, fault=None))
            return
        self._show(replace(self._state, busy=True, differs=False, objection=None, fault=None))
        self._tasks.write(lambda: self._signing_in.enrol(newcomer, passphrase), self._on_enrolled)

    # -- at the hospital

    def ask_hospital(self, username: str, password: str) -> None:
        """Sign in online; what was typed goes to the directory and is forgotten."""
        if self._state.busy or (not self._state.in_browser and not (username and password)):
            return
        given = None if self._state.in_browser else Credentials(username, password)
        self._show(
            replace(self._state, user=username or self._state.user, step=Step.WAITING, fault=None)
        )
        self._asking = self._tasks.read(
            lambda token: self._signing_in.at_the_hospital(given, lambda: token.cancelled),
            self._on_hospital,
            lane=Lane.SYNC,
        )

    def cancel(self) -> None:
        """Stop waiting; an answer that still comes is not heard."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        self._show(replace(self._state, step=Step.HOSPITAL, fault=None))

    # -- answers

    def _load(self) -> None:
        self._tasks.read(lambda _: self._signing_in.enrolled(), self._on_users)

    def _on_users(self, result: Result[tuple[Enrolled, ...]]) -> None:
        match result:
            case Ok(users):
                names = [one.username for one in users]
                kept = self._state.user if self._state.user in names else ""
                user = kept or (names[0] if names else "")
                step = Step.UNLOCK if users else Step.HOSPITAL
                self._show(replace(self._state, step=step, users=users, user=user))
            case Failed(fault):
                self._show(replace(self._state, step=Step.UNLOCK, users=(), fault=fault))

    def _on_unlocked(self, result: Result[Session]) -> None:
        match result:
            case Ok(session):
                self._enter(session)
            case Failed(fault):
                counts = fault.message.code in {"vault.wrong-passphrase", "vault.locked"}
                wrong = self._state.wrong + (1 if counts else 0)
                self._show(replace(self._state, busy=False, fault=fault, wrong=wrong))
                self._tasks.read(lambda _: self._signing_in.enrolled(), self._on_locks)

    def _on_locks(self, result: Result[tuple[Enrolled, ...]]) -> None:
        """Until when a user is locked stands in the vault; what was said about it stays."""
        if isinstance(result, Ok):
            self._show(replace(self._state, users=result.value))

    def _on_hospital(self, result: Result[Session | Newcomer]) -> None:
        self._asking = None
        match result:
            case Ok(Newcomer() as newcomer):
                self._show(
                    replace(self._state, step=Step.PASSPHRASE, newcomer=newcomer, busy=False)
                )
            case Ok(Session() as session):
                self._enter(session)
            case Failed(fault):
                self._show_refusal(fault)

    def _show_refusal(self, fault: Fault) -> None:
        if fault.message.code == "signin.passphrase-first" and self._state.users:
            self._show(replace(self._state, step=Step.UNLOCK, fault=fault))
            return
        self._show(replace(self._state, step=Step.HOSPITAL, fault=fault))

    def _on_enrolled(self, result: Result[Session]) -> None:
        match result:
            case Ok(session):
                self._enter(session)
            case Failed(fault) if _is_about_the_passphrase(fault):
                self._show(replace(self._state, busy=False, objection=fault.message))
            case Failed(fault):
                step = Step.UNLOCK if fault.message.code == "signin.colleague-first" else None
                self._show(
                    replace(self._state, busy=False, fault=fault, step=step or self._state.step)
                )

    def _enter(self, session: Session) -> None:
        self._show(replace(self._state, busy=False, fault=None, wrong=0, newcomer=None))
        self._signed_in(session)

    def _show(self, state: SignInState) -> None:
        self._state = state
        self._view.show_state(state)


def _is_about_the_passphrase(fault: Fault) -> bool:
    return fault.kind is FaultKind.REFUSED and fault.message.code.startswith("vault.passphrase-")
