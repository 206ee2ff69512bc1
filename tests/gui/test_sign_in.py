from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from app.domain.people import Session
from app.kernel.faults import Fault, FaultKind, Message
from tests.gui.pages.sign_in_driver import SignInDriver
from tests.support.page_kit import a_dressed_desk, press, settle
from tests.support.shell_kit import PASSPHRASE, Hospital
from ui.runtime.desk import Desk
from ui.runtime.dressing import Dressing
from ui.shell.sign_in.wiring import open_sign_in


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Desk]:
    with a_dressed_desk(qapp) as desk:
        yield desk


def opened(desk: Desk, hospital: Hospital, *, demo: bool = False) -> Iterator[SignInDriver]:
    dressing = Dressing(desk.languages, desk.look, desk.runner, hospital.saved.update)
    sessions: list[Session] = []
    page = open_sign_in(desk, hospital.signing_in, sessions.append, demo=demo, dressing=dressing)
    page.resize(1280, 720)
    page.show()
    page.activateWindow()
    settle()
    try:
        yield SignInDriver(page, sessions)
    finally:
        page.leave()
        page.close()
        page.deleteLater()
        dressing.close()
        settle()


@pytest.fixture
def hospital() -> Hospital:
    return Hospital()


@pytest.fixture
def page(desk: Desk, hospital: Hospital) -> Iterator[SignInDriver]:
    yield from opened(desk, hospital)


@pytest.fixture
def first(desk: Desk) -> Iterator[SignInDriver]:
    yield from opened(desk, Hospital(enrolled=False))


def test_an_enrolled_user_unlocks_with_enter(page: SignInDriver) -> None:
    page.unlock(PASSPHRASE)

    assert [session.clinician.username for session in page.sessions] == ["wang"]


def test_unlocking_needs_no_network(page: SignInDriver, hospital: Hospital) -> None:
    hospital.directory.offline = True

    page.unlock(PASSPHRASE)

    assert page.sessions[0].online is False


def test_a_wrong_passphrase_is_told_and_the_field_is_empty_again(page: SignInDriver) -> None:
    page.unlock("not the passphrase")

    assert page.sessions == []
    assert page.fault == "User name or passphrase is wrong."
    assert page.field("unlock.passphrase").text() == ""
    assert page.field("unlock.passphrase").hasFocus()


def test_after_many_attempts_the_page_says_until_when(page: SignInDriver) -> None:
    for _ in range(5):
        page.unlock("not the passphrase")

    assert "(attempt 5 in a row)" in page.fault
    assert page.users == ["wang – locked until 24-Nov-2026 14:03:10"]


def test_nobody_enrolled_means_the_hospital_first(first: SignInDriver) -> None:
    assert first.label("title") == "Sign in at the hospital"
    assert first.shows("hospital.user")
    assert not first.shows("unlock.passphrase")


def test_a_newcomer_chooses_a_passphrase_and_is_in(first: SignInDriver) -> None:
    first.at_hospital("wang", "hospital")
    title = first.label("title")

    first.choose_passphrase(PASSPHRASE, PASSPHRASE)

    assert title == "Choose a workstation passphrase"
    assert first.sessions[0].online


def test_a_weak_passphrase_is_objected_to_beside_its_field(first: SignInDriver) -> None:
    first.at_hospital("wang", "hospital").choose_passphrase("short", "short")

    assert first.error_of("enrol.first") == "The passphrase needs at least 10 characters."
    assert first.sessions == []


def test_two_passphrases_that_differ_are_objected_to(first: SignInDriver) -> None:
    first.at_hospital("wang", "hospital").choose_passphrase(PASSPHRASE, "another one entirely")

    assert first.error_of("enrol.second") == "The two passphrases differ."
    assert first.sessions == []


