from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.kernel.changes import Changed
from app.kernel.faults import AppError, Fault, FaultKind, Message
from resources.styles.tokens import Tone
from tests.gui.pages.inbox_driver import InboxDriver
from tests.support.desk_kit import Diary, a_session, a_visit
from tests.support.inbox_kit import PEOPLE, PostRoom
from tests.support.page_kit import a_dressed_desk, opened
from ui.inbox.wiring import inbox_workspace
from ui.runtime.desk import Desk


@dataclass
class House:
    desk: Desk
    room: PostRoom = field(default_factory=PostRoom)
    diary: Diary = field(default_factory=Diary)

    def open(self) -> Iterator[InboxDriver]:
        workspace = inbox_workspace(
            self.desk, self.room.keeping, self.room.drafting, lambda: PEOPLE, self.room.clock
        )
        with opened(workspace, a_visit(self.diary), self.desk) as page:
            yield InboxDriver(page)


@pytest.fixture
def house(qapp: QApplication) -> Iterator[House]:
    with a_dressed_desk(qapp) as desk:
        yield House(desk)


@pytest.fixture
def inbox(house: House) -> Iterator[InboxDriver]:
    yield from house.open()


def test_an_urgent_overdue_task_says_both(inbox: InboxDriver) -> None:
    cells = inbox.row("ack").cells

    assert cells[0].text == "Urgent"
    assert cells[5].text == "24-Nov-2026 13:47"
    assert cells[5].second == "overdue"
    assert cells[5].hover == "15 min ago"


def test_a_task_of_a_foreign_code_is_a_task(inbox: InboxDriver) -> None:
    assert inbox.row("verify").cells[1].text == "Task"
    assert inbox.row("sign").cells[1].text == "Countersign"


def test_what_has_not_been_sent_is_hatched_and_said(inbox: InboxDriver) -> None:
    assert inbox.row("sign").tone is Tone.LOCAL
    assert inbox.row("sign").cells[2].second == "on this workstation – waiting to send"
    assert inbox.row("mail").tone is Tone.PLAIN


def test_a_message_is_read_whole_beside_the_list(inbox: InboxDriver) -> None:
    inbox.go_to("mail")

    assert "家属" in inbox.label("details.title")
    assert inbox.button("inbox.complete").text() == "Mark as read  (D)"


def test_d_completes_what_one_is_on(inbox: InboxDriver, house: House) -> None:
    inbox.go_to("ack")

    inbox.press(Qt.Key.Key_D)

    assert house.room.done() == ["task.complete"]


def test_a_completion_that_fails_is_said(inbox: InboxDriver, house: House) -> None:
    house.room.acts.refusing = AppError(Fault(FaultKind.STORAGE, Message.of("storage.full")))
    inbox.go_to("ack")

    inbox.click("inbox.complete")

    assert inbox.notice.startswith("The disk is full.")


def test_the_patient_is_opened_from_an_item(inbox: InboxDriver, house: House) -> None:
    inbox.go_to("ack")

    inbox.click("inbox.open")

    assert house.diary.patients == [("li-ming", "results", "Observation/k-1")]


def test_a_message_is_written_and_sent_by_keyboard(inbox: InboxDriver, house: House) -> None:
    inbox.press(Qt.Key.Key_N)
    assert inbox.letter_is_open
    inbox.address("dr-zhou")
    inbox.type_text("请会诊")
    assert inbox.page.draft_is_open

    inbox.press_ctrl_enter()

    assert house.room.done() == ["message.send"]
    assert inbox.notice == "The message is saved on this workstation and waits to be sent."
    assert not inbox.letter_is_open
    assert not inbox.page.draft_is_open


def test_sending_is_off_until_the_message_is_whole(inbox: InboxDriver) -> None:
    inbox.click("inbox.write")
    inbox.type_text("请会诊")
    assert not inbox.button("inbox.letter.send").isEnabled()

    inbox.address("dr-zhou")
    assert inbox.button("inbox.letter.send").isEnabled()


def test_a_message_that_cannot_be_saved_stays_on_the_screen(
    inbox: InboxDriver, house: House
) -> None:
    house.room.acts.refusing = AppError(Fault(FaultKind.STORAGE, Message.of("storage.full")))
    inbox.click("inbox.write")
    inbox.address("dr-zhou")
    inbox.type_text("请会诊")

    inbox.click("inbox.letter.send")

    assert inbox.letter_is_open
    assert inbox.typed() == "请会诊"


