from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.people import Privilege, Session
from app.kernel.faults import Fault, FaultKind, Message
from resources.styles.tokens import Tone
from tests.gui.pages.disputes_driver import DisputesDriver
from tests.support.desk_kit import Diary, StillClock, a_session, a_visit
from tests.support.disputes_kit import RIGHT, Bench
from tests.support.page_kit import a_dressed_desk, opened
from ui.disputes.wiring import disputes_workspace
from ui.runtime.desk import Desk


@dataclass
class House:
    desk: Desk
    bench: Bench = field(default_factory=Bench)
    session: Session | None = None

    def open(self, focus: str = "") -> Iterator[DisputesDriver]:
        workspace = disputes_workspace(self.desk, self.bench.deciding, StillClock())
        with opened(workspace, a_visit(Diary(), self.session, focus=focus), self.desk) as page:
            yield DisputesDriver(page)


@pytest.fixture
def house(qapp: QApplication) -> Iterator[House]:
    with a_dressed_desk(qapp) as desk:
        yield House(desk)


@pytest.fixture
def page(house: House) -> Iterator[DisputesDriver]:
    yield from house.open("dispute-7")


def test_both_versions_stand_beside_what_they_began_with(page: DisputesDriver) -> None:
    status = page.versions["status"]

    assert [cell.text for cell in status.cells] == ["Status", "active", "stopped", "on hold"]
    assert [cell.tone for cell in status.cells[2:]] == [Tone.CAUTION, Tone.CAUTION]
    assert all(cell.icon for cell in status.cells[2:])
    assert page.versions["same-dosageInstruction"].faded
    assert page.versions["same-authoredOn"].cells[1].text == "23-Nov-2026 09:00"
    assert "陈国栋" in page.about


def test_the_version_here_is_kept_once_a_reason_is_given(
    house: House, page: DisputesDriver
) -> None:
    page.press("keep")
    assert not page.can_go()

    page.type_reason("bleeding").go()

    assert house.bench.kept == [(7, "bleeding")]
    assert "dispute-7" not in page.keys


def test_a_dangerous_act_is_taken_back_by_two(house: House, page: DisputesDriver) -> None:
    page.press("take_back").type_reason("wrong patient")
    assert not page.can_go()

    page.type_witness("li", RIGHT).go()

    assert house.bench.taken_back[0][1].witness == "li"
    assert "dispute-7" not in page.keys


def test_a_wrong_passphrase_of_the_second_person_changes_nothing(
    house: House, page: DisputesDriver
) -> None:
    page.press("take_back").type_reason("wrong patient").type_witness("li", "guess").go()

    assert house.bench.taken_back == []
    assert "dispute-7" in page.keys
    assert page.notice.startswith("User name or passphrase is wrong.")
    assert "signed out" not in page.notice


def test_a_refused_act_is_tried_again(house: House, page: DisputesDriver) -> None:
    page.go_to("refused-refused")
    assert "attachment" in page.about
    assert not page.can("keep")

    page.press("send")

    assert house.bench.station.released == ["refused"]


def test_who_may_not_decide_sees_everything_and_presses_nothing(house: House) -> None:
    house.session = a_session(lacks=frozenset({Privilege.RESOLVE_CONFLICT}))

    for page in house.open("dispute-7"):
        assert page.versions
        assert not any(page.can(button) for button in ("keep", "send", "take_back"))


def test_nothing_to_decide_says_so(house: House) -> None:
    house.bench.open_disputes = []
    house.bench.station.reads.held = []

    for page in house.open():
        assert page.state == "empty"


def test_what_cannot_be_read_says_that_nothing_is_lost(house: House) -> None:
    house.bench.fault = Fault(FaultKind.STORAGE, Message.of("storage.io"))

    for page in house.open():
        assert page.state == "failed"