def test_a_refused_password_is_told_and_may_be_typed_again(first: SignInDriver) -> None:
    first.at_hospital("wang", "wrong")
    refused = first.fault

    first.at_hospital("wang", "hospital")

    assert refused != ""
    assert first.label("title") == "Choose a workstation passphrase"


def test_the_first_sign_in_without_a_network_says_what_it_needs(desk: Desk) -> None:
    hospital = Hospital(enrolled=False)
    hospital.directory.offline = True

    for page in opened(desk, hospital):
        page.at_hospital("wang", "hospital")

        assert "needs the network" in page.label("safe")


def test_another_user_goes_to_the_hospital_and_back(page: SignInDriver) -> None:
    page.press("other")
    away = page.label("title")
    page.press("other")

    assert away == "Sign in at the hospital"
    assert page.label("title") == "Unlock this workstation"


def test_a_lease_that_ended_is_renewed_at_the_hospital(
    page: SignInDriver, hospital: Hospital
) -> None:
    hospital.clock.at += timedelta(hours=25)
    page.unlock(PASSPHRASE)
    refused, sessions = page.fault, list(page.sessions)

    page.press("fault.act").at_hospital("wang", "hospital")

    assert refused != ""
    assert sessions == []
    assert page.sessions[0].online


def test_a_clock_that_was_set_back_is_told(page: SignInDriver, hospital: Hospital) -> None:
    hospital.clock.at -= timedelta(days=2)

    page.unlock(PASSPHRASE)

    assert page.sessions == []
    assert "⟦" not in page.fault
    assert "clock" in page.fault


@pytest.mark.parametrize(
    "code",
    ["storage.wrong-key", "storage.damaged", "storage.newer", "storage.in-use", "storage.full"],
)
def test_a_cache_that_cannot_be_opened_says_what_is_safe(
    page: SignInDriver, hospital: Hospital, code: str
) -> None:
    hospital.door.fault = Fault(FaultKind.STORAGE, Message.of(code), "DatabaseError")

    page.unlock(PASSPHRASE)

    assert page.fault not in ("", f"⟦{code}⟧")
    assert page.label("safe").startswith("Nothing was deleted or created anew.")
    assert page.label("detail") == f"For IT: {code} DatabaseError"


def test_the_browser_sign_in_shows_no_password_field(desk: Desk) -> None:
    hospital = Hospital(enrolled=False)
    hospital.directory.in_browser = True

    for page in opened(desk, hospital):
        shown = page.shows("hospital.password")
        page.press("go")

        assert not shown
        assert hospital.directory.last is None
        assert page.label("title") == "Choose a workstation passphrase"


def test_the_demo_is_called_a_demo(desk: Desk, page: SignInDriver) -> None:
    assert not page.demo
    for other in opened(desk, Hospital(), demo=True):
        assert other.demo


def test_the_page_speaks_chinese_at_once_and_keeps_what_was_typed(
    page: SignInDriver, hospital: Hospital
) -> None:
    page.write("unlock.passphrase", "half a pass")

    page.speak("zh_CN")

    assert page.label("title") == "解锁工作站"
    assert page.field("unlock.passphrase").text() == "half a pass"
    assert hospital.saved == {"language": "zh_CN"}


def test_a_composing_input_method_does_not_sign_in(page: SignInDriver) -> None:
    field = page.field("unlock.passphrase")
    QApplication.sendEvent(field, QInputMethodEvent("ni", []))

    assert page.sessions == []
    QApplication.sendEvent(field, QInputMethodEvent())
    page.unlock(PASSPHRASE)
    assert len(page.sessions) == 1


def test_tab_goes_in_reading_order(page: SignInDriver) -> None:
    page.field("unlock.passphrase").setFocus()
    names = []
    for _ in range(4):
        press(page.page.window().focusWidget(), Qt.Key.Key_Tab)
        names.append(page.page.window().focusWidget().objectName())

    assert names == ["sign_in.go", "sign_in.other", "sign_in.language", "sign_in.theme"]
