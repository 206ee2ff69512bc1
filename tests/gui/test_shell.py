from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from app.domain.patients import AllergyState
from app.domain.people import Privilege
from app.domain.sending import Connection, SendingStatus
from app.domain.terms import PatientId
from app.kernel.changes import Changed
from app.ports.sync_store import QueueCounts
from tests.gui.pages.shell_driver import CTRL, SHIFT, ShellDriver
from tests.support.desk_kit import NOW, a_session
from tests.support.page_kit import a_dressed_desk, part, settle
from tests.support.shell_kit import Hospital, a_window, a_workspace, pads
from ui.runtime.desk import Desk
from ui.runtime.shortcuts import Command
from ui.runtime.workspaces import Scope
from ui.shell.top_bar import TopBar


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


# -- places and charts


def test_the_window_opens_on_the_ward(shell: ShellDriver) -> None:
    assert shell.place == "ward"
    assert part(shell.window, QPushButton, "top.ward").text() == "Cardiology Ward 3 ▾"


def test_the_rail_offers_only_what_the_session_may_use(desk: Desk, hospital: Hospital) -> None:
    session = a_session(lacks=frozenset({Privilege.SEE_QUEUE}))

    with a_window(desk, hospital, session=session) as window:
        assert [place.key for place in window.places] == ["ward", "mine", "inbox"]
        window.open_place("queue")
        assert ShellDriver(window).place == "ward"
        window.open_place("mine")
        assert ShellDriver(window).place == "mine"


def test_a_chart_opens_under_its_banner_and_is_audited(
    shell: ShellDriver, hospital: Hospital
) -> None:
    shell.open("li-ming")

    assert shell.tabs == ["李明远 · 0045217"]
    assert shell.banner.startswith("李明远 LI Mingyuan | Sex male | Age 67 y (02-Mar-1959)")
    assert hospital.actions()[-1] == "chart.open"
    assert shell.chart_page == "overview"


def test_the_page_is_opened_for_the_patient_of_its_banner(shell: ShellDriver) -> None:
    shell.open("li-ming").open("zhao")

    page = shell.window.charts.host.page

    assert page is not None
    assert page.visit.patient == "zhao"  # type: ignore[attr-defined]  # a pad keeps its visit


def test_the_synchronisation_hears_who_is_in_front(desk: Desk, hospital: Hospital) -> None:
    looked: list[PatientId | None] = []
    parts = hospital.parts
    hospital.parts = lambda: replace(parts(), look_at=looked.append)  # type: ignore[method-assign,assignment]  # the window is built by the kit

    with a_window(desk, hospital) as window:
        ShellDriver(window).open("li-ming")
        window.open_place("ward")

    assert looked[-2:] == ["li-ming", None]


def test_two_charts_may_be_open_and_a_third_asks_which_goes(shell: ShellDriver) -> None:
    shell.open("li-ming").open("zhao")
    two = shell.tabs

    shell.open("qian")
    asked = shell.sheet is not None
    shell.answer("li-ming")

    assert len(two) == 2
    assert asked
    assert [tab.split(" ")[0] for tab in shell.tabs] == ["赵静怡", "钱文博"]


def test_keeping_both_charts_opens_no_third(shell: ShellDriver) -> None:
    shell.open("li-ming").open("zhao").open("qian")

    shell.answer("")

    assert len(shell.tabs) == 2
    assert shell.window.charts.current == "zhao"


def test_leaving_a_chart_with_a_draft_keeps_it_and_says_so(shell: ShellDriver) -> None:
    shell.open("li-ming").type_on_page("half a sentence")

    shell.open("zhao")
    said = shell.notice
    shell.open("li-ming")

    assert said == "The draft in the chart of 李明远 · 0045217 is kept on this workstation."
    assert shell.pad.toPlainText() == "half a sentence"


def test_leaving_a_chart_without_a_draft_says_nothing(shell: ShellDriver) -> None:
    shell.open("li-ming").open("zhao")

    assert shell.notice == ""


def test_coming_back_to_a_chart_shows_its_last_page(shell: ShellDriver) -> None:
    shell.open("li-ming", "results").open("zhao").open("li-ming")

    assert shell.chart_page == "results"


def test_the_banner_follows_the_record_and_the_patient_does_not_change(
    shell: ShellDriver, hospital: Hospital, desk: Desk
) -> None:
    shell.open("zhao")
    before = shell.banner
    old = hospital.reads.banners[PatientId("zhao")]
    hospital.reads.banners[PatientId("zhao")] = replace(old, allergy_state=AllergyState.UNAVAILABLE)

    desk.feed.publish(Changed(frozenset({"allergy"}), frozenset({"zhao"})))
    settle()

    assert "No known allergies" in before
    assert "Allergies unavailable" in shell.banner
    assert shell.window.charts.current == "zhao"


