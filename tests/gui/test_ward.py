from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from app.domain.census import BedRow
from app.kernel.changes import Changed
from app.kernel.faults import Fault, FaultKind, Message
from app.services.ward_viewing import WardViewing, marked_patients
from resources.styles.tokens import Tone
from tests.gui.pages.ward_driver import WardDriver
from tests.support.believable import boards
from tests.support.desk_kit import NOW, WANG, Diary, StillClock, a_visit
from tests.support.fake_keeping import FakePeople
from tests.support.fake_reads import FakeWardReads
from tests.support.page_kit import a_dressed_desk, opened, part, settle
from ui.runtime.desk import Desk
from ui.ward.wiring import mine_workspace, ward_workspace
from widgets.chips import Chip


@dataclass
class House:
    desk: Desk
    diary: Diary
    people: FakePeople
    reads: FakeWardReads

    def marked(self) -> tuple[str, ...]:
        return marked_patients(self.people, WANG.id)

    def open(self, *, own_list: bool = False, focus: str = "") -> Iterator[WardDriver]:
        make = mine_workspace if own_list else ward_workspace
        viewing = WardViewing(self.reads, self.people)
        workspace = make(self.desk, viewing, self.reads.marks, StillClock())
        with opened(workspace, a_visit(self.diary, focus=focus), self.desk) as page:
            yield WardDriver(page)


@pytest.fixture
def house(qapp: QApplication) -> Iterator[House]:
    people = FakePeople(WANG)
    reads = FakeWardReads(boards(), lambda who: marked_patients(people, who))
    with a_dressed_desk(qapp) as desk:
        yield House(desk, Diary(), people, reads)


@pytest.fixture
def ward(house: House) -> Iterator[WardDriver]:
    yield from house.open()


def test_the_head_names_ward_person_count_and_time(ward: WardDriver) -> None:
    assert ward.label("title") == "Cardiology Ward 3"
    assert ward.label("summary") == "11 patients in 14 beds, list of Wang Jianguo"
    assert ward.label("as_of") == "Data as of 24-Nov-2026 14:02"


def test_old_data_is_called_old(house: House) -> None:
    house.reads.boards = boards(NOW - timedelta(hours=3))

    for ward in house.open():
        assert ward.label("as_of") == "⚠ Old data: as of 24-Nov-2026 11:02, 3 h ago"


def test_a_card_says_the_critical_result_first(ward: WardDriver) -> None:
    chips = ward.chips("li-ming")

    assert chips[0] == "1 critical"
    assert "Allergic" in chips
    assert "Contact isolation" in chips
    assert "1 not sent" in chips


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("li-ming", "Allergic"),
        ("li-ming-2", "Allergies not asked"),
        ("ouyang", "No known allergies"),
        ("zhao", "Allergies unavailable"),
    ],
)
def test_each_of_the_four_allergy_states_has_its_words(
    ward: WardDriver, key: str, words: str
) -> None:
    assert words in ward.chips(key)


def test_namesakes_carry_their_admission_number_on_every_row(
    ward: WardDriver, house: House
) -> None:
    numbers = {
        row.patient.id: row.stay.admission_number
        for row in house.reads.boards[WANG.wards[0]][1]
        if row.patient and row.stay
    }
    for key in ("li-ming", "li-ming-2"):
        assert any(numbers[key] in chip for chip in ward.chips(key))  # type: ignore[index]  # a key of the ward
    assert not any("alike" in chip for chip in ward.chips("sun"))
    ward.lay_out("table")
    assert any("alike name" in cell for cell in ward.row("li-ming"))


def test_unsent_work_is_hatched_and_said(ward: WardDriver) -> None:
    ward.lay_out("table")

    row = next(row for row in ward.table.rows if row.key == "sun")

    assert row.tone is Tone.LOCAL
    assert "2 not sent" in ward.row("sun")


def test_an_empty_bed_says_so_and_cannot_be_opened(ward: WardDriver, house: House) -> None:
    assert "Empty bed" in ward.card("bed:4").accessibleName()

    ward.focus_card("bed:4")
    ward.press_on_card(Qt.Key.Key_Return)

    assert house.diary.patients == []


def test_enter_on_a_card_opens_the_chart(ward: WardDriver, house: House) -> None:
    ward.focus_card("li-ming")
    ward.press_on_card(Qt.Key.Key_Right)
    ward.press_on_card(Qt.Key.Key_Return)

    assert house.diary.patients == [("li-ming-2", "overview", "")]


