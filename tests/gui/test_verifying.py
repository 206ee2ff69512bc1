"""What a nurse sees of the orders that wait in a ward, and how they take them over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox

from app.kernel.faults import Fault, FaultKind, Message
from resources.styles.tokens import Tone
from tests.gui.pages.verifying_driver import VerifyingDriver
from tests.support.desk_kit import Diary, a_visit
from tests.support.page_kit import a_dressed_desk, opened, part, press
from tests.support.verifying_room import RIGHT, VerifyingRoom
from tests.unit.services.verifying_kit import a_desk
from ui.runtime.desk import Desk
from ui.verifying.wiring import verifying_workspace
from widgets.table_values import Bracket

SALT, POTASSIUM, BLOOD, PENICILLIN = "氯化钠注射液", "氯化钾注射液", "血常规", "青霉素"


@dataclass
class House:
    desk: Desk
    room: VerifyingRoom
    diary: Diary

    def ward(self) -> Iterator[VerifyingDriver]:
        workspace = verifying_workspace(self.desk, self.room.sources)
        with opened(workspace, a_visit(self.diary, self.room.nurse), self.desk) as page:
            yield VerifyingDriver(page)


@pytest.fixture
def house(qapp: QApplication) -> Iterator[House]:
    with a_dressed_desk(qapp) as desk:
        yield House(desk, VerifyingRoom(), Diary())


@pytest.fixture
def ward(house: House) -> Iterator[VerifyingDriver]:
    yield from house.ward()


@pytest.fixture
def risky(house: House) -> Iterator[VerifyingDriver]:
    """The same ward where the formulary calls every drug high-alert."""
    house.room = VerifyingRoom(a_desk(alert=True))
    yield from house.ward()


def test_every_order_is_named_with_its_patient_and_worded_in_full(ward: VerifyingDriver) -> None:
    row = ward.row(ward.find(SALT))

    assert ward.counts == "4 waiting: 4 new, 0 ended, 0 held or resumed"
    assert (row.cells[0].text, row.cells[1].text, row.cells[1].second) == ("12", "李明", "MR-0012")
    assert row.cells[2].text == "New"
    assert row.cells[2].second == "waiting to be sent"
    said = row.cells[4].second.replace("\N{NO-BREAK SPACE}", " ")
    assert said == "DOSE 100 mL — IV infusion — once daily — 60 mL per hour"
    assert row.cells[6].text == "wang"
    assert row.cells[7].text == "Not reviewed"
    assert ward.row(ward.find(PENICILLIN)).cells[8].text == "To be done"
    assert ward.row(ward.find(BLOOD)).cells[8].text == "—"


def test_both_languages_say_it(house: House) -> None:
    for ward in house.ward():
        house.desk.languages.switch("zh_CN")

        assert ward.counts == "待核对 4 条：新开 4，停止或取消 0，暂停或恢复 0"
        row = ward.row(ward.find(PENICILLIN))
        assert [row.cells[n].text for n in (2, 7, 8, 9)] == [
            "新开",
            "未审方",
            "待皮试",
            "须先记录皮试阴性结果。",
        ]
        assert ward.verify_word == "核对所选 (0)"


def test_an_infusion_is_bracketed_and_marked_whole(ward: VerifyingDriver) -> None:
    both = [ward.row(ward.find(drug)) for drug in (SALT, POTASSIUM)]
    assert [row.cells[3].text for row in both] == ["1/2", "2/2"]
    assert [row.cells[4].bracket for row in both] == [Bracket.FIRST, Bracket.LAST]
    assert len({row.block for row in both}) == 1

    ward.mark(ward.find(POTASSIUM))
    assert ward.marked == (SALT, POTASSIUM)
    assert ward.verify_word == "Verify marked (2)"

    ward.mark(ward.find(SALT))
    assert not ward.marked
    assert not ward.can("verify")


def test_what_is_marked_is_verified_by_keyboard_and_is_gone(ward: VerifyingDriver) -> None:
    ward.mark(ward.find(BLOOD)).mark(ward.find(SALT)).verify()

    assert ward.notice == "3 orders verified."
    assert [row[4] for row in ward.rows()] == [PENICILLIN]


def test_all_of_a_patient_leaves_out_what_something_speaks_against(ward: VerifyingDriver) -> None:
    ward.go_to(ward.find(BLOOD)).mark_patient()
    assert ward.marked == (BLOOD, SALT, POTASSIUM)
    assert ward.notice == ""

    ward.unmark().go_to(ward.find(PENICILLIN)).mark_patient()
    assert not ward.marked
    assert ward.notice == "1 order of this patient is not marked: see what is said beside it."


def test_one_objection_holds_the_whole_batch(ward: VerifyingDriver) -> None:
    ward.mark(ward.find(BLOOD)).mark(ward.find(PENICILLIN)).verify()

    assert ward.notice.startswith("None of the 2 marked orders was verified")
    row = ward.row(ward.find(PENICILLIN))
    assert row.cells[9].text == "A negative skin test must be recorded first."
    assert row.tone is Tone.DANGER
    assert len(ward.rows()) == 4


def test_high_alert_drugs_ask_a_second_nurse(house: House, risky: VerifyingDriver) -> None:
    risky.mark(risky.find(SALT)).verify()
    assert risky.sheet_says("check.text").startswith("2 of the 2 marked orders")
    assert f"MR-0012 — {POTASSIUM} — DOSE 100" in risky.sheet_says("check.orders")
    assert not risky.offers("go")

    risky.type_second("qian", "wrong").choose("go")
    assert len(risky.rows()) == 4
    assert risky.notice

    risky.verify().type_second("qian", RIGHT).choose("go")
    assert risky.notice == "2 orders verified."
    tasks = house.room.desk.tasks("verify-orders")
    assert len(tasks) == 2
    assert all("qian" in str(one) for one in tasks)


def test_the_second_nurse_is_somebody_else(risky: VerifyingDriver, house: House) -> None:
    own = house.room.nurse.clinician.id
    risky.mark(risky.find(SALT)).verify().type_second(str(own), RIGHT).choose("go")

    assert risky.notice.startswith("The second check must be made by another person.")
    assert len(risky.rows()) == 4


def test_a_blood_count_asks_nobody_else(risky: VerifyingDriver) -> None:
    risky.mark(risky.find(BLOOD)).verify()

    assert risky.notice == "1 order verified."


def test_a_sheet_hides_the_page_from_its_keys(risky: VerifyingDriver) -> None:
    risky.mark(risky.find(SALT)).verify()
    risky.verify()
    risky.choose("back")

    assert risky.marked == (SALT, POTASSIUM)
    assert len(risky.rows()) == 4


def test_a_negative_skin_test_opens_the_way(ward: VerifyingDriver) -> None:
    ward.go_to(ward.find(PENICILLIN)).test_skin()
    assert "MR-003" in ward.sheet_says("reading.order")
    ward.choose("negative")

    assert ward.notice == "Skin test recorded: (-)"
    row = ward.row(ward.find(PENICILLIN))
    assert (row.cells[8].text, row.cells[9].text) == ("(-)", "")
    assert not ward.can("test")
    ward.mark(row.key).verify()
    assert ward.notice == "1 order verified."


def test_a_positive_skin_test_is_read_by_two_and_closes_it(ward: VerifyingDriver) -> None:
    ward.go_to(ward.find(PENICILLIN)).test_skin()
    assert not ward.offers("positive")
    ward.type_second("qian", RIGHT).choose("positive")

    assert ward.notice.startswith("Skin test recorded: (+)")
    row = ward.row(ward.find(PENICILLIN))
    assert row.cells[8].text == "(+)"
    assert "must not be given" in row.cells[9].text


def test_a_row_without_a_skin_test_offers_none(ward: VerifyingDriver) -> None:
    ward.go_to(ward.find(BLOOD))

    assert not ward.can("test")
    ward.go_to(ward.find(PENICILLIN))
    assert ward.can("test")


def test_what_came_in_part_is_said(house: House) -> None:
    house.room.lie_partly()

    for ward in house.ward():
        assert "not been downloaded whole" in ward.caution
        assert "Bed 3, 张伟, MR-003" in ward.caution
        assert ward.state == "content"


def test_an_empty_list_claims_no_more_than_is_known(house: House) -> None:
    house.room = VerifyingRoom(drafts=(), others=())
    for ward in house.ward():
        assert ward.state == "empty"
        assert "No order waits for a nurse." in ward.everything()
    house.room.lie_partly()
    for ward in house.ward():
        assert ward.state == "empty"
        assert "Of what has been downloaded, no order waits for a nurse." in ward.everything()
        assert "No order waits for a nurse." not in ward.everything()


def test_a_list_that_cannot_be_read_says_so_and_is_tried_again(house: House) -> None:
    house.room.reads.fault = Fault(FaultKind.STORAGE, Message.of("cache.not-read"))
    for ward in house.ward():
        assert ward.state == "failed"
        assert ward.counts == ""
        house.room.reads.fault = None
        ward.retry()
        assert ward.state == "content"


def test_enter_leads_to_the_order(house: House) -> None:
    for ward in house.ward():
        ward.go_to(ward.find(BLOOD)).open_order()
        press(ward.page, Qt.Key.Key_O)

    assert [(patient, place) for patient, place, _ in house.diary.patients] == [
        (house.room.drafts[0].patient, "orders")
    ] * 2


def test_the_page_opens_in_its_list_and_leaves_the_keyboard_where_the_user_puts_it(
    ward: VerifyingDriver,
) -> None:
    wards = part(ward.page, QComboBox, "verifying.wards")
    assert ward.table.isAncestorOf(ward.page.window().focusWidget())

    wards.setFocus()
    ward.choose_ward(wards.currentIndex())

    assert wards.hasFocus()