def test_the_banner_opens_into_the_list_of_allergies(shell: ShellDriver) -> None:
    shell.open("li-ming").key(Qt.Key.Key_A, CTRL | SHIFT)

    banner = part(shell.window, QLabel, "banner.name").parentWidget().parentWidget()
    texts = [label.text() for label in banner.findChildren(QLabel) if label.isVisible()]

    assert "Penicillin" in texts
    assert "anaphylactic shock" in texts
    assert any(text.startswith("recorded 20-Oct-2025") for text in texts)


def test_wards_that_come_with_the_first_synchronisation_are_offered(
    desk: Desk, hospital: Hospital
) -> None:
    full = hospital.ward_reads.boards
    hospital.ward_reads.boards = {}
    with a_window(desk, hospital) as window:
        empty = part(window, QPushButton, "top.ward").text()
        hospital.ward_reads.boards = full

        desk.feed.publish(Changed(frozenset({"census"})))
        settle()

        assert empty == "No ward ▾"
        assert part(window, QPushButton, "top.ward").text() == "Cardiology Ward 3 ▾"


# -- scenarios, tabs, windows


def test_a_scenario_orders_the_tabs_and_keeps_the_patient(
    shell: ShellDriver, hospital: Hospital
) -> None:
    shell.open("li-ming")

    shell.key(Qt.Key.Key_F7)

    assert shell.chart_pages[:2] == ["orders", "overview"]
    assert shell.chart_page == "orders"
    assert shell.window.charts.current == "li-ming"
    assert shell.window._desk.look.theme.touch
    kept = hospital.people.preference(a_session().clinician.id, "shell.scenario")
    assert kept == "rescue"


def test_the_rows_go_back_to_the_persons_own_after_the_rescue(shell: ShellDriver) -> None:
    shell.key(Qt.Key.Key_F7).key(Qt.Key.Key_F2)

    assert not shell.window._desk.look.theme.touch


def test_the_scenario_of_a_person_is_remembered(desk: Desk, hospital: Hospital) -> None:
    with a_window(desk, hospital) as window:
        ShellDriver(window).key(Qt.Key.Key_F4)

    with a_window(desk, hospital) as window:
        assert part(window, QPushButton, "top.scenario").text() == "Handover ▾"
        assert ShellDriver(window).place == "mine"


def test_the_tabs_of_a_chart_have_their_keys(shell: ShellDriver) -> None:
    shell.open("li-ming").key(Qt.Key.Key_3, CTRL)

    assert shell.chart_page == shell.chart_pages[2]


def test_no_two_commands_of_the_window_want_the_same_key(desk: Desk, hospital: Hospital) -> None:
    greedy = a_workspace(desk, "notes", Scope.PATIENT, keys="F7")

    with a_window(desk, hospital, workspaces=(*pads(desk), greedy)):
        keys = [command.keys for command in desk.shortcuts.commands if command.keys]

    assert len(keys) == len(set(keys))
    assert {"F2", "F3", "F4", "F6", "F7", "F8", "Ctrl+K", "Ctrl+1"} <= set(keys)


def test_a_page_in_a_window_of_its_own_has_its_own_banner_and_comes_home(
    shell: ShellDriver,
) -> None:
    shell.open("li-ming").type_on_page("half")
    shell.key(Qt.Key.Key_D, CTRL | SHIFT)
    window = shell.detached[0]
    banner, title = shell.banner_of(window).says(), window.windowTitle()

    window.close()
    settle()

    assert banner[0] == "李明远 LI Mingyuan"
    assert "李明远" not in title
    assert shell.detached == []
    assert shell.pad.toPlainText() == "half"


def test_what_was_not_understood_stands_over_every_page_of_the_chart(
    shell: ShellDriver, hospital: Hospital
) -> None:
    hospital.reads.unread = {PatientId("li-ming"): 2}

    shell.open("zhao")
    assert "not understood" not in shell.banner
    for page in ("overview", "orders"):
        assert "2 documents not understood" in shell.open("li-ming", page).banner
    shell.key(Qt.Key.Key_D, CTRL | SHIFT)
    assert "2 documents not understood" in shell.banner_of(shell.detached[0]).says()


