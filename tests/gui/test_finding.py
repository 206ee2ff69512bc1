from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.kernel.faults import Fault, FaultKind, Message
from app.services.ward_viewing import WardViewing
from tests.gui.pages.finding_driver import FindingDriver
from tests.support.believable import boards
from tests.support.desk_kit import WANG, Diary, StillClock, a_visit
from tests.support.fake_keeping import FakePeople
from tests.support.fake_reads import FakeWardReads
from tests.support.page_kit import a_dressed_desk, opened
from ui.finding.wiring import finding_workspace
from ui.runtime.desk import Desk


@dataclass
class House:
    desk: Desk
    diary: Diary = field(default_factory=Diary)
    reads: FakeWardReads = field(default_factory=lambda: FakeWardReads(boards()))

    def open(self, focus: str = "") -> Iterator[FindingDriver]:
        viewing = WardViewing(self.reads, FakePeople(WANG))
        workspace = finding_workspace(self.desk, viewing, StillClock())
        with opened(workspace, a_visit(self.diary, focus=focus), self.desk) as page:
            yield FindingDriver(page)


@pytest.fixture
def house(qapp: QApplication) -> Iterator[House]:
    with a_dressed_desk(qapp) as desk:
        yield House(desk)


@pytest.fixture
def finding(house: House) -> Iterator[FindingDriver]:
    yield from house.open()


def test_before_anything_is_typed_the_page_says_what_to_do(finding: FindingDriver) -> None:
    assert finding.state == "empty"
    assert finding.label("state.empty.text") == "Type what you know of the patient."


def test_a_name_is_found_when_typing_pauses(finding: FindingDriver) -> None:
    finding.type_text("gulinar")
    assert finding.state == "empty"

    assert finding.is_told()

    row = finding.row("guli")
    assert row[:3] == ["古丽娜尔·阿不都热合曼 Gulinar Abdurahman", "Female", "14-Jun-1971 (55 y)"]
    assert row[5:] == ["Cardiology Ward 3", "5", "pinyin"]


def test_half_a_composed_word_is_not_looked_for(finding: FindingDriver) -> None:
    finding.compose("sun")
    assert not finding.is_told()
    assert finding.state == "empty"

    finding.compose("", "孙")
    assert finding.is_told()
    assert [row.key for row in finding.table.rows] == ["sun"]


def test_down_and_enter_open_a_patient_of_the_list(finding: FindingDriver, house: House) -> None:
    finding.type_text("li")
    assert finding.is_told()
    finding.press(Qt.Key.Key_Down)

    finding.press_in_list(Qt.Key.Key_Down)
    finding.press_in_list(Qt.Key.Key_Return)

    assert house.diary.patients == [("li-ming-2", "overview", "")]


def test_enter_in_the_field_opens_the_only_one(finding: FindingDriver, house: House) -> None:
    finding.type_text("sz")

    finding.press(Qt.Key.Key_Return)

    assert house.diary.patients == [("sun", "overview", "")]


def test_alike_names_are_marked(finding: FindingDriver) -> None:
    finding.type_text("li")
    assert finding.is_told()

    marks = [row.cells[0].second for row in finding.table.rows]

    assert marks == ["same or alike name – compare"] * 2


def test_what_is_not_recorded_is_said(house: House) -> None:
    for finding in house.open("赵丽"):
        assert finding.row("zhao")[2] == "not recorded"
        assert finding.field.text() == "赵丽"


def test_nobody_found_says_so_and_what_to_try(finding: FindingDriver) -> None:
    finding.type_text("xyz")
    assert finding.is_told()

    assert finding.state == "empty"
    assert finding.label("state.empty.text") == "Nobody on this workstation matches “xyz”."


def test_a_failure_says_what_is_safe(finding: FindingDriver, house: House) -> None:
    house.reads.fault = Fault(FaultKind.STORAGE, Message.of("storage.io"))

    finding.type_text("li")
    assert finding.is_told()

    assert finding.state == "failed"


def test_the_page_speaks_the_other_language_at_once(house: House) -> None:
    for finding in house.open("孙"):
        house.desk.languages.switch("zh_CN")
        assert finding.row("sun")[:3] == ["孙志强", "男", "1959-03-02（67岁）"]
        assert finding.label("summary") == "找到 1 位患者"
