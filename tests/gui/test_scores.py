"""What a clinician can do on the page of scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.kernel.faults import Fault, FaultKind, Message
from tests.gui.pages.scores_driver import ScoresDriver
from tests.support.chart_kit import ChartHouse
from tests.support.page_kit import a_dressed_desk, opened, part, press, settle
from tests.support.scores_kit import ScoresRoom
from ui.scores.wiring import scores_workspace
from widgets.banner_line import BannerLine
from widgets.state_stack import StateStack


@pytest.fixture
def room(qapp: QApplication) -> Iterator[ScoresRoom]:
    with a_dressed_desk(qapp) as desk:
        yield ScoresRoom(ChartHouse(desk))


@pytest.fixture
def page(room: ScoresRoom) -> Iterator[ScoresDriver]:
    house = room.house
    workspace = scores_workspace(house.desk, room.sources)
    with opened(workspace, house.visit(), house.desk) as found:
        yield ScoresDriver(found)


def test_news2_is_first_with_its_band_its_response_and_its_course(page: ScoresDriver) -> None:
    assert page.scores.current == "NEWS2"
    assert page.row(page.scores, "NEWS2")[1] == "10|high"
    assert page.headline == "NEWS2  10  high"
    assert "emergency assessment" in page.explained
    assert "scale 1 unless scale 2" in page.explained
    assert "respiratory rate 0 → 2" in page.changed
    assert page.shows("course")
    page.choose("SIRS")
    assert not page.shows("course")


def test_every_input_has_its_value_its_time_and_where_it_stands(page: ScoresDriver) -> None:
    assert page.row(page.items, "breaths") == [
        "respiratory rate", "22 /min", "2", "24-Nov 13:02 · measured",
    ]  # fmt: skip
    assert page.row(page.items, "age")[1] == "67 y"
    assert page.row(page.items, "saturation-scale")[1] == "scale 1|as published"
    assert page.row(page.items, "pregnant")[1] == "—"


def test_an_incomplete_score_has_no_total_and_says_what_is_missing(page: ScoresDriver) -> None:
    page.choose("CURB-65")

    assert page.headline == "CURB-65  incomplete, no total"
    assert page.explained == "not known: urea"
    assert page.row(page.scores, "CURB-65")[1].startswith("≥ 2|incomplete")
    page.type_number("9 mmol/L")
    assert page.headline == "CURB-65  3  high severity"
    assert "only with a score that you record" in page.notice
    assert page.row(page.items, "urea")[3].endswith("answered here")


def test_a_number_without_its_unit_is_refused_beside_the_field(page: ScoresDriver) -> None:
    page.choose("MELD").type_number("3")

    assert "more than one is possible" in page.notice
    assert page.headline.endswith("no total")
    assert not page.can("back")
    page.type_number("3 mg/dL")
    assert page.row(page.items, "bilirubin")[1] == "3 mg/dL"


def test_answers_are_given_and_taken_back_by_keyboard(page: ScoresDriver) -> None:
    page.choose("CHA2DS2-VASc").pick("yes").press(Qt.Key.Key_N)

    assert page.headline == "CHA2DS2-VASc  3  high"
    assert not page.can("rest")
    page.go_to("heart-failure").press(Qt.Key.Key_Z)
    assert page.headline.endswith("no total")
    assert page.can("rest")


def test_a_score_goes_into_the_record_by_one_key(page: ScoresDriver, room: ScoresRoom) -> None:
    page.choose("CURB-65")
    assert not page.can("record")
    page.type_number("9 mmol/L")
    press(page.items, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    (act,) = room.house.acts.committed
    assert act.kind == "score.record"
    assert "CURB-65 is recorded on this workstation" in page.notice


def test_enter_on_an_item_goes_to_its_answer(page: ScoresDriver) -> None:
    page.choose("CURB-65").open("urea")

    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.objectName() == "scores.number"


def test_a_chart_that_cannot_be_read_shows_no_score(room: ScoresRoom) -> None:
    room.reads.fault = Fault(FaultKind.STORAGE, Message("scores.pack-unreadable"))
    house = room.house
    workspace = scores_workspace(house.desk, room.sources)
    with opened(workspace, house.visit(), house.desk) as found:
        stack = part(found, StateStack, "scores.state")
        assert stack.state == "failed"
        room.reads.fault = None
        stack.retry_requested.emit()
        settle()
        assert stack.state == "content"


def test_a_reading_that_fails_leaves_what_was_read(page: ScoresDriver, room: ScoresRoom) -> None:
    room.reads.fault = Fault(FaultKind.STORAGE, Message("scores.pack-unreadable"))
    part(page.page, StateStack, "scores.state").retry_requested.emit()
    settle()

    assert page.headline == "NEWS2  10  high"
    assert "cannot be read" in part(page.page, BannerLine, "scores.state.partial").text()


def test_the_page_speaks_both_languages(page: ScoresDriver, room: ScoresRoom) -> None:
    room.house.desk.languages.switch("zh_CN")
    settle()

    assert page.headline == "NEWS2  10  高危"
    assert page.row(page.items, "breaths")[3].endswith("测量")


def test_a_visit_without_a_patient_has_no_scores(room: ScoresRoom) -> None:
    house = room.house
    workspace = scores_workspace(house.desk, room.sources)
    with pytest.raises(ValueError, match="patient"):
        workspace.open(replace(house.visit(), patient=None))
