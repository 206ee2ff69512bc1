"""What a clinician sees of a patient's pathway, and records in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.pathways import FactKind
from app.domain.people import Role
from resources.styles.tokens import Tone
from tests.gui.pages.pathways_driver import PathwayDriver
from tests.support.page_kit import a_dressed_desk, press, settle
from tests.support.pathways_house import PathwayHouse as House
from tests.support.pathways_kit import (
    CAP,
    LI,
    PathwayRoom,
    a_fact,
    a_reason,
)
from ui.runtime.desk import Desk
from widgets.stage_plan import When


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


# --- choosing a pathway ---------------------------------------------------------------------------


def test_what_a_diagnosis_suggests_stands_first_and_says_why(house: House) -> None:
    for page in house.chart():
        first, *others = page.offer().rows

        assert first.key == "cap"
        assert first.cells[0].text == "Community-acquired pneumonia"
        assert first.cells[1].text == "By the diagnosis"
        assert first.cells[1].second == "Community-acquired pneumonia · J18.9"
        assert first.cells[2].text == "standard 7–14 days"
        assert "draft" in first.cells[4].second
        assert {one.cells[1].text for one in others} == {"Not suggested"}
        assert "for K80.1" in {one.cells[1].second for one in others}


def test_enrolling_names_the_exclusions_and_asks_first(house: House) -> None:
    for page in house.chart():
        page.offer().opened.emit("cap")
        settle()
        assert page.sheet_says("why").startswith("Suggested by the diagnosis")
        assert "immunosuppression" in page.sheet_says("exclusion")
        assert "No order is written" in page.sheet_says("text")
        page.answer("back")
        assert page.offer().isVisible()

        page.click("enrol").answer()

        assert page.notice.startswith("Enrolled; saved on this workstation")
        assert page.grid.isVisible()
        assert "today 0 of" in page.counts
        assert not page.offer().isVisible()


def test_a_pathway_nobody_suggests_can_be_chosen_by_name(house: House) -> None:
    for page in house.chart():
        page.offer().go_to("lc")
        press(page.offer(), Qt.Key.Key_E)

        assert "No coded diagnosis" in page.sheet_says("why")
        page.answer()

        assert "The day of the operation is not known" in page.caution
        assert {one.when for one in page.grid.plan.stages[1:]} == {When.UNDATED}


def test_a_nurse_cannot_enrol_and_is_told_why(house: House) -> None:
    house.room.role = Role.NURSE

    for page in house.chart():
        assert not page.can("enrol")
        assert page.why_not("enrol") == "Your role may not do this."


def test_who_is_not_in_hospital_cannot_be_enrolled(house: House) -> None:
    house.room.lies_here = False

    for page in house.chart():
        page.offer().opened.emit("cap")
        settle()
        assert page.notice.startswith("The patient is not in hospital now")
        assert not page.sheet_is_open()


# --- the grid -------------------------------------------------------------------------------------


def test_the_stages_say_where_they_stand_in_words(third_day: PathwayDriver) -> None:
    stages = third_day.grid.plan.stages

    assert [one.word for one in stages] == ["Passed", "Today", "To come", "To come"]
    assert [one.when for one in stages[:3]] == [When.PASSED, When.NOW, When.TO_COME]
    assert stages[1].title == "Days 2 and 3"
    assert stages[1].lines == ("Hospital days 2–3 · 23-Nov – 24-Nov",)


def test_today_is_in_sight_and_the_caret_on_its_first_open_element(
    third_day: PathwayDriver,
) -> None:
    column = third_day.grid.plan.column("day-2-3")

    assert third_day.grid.current == column[0].key
    assert column[0].state == "open"
    viewport = third_day.grid.viewport().rect()
    assert viewport.contains(third_day.grid.box_of(column[0].key))


def test_every_state_has_its_word_its_sign_and_who_and_when(third_day: PathwayDriver) -> None:
    done, explained = third_day.entry("day-1/history"), third_day.entry("day-1/severity")
    met, missed = third_day.entry("day-1/routine"), third_day.entry("day-1/first-note")

    assert (done.state, done.icon, done.second) == ("done", "circle-check", "王建国 · 22-Nov 14:02")
    assert (explained.state, explained.icon) == ("variance", "git-compare")
    assert explained.second.startswith("Put off by the physician · night admission · 王建国")
    assert (met.state, met.icon, met.tone) == ("met by order", "check", Tone.GOOD)
    assert met.second == "Medical ward nursing routine · 22-Nov 14:02"
    assert (missed.state, missed.icon, missed.tone) == ("missed", "triangle-alert", Tone.CAUTION)
    passed_over = third_day.entry("day-1/oxygen")
    assert (passed_over.state, passed_over.second) == ("not done", "optional")
    assert not passed_over.strong
    assert missed.strong
    later = third_day.grid.plan.column("day-4-6")[0]
    assert (later.state, later.icon) == ("not yet", "circle-dashed")


def test_variances_stand_once_more_under_the_rows(third_day: PathwayDriver) -> None:
    (told,) = third_day.grid.plan.cell("variances", "day-1")

    assert told.text == "Severity (CURB-65 or the like)"
    assert told.state == "Put off by the physician"
    third_day.go_to(told.key)
    assert "Variance" in third_day.facts()
    assert third_day.can("take-back")
    assert not third_day.can("tick")


def test_the_head_counts_what_must_be_done(third_day: PathwayDriver) -> None:
    assert "Day 3 of the stay" in third_day.counts
    assert "standard 7–14 days" in third_day.counts
    assert "of 10 mandatory settled" in third_day.counts
    assert "mandatory missed" in third_day.counts
    assert third_day.counts.endswith("1 variance")
    bands = {one.key: one.second for one in third_day.grid.plan.bands}
    assert bands["physician"] == "today 0 of 4"


def test_space_ticks_and_a_second_time_offers_to_take_back(third_day: PathwayDriver) -> None:
    key = third_day.grid.current

    third_day.press(Qt.Key.Key_Space)
    entry = third_day.entry(key)
    assert third_day.notice.startswith("Recorded as done")
    assert (entry.state, entry.local) == ("done", True)
    assert "waiting to send" in entry.second

    third_day.press(Qt.Key.Key_Return)
    assert not third_day.offers()
    third_day.write("why", "wrong patient").answer()
    assert third_day.entry(key).state == "open"
    assert third_day.grid.current == key
    assert "Taken back" in third_day.facts()


def test_v_explains_with_a_reason_of_the_pack(third_day: PathwayDriver) -> None:
    key = third_day.grid.current
    third_day.press(Qt.Key.Key_V)
    assert third_day.sheet_says("about").startswith("Days 2 and 3 · ")
    assert "Patient: Contraindication" in third_day.choices()
    assert not third_day.offers()

    third_day.give("other")
    assert not third_day.offers()  # "other" says nothing without words
    third_day.give(text="patient in theatre").answer()

    assert third_day.notice.startswith("Variance recorded")
    assert third_day.entry(key).state == "variance"
    assert "Other · patient in theatre" in third_day.entry(key).second
    assert third_day.why_not("explain").startswith("It is explained already")


def test_an_order_element_is_not_ticked_and_o_leads_to_its_orders(
    house: House, third_day: PathwayDriver
) -> None:
    third_day.go_to(_ordered(third_day))
    third_day.press(Qt.Key.Key_Space)
    assert third_day.notice.startswith("It is met by an order and cannot be ticked")
    assert not third_day.can("tick")

    third_day.press(Qt.Key.Key_O)

    assert house.diary.patients == [(LI, "orders", f"pathway/e1/{CAP.set_code('day-2-3')}")]


def _ordered(page: PathwayDriver) -> str:
    """The first open element of today's long-term orders."""
    cells = page.grid.plan.cell("long-term", "day-2-3")
    return next(one.key for one in cells if one.state == "open")


