"""Where the ink lies: every cell in its column, on the line of its place."""

from __future__ import annotations

import pytest

from app.domain.order_sheets import Cell, Column, Ink, SheetKind, SheetWords
from app.domain.sheet_layout import PrintPage
from app.domain.sheet_scene import (
    Align,
    ColumnPlace,
    SheetForm,
    SheetProfile,
    Stroke,
    Writing,
    baseline,
    scene,
)

KIND = SheetKind.LONG_TERM
FORM = SheetForm(
    KIND,
    "长期医嘱单",
    (
        ColumnPlace(Column.TEXT, 10, 80, Align.LEFT, "医嘱内容", ruled=True),
        ColumnPlace(Column.SKIN, 80, 10, Align.CENTRE, "", ruled=False),
        ColumnPlace(Column.NURSE, 90, 20, Align.RIGHT, "护士", ruled=True),
    ),
)
PROFILE = SheetProfile(
    id="test|1", hospital="示范医院", width=120, height=200, top=40, heading=10, row=8, lines=4,
    size=9, title_size=14, stroke=0.2, page_number="第 {number} 页",
    colours={Ink.BLACK: "#000000", Ink.RED: "#C00000"},
    words=SheetWords("取消", "停止", "作废", "未用", "重整医嘱", "(-)", "(+)"),
    forms={KIND: FORM},
)  # fmt: skip


def marks(*cells: tuple[int, Cell], framed: bool = False) -> tuple[object, ...]:
    return scene(PrintPage(2, framed, cells), PROFILE, KIND, "李明").marks


@pytest.mark.parametrize(
    ("column", "x"), [(Column.TEXT, 10.8), (Column.SKIN, 85), (Column.NURSE, 109.2)]
)
def test_a_cell_stands_in_its_column_on_its_line(column: Column, x: float) -> None:
    (mark,) = marks((3, Cell(column, "字", Ink.RED)))

    assert isinstance(mark, Writing)
    assert mark.x == pytest.approx(x)
    assert mark.y == baseline(PROFILE, 3)
    assert mark.ink is Ink.RED


def test_the_line_of_a_re_issue_goes_across_the_sheet_above_its_row() -> None:
    (mark,) = marks((2, Cell(Column.RULE, "—", Ink.RED)))

    assert mark == Stroke(10, 56, 110, 56, 0.4, Ink.RED)


def test_what_has_no_column_on_this_sheet_is_not_drawn() -> None:
    assert marks((0, Cell(Column.DONE_BY, "孙莉"))) == ()


def test_a_new_page_has_its_frame_and_a_continued_one_has_not() -> None:
    drawn = marks(framed=True)

    said = [mark.text for mark in drawn if isinstance(mark, Writing)]
    assert said == ["示范医院", "长期医嘱单", "李明", "第 2 页", "医嘱内容", "护士"]
    across = [m for m in drawn if isinstance(m, Stroke) and m.y1 == m.y2]
    assert [mark.y1 for mark in across] == [30, 40, 48, 56, 64, 72]
    upright = [m.x1 for m in drawn if isinstance(m, Stroke) and m.x1 == m.x2]
    assert upright == [10, 90, 110]
    assert marks() == ()


def test_every_line_lies_between_its_rules() -> None:
    for row in range(PROFILE.lines):
        top = PROFILE.top + row * PROFILE.row
        assert top < baseline(PROFILE, row) < top + PROFILE.row