def test_a_typed_message_is_discarded_only_after_a_question(inbox: InboxDriver) -> None:
    inbox.click("inbox.write")
    inbox.type_text("请会诊")

    inbox.click("inbox.letter.discard")
    assert inbox.letter_is_open
    inbox.click("sheet.keep")
    assert inbox.typed() == "请会诊"

    inbox.click("inbox.letter.discard")
    inbox.click("sheet.discard")
    assert not inbox.letter_is_open


def test_an_empty_message_is_discarded_without_a_question(inbox: InboxDriver) -> None:
    inbox.click("inbox.write")

    inbox.click("inbox.letter.discard")

    assert not inbox.letter_is_open


def test_an_empty_inbox_says_so(house: House) -> None:
    house.room.reads.held = []

    for inbox in house.open():
        assert inbox.state == "empty"
        assert inbox.label("state.empty.text") == "Nothing waits for you or your role."


def test_the_page_speaks_the_other_language_and_keeps_what_is_typed(
    inbox: InboxDriver, house: House
) -> None:
    inbox.click("inbox.write")
    inbox.address("dr-zhou")
    inbox.type_text("请会诊")

    house.desk.languages.switch("zh_CN")

    assert inbox.row("ack").cells[0].text == "紧急"
    assert inbox.typed() == "请会诊"
    assert inbox.button("inbox.letter.send").isEnabled()


# -- the draft of a message


def kept(house: House) -> int:
    return len(house.room.drafting.open(a_session()))


def test_what_is_typed_is_kept_within_two_seconds(
    inbox: InboxDriver, house: House, qtbot: QtBot
) -> None:
    inbox.press(Qt.Key.Key_N)
    inbox.type_text("请会诊")

    qtbot.waitUntil(lambda: kept(house) == 1, timeout=2500)


def test_leaving_the_page_keeps_the_last_letter(house: House) -> None:
    for inbox in house.open():
        inbox.press(Qt.Key.Key_N)
        inbox.type_text("最后一个字")

    assert kept(house) == 1


def test_the_message_is_back_at_its_caret_with_its_time(house: House) -> None:
    for inbox in house.open():
        inbox.press(Qt.Key.Key_N)
        inbox.address("dr-zhou")
        inbox.type_text("请会诊")
        inbox.caret_to(1)
        inbox.type_text("今天")
    for inbox in house.open():
        assert inbox.letter_is_open
        assert inbox.typed() == "请今天会诊"
        assert inbox.addressee() == "dr-zhou"
        assert inbox.label("letter.restored") == "Draft of 24-Nov-2026 14:02 restored."
        inbox.type_text("就")
        assert inbox.typed() == "请今天就会诊"
        inbox.press_ctrl_enter()

    assert house.room.done() == ["message.send"]
    assert kept(house) == 0


def test_escape_puts_the_message_aside_and_n_takes_it_up_again(
    inbox: InboxDriver, house: House
) -> None:
    inbox.press(Qt.Key.Key_N)
    inbox.type_text("请会诊")

    inbox.press_escape()
    assert not inbox.letter_is_open
    assert kept(house) == 1
    assert inbox.button("inbox.write").text() == "Go on writing  (N)"

    inbox.press(Qt.Key.Key_N)
    assert inbox.typed() == "请会诊"


def test_a_discarded_message_is_gone_for_good(inbox: InboxDriver, house: House) -> None:
    inbox.click("inbox.write")
    inbox.type_text("请会诊")
    inbox.click("inbox.letter.discard")
    inbox.click("sheet.discard")

    assert kept(house) == 0


def test_a_message_that_cannot_be_kept_says_so(house: House) -> None:
    house.room.drafts.refusing = AppError(Fault(FaultKind.STORAGE, Message.of("storage.full")))
    for inbox in house.open():
        inbox.click("inbox.write")
        inbox.type_text("请会诊")
        inbox.page.hide()
        inbox.page.show()

        assert inbox.letter_fault.startswith("The disk is full.")
        assert inbox.typed() == "请会诊"


def test_a_failed_reading_of_an_empty_inbox_is_not_hidden(house: House) -> None:
    house.room.reads.held = []
    for inbox in house.open():
        assert inbox.state == "empty"
        house.room.reads.fault = Fault(FaultKind.STORAGE, Message.of("storage.io"))

        house.desk.feed.publish(Changed(frozenset({"task"})))

        assert inbox.state == "content"
        assert inbox.missing


def test_nothing_is_counted_before_it_is_known(house: House) -> None:
    for inbox in house.open():
        assert "All 4" in inbox.listed_part

    house.room.reads.fault = Fault(FaultKind.STORAGE, Message.of("storage.io"))
    for inbox in house.open():
        assert "All" in inbox.listed_part
        assert "0" not in inbox.listed_part
