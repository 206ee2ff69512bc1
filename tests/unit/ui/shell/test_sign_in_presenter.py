from __future__ import annotations

from dataclasses import replace

from app.domain.people import Session
from app.domain.terms import PractitionerId
from app.kernel.tasks import TaskScope
from tests.support.desk_kit import ImmediateRunner, PatientRunner
from tests.support.shell_kit import PASSPHRASE, Hospital
from ui.shell.sign_in.presenter import SignInPresenter
from ui.shell.sign_in.state import SignInState, Step


class Recorder:
    def __init__(self) -> None:
        self.states: list[SignInState] = []

    def show_state(self, state: SignInState) -> None:
        self.states.append(state)

    @property
    def last(self) -> SignInState:
        return self.states[-1]


def a_presenter(
    hospital: Hospital, runner: ImmediateRunner | PatientRunner | None = None
) -> tuple[SignInPresenter, Recorder, list[Session]]:
    view, sessions = Recorder(), list[Session]()
    scope = TaskScope(runner or ImmediateRunner())
    return (
        SignInPresenter(view, hospital.signing_in, scope, sessions.append, demo=False),
        view,
        sessions,
    )


def test_it_begins_with_the_users_of_the_workstation() -> None:
    _, view, _ = a_presenter(Hospital())

    assert view.states[0].step is Step.LOADING
    assert (view.last.step, view.last.user) == (Step.UNLOCK, "wang")


def test_nobody_enrolled_begins_at_the_hospital() -> None:
    _, view, _ = a_presenter(Hospital(enrolled=False))

    assert view.last.step is Step.HOSPITAL
    assert not view.last.can_go_back


def test_a_cancelled_answer_is_not_heard_and_one_that_is_not_is() -> None:
    runner = PatientRunner()
    presenter, view, sessions = a_presenter(Hospital(), runner)
    runner.go_on()
    presenter.ask_hospital("wang", "hospital")
    waiting = view.last.step
    presenter.cancel()
    runner.go_on()
    after = view.last.step

    presenter.ask_hospital("wang", "hospital")
    runner.go_on()

    assert (waiting, after) == (Step.WAITING, Step.HOSPITAL)
    assert len(sessions) == 1


def test_two_clicks_unlock_once() -> None:
    runner = PatientRunner()
    hospital = Hospital()
    presenter, _, sessions = a_presenter(hospital, runner)
    runner.go_on()

    presenter.unlock("wang", PASSPHRASE)
    presenter.unlock("wang", PASSPHRASE)
    runner.go_on()

    assert len(sessions) == 1


def test_an_enrolled_user_at_the_hospital_with_a_closed_cache_needs_the_passphrase() -> None:
    hospital = Hospital()
    hospital.door.close()
    presenter, view, sessions = a_presenter(hospital)

    presenter.ask_hospital("wang", "hospital")

    assert sessions == []
    assert view.last.step is Step.UNLOCK
    assert view.last.fault is not None
    presenter.unlock("wang", PASSPHRASE)
    assert len(sessions) == 1


def test_a_newcomer_needs_a_colleague_while_the_cache_is_closed() -> None:
    hospital = Hospital()
    hospital.door.close()
    newcomer = hospital.directory.people["wang"]
    hospital.directory.people["lin"] = replace(
        newcomer, id=PractitionerId("dr-lin"), username="lin"
    )
    presenter, view, sessions = a_presenter(hospital)

    presenter.ask_hospital("lin", "hospital")
    presenter.enrol("four grey geese 9", "four grey geese 9")

    assert sessions == []
    assert view.last.fault is not None
    assert view.last.fault.message.code == "signin.colleague-first"
    assert view.last.step is Step.UNLOCK


def test_an_empty_passphrase_is_not_an_attempt() -> None:
    hospital = Hospital()
    presenter, view, _ = a_presenter(hospital)

    presenter.unlock("wang", "")

    assert view.last.wrong == 0
    assert hospital.vault.wraps()[0].failed_attempts == 0


def test_choosing_another_user_forgets_the_refusal() -> None:
    presenter, view, _ = a_presenter(Hospital())
    presenter.unlock("wang", "not the passphrase")
    refused = view.last.fault

    presenter.choose_user("wang")

    assert refused is not None
    assert (view.last.fault, view.last.wrong) == (None, 0)
