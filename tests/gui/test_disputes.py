from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.disputes import DisputeKind
from app.domain.people import Privilege, Session
from app.kernel.faults import Fault, FaultKind, Message
from resources.catalogue import Catalogue
from resources.styles.tokens import Tone
from tests.gui.pages.disputes_driver import DisputesDriver
from tests.support.desk_kit import Diary, StillClock, a_session, a_visit
from tests.support.disputes_kit import DOSE_CHANGED, RIGHT, TWICE, Bench, two_orders
from tests.support.page_kit import a_dressed_desk, opened
from ui.disputes.wiring import disputes_workspace
from ui.runtime.desk import Desk

CONFLICT = "dispute-7"


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


def test_a_dose_given_twice_is_ended_by_a_report_and_by_nothing_else(house: House) -> None:
    house.bench.open_disputes.append(TWICE)
    for page in house.open("dispute-9"):
        assert "same dose was recorded as given twice" in page.about
        assert {"赵护士", "钱护士"} <= set(
            " ".join(c.text for r in page.versions.values() for c in r.cells).split()
        )
        assert not page.can("keep")
        assert not page.can("take_back")

        page.press("report")
        assert not page.can_go()
        page.type_reason("seen with the ward lead; no harm").go()

        assert house.bench.reported == [(9, "seen with the ward lead; no harm")]
        assert "dispute-9" not in page.keys


def test_a_conflict_of_versions_has_no_report(page: DisputesDriver) -> None:
    assert page.can("keep")
    assert not page.can("report")


def test_the_ways_for_an_order_are_there_for_orders_only(house: House) -> None:
    house.bench.open_disputes.append(DOSE_CHANGED)
    for page in house.open():
        page.go_to(CONFLICT)
        assert not page.shows("anew")
        page.go_to("dispute-12")
        assert page.shows("anew")
        assert page.shows("replace")
        assert "by the record of this change" in page.about
        assert "肾功能减退" in page.about


def test_theirs_is_stopped_and_mine_ordered_with_reason_and_second_person(house: House) -> None:
    house.bench.open_disputes.append(DOSE_CHANGED)
    for page in house.open():
        page.go_to("dispute-12").press("replace").type_reason("按体重")
        assert not page.can_go()
        page.type_witness("li", RIGHT)
        assert page.can_go()
        page.go()

    assert house.bench.instead is not None
    assert house.bench.instead.kind == "order.replace"


def test_what_would_be_sent_can_be_read(house: House) -> None:
    for page in house.open():
        page.go_to(CONFLICT).press("bundle")
        assert '"MedicationRequest"' in page.bundle


def test_an_export_says_what_it_means_and_asks_why(house: House) -> None:
    for page in house.open():
        page.go_to(CONFLICT).press("export")
        assert "leaves the encrypted cache" in page.export_text
        assert not page.can_go()
        page.type_export_reason("信息科要")
        assert page.can_go()


def test_what_a_check_found_after_a_merge_is_said(house: House) -> None:
    sides = replace(two_orders(), findings=(Message.of("order.missing-dose"),))
    checked = replace(DOSE_CHANGED, kind=DisputeKind.CHECK_AFTER_MERGE)
    house.bench.open_disputes.append(checked)
    house.bench.sides_now[12] = replace(sides, dispute=checked)
    for page in house.open():
        page.go_to("dispute-12")
        assert "Two changes were merged" in page.about
        assert Catalogue.load("en").sentence("order.missing-dose") in page.about
        assert page.can("keep")
        assert page.can("take_back")
