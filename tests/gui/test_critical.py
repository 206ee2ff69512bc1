"""What a nurse sees of the critical values of a ward, and what they do about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.people import Session
from app.fhir.workflow import read_task
from app.kernel.faults import Fault, FaultKind, Message
from resources.styles.tokens import Tone
from tests.gui.pages.critical_driver import CriticalDriver
from tests.support.critical_room import MINUTE, CriticalRoom
from tests.support.desk_kit import Diary, a_visit
from tests.support.page_kit import a_dressed_desk, opened
from ui.critical.wiring import critical_workspace
from ui.runtime.desk import Desk


@dataclass
class House:
    desk: Desk
    room: CriticalRoom = field(default_factory=CriticalRoom)
    diary: Diary = field(default_factory=Diary)

    def page(self, who: Session | None = None) -> Iterator[CriticalDriver]:
        workspace = critical_workspace(self.desk, self.room.sources)
        with opened(workspace, a_visit(self.diary, who or self.room.nurse), self.desk) as page:
            yield CriticalDriver(page)


@pytest.fixture
def house(qapp: QApplication) -> Iterator[House]:
    with a_dressed_desk(qapp) as desk:
        yield House(desk)


@pytest.fixture
def page(house: House) -> Iterator[CriticalDriver]:
    yield from house.page()


def test_what_is_overdue_comes_first_and_says_by_how_much(page: CriticalDriver) -> None:
    assert page.counts == "4 open, 2 of them overdue; 0 done"
    said = [(row.cells[2].text, row.cells[4].text) for row in page.rows]
    assert said == [
        ("Blood culture 革兰阴性杆菌生长", "overdue by 25 min"),
        ("Platelets 14 ×10⁹/L", "overdue by 7 min"),
        ("Potassium 6.9 mmol/L", "9 min left"),
        ("Glucose 1.9 mmol/L", "12 min left"),
    ]
    assert [row.tone for row in page.rows] == [Tone.DANGER, Tone.DANGER, Tone.PLAIN, Tone.PLAIN]
    assert "did not flag it" in page.row("guli").cells[2].second


def test_both_languages_say_it(house: House) -> None:
    for page in house.page():
        house.desk.languages.switch("zh_CN")

        assert page.counts == "待处理 4 项，其中超时 2 项；已处理 0 项"
        assert page.row("li-ming").cells[2].text == "钾 6.9 mmol/L"
        assert page.row("li-ming").cells[4].text == "剩余 9 分钟"


def test_a_read_back_opens_only_for_what_is_recorded(page: CriticalDriver) -> None:
    page.go_to("li-ming").key(Qt.Key.Key_R)
    page.type_in("readback.heard", "9.6").type_in("readback.reporter", "Zhang")

    assert not page.offers("go")
    assert page.sees("readback.other")
    page.enter("readback.reporter")
    assert page.counts.startswith("4 open"), "Enter does not pass it either"


def test_a_read_back_is_recorded_by_the_keyboard(house: House, page: CriticalDriver) -> None:
    page.go_to("li-ming").key(Qt.Key.Key_R)
    page.type_in("readback.heard", "6.9").type_in("readback.reporter", "Zhang")
    page.enter("readback.reporter")

    assert page.notice == "Read-back recorded on this workstation."
    row = page.row("li-ming")
    assert (row.cells[3].text, row.cells[5].text) == ("physician", "6.9")
    assert "Zhang" in row.cells[5].second
    assert len(list(house.room.acts.documents("Communication"))) == 1
    page.go_to("li-ming")
    assert not page.can("read-back")
    assert page.can("acknowledge")


def test_taking_note_ends_it_and_it_stays_on_the_list(page: CriticalDriver) -> None:
    page.go_to("sun").key(Qt.Key.Key_A)

    assert page.counts == "3 open, 1 of them overdue; 1 done"
    assert page.rows[-1].key.startswith("Observation/sun-")
    assert page.rows[-1].faded
    assert page.rows[-1].cells[4].second == "王奕"


def test_somebody_higher_is_asked_with_a_reason(house: House, page: CriticalDriver) -> None:
    page.go_to("ouyang").key(Qt.Key.Key_E)
    assert not page.offers("go")
    page.say_why("主管医师手术中").choose("go")

    (task,) = (read_task(one) for one in house.room.acts.documents("Task"))
    assert (task.owner_role, task.body) == ("attending", "主管医师手术中")
    assert page.row("ouyang").cells[6].text.startswith("attending physician")


def test_who_may_not_act_sees_and_cannot(house: House) -> None:
    for page in house.page(house.room.onlooker()):
        page.go_to("li-ming").key(Qt.Key.Key_A).key(Qt.Key.Key_R)

        assert page.counts.startswith("4 open")
        assert [page.can(one) for one in ("read-back", "acknowledge", "escalate", "open")] == [
            False,
            False,
            False,
            True,
        ]


def test_the_minute_turns_by_itself(house: House, page: CriticalDriver) -> None:
    house.room.watch.at += 10 * MINUTE
    page.pass_time()

    assert page.row("li-ming").cells[4].text == "overdue by 1 min"
    assert "3 of them overdue" in page.counts


def test_the_chart_opens_at_the_result(house: House, page: CriticalDriver) -> None:
    page.go_to("guli").key(Qt.Key.Key_O)

    assert house.diary.patients == [("guli", "results", "Observation/guli-2345-7")]


def test_a_ward_without_any_says_so_and_one_that_came_in_part_says_that(house: House) -> None:
    house.room = CriticalRoom(known=False)
    for page in house.page():
        assert page.state == "empty"
    house.room = CriticalRoom(known=False, as_of=None)
    for page in house.page():
        assert page.state == "empty"
        assert "not come whole" in page.caution


def test_what_cannot_be_read_is_told_and_tried_again(house: House) -> None:
    house.room.fault = Fault(FaultKind.STORAGE, Message.of("storage.failed"))
    for page in house.page():
        assert page.state == "failed"
