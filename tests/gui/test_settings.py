from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app.config import Settings, load, save_user
from app.ports.syncing import ProbeFinding, ProbeReport
from tests.support.desk_kit import Diary, a_visit
from tests.support.page_kit import a_dressed_desk, opened, part, settle
from ui.runtime.desk import Desk
from ui.runtime.dressing import Dressing
from ui.runtime.page import Page
from ui.settings.state import GROUPS
from ui.settings.wiring import settings_workspace
from widgets.banner_line import BannerLine


class House:
    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        loaded = load({}, environment={}, policy_folders=[], folder=folder)
        sources = {**loaded.sources, "auto_lock_minutes": "mandatory"}
        values = {**loaded.values, "language": "en"}
        self.settings: Settings = replace(loaded, values=values, sources=sources)
        self.asked: list[str] = []
        self.holds = True
        self.dressing: Dressing

    def enrol(self, url: str) -> ProbeReport:
        self.asked.append(url)
        cases = ("create-by-put", "rollback")
        findings = tuple(ProbeFinding(c, self.holds or c != "rollback", "409") for c in cases)
        return ProbeReport(url, "Some server", "4.0.1", findings)

    def saved(self) -> dict[str, object]:
        again = load({}, environment={}, policy_folders=[], folder=self.settings.folder)
        return {n: again.values[n] for n, source in again.sources.items() if source == "user"}


@pytest.fixture
def house(qapp: QApplication, tmp_path: Path) -> Iterator[House]:
    with a_dressed_desk(qapp) as desk:
        yield House(desk, tmp_path)


@pytest.fixture
def page(house: House) -> Iterator[Page]:
    dressing = Dressing(house.desk.languages, house.desk.look, house.desk.runner)
    house.dressing = dressing
    workspace = settings_workspace(
        house.desk,
        house.settings,
        dressing,
        lambda changes: save_user(house.settings, changes),
        house.enrol,
    )
    with opened(workspace, a_visit(Diary()), house.desk) as page:
        yield page
    dressing.close()


def write(page: Page, name: str, text: str) -> None:
    field = part(page, QLineEdit, f"settings.{name}")
    field.clear()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle()


def pick(page: Page, name: str, value: str) -> None:
    box = part(page, QComboBox, f"settings.{name}")
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())
    settle()


def press(page: Page, name: str) -> None:
    QTest.mouseClick(part(page, QPushButton, f"settings.{name}"), Qt.MouseButton.LeftButton)
    settle()


def label(page: Page, name: str) -> str:
    return part(page, QLabel, f"settings.{name}").text()


def notice(page: Page) -> str:
    return part(page, BannerLine, "settings.notice").text()


def test_a_language_is_spoken_at_once_and_saved_when_asked(page: Page, house: House) -> None:
    pick(page, "language", "zh_CN")
    spoken, before = label(page, "title"), house.saved()
    press(page, "save")

    assert spoken == "设置"
    assert before == {}
    assert house.saved() == {"language": "zh_CN"}
    assert notice(page) == "已保存。"


def test_what_waits_for_the_next_start_says_so(page: Page, house: House) -> None:
    write(page, "poll_seconds", "30")
    press(page, "save")

    assert house.saved() == {"poll_seconds": 30}
    assert notice(page) == "Saved. Some changes hold from the next start of WardOne."


def test_a_managed_value_cannot_be_changed_and_another_can(page: Page) -> None:
    managed = part(page, QLineEdit, "settings.auto_lock_minutes")

    assert not managed.isEnabled()
    assert label(page, "auto_lock_minutes.hint") == (
        "Fixed by your hospital, so it cannot be changed here. "
        "It limits how long a forgotten screen stays open to passers-by."
    )
    assert part(page, QLineEdit, "settings.poll_seconds").isEnabled()


def test_every_value_says_where_it_comes_from(page: Page) -> None:
    assert label(page, "server.hint") == "Holds from the next start. Now: as delivered."
    assert label(page, "lease_hours.hint").endswith("without a network. Now: as delivered.")


def test_it_values_say_why_nobody_changes_them_here(page: Page) -> None:
    assert label(page, "by_it").startswith("Read only.")
    group = next(group for group in GROUPS if group.by_it)
    for name in group.names:
        assert not part(page, QWidget, f"settings.{name}").isEnabled()
        assert not label(page, f"{name}.hint").startswith(" ")


def test_looks_changed_from_the_user_menu_are_shown(page: Page, house: House) -> None:
    write(page, "poll_seconds", "30")

    house.dressing.change("theme", "dark")
    house.dressing.change("text_scale", 125)
    settle()

    assert part(page, QComboBox, "settings.theme").currentData() == "dark"
    assert part(page, QLineEdit, "settings.text_scale").text() == "125"
    assert label(page, "theme.hint").endswith("Now: your choice.")
    press(page, "save")
    assert house.saved() == {"poll_seconds": 30}


@pytest.mark.parametrize(
    ("name", "wrong", "right", "why"),
    [
        ("poll_seconds", "4", "5", "A whole number from 5 to 600."),
        ("text_scale", "300", "200", "A whole number from 90 to 200."),
        ("server", "ftp://there", "https://there/fhir", "The address must start with https://"),
        ("time_zone", "Mars/Olympus", "Europe/Paris", "No such time zone."),
    ],
)
def test_a_value_that_will_not_do_cannot_be_saved_and_a_good_one_can(
    page: Page, name: str, wrong: str, right: str, why: str
) -> None:
    write(page, name, wrong)
    said, could = label(page, f"{name}.error"), part(page, QPushButton, "settings.save").isEnabled()

    write(page, name, right)

    assert said.startswith(why)
    assert not could
    assert label(page, f"{name}.error") == ""
    assert part(page, QPushButton, "settings.save").isEnabled()


def test_undo_takes_the_looks_back(page: Page, house: House) -> None:
    pick(page, "theme", "dark")
    dark = house.desk.look.theme.name

    press(page, "undo")

    assert dark == "dark"
    assert house.desk.look.theme.name == "light"
    assert not part(page, QPushButton, "settings.undo").isEnabled()


@pytest.mark.parametrize(
    ("holds", "verdict", "line"),
    [
        (True, "The server does what WardOne needs.", "✓ A refused act leaves nothing half done"),
        (False, "The server is refused:", "✗ A refused act leaves nothing half done"),
    ],
)
def test_the_probe_is_told_case_by_case(
    page: Page, house: House, *, holds: bool, verdict: str, line: str
) -> None:
    house.holds = holds
    write(page, "server", "http://127.0.0.1:9/fhir")

    press(page, "probe")

    assert house.asked == ["http://127.0.0.1:9/fhir"]
    assert label(page, "report.title").startswith(verdict)
    assert label(page, "probe.rollback") == line


def test_without_a_server_there_is_nothing_to_probe(page: Page, house: House) -> None:
    press(page, "probe")

    assert house.asked == []
