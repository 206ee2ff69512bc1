from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from app.domain.sending import Connection, SendingStatus
from app.kernel.changes import Changed
from tests.gui.pages.shell_driver import CTRL, ShellDriver
from tests.support.desk_kit import NOW
from tests.support.page_kit import a_dressed_desk, part, settle
from tests.support.shell_kit import PASSPHRASE, Hospital, a_trainee, a_window
from ui.runtime.desk import Desk
from ui.shell.guarding import Guarding


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Desk]:
    with a_dressed_desk(qapp) as desk:
        yield desk


@pytest.fixture
def hospital() -> Hospital:
    return Hospital()


@pytest.fixture
def shell(desk: Desk, hospital: Hospital) -> Iterator[ShellDriver]:
    with a_window(desk, hospital) as window:
        yield ShellDriver(window)


# -- breaking the glass


def test_another_wards_chart_asks_for_a_reason(shell: ShellDriver, hospital: Hospital) -> None:
    shell.open("far")

    assert shell.tabs == []
    assert not shell.can_answer("open")
    assert hospital.actions()[-1] == "chart.refused"


def test_a_short_reason_does_not_open_it_and_a_proper_one_does(
    shell: ShellDriver, hospital: Hospital
) -> None:
    shell.open("far").give_reason("too short")
    short = shell.can_answer("open")

    shell.give_reason(" no longer").answer("open")

    assert not short
    assert shell.tabs == ["孙立群 · 0045217"]
    entry = hospital.audit.entries(action="chart.break-glass")[0]
    assert entry.reason == "too short no longer"


def test_turning_away_from_the_glass_opens_nothing(shell: ShellDriver, hospital: Hospital) -> None:
    shell.open("far").answer("back")

    assert shell.tabs == []
    assert hospital.audit.entries(action="chart.break-glass") == ()


def test_the_reason_is_asked_under_the_banner_of_the_open_chart(shell: ShellDriver) -> None:
    shell.open("li-ming").open("far")
    sheet, view = shell.sheet, shell.window.charts.view

    assert sheet is not None
    assert view is not None
    bottom = view.banner.mapTo(shell.window, view.banner.rect().bottomLeft()).y()
    assert sheet.mapTo(shell.window, sheet.rect().topLeft()).y() > bottom


def test_a_role_that_may_not_is_told_so(desk: Desk, hospital: Hospital) -> None:
    with a_window(desk, hospital, session=a_trainee()) as window:
        shell = ShellDriver(window).open("far")

        assert shell.sheet is None
        assert shell.notice.startswith("Your role may not open this chart.")
        assert shell.open("li-ming").tabs == ["李明远 · 0045217"]


def test_access_that_ended_is_said_over_the_chart_and_can_be_asked_for_again(
    shell: ShellDriver, hospital: Hospital, desk: Desk
) -> None:
    shell.open("far").give_reason("called for a consultation").answer("open")
    hospital.clock.at += timedelta(hours=5)

    desk.feed.publish(Changed(frozenset({"order"})))
    settle()
    shell.click("chart_view.notice.act")

    assert shell.sheet is not None


# -- the lock


def test_locking_keeps_every_letter_and_the_passphrase_brings_it_back(
    shell: ShellDriver, hospital: Hospital
) -> None:
    shell.open("li-ming").type_on_page("half a sent")

    shell.key(Qt.Key.Key_L, CTRL)
    locked = shell.window.is_locked
    shell.unlock(PASSPHRASE)

    assert locked
    assert not shell.window.is_locked
    assert shell.pad.toPlainText() == "half a sent"
    assert shell.pad.hasFocus()
    assert hospital.actions()[-2:] == ["lock", "unlock"]


def test_a_wrong_passphrase_leaves_it_locked(shell: ShellDriver) -> None:
    shell.window.lock()

    shell.unlock("not the passphrase")

    assert shell.window.is_locked
    assert part(shell.window, QLabel, "lock.form.passphrase.error").text() == (
        "User name or passphrase is wrong."
    )


def test_a_locked_screen_shows_nothing_and_hears_no_key(shell: ShellDriver) -> None:
    shell.open("li-ming")
    shell.window.lock()
    settle()
    cover = part(shell.window, QLabel, "lock.title").parentWidget().parentWidget()

    shell.key(Qt.Key.Key_W, CTRL)
    under_lock = shell.tabs
    shell.unlock(PASSPHRASE)
    shell.key(Qt.Key.Key_W, CTRL)

    assert cover.geometry() == shell.window.rect()
    assert len(under_lock) == 1
    assert shell.tabs == []