def test_a_command_of_a_page_is_heard_in_the_window_of_that_page_only(
    shell: ShellDriver, desk: Desk
) -> None:
    signed: list[str] = []
    shell.open("li-ming")
    first = shell.window.charts.host.page
    desk.shortcuts.add(
        Command("command.help", lambda: signed.append("li-ming"), "Ctrl+Return"), owner=first
    )
    shell.open("zhao")
    second = shell.window.charts.host.page
    desk.shortcuts.add(
        Command("command.help", lambda: signed.append("zhao"), "Ctrl+Return"), owner=second
    )

    shell.key(Qt.Key.Key_Return, CTRL)
    shell.open("li-ming").key(Qt.Key.Key_Return, CTRL)

    assert signed == ["zhao", "li-ming"]


# -- status, search, user


def test_the_status_bar_says_what_the_synchronisation_says(shell: ShellDriver) -> None:
    shell.window.show_status(SendingStatus(Connection.OFFLINE, waiting=2, oldest_waiting=NOW))

    assert shell.status == (
        "Offline",
        "Nothing sent yet",
        "2 waiting (oldest under 1 min)",
        "No data from the hospital yet",
    )


def test_an_act_between_two_rounds_ends_the_claim_that_all_is_sent(
    shell: ShellDriver, hospital: Hospital, desk: Desk
) -> None:
    clean = SendingStatus(Connection.ONLINE, last_sent=NOW, last_pass_complete=True)
    shell.window.show_status(clean)
    before = shell.status

    desk.feed.publish(Changed(frozenset({"note", "outbox"})))
    settle()
    unknown = shell.status
    hospital.outbox = QueueCounts(waiting=1, oldest_waiting=NOW)
    desk.feed.publish(Changed(frozenset({"note", "outbox"})))
    settle()

    assert "All sent 14:02:40" in before
    assert not any("All sent" in part for part in unknown)
    assert "1 waiting (oldest under 1 min)" in shell.status


def test_a_click_on_the_status_bar_opens_the_queue(shell: ShellDriver) -> None:
    bar = shell.window.frame.status
    bar.setFocus()

    shell.key(Qt.Key.Key_Return)

    assert shell.place == "queue"


def test_the_search_finds_patients_and_commands(shell: ShellDriver) -> None:
    patients = shell.find("李")
    commands = shell.find("suoding")

    assert any(key.startswith("patient:") for key in patients)
    assert any(key.startswith("command:") for key in commands)


def test_the_counts_are_shown_and_unknown_is_no_zero(
    desk: Desk, hospital: Hospital, shell: ShellDriver
) -> None:
    top = shell.window.findChild(TopBar, "top")
    assert top is not None
    known = part(top, QPushButton, "top.inbox").text()

    hospital.counts = type(hospital.counts)()
    desk.feed.publish(Changed(frozenset({"task"})))
    settle()

    assert known == "3"
    assert part(top, QPushButton, "top.inbox").text() == "—"


def test_the_language_changes_while_a_draft_is_open(shell: ShellDriver, hospital: Hospital) -> None:
    shell.open("li-ming").type_on_page("half")

    shell.choose("top.user", "language:zh_CN")

    assert "性别 男" in shell.banner
    assert shell.pad.toPlainText() == "half"
    assert "正在启动" in shell.status
    assert hospital.saved == {"language": "zh_CN"}


def test_a_managed_theme_cannot_be_chosen_and_a_free_one_can(
    desk: Desk, hospital: Hospital
) -> None:
    with a_window(desk, hospital, managed=frozenset({"theme"})) as window:
        shell = ShellDriver(window)
        with pytest.raises(KeyError):
            shell.choose("top.user", "theme:dark")
        assert desk.look.theme.name == "light"
    with a_window(desk, hospital) as window:
        ShellDriver(window).choose("top.user", "theme:dark")
        assert desk.look.theme.name == "dark"


@pytest.mark.parametrize("scale", [100, 200])
def test_the_window_fits_a_small_panel(qapp: QApplication, scale: int) -> None:
    with a_dressed_desk(qapp, "en", "light", scale) as desk, a_window(desk, Hospital()) as window:
        ShellDriver(window).open("li-ming")

        assert window.minimumSizeHint().width() <= 1280
        assert window.size().toTuple() == (1280, 720)


def test_closing_the_window_leaves_no_command_behind(desk: Desk, hospital: Hospital) -> None:
    with a_window(desk, hospital) as window:
        ShellDriver(window).open("li-ming")
        assert desk.shortcuts.commands

    assert desk.shortcuts.commands == ()
