"""What a clinician sees of the pathways of a ward: who is on one, and the figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.pathways import FactKind
from app.kernel.faults import Fault, FaultKind, Message
from resources.styles.tokens import Tone
from tests.gui.pages.pathways_driver import WardPathwaysDriver
from tests.support.desk_kit import NOW, Diary, a_visit
from tests.support.page_kit import a_dressed_desk, opened, settle
from tests.support.pathways_kit import (
    LI,
    PathwayRoom,
    a_fact,
    a_reason,
    an_enrolment,
    ended_before,
    orders_of,
)
from ui.pathways.wiring import ward_pathways_workspace
from ui.runtime.desk import Desk


@dataclass
class House:
    desk: Desk
    room: PathwayRoom
    diary: Diary

    def ward(self, focus: str = "ward-3") -> Iterator[WardPathwaysDriver]:
        workspace = ward_pathways_workspace(self.desk, self.room.ward_sources)
        visit = a_visit(self.diary, self.room.session(), focus)
        with opened(workspace, visit, self.desk) as page:
            yield WardPathwaysDriver(page)


@pytest.fixture(scope="module")
def desk(qapp: QApplication) -> Iterator[Desk]:
    """One for all tests here: a page that has left leaves nothing on it."""
    with a_dressed_desk(qapp) as desk:
        yield desk


@pytest.fixture
def house(desk: Desk) -> House:
    desk.languages.switch("en")
    room = PathwayRoom(desk)
    later = a_reason("physician-later")
    room.enrol(None, a_fact("day-1", "severity", FactKind.VARIANCE, reason=later))
    room.orders = orders_of("day-1", "routine", "level")
    return House(desk, room, Diary())


@pytest.fixture
def figures(house: House) -> Iterator[WardPathwaysDriver]:
    """One goes on, two were completed after 9 and 16 days, one has left."""
    room = house.room
    for key, days, status in (
        ("c9", 9, "completed"),
        ("c16", 16, "completed"),
        ("l", 4, "revoked"),
    ):
        enrolment, stay = ended_before(key, days, status)
        room.enrol(enrolment)
        room.past = (*room.past, stay)
    for page in house.ward():
        page.show("figures")
        yield page


def test_who_is_on_a_pathway_with_what_is_open_today(house: House) -> None:
    for page in house.ward():
        (row,) = page.rows("patients")

        assert row[:5] == [
            "12", "LI Ming", "Community-acquired pneumonia", "Days 2 and 3", "day 3 of at most 14",
        ]  # fmt: skip
        assert row[5] == "9 of 10 open"
        assert row[6].endswith(" missed")
        assert row[7] == "1 variance"
        cells = page.table("patients").rows[0].cells
        assert (cells[6].tone, cells[6].icon) == (Tone.CAUTION, "triangle-alert")
        assert cells[2].second == "version 1"
        assert page.counts == "1 patient on a pathway now"
        assert page.caution == ""


def test_enter_and_the_button_open_the_grid_of_the_patient(house: House) -> None:
    for page in house.ward():
        page.open_grid()
        page.table("patients").opened.emit("e1")
        settle()

    assert house.diary.patients == [(LI, "pathway", "e1")] * 2


def test_who_stays_longer_than_the_standard_stands_out_in_words(house: House) -> None:
    house.room.admitted_days = 20
    for page in house.ward():
        cell = page.table("patients").rows[0].cells[4]

        assert (cell.text, cell.second) == ("day 21 of at most 14", "longer than the standard")
        assert page.rows("patients")[0][3] == "no stage today"
        assert page.rows("patients")[0][5] == "nothing today"


def test_a_version_that_is_not_known_is_not_judged(house: House) -> None:
    house.room.enrol(replace(an_enrolment(), origin="cap|9"))
    for page in house.ward():
        (row,) = page.rows("patients")

        assert row[3:7] == ["—", "Hospital day 3", "—", "—"]
        assert row[7] == "version not known here"


def test_figures_have_their_denominators_and_their_period(figures: WardPathwaysDriver) -> None:
    (row,) = figures.table("figures").rows
    cells = row.cells

    assert [one.text for one in cells[1:5]] == ["4", "1", "2", "1"]
    assert (cells[5].text, cells[5].second) == ("67\N{NO-BREAK SPACE}%", "2 of 3 ended")
    assert (cells[6].text, cells[6].second) == ("25\N{NO-BREAK SPACE}%", "1 of 4 enrolled")
    assert cells[7].text == "median 12.5 days; 1 of 2 within the standard"
    assert "standard 7–14 days · 0 shorter, 1 longer" in cells[7].second
    assert figures.counts.startswith("Enrolments from 27-Aug-2026 to 24-Nov-2026: 4.")
    assert "67\N{NO-BREAK SPACE}% (2 of 3)" in figures.counts


def test_reasons_are_drawn_and_read_out(figures: WardPathwaysDriver) -> None:
    assert figures.bars("reasons") == {"Put off by the physician": "1 of 4 patients, 1×"}
    assert list(figures.bars("exits").values()) == ["1 of 1 patients, 1×"]
    assert "Day 1 · History and examination" in figures.bars("elements")


def test_another_period_counts_others(figures: WardPathwaysDriver) -> None:
    figures.choose_in("periods", "this-month")

    assert figures.rows("figures")[0][1:5] == ["1", "1", "0", "0"]
    assert figures.rows("figures")[0][5] == "—"
    assert "none yet" in figures.counts
    assert figures.nothing("exits") == "Nobody has left this pathway."
    figures.choose_in("periods", "last-month")
    assert "from 01-Oct-2026 to 31-Oct-2026" in figures.counts
    figures.choose_in("periods", "year")
    assert "from 01-Jan-2026" in figures.counts


def test_nobody_on_a_pathway_is_said_no_more_than_is_known(house: House) -> None:
    house.room = PathwayRoom(house.desk)
    for page in house.ward():
        assert page.state == "empty"
        assert "Nobody in this ward is on a pathway." in page.everything()
        page.show("figures")
        assert "Nobody was enrolled in this period." in page.everything()
    house.room.whole = False
    for page in house.ward():
        assert "Of what has been downloaded, nobody" in page.everything()
        assert "list of this ward has not been downloaded whole" in page.caution


def test_charts_in_part_are_counted_above_the_list(house: House) -> None:
    house.room.whole = False
    for page in house.ward():
        assert "The chart of 1 patient has not been downloaded whole" in page.caution
        assert page.rows("patients")[0][7] == "chart not downloaded whole"


def test_a_failed_reading_says_so_and_is_tried_again(house: House) -> None:
    house.room.fault = Fault(FaultKind.STORAGE, Message.of("cache.not-read"))
    for page in house.ward():
        assert page.state == "failed"
        assert page.counts == ""
        house.room.fault = None
        page.retry()
        assert page.state == "content"


def test_without_a_ward_there_is_nothing(house: House) -> None:
    house.room.boards = {}
    for page in house.ward():
        assert page.state == "empty"
        assert "No ward has been downloaded." in page.everything()


def test_another_ward_is_another_list(house: House) -> None:
    for page in house.ward("no-such-ward"):
        assert len(page.rows("patients")) == 1  # one's own ward comes first
        page.choose_in("wards", "icu")
        assert page.state == "empty"
        page.page.focus_on("ward-3")  # type: ignore[attr-defined]  # `TakesFocus`
        settle()
        assert len(page.rows("patients")) == 1


def test_a_day_that_begins_moves_the_stage_on(house: House) -> None:
    for page in house.ward():
        house.room.clock.at = NOW + timedelta(days=1)
        page.page.pass_time()  # type: ignore[attr-defined]  # `FollowsTime`
        settle()
        assert page.rows("patients")[0][3] == "Days 4 to 6"


def test_both_languages_say_it(house: House, figures: WardPathwaysDriver) -> None:
    house.desk.languages.switch("zh_CN")
    settle()

    assert "入径 4 例" in figures.counts
    assert figures.bars("reasons") == {"医师推迟执行": "4 例中 1 例，共 1 次"}
    figures.show("patients")
    assert figures.rows("patients")[0][5] == "10 项中 9 项待完成"