def test_space_on_a_card_marks_the_patient(ward: WardDriver, house: House) -> None:
    ward.focus_card("sun")

    ward.press_on_card(Qt.Key.Key_Space)
    assert house.marked() == ("sun",)

    ward.press_on_card(Qt.Key.Key_Space)
    assert house.marked() == ()


def test_space_in_the_table_marks_the_patient(ward: WardDriver, house: House) -> None:
    ward.lay_out("table")
    ward.table.go_to("sun")

    ward.press_in_table(Qt.Key.Key_Space)

    assert house.marked() == ("sun",)
    assert ward.table.marked_keys == ("sun",)


def test_space_on_an_empty_bed_leaves_no_mark(ward: WardDriver, house: House) -> None:
    ward.lay_out("table")
    ward.table.go_to("bed:4")

    ward.press_in_table(Qt.Key.Key_Space)

    assert house.marked() == ()
    assert ward.table.marked_keys == ()


def test_m_marks_the_patient_of_the_moment(ward: WardDriver, house: House) -> None:
    ward.focus_card("qian")

    ward.press_on_card(Qt.Key.Key_M)

    assert house.marked() == ("qian",)


def test_v_changes_between_cards_and_table(ward: WardDriver) -> None:
    ward.press_on_page(Qt.Key.Key_V)
    assert len(ward.table.rows) == 14

    ward.press_on_page(Qt.Key.Key_V)
    assert ward.card("li-ming").isVisible()


def test_a_filter_is_said_with_counts(ward: WardDriver) -> None:
    ward.tick("critical")

    assert [card.key for card in ward.cards] == ["li-ming"]
    assert ward.label("filtered") == "Showing 1 of 14"


def test_the_filter_of_the_table_clears_that_of_the_page(ward: WardDriver) -> None:
    ward.choose("care", "3")
    ward.lay_out("table")
    assert [row.key for row in ward.table.rows] == ["wu", "feng"]

    ward.table.filter_cleared.emit()

    assert len(ward.table.rows) == 14


def test_another_ward_that_was_never_downloaded_says_so(ward: WardDriver) -> None:
    ward.choose("wards", "icu")

    assert ward.state == "empty"
    assert ward.label("state.empty.text") == "Waiting for the first download of the ward."


def test_before_any_download_the_page_waits_in_words(house: House) -> None:
    house.reads.boards = {}

    for ward in house.open():
        assert ward.state == "empty"
        assert ward.label("state.empty.text") == "Waiting for the first download of the ward."


def test_a_failure_says_what_is_safe_and_can_be_tried_again(house: House) -> None:
    house.reads.fault = Fault(FaultKind.STORAGE, Message.of("storage.io"))

    for ward in house.open():
        assert ward.state == "failed"
        assert "Nothing was changed" in ward.label("state.failed.more")
        house.reads.fault = None
        part(ward.page, QPushButton, "ward.state.failed.act").click()
        assert ward.state == "content"


def test_ones_own_patients_stand_in_a_table_with_their_ward(house: House) -> None:
    for mine in house.open(own_list=True):
        assert mine.label("title") == "Patients of Wang Jianguo"
        assert [row.key for row in mine.table.rows] == ["li-ming", "ouyang", "qian"]
        assert "Cardiology Ward 3" in mine.row("qian")


def test_the_page_speaks_the_other_language_at_once(ward: WardDriver, house: House) -> None:
    house.desk.languages.switch("zh_CN")

    assert ward.label("title") == "心内科三病区"
    assert ward.label("as_of") == "数据截至 2026-11-24 14:02"
    assert "危急值 1" in ward.chips("li-ming")


def test_a_left_page_leaves_no_command_behind(house: House) -> None:
    for _ in house.open():
        assert house.desk.shortcuts.commands
    assert house.desk.shortcuts.commands == ()


def test_beds_that_fill_up_get_room_for_their_words(house: House) -> None:
    full = house.reads.boards
    house.reads.boards = {
        key: (ward, tuple(BedRow(row.bed) for row in rows), as_of)
        for key, (ward, rows, as_of) in full.items()
    }

    for ward in house.open():
        ward.page.resize(1208, 620)
        settle()
        house.reads.boards = full
        house.desk.feed.publish(Changed(frozenset({"census"})))
        settle()

        squashed = [
            card.key for card in ward.cards if card.height() < card.heightForWidth(card.width())
        ]
        assert squashed == []
        hidden = [
            chip.text()
            for card in ward.cards
            for chip in card.findChildren(Chip)
            if not card.rect().contains(chip.mapTo(card, chip.rect().bottomRight()))
        ]
        assert hidden == []
        assert ward.chips("li-ming")
