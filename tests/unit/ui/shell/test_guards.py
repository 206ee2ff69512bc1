from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.people import Session
from app.domain.terms import PatientId, PractitionerId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Fault, FaultKind, Message
from app.kernel.tasks import TaskScope
from tests.support.desk_kit import ImmediateRunner, PatientRunner, a_session
from tests.support.shell_kit import PASSPHRASE, Hospital
from ui.runtime.shortcuts import Command, Shortcuts
from ui.shell.chart_presenter import ChartPresenter, Wish
from ui.shell.guard_presenter import GuardPresenter
from ui.shell.session_now import SessionNow

LI = PatientId("li-ming")
FAR = PatientId("far")


class Door:
    """Records what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.unreadable: dict[PatientId, int] = {}

    def show_chart(self, banner: object, wish: Wish) -> None:
        del banner
        self.told.append(f"chart {wish.patient}")

    def ask_reason(self, wish: Wish) -> None:
        self.told.append(f"reason {wish.patient}")

    def show_denied(self, wish: Wish) -> None:
        self.told.append(f"denied {wish.patient}")

    def show_fault(self, fault: Fault) -> None:
        self.told.append(fault.message.code)

    def show_banner(self, banner: object) -> None:
        del banner
        self.told.append("banner")

    def show_unreadable(self, patient: PatientId, count: int) -> None:
        self.unreadable[patient] = count

    def show_access_ended(self, patient: PatientId) -> None:
        self.told.append(f"ended {patient}")


def charts(hospital: Hospital, feed: ChangeFeed | None = None) -> tuple[ChartPresenter, Door]:
    door = Door()
    presenter = ChartPresenter(
        door, hospital.charts, a_session, TaskScope(ImmediateRunner()), feed or ChangeFeed()
    )
    return presenter, door


def test_a_near_patient_opens_and_a_far_one_asks() -> None:
    presenter, door = charts(Hospital())

    presenter.open_chart(Wish(LI, "overview"))
    presenter.open_chart(Wish(FAR, "overview"))
    presenter.break_glass(Wish(FAR, "overview"), "called for a consultation")

    assert door.told == ["chart li-ming", "reason far", "chart far"]


def test_a_reason_that_is_too_short_is_refused_by_the_service_too() -> None:
    presenter, door = charts(Hospital())

    presenter.break_glass(Wish(FAR, "overview"), "no")

    assert door.told == ["access.reason-too-short"]


def test_a_patient_who_is_not_here_is_said() -> None:
    presenter, door = charts(Hospital())

    presenter.open_chart(Wish(PatientId("nobody"), "overview"))

    assert door.told == ["chart.not-here"]


def test_only_news_of_an_open_patient_is_read_again() -> None:
    feed = ChangeFeed()
    presenter, door = charts(Hospital(), feed)
    presenter.follow((LI,))

    feed.publish(Changed(frozenset({"allergy"}), frozenset({"zhao"})))
    feed.publish(Changed(frozenset({"draft"}), frozenset({LI})))
    nothing = list(door.told)
    feed.publish(Changed(frozenset({"allergy"}), frozenset({LI})))
    presenter.close()
    feed.publish(Changed(frozenset({"allergy"}), frozenset({LI})))

    assert nothing == []
    assert door.told == ["banner"]


def test_a_broken_glass_that_closed_is_said() -> None:
    hospital, feed = Hospital(), ChangeFeed()
    presenter, door = charts(hospital, feed)
    presenter.break_glass(Wish(FAR, "overview"), "called for a consultation")
    presenter.follow((FAR,))
    hospital.clock.at += timedelta(hours=5)

    feed.publish(Changed(frozenset({"order"})))

    assert door.told == ["chart far", "ended far"]


class Gate:
    def __init__(self) -> None:
        self.told: list[str] = []
        self.session: Session | None = None

    def show_unlocked(self) -> None:
        self.told.append("unlocked")

    def show_still_locked(self, fault: Fault) -> None:
        self.told.append(fault.message.code)

    def show_signed_in_again(self, session: Session) -> None:
        self.session = session
        self.told.append("again")

    def show_not_signed_in(self, fault: Fault) -> None:
        self.told.append(fault.message.code)


def guard(hospital: Hospital, gate: Gate) -> GuardPresenter:
    session = SessionNow(hospital.signing_in.offline("wang", PASSPHRASE))
    return GuardPresenter(gate, hospital.signing_in, session, TaskScope(ImmediateRunner()))


def test_the_passphrase_of_the_person_unlocks_and_another_does_not() -> None:
    hospital, gate = Hospital(), Gate()
    presenter = guard(hospital, gate)

    presenter.unlock("something else")
    presenter.unlock(PASSPHRASE)

    assert gate.told == ["vault.wrong-passphrase", "unlocked"]


def test_somebody_else_at_the_hospital_does_not_take_the_session_over() -> None:
    hospital, gate = Hospital(), Gate()
    presenter = guard(hospital, gate)
    hospital.directory.in_browser = True
    hospital.directory.browser_user = "lin"
    wang = hospital.directory.people["wang"]
    hospital.directory.people["lin"] = replace(wang, id=PractitionerId("dr-lin"), username="lin")

    presenter.sign_in_again("")
    hospital.directory.browser_user = "wang"
    presenter.sign_in_again("")

    assert gate.told == ["shell.again.somebody_else", "again"]
    assert gate.session is not None
    assert gate.session.online


def test_an_answer_after_giving_up_is_not_heard() -> None:
    hospital, gate, runner = Hospital(), Gate(), PatientRunner()
    session = SessionNow(hospital.signing_in.offline("wang", PASSPHRASE))
    presenter = GuardPresenter(gate, hospital.signing_in, session, TaskScope(runner))

    presenter.sign_in_again("hospital")
    presenter.stop_asking()
    runner.go_on()
    presenter.close()

    assert gate.told == []


# -- commands and their owners


def test_two_pages_may_want_the_same_key_and_the_one_in_front_is_heard() -> None:
    shortcuts, here, there = Shortcuts(), object(), object()
    first, second = (Command("command.help", print, "Ctrl+Return") for _ in range(2))
    shortcuts.add(first, owner=here)
    shortcuts.add(second, owner=there)

    shortcuts.in_front = lambda owner: owner is there

    assert not shortcuts.is_heard(first)
    assert shortcuts.is_heard(second)


def test_a_command_added_while_a_page_is_opened_is_that_pages() -> None:
    shortcuts, page = Shortcuts(), object()
    inside, outside = (Command("command.help", print) for _ in range(2))

    with shortcuts.owned_by(page):
        remove = shortcuts.add(inside)
    shortcuts.add(outside)

    assert shortcuts.owner_of(inside) is page
    assert shortcuts.owner_of(outside) is None
    remove()
    assert shortcuts.owner_of(inside) is None


def test_what_was_not_understood_is_counted_when_a_chart_opens_and_when_more_comes() -> None:
    hospital, feed = Hospital(), ChangeFeed()
    hospital.reads.unread = {LI: 2}
    presenter, door = charts(hospital, feed)

    presenter.follow((LI,))
    assert door.unreadable == {LI: 2}

    hospital.reads.unread = {LI: 3}
    feed.publish(Changed(frozenset({"draft"}), frozenset({LI})))
    feed.publish(Changed(frozenset({"note"}), frozenset({"zhao"})))
    assert door.unreadable == {LI: 2}
    feed.publish(Changed(frozenset({"note"}), frozenset({LI})))
    assert door.unreadable == {LI: 3}


def test_a_count_that_cannot_be_read_leaves_the_last_one() -> None:
    hospital, feed = Hospital(), ChangeFeed()
    hospital.reads.unread = {LI: 2}
    presenter, door = charts(hospital, feed)
    presenter.follow((LI,))

    hospital.reads.fault = Fault(FaultKind.STORAGE, Message.of("storage.failed"))
    feed.publish(Changed(frozenset({"note"}), frozenset({LI})))

    assert door.unreadable == {LI: 2}