def test_silence_locks_and_a_touch_does_not(shell: ShellDriver, hospital: Hospital) -> None:
    hospital.clock.at += timedelta(minutes=9)
    shell.window.beat()
    early = shell.window.is_locked
    hospital.clock.at += timedelta(minutes=1)

    shell.window.beat()

    assert not early
    assert shell.window.is_locked


# -- the hospital again


def test_the_hospital_is_signed_in_to_again_over_the_open_page(
    shell: ShellDriver, hospital: Hospital
) -> None:
    hospital.signing_in.offline("wang", PASSPHRASE)
    renewed: list[object] = []
    shell.window.session_renewed.connect(renewed.append)
    shell.open("li-ming").type_on_page("half")
    shell.window.show_status(SendingStatus(Connection.SIGNED_OUT))

    shell.act_on_notice()
    sheet = shell.sheet
    assert sheet is not None
    part(sheet, QLineEdit, "again.password").setText("hospital")
    shell.answer("go")

    assert len(renewed) == 1
    assert shell.notice == "You are signed in at the hospital again."
    assert shell.pad.toPlainText() == "half"


def test_a_wrong_password_leaves_the_way_open(shell: ShellDriver, hospital: Hospital) -> None:
    hospital.signing_in.offline("wang", PASSPHRASE)
    shell.window.show_status(SendingStatus(Connection.SIGNED_OUT))

    shell.act_on_notice().answer("go")
    refused = shell.notice
    shell.act_on_notice()

    assert refused != ""
    assert shell.sheet is not None


def test_signing_out_with_a_draft_asks_first(shell: ShellDriver) -> None:
    left: list[int] = []
    shell.window.sign_out_requested.connect(lambda: left.append(1))
    shell.open("li-ming").type_on_page("half")

    shell.choose("top.user", "sign-out")
    before = list(left)
    shell.answer("leave")

    assert before == []
    assert left == [1]


def sheet_text(shell: ShellDriver) -> str:
    assert shell.sheet is not None
    return part(shell.sheet, QLabel, "sheet.text").text()


def test_signing_out_with_something_undecided_or_unsent_says_so_first(shell: ShellDriver) -> None:
    left: list[int] = []
    shell.window.sign_out_requested.connect(lambda: left.append(1))
    shell.window.show_status(SendingStatus(Connection.ONLINE, waiting=2, conflicts=1, held=1))

    shell.choose("top.user", "sign-out")

    assert "2 entries of this workstation wait for a decision." in sheet_text(shell)
    assert "2 entries have not been sent yet." in sheet_text(shell)
    assert left == []
    shell.answer("leave")
    assert left == [1]


def test_signing_out_with_everything_sent_asks_nothing(shell: ShellDriver) -> None:
    left: list[int] = []
    shell.window.sign_out_requested.connect(lambda: left.append(1))
    shell.window.show_status(SendingStatus(Connection.ONLINE, last_pass_complete=True))

    shell.choose("top.user", "sign-out")

    assert left == [1]


def test_a_window_closed_by_its_user_says_the_same(shell: ShellDriver) -> None:
    guarding = shell.window.findChild(Guarding)
    assert guarding is not None
    shell.window.show_status(SendingStatus(Connection.ONLINE, waiting=1))

    assert not guarding.may_close()
    assert "1 entry has not been sent yet." in sheet_text(shell)
    shell.answer("leave")
    assert not shell.window.isVisible()


# -- too long without the hospital


def test_after_too_long_without_contact_every_page_closes_and_the_queue_stays(
    shell: ShellDriver,
) -> None:
    shell.open("li-ming").open("zhang-wei")
    shut = SendingStatus(Connection.OFFLINE, last_contact=NOW, outbox_only=True)

    shell.window.show_status(shut)
    shell.window.show_status(shut)

    assert shell.tabs == []
    assert shell.place == "queue"
    assert [page.objectName() for page in shell.window.charts.places.pages] == ["pad.queue"]
    assert shell.notice.startswith("The hospital was last reached")


def test_when_the_hospital_is_reached_again_charts_open_as_before(shell: ShellDriver) -> None:
    shell.window.show_status(SendingStatus(Connection.OFFLINE, last_contact=NOW, outbox_only=True))

    shell.window.show_status(SendingStatus(Connection.ONLINE, last_contact=NOW))

    assert shell.notice == ""
    assert len(shell.open("li-ming").tabs) == 1
