from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.people import Privilege, Session
from tests.gui.pages.admin_driver import AdminDriver
from tests.support.admin_kit import ZHOU as ZHOU_HERSELF
from tests.support.admin_kit import Office
from tests.support.desk_kit import Diary, a_session, a_visit
from tests.support.page_kit import a_dressed_desk, opened
from ui.admin.wiring import admin_privilege, admin_workspace
from ui.runtime.desk import Desk

ZHOU = "dr-zhou"


@dataclass
class House:
    desk: Desk
    office: Office = field(default_factory=Office)

    def open(self, focus: str = "", session: Session | None = None) -> Iterator[AdminDriver]:
        held = session or a_session()
        workspace = admin_workspace(self.desk, self.office.sources, admin_privilege(held))
        with opened(workspace, a_visit(Diary(), held, focus), self.desk) as page:
            yield AdminDriver(page)


@pytest.fixture
def house(qapp: QApplication) -> Iterator[House]:
    with a_dressed_desk(qapp) as desk:
        yield House(desk)


@pytest.fixture
def admin(house: House) -> Iterator[AdminDriver]:
    yield from house.open()


def test_a_user_stands_with_role_wards_and_enrolment(admin: AdminDriver) -> None:
    assert admin.words("users", ZHOU) == [
        "Zhou Huimin",
        "zhouhm",
        "resident",
        "Cardiology Ward 3, Intensive Care Unit",
        "12-Nov-2026 14:02",
        "no failed attempts",
        "open",
    ]
    assert admin.words("users", "it-sun")[3:] == [
        "no ward in particular",
        "not recorded",
        "none chosen here yet",
        "closed",
    ]


def test_failed_attempts_and_the_lock_out_are_said_until_it_ends(house: House) -> None:
    house.office.guess(ZHOU_HERSELF, 5)
    for admin in house.open():
        cell = admin.cell("users", ZHOU, 5)
        assert (cell.text, cell.second) == ("5 failed attempts", "locked until 14:03:10")

        house.office.clock.at += timedelta(minutes=1)
        admin.page.pass_time()

        cell = admin.cell("users", ZHOU, 5)
        assert (cell.text, cell.second) == ("5 failed attempts", "")


def test_a_user_is_closed_after_a_question(admin: AdminDriver, house: House) -> None:
    admin.go_to("users", ZHOU)
    admin.click("admin.toggle")
    assert "Zhou Huimin can then no longer sign in" in admin.asks()

    admin.click("sheet.toggle")

    assert not house.office.is_active("zhouhm")
    assert admin.words("users", ZHOU)[-1] == "closed"
    assert admin.button("admin.toggle").text() == "Reopen access"


def test_a_user_stays_open_when_the_answer_is_no(admin: AdminDriver, house: House) -> None:
    admin.go_to("users", ZHOU)
    admin.click("admin.toggle")

    admin.click("sheet.keep")

    assert house.office.is_active("zhouhm")


def test_ones_own_access_cannot_be_closed(admin: AdminDriver) -> None:
    admin.go_to("users", "dr-wang")

    assert not admin.button("admin.toggle").isEnabled()


def test_the_matrix_says_yes_and_no_in_words(admin: AdminDriver) -> None:
    admin.open_section("roles")

    row = admin.words("roles", "manage-users")

    assert row[0] == "manage users"
    assert row.count("yes") == 1
    assert row[-1] == "yes"
    assert set(row[1:-1]) == {"no"}


def test_an_intact_chain_is_called_intact(admin: AdminDriver) -> None:
    admin.open_section("audit")
    assert admin.verdict == "The chain has not been checked on this page yet."

    admin.press(Qt.Key.Key_V)

    assert admin.verdict == "Intact: 7 entries, checked 24-Nov-2026 14:02."


def test_a_broken_chain_is_called_broken_and_where(admin: AdminDriver, house: House) -> None:
    house.office.audit.torn_at = 4
    admin.open_section("audit")

    admin.click("admin.verify")

    assert admin.verdict.startswith("BROKEN at entry 4")


def test_the_audit_is_filtered_by_action(admin: AdminDriver) -> None:
    admin.open_section("audit")

    admin.filter("chart.break-glass")

    assert [row.key for row in admin.table("audit").rows] == ["4", "3"]
    assert admin.words("audit", "3")[3] == "Chart opened in an emergency"


def test_actions_are_worded_and_an_unknown_one_is_shown_as_it_is(admin: AdminDriver) -> None:
    admin.open_section("audit")

    assert admin.words("audit", "5")[3] == "Orders placed"
    assert admin.words("audit", "6")[3] == "odd.action"


def test_an_opening_shows_the_patient_by_id_only(admin: AdminDriver) -> None:
    admin.open_section("break-glass")

    assert admin.words("openings", "3")[1:5] == [
        "周慧敏",
        "7c0f3b1e",
        "病房抢救，需立即了解用药史",
        "to be reviewed",
    ]


def test_an_opening_of_a_colleague_is_reviewed(admin: AdminDriver) -> None:
    admin.open_section("break-glass")
    admin.go_to("openings", "3")

    admin.press(Qt.Key.Key_R)

    assert admin.words("openings", "3")[4:] == ["reviewed", "王建国"]


def test_ones_own_opening_is_left_to_a_colleague(admin: AdminDriver) -> None:
    admin.open_section("break-glass")
    admin.go_to("openings", "4")

    assert admin.words("openings", "4")[4] == "for a colleague"
    assert not admin.button("admin.review").isEnabled()


def test_a_role_with_nothing_to_administer_is_told_so(house: House) -> None:
    lacks = frozenset({Privilege.MANAGE_USERS, Privilege.READ_AUDIT, Privilege.REVIEW_BREAK_GLASS})

    for admin in house.open(session=a_session(lacks=lacks)):
        assert admin.state == "empty"
        assert admin.label("state.empty.text") == "Your role has nothing to administer here."


def test_the_page_speaks_the_other_language_at_once(house: House) -> None:
    for admin in house.open("break-glass"):
        house.desk.languages.switch("zh_CN")
        assert admin.words("openings", "4")[4] == "须由同事复核"
        assert admin.button("admin.review").text() == "标为已复核  (R)"


# -- what was not understood


def test_what_was_not_understood_is_counted_by_kind_and_reason(admin: AdminDriver) -> None:
    admin.open_section("unread")

    rows = [[cell.text for cell in row.cells] for row in admin.table("unread").rows]

    assert [row[:4] for row in rows[:2]] == [
        ["on no page", "Immunization", "12", "A kind of document that has no page yet."],
        ["on no page", "Procedure", "4", "It does not say when it was done."],
    ]
    assert [row[0] for row in rows[-2:]] == ["shown in part", "shown in part"]
    assert rows[-2][2] == "2,521"
    assert admin.table("unread").rows[0].cells[-1].second == "and 9 more"


def test_the_list_can_be_taken_away_as_csv(admin: AdminDriver) -> None:
    taken: list[str] = []
    admin.open_section("unread")
    admin.table("unread").csv_requested.connect(taken.append)

    admin.click("admin.unread.csv")

    (text,) = taken
    assert "Immunization,12,A kind of document that has no page yet." in text


def test_where_everything_was_understood_it_says_so(house: House) -> None:
    house.office.odd = ()
    for admin in house.open("unread"):
        assert admin.state == "empty"
