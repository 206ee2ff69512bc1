from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.sending import Announcing, Connection, Fetching, SendingStatus
from app.kernel.changes import Changed
from app.kernel.faults import Fault, FaultKind, Message
from resources.styles.tokens import Tone
from tests.gui.pages.queue_driver import QueueDriver
from tests.support.desk_kit import Diary, StillClock, a_visit
from tests.support.page_kit import a_dressed_desk, opened
from tests.support.queue_kit import SERVER_SAID, Station
from ui.queue.wiring import queue_workspace
from ui.runtime.desk import Desk

_OUTBOX = Changed(frozenset({"outbox"}))


@dataclass
class House:
    desk: Desk
    station: Station
    diary: Diary

    def open(self, focus: str = "") -> Iterator[QueueDriver]:
        workspace = queue_workspace(self.desk, self.station.services, StillClock())
        with opened(workspace, a_visit(self.diary, focus=focus), self.desk) as page:
            yield QueueDriver(page)


@pytest.fixture
def house(qapp: QApplication) -> Iterator[House]:
    with a_dressed_desk(qapp) as desk:
        yield House(desk, Station(), Diary())


@pytest.fixture
def queue(house: House) -> Iterator[QueueDriver]:
    yield from house.open()


def test_the_head_says_what_needs_attention(queue: QueueDriver) -> None:
    assert queue.headline == ("3 entries need attention, 4 waiting to be sent. Nothing is lost.")


def test_the_head_says_that_all_is_sent_when_it_is(house: House) -> None:
    house.station.reads.held = []
    house.station.now_status = SendingStatus(Connection.ONLINE, last_pass_complete=True)

    for queue in house.open():
        assert queue.headline == "Everything has been sent."
        assert queue.state == "empty"


@pytest.mark.parametrize(
    ("announcing", "said"),
    [
        (Announcing.HEARD, "announced by the server, and asked for every 15 s besides"),
        (Announcing.TRYING, "every 15 s. The server is not announcing them at the moment"),
        (Announcing.NOT_OFFERED, "every 15 s. The server does not announce them"),
        (Announcing.OFF, "every 15 s. Announcements are switched off here"),
    ],
)
def test_the_head_says_how_changes_come_here(
    house: House, announcing: Announcing, said: str
) -> None:
    house.station.now_fetching = Fetching(15, announcing)

    for queue in house.open():
        assert said in queue.contact


def test_where_nobody_fetches_nothing_is_said_of_it(queue: QueueDriver) -> None:
    assert "asked for every" not in queue.contact


def test_a_row_says_what_whose_who_and_why(queue: QueueDriver) -> None:
    assert queue.words("waiting") == [
        "Order stopped",
        "李明",
        "Waits to retry",
        "Waits for an earlier entry that needs attention.",
        "24-Nov-2026 13:32",
        "王建国",
    ]


def test_a_row_says_how_often_it_was_tried_and_when_it_is_tried_next(queue: QueueDriver) -> None:
    assert queue.row("waiting").cells[2].second == "3 attempts, next 14:04"
    assert queue.row("rejected").cells[2].second == "1 attempt"
    assert queue.row("saved").cells[2].second == ""


def test_every_state_has_a_word_and_an_icon(queue: QueueDriver) -> None:
    states = {row.key: row.cells[2] for row in queue.table.rows}

    assert len({cell.text for cell in states.values()}) == 8
    assert all(cell.icon for cell in states.values())


def test_what_is_only_here_is_hatched_and_what_is_confirmed_is_not(queue: QueueDriver) -> None:
    assert queue.row("saved").tone is Tone.LOCAL
    assert queue.row("confirmed").tone is Tone.PLAIN


def test_the_details_give_the_servers_own_words(queue: QueueDriver) -> None:
    queue.go_to("rejected")

    assert queue.server_said() == SERVER_SAID
    assert "Refused by server" in queue.details()


def test_no_words_of_the_server_are_shown_where_there_are_none(queue: QueueDriver) -> None:
    queue.go_to("saved")

    assert queue.server_said() == ""


def test_the_version_is_shown_when_the_server_has_confirmed(queue: QueueDriver) -> None:
    queue.go_to("confirmed")
    assert "7" in queue.details()

    queue.go_to("saved")
    assert "none: not confirmed yet" in queue.details()


def test_a_refused_group_is_sent_again_with_one_key(queue: QueueDriver, house: House) -> None:
    queue.go_to("rejected")

    queue.press(Qt.Key.Key_R)

    assert house.station.released == ["rejected"]
    assert queue.words("rejected")[2] == "Saved here"


