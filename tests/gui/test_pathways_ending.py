"""How a pathway is dated and ended, and what is said where something is not known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.pathways import FactKind
from app.kernel.faults import Fault, FaultKind, Message
from tests.gui.pages.pathways_driver import PathwayDriver
from tests.support.desk_kit import NOW
from tests.support.page_kit import a_dressed_desk, part, settle
from tests.support.pathways_house import PathwayHouse as House
from tests.support.pathways_kit import (
    CAP,
    GALLSTONES,
    LC,
    PathwayRoom,
    a_fact,
    a_reason,
    an_enrolment,
)
from ui.runtime.desk import Desk
from widgets.stage_plan import When
from widgets.table import Table

BROKEN = Fault(FaultKind.STORAGE, Message.of("cache.not-read"))


@pytest.fixture(scope="module")
def desk(qapp: QApplication) -> Iterator[Desk]:
    """One for all tests here: a page that has left leaves nothing on it."""
    with a_dressed_desk(qapp) as desk:
        yield desk


@pytest.fixture
def house(desk: Desk) -> House:
    desk.languages.switch("en")
    return House(desk, PathwayRoom(desk))


@pytest.fixture
def third_day(house: House) -> Iterator[PathwayDriver]:
    """Pneumonia, day 3: one thing done, one explained, five orders."""
    yield from house.third_day()


# --- the operation --------------------------------------------------------------------------------


def test_the_day_of_the_operation_dates_the_stages(house: House) -> None:
    house.room.diagnoses = (GALLSTONES,)
    house.room.enrol(an_enrolment(LC))
    for page in house.chart():
        page.press(Qt.Key.Key_D)
        page.write("day", "24.11.2026")
        assert not page.offers()
        assert "This is no date." in page.everything()
        page.write("day", "2026-11-24").answer()

        stages = page.grid.plan.stages
        assert [one.word for one in stages if one.key == "operation"] == ["Today"]
        assert stages[2].lines == ("Day of operation · 24-Nov",)
        assert stages[1].lines == ("Day 1 before operation · 23-Nov",)
        assert stages[4].lines == (
            "Day 2 after operation – Day 4 after operation · 26-Nov – 28-Nov",
        )
        assert page.caution == ""
        page.press(Qt.Key.Key_D)
        assert page.sheet_says("known") == "Counted so far from 24-Nov-2026."


def test_a_pathway_without_an_operation_asks_for_no_day(third_day: PathwayDriver) -> None:
    assert third_day.why_not("operation") == "This pathway has no operation."


# --- ending ---------------------------------------------------------------------------------------


def test_completing_lists_what_is_neither_done_nor_explained(third_day: PathwayDriver) -> None:
    third_day.shift(Qt.Key.Key_C)

    assert third_day.sheet_says("text").startswith("The pathway cannot be completed: 2")
    said = third_day.sheet_says("against")
    assert (
        "Day 1 · Main work of physicians · First progress note and admission note: missed" in said
    )
    assert said.splitlines()[-1].startswith("and ")
    assert not third_day.offers()
    third_day.answer("back")
    assert third_day.ended == ""


def test_a_pathway_whose_work_is_done_is_completed(house: House) -> None:
    must = [one for one in CAP.elements if one.mandatory]
    reason = a_reason("patient-early")
    facts = [
        a_fact(one.stage, one.key, FactKind.VARIANCE, reason=reason)
        for one in must
        if one.row.ordered
    ]
    facts += [a_fact(one.stage, one.key) for one in must if not one.row.ordered]
    house.room.admitted_days = 7
    house.room.enrol(None, *facts)
    for page in house.chart():
        page.shift(Qt.Key.Key_C)
        assert page.sheet_says("text").startswith("Everything that must be done")
        page.answer()

        assert page.notice.startswith("Pathway completed")
        assert page.ended.startswith("Completed on 24-Nov-2026 14:02. Nothing can be recorded")
        assert page.why_not("tick") == "This pathway has ended."
        page.choose_in("enrolments", "")
        assert page.offer().isVisible()


def test_leaving_asks_for_a_reason_and_stays_in_sight(third_day: PathwayDriver) -> None:
    third_day.shift(Qt.Key.Key_L)
    assert "Staff: Another diagnosis; entry criteria no longer met" in third_day.choices()
    third_day.give("exit-diagnosis", "tuberculosis").answer()

    assert "Left on 24-Nov-2026 14:02: Another diagnosis" in third_day.ended
    assert "tuberculosis" in third_day.ended
    assert third_day.grid.isVisible()
    assert not third_day.can("explain")
    # Whoever looks at it next week does not read that a stage of then is that of today.
    assert third_day.grid.plan.stages[1].word == "When it ended"


def test_two_pathways_of_one_stay_are_told(house: House) -> None:
    house.room.enrol(an_enrolment())
    house.room.enrol(an_enrolment(LC, "e2", days=1))
    for page in house.chart():
        assert "on another pathway of this stay" in page.caution
        assert "Gallstones" in page.caution
        page.choose_in("enrolments", "e2")
        assert page.grid.plan.stages[0].title == "Days 1 and 2 (assessment)"


# --- what is not known ----------------------------------------------------------------------------


def test_an_unknown_version_is_shown_as_recorded_and_not_judged(house: House) -> None:
    enrolment = replace(an_enrolment(), origin="cap|9")
    house.room.enrol(enrolment, a_fact("day-1", "history", days=2))
    for page in house.chart():
        assert "does not know the pathway cap in version 9" in page.caution
        assert page.rows("record") == [
            ["Done", "History and examination", "—", "王建国", "22-Nov-2026 14:02"]
        ]
        assert page.counts == ""
        assert not page.grid.isVisible()
        assert page.can("leave")
        page.click("take-back")
        page.write("why", "twice").answer()
        (row,) = part(page.page, Table, "pathway.record").rows
        assert (row.cells[0].second, row.cells[0].struck) == ("Taken back", True)
        assert not page.can("take-back")


def test_a_chart_that_came_in_part_says_what_may_be_missing(house: House) -> None:
    house.room.enrol()
    house.room.whole = False
    for page in house.chart():
        assert "has not been downloaded whole" in page.caution
        assert page.state == "content"


def test_a_stay_without_a_day_of_admission_has_no_dates(house: House) -> None:
    house.room.admitted_days = -1
    house.room.enrol()
    for page in house.chart():
        assert "The day of admission is not recorded" in page.caution
        assert "Day of the stay not known" in page.counts
        assert {one.word for one in page.grid.plan.stages} == {"Date not known"}


def test_a_failed_reading_says_so_and_is_tried_again(house: House) -> None:
    house.room.enrol()
    house.room.fault = BROKEN
    for page in house.chart():
        assert page.state == "failed"
        assert "nothing of it was changed" in page.everything()
        house.room.fault = None
        page.retry()
        assert page.state == "content"
        house.room.fault = BROKEN
        page.retry()
        assert page.state == "content"  # what was read stays, and nothing is recorded on it
        assert not page.can("tick")


def test_a_refused_act_says_why_and_changes_nothing(house: House) -> None:
    house.room.enrol()
    for page in house.chart():
        key = page.grid.current
        house.room.clock.at = NOW + timedelta(days=3)  # the lease has ended meanwhile
        page.press(Qt.Key.Key_Space)
        assert page.entry(key).state != "done"
        assert page.notice != ""
        assert not page.notice.startswith("Recorded as done")


# --- the page -------------------------------------------------------------------------------------


def test_a_day_that_begins_moves_today_on(house: House) -> None:
    house.room.enrol()
    for page in house.chart():
        house.room.clock.at = NOW + timedelta(days=1)
        page.page.pass_time()  # type: ignore[attr-defined]  # `FollowsTime`
        settle()
        assert page.grid.plan.stages[2].when is When.NOW


def test_a_visit_may_name_the_enrolment(house: House) -> None:
    house.room.enrol(an_enrolment())
    house.room.enrol(an_enrolment(LC, "e2", days=1))
    for page in house.chart("e2"):
        assert page.grid.plan.stages[0].key == "assessment"
        page.page.focus_on("e1")  # type: ignore[attr-defined]  # `TakesFocus`
        settle()
        assert page.grid.plan.stages[0].key == "day-1"


def test_a_pathway_needs_a_patient(house: House) -> None:
    with pytest.raises(ValueError):
        next(house.chart(patient=None))


def test_a_sheet_hides_the_page_from_its_keys(third_day: PathwayDriver) -> None:
    third_day.press(Qt.Key.Key_V)
    third_day.press(Qt.Key.Key_U, Qt.Key.Key_V)
    third_day.answer("back")

    assert not third_day.sheet_is_open()


def test_both_languages_say_it(house: House, third_day: PathwayDriver) -> None:
    house.desk.languages.switch("zh_CN")
    settle()

    assert third_day.entry("day-1/history").state == "已完成"
    assert [one.word for one in third_day.grid.plan.stages[:3]] == ["已过", "今天", "未到"]
    assert third_day.grid.plan.stages[1].lines == ("住院第 2–3 天 · 11-23 至 11-24",)
    assert "变异 1 项" in third_day.counts