def test_the_arrows_walk_through_the_grid(third_day: PathwayDriver) -> None:
    first = third_day.grid.current
    third_day.press(Qt.Key.Key_Down, Qt.Key.Key_Left)
    assert third_day.grid.current.startswith("day-1/")
    third_day.press(Qt.Key.Key_Right, Qt.Key.Key_Up)
    assert third_day.grid.current == first


def test_a_stage_to_come_can_be_explained_and_not_ticked(third_day: PathwayDriver) -> None:
    third_day.go_to(third_day.grid.plan.column("day-4-6")[0].key)

    assert third_day.why_not("tick") == "Its stage has not begun."
    assert third_day.can("explain")


def test_nurses_tick_the_work_of_nurses_and_physicians_theirs(house: House) -> None:
    house.room.enrol()
    house.room.role = Role.NURSE
    for page in house.chart():
        assert page.why_not("tick") == "This is the work of another profession."
        assert page.why_not("complete") == "Your role may not do this."
        nursing = page.grid.plan.cell("nursing", "day-2-3")[0].key
        page.go_to(nursing).press(Qt.Key.Key_Space)
        assert page.entry(nursing).state == "done"
        assert "孙莉" in page.entry(nursing).second
    house.room.role = Role.ATTENDING
    for page in house.chart():
        page.go_to(page.grid.plan.cell("nursing", "day-2-3")[1].key)
        assert page.why_not("tick") == "This is the work of another profession."


def test_a_variance_beside_the_pathway_stands_in_todays_column(third_day: PathwayDriver) -> None:
    third_day.shift(Qt.Key.Key_V)
    third_day.give("physician-extra", "echocardiography").answer()

    (told,) = third_day.grid.plan.cell("variances", "day-2-3")
    assert (told.text, told.state) == ("Beside the pathway", "Something beside the pathway")
    assert "echocardiography" in told.second
    assert third_day.counts.endswith("2 variances")


def test_what_is_done_and_explained_at_once_has_to_be_looked_at(house: House) -> None:
    refuses = a_reason("patient-refuses")
    house.room.enrol(
        None,
        a_fact("day-1", "history", days=2),
        a_fact("day-1", "history", FactKind.VARIANCE, reason=refuses),
        a_fact("day-1", "severity", days=0),
    )
    for page in house.chart():
        entry = page.entry("day-1/history")
        assert entry.state == "done, and explained as not done"
        assert entry.tone is Tone.CAUTION
        assert "after its stage" in page.entry("day-1/severity").second