def test_a_held_group_is_sent_after_a_question(queue: QueueDriver, house: House) -> None:
    queue.go_to("held")

    queue.click("queue.retry")
    assert "Send anyway?" in queue.asks()
    assert house.station.released == []

    queue.click("sheet.send")
    assert house.station.released == ["held"]


def test_a_held_group_stays_when_the_answer_is_no(queue: QueueDriver, house: House) -> None:
    queue.go_to("held")
    queue.click("queue.retry")

    queue.click("sheet.keep")

    assert house.station.released == []
    assert queue.words("held")[2] == "Held back"


@pytest.mark.parametrize(("key", "may"), [("rejected", True), ("conflict", False)])
def test_only_what_can_be_sent_again_offers_it(queue: QueueDriver, key: str, may: bool) -> None:  # noqa: FBT001 - a table
    queue.go_to(key)

    assert queue.can_click("queue.retry") is may


def test_a_retry_that_fails_is_said(queue: QueueDriver, house: House) -> None:
    house.station.fault = Fault(FaultKind.STORAGE, Message.of("storage.full"))
    queue.go_to("rejected")

    queue.click("queue.retry")

    assert queue.notice.startswith("The disk is full.")


def test_the_focus_of_a_visit_is_selected(house: House) -> None:
    for queue in house.open("held"):
        assert queue.table.current == "held"
        assert "Held back" in queue.details()


def test_a_part_with_nothing_says_so(queue: QueueDriver, house: House) -> None:
    house.station.reads.held = house.station.reads.held[:1]
    queue.list_part("attention")
    house.desk.feed.publish(_OUTBOX)

    assert queue.state == "empty"


def test_csv_holds_the_shown_rows(queue: QueueDriver) -> None:
    lines = queue.table.as_csv().splitlines()

    assert lines[0].startswith("What,Patient,State")
    assert len(lines) == 9


def test_the_page_speaks_the_other_language_at_once(queue: QueueDriver, house: House) -> None:
    house.desk.languages.switch("zh_CN")

    assert queue.headline.startswith("3 项需要处理")
    assert queue.words("rejected")[2] == "服务器拒收"


def test_a_failure_says_what_is_safe(house: House) -> None:
    house.station.reads.fault = Fault(FaultKind.STORAGE, Message.of("storage.io"))

    for queue in house.open():
        assert queue.state == "failed"
        assert "queue.head" not in queue.headline


def test_a_refusal_in_the_servers_words_is_not_said_to_have_no_reason(queue: QueueDriver) -> None:
    why = queue.words("rejected")[3]

    assert why == "The server refused it. Its own words stand in the details."


@pytest.mark.parametrize(
    ("connection", "why"),
    [
        (Connection.ONLINE, "Nothing holds it up. It goes with the next round."),
        (Connection.SYNCING, "Nothing holds it up. It goes with the next round."),
        (Connection.OFFLINE, "The server is out of reach. It goes as soon as it answers."),
        (Connection.SIGNED_OUT, "The server is out of reach. It goes as soon as it answers."),
    ],
)
def test_nothing_is_said_to_go_with_the_next_round_while_the_server_is_out_of_reach(
    house: House, connection: Connection, why: str
) -> None:
    house.station.now_status = SendingStatus(connection, waiting=4)

    for queue in house.open():
        assert queue.words("saved")[3] == why


def test_e_leads_to_the_decision(queue: QueueDriver, house: House) -> None:
    queue.go_to("conflict")
    queue.press(Qt.Key.Key_E)
    assert house.diary.places == [("disputes", "conflict")]

    queue.go_to("saved")
    assert not queue.can_click("queue.decide")


def test_a_failed_reading_of_an_empty_queue_is_not_hidden(house: House) -> None:
    house.station.reads.held = []
    for queue in house.open():
        assert queue.state == "empty"
        house.station.reads.fault = Fault(FaultKind.STORAGE, Message.of("storage.io"))

        house.desk.feed.publish(_OUTBOX)

        assert queue.state == "content"
        assert queue.missing


def test_nothing_is_counted_before_it_is_known(house: House) -> None:
    for queue in house.open():
        assert "All 8" in queue.listed_part

    house.station.reads.fault = Fault(FaultKind.STORAGE, Message.of("storage.io"))
    for queue in house.open():
        assert "All" in queue.listed_part
        assert "0" not in queue.listed_part
