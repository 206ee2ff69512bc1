from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from resources.styles.tokens import Tone
from ui.runtime.theme import theme
from widgets.look import Look
from widgets.stage_grid import StageGrid
from widgets.stage_paint import entry_height, heads
from widgets.stage_plan import Band, Entry, StageHead, StagePlan, When

LONG = "Take the history, examine, and write the first note of the course before midnight"


def an_entry(key: str, text: str = "Work", *, strong: bool = False, local: bool = False) -> Entry:
    return Entry(
        key,
        text,
        "open",
        "Wang 24-Nov 09:12",
        Tone.ACT,
        "circle",
        strong=strong,
        local=local,
        said=f"{key}: {text}",
    )


def a_plan(now: str = "day2") -> StagePlan:
    """Three stages, two bands; the second band has nothing on day 2."""
    days = ("day1", "day2", "day3", "day4")
    here = days.index(now)
    stages = tuple(
        StageHead(
            day,
            f"Hospital {day}",
            ("24-Nov",),
            When.PASSED if n < here else When.NOW if n == here else When.TO_COME,
            "word",
        )
        for n, day in enumerate(days)
    )
    bands = (Band("doctor", "Physician's work", "1 of 2"), Band("nurse", "Nursing"))
    entries = {
        ("doctor", "day1"): (an_entry("d1a"), an_entry("d1b", LONG)),
        ("doctor", "day2"): (an_entry("d2a", strong=True), an_entry("d2b", local=True)),
        ("doctor", "day4"): (an_entry("d4a"),),
        ("nurse", "day1"): (an_entry("n1a"),),
        ("nurse", "day4"): tuple(an_entry(f"n4{n}") for n in range(12)),
    }
    return StagePlan(stages, bands, entries)


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    QVBoxLayout(page).setContentsMargins(0, 0, 0, 0)
    return page


@pytest.fixture
def grid(page: QWidget, look: Look) -> StageGrid:
    """On a page whose first field has the focus."""
    grid, field = StageGrid(look, "demo.grid"), QLineEdit()
    column = page.layout()
    assert column is not None
    for part in (field, grid):
        column.addWidget(part)
    grid.setFixedSize(560, 260)
    page.show()
    page.activateWindow()
    field.setFocus()
    grid.show_plan(a_plan())
    return grid


def press(grid: StageGrid, *keys: Qt.Key) -> str:
    for key in keys:
        QTest.keyClick(grid, key)
    return grid.current


def focused(grid: StageGrid) -> None:
    grid.setFocus()
    QApplication.sendPostedEvents()


def test_the_caret_begins_in_the_stage_of_now(grid: StageGrid) -> None:
    assert press(grid, Qt.Key.Key_Down) == "d2a"
    assert grid.read_out == "d2a: Work"
    assert grid.accessibleDescription() == "d2a: Work"


def test_down_goes_through_the_bands_of_a_stage_and_stays_at_its_end(grid: StageGrid) -> None:
    grid.show_plan(a_plan("day1"), "d1a")

    assert press(grid, Qt.Key.Key_Down) == "d1b"
    assert press(grid, Qt.Key.Key_Down) == "n1a"
    assert press(grid, Qt.Key.Key_Down) == "n1a"
    assert press(grid, Qt.Key.Key_Home) == "d1a"
    assert press(grid, Qt.Key.Key_End) == "n1a"


def test_right_goes_to_the_same_band_and_over_an_empty_stage(grid: StageGrid) -> None:
    grid.show_plan(a_plan("day1"), "n1a")

    assert press(grid, Qt.Key.Key_Right) == "d2a"  # nothing of nurses there: the nearest band
    assert press(grid, Qt.Key.Key_Right) == "d4a"  # nothing at all on day 3
    assert press(grid, Qt.Key.Key_Right) == "d4a"
    assert press(grid, Qt.Key.Key_Left, Qt.Key.Key_Left) == "d1a"
    assert press(grid, Qt.Key.Key_Left) == "d1a"


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_space_and_enter_choose_the_entry(grid: StageGrid, key: Qt.Key) -> None:
    chosen = QSignalSpy(grid.chosen)

    press(grid, key)
    assert chosen.count() == 0

    press(grid, Qt.Key.Key_Down, key)
    assert [list(chosen.at(n)) for n in range(chosen.count())] == [["d2a"]]


def test_other_keys_are_left_to_the_page(grid: StageGrid) -> None:
    assert press(grid, Qt.Key.Key_A) == ""


def test_a_click_goes_there_and_a_double_click_chooses(grid: StageGrid) -> None:
    chosen, pointed = QSignalSpy(grid.chosen), QSignalSpy(grid.pointed)
    middle = grid.box_of("d2b").center()

    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert grid.current == "d2b"
    assert pointed.count() == 1
    QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert chosen.count() == 1

    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert (grid.current, chosen.count()) == ("d2b", 1)


def test_the_stage_of_now_comes_into_sight_and_stays_where_one_scrolled(grid: StageGrid) -> None:
    grid.show_plan(a_plan("day4"))
    assert grid.box_of("d4a").right() <= grid.viewport().width()

    grid.horizontalScrollBar().setValue(0)
    grid.show_plan(a_plan("day4"), "d4a")
    assert grid.horizontalScrollBar().value() == 0

    grid.show_plan(a_plan("day2"))
    assert 0 <= grid.box_of("d2a").left() < grid.viewport().width()


def test_the_entry_under_the_caret_is_brought_into_sight(grid: StageGrid) -> None:
    grid.show_plan(a_plan("day4"), "d4a")

    press(grid, Qt.Key.Key_End)

    assert grid.viewport().rect().contains(grid.box_of("n411"))
    press(grid, Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_Left)
    assert grid.viewport().rect().contains(grid.box_of("d1a"))


def test_a_caret_on_what_is_gone_stands_nowhere(grid: StageGrid) -> None:
    grid.show_plan(a_plan(), "d2a")

    grid.show_plan(StagePlan(), "d2a")

    assert (grid.current, grid.read_out) == ("", "")
    assert press(grid, Qt.Key.Key_Down) == ""
    assert not grid.grab().isNull()


def test_no_two_entries_lie_over_each_other(grid: StageGrid) -> None:
    for stage in grid.plan.stages:
        boxes = [grid.box_of(one.key) for one in grid.plan.column(stage.key)]
        assert all(upper.bottom() < lower.top() for upper, lower in pairwise(boxes))


def test_long_words_make_an_entry_higher_and_are_never_cut(look: Look) -> None:
    narrow, short = an_entry("a", LONG), an_entry("b")

    assert entry_height(look.theme, narrow, 180) > entry_height(look.theme, short, 180)
    assert entry_height(look.theme, short, 90) > entry_height(look.theme, short, 400)
    assert (
        heads(theme("light", scale=200), a_plan(), 800).height()
        > heads(look.theme, a_plan(), 800).height()
    )


def test_it_is_drawn_with_focus_and_at_every_width(grid: StageGrid, look: Look) -> None:
    grid.show_plan(a_plan(), "d2b")
    plain = grid.grab().toImage()
    focused(grid)
    assert grid.grab().toImage() != plain

    grid.clearFocus()
    for size in (QSize(300, 200), QSize(2400, 900)):
        grid.setFixedSize(size)
        QApplication.sendPostedEvents()
        assert not grid.grab().isNull()
    look.wear(theme("dark"))
    assert not grid.grab().isNull()


def test_focus_without_a_caret_goes_to_the_first_entry(grid: StageGrid) -> None:
    focused(grid)

    assert grid.current == "d2a"
