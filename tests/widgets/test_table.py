from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from resources.styles.tokens import Tone
from tests.widgets.table_kit import SPEC, a_row, filter_by, rows, said, view
from ui.runtime.theme import theme
from widgets.buttons import KeyButton
from widgets.look import Look
from widgets.table import Table
from widgets.table_model import TableModel
from widgets.table_values import (
    Align,
    Cell,
    Column,
    Row,
    TableSpec,
    matches,
)

# -- keyboard


def test_arrows_move_and_enter_opens(qtbot: QtBot, table: Table) -> None:
    opened: list[str] = []
    table.opened.connect(opened.append)

    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return):
        qtbot.keyClick(view(table), key)

    assert opened == ["k1"]
    assert table.current == "k1"


def test_space_marks_and_unmarks(qtbot: QtBot, table: Table) -> None:
    marked: list[tuple[str, ...]] = []
    table.marked.connect(marked.append)

    qtbot.keyClick(view(table), Qt.Key.Key_Space)
    qtbot.keyClick(view(table), Qt.Key.Key_Down)
    qtbot.keyClick(view(table), Qt.Key.Key_Space)
    qtbot.keyClick(view(table), Qt.Key.Key_Space)

    assert marked == [("k0",), ("k0", "k1"), ("k0",)]
    assert "1 marked" in said(table, "foot")


def test_a_click_on_the_box_marks_and_beside_it_only_selects(qtbot: QtBot, table: Table) -> None:
    grid = view(table)
    box = grid.visualRect(grid.model().index(2, 0))

    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=box.topLeft() + QPoint(14, 14))
    second = grid.visualRect(grid.model().index(3, 1))
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=second.center())

    assert table.marked_keys == ("k2",)
    assert table.current == "k3"


def test_a_table_without_marks_marks_nothing(qtbot: QtBot, look: Look) -> None:
    table = Table(look, TableSpec("demo.table", "Orders", SPEC.columns))
    qtbot.addWidget(table)
    table.show_rows(rows())
    table.show()

    qtbot.keyClick(view(table), Qt.Key.Key_Space)

    assert table.marked_keys == ()


def test_typing_finds_the_next_row_with_that_word(qtbot: QtBot, table: Table) -> None:
    qtbot.keyClicks(view(table), "war")

    assert table.current == "k2"


def test_typing_initials_finds_a_chinese_name(qtbot: QtBot, table: Table) -> None:
    qtbot.keyClicks(view(table), "asp")

    assert table.current == "k3"


def test_home_and_end_go_to_the_ends(qtbot: QtBot, table: Table) -> None:
    qtbot.keyClick(view(table), Qt.Key.Key_End)
    last = table.current
    qtbot.keyClick(view(table), Qt.Key.Key_Home)

    assert (last, table.current) == ("k9", "k0")


def test_the_keyboard_sorts_and_the_arrow_shows_it(qtbot: QtBot, table: Table) -> None:
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier

    qtbot.keyClick(view(table), Qt.Key.Key_Down, both)
    falling = [row.key for row in table.rows]
    header = view(table).horizontalHeader()
    shown = (header.sortIndicatorSection(), header.sortIndicatorOrder())
    qtbot.keyClick(view(table), Qt.Key.Key_Up, both)

    assert falling[:2] == ["k9", "k8"]
    assert shown == (0, Qt.SortOrder.DescendingOrder)
    assert [row.key for row in table.rows][:2] == ["k0", "k1"]


def test_ctrl_f_goes_to_the_filter(qtbot: QtBot, table: Table) -> None:
    table.activateWindow()
    qtbot.waitUntil(table.isActiveWindow, timeout=2000)

    qtbot.keyClick(view(table), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)

    assert table.findChild(QLineEdit, "demo.table.filter").hasFocus()


# -- what is shown


def test_a_filter_is_said_with_its_counts_and_can_be_cleared(qtbot: QtBot, table: Table) -> None:
    cleared: list[int] = []
    table.filter_cleared.connect(lambda: cleared.append(1))
    button = table.findChild(KeyButton, "demo.table.clear")
    before = button.isVisible()

    filter_by(qtbot, table, "furo")
    filtered = said(table, "showing")
    assert [row.key for row in table.rows] == ["k1", "k6"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert not before
    assert filtered == "Showing 2 of 10 – filter: furo"
    assert len(table.rows) == 10
    assert said(table, "showing") == "10 rows"
    assert cleared == [1]


def test_the_filter_of_the_page_is_said_too(table: Table) -> None:
    table.describe_filter("today only")

    assert said(table, "showing") == "Showing 10 of 10 – filter: today only"
    assert table.findChild(KeyButton, "demo.table.clear").isVisible()


def test_a_filter_finds_by_words_that_are_not_shown() -> None:
    assert matches(a_row(3), "aspl")
    assert matches(a_row(3), "阿司 note")
    assert not matches(a_row(3), "aspl warfarin")


def test_rows_out_of_view_are_announced(qtbot: QtBot, table: Table) -> None:
    table.show_rows(rows(100))
    table.grab()
    top = said(table, "foot")
    qtbot.keyClick(view(table), Qt.Key.Key_End)
    table.grab()

    assert "more below" in top
    assert "more above" not in top
    assert "more above" in said(table, "foot")
    assert "more below" not in said(table, "foot")


def test_new_rows_keep_the_place_the_marks_and_the_filter(qtbot: QtBot, table: Table) -> None:
    qtbot.keyClick(view(table), Qt.Key.Key_Space)
    table.go_to("k4")
    selected: list[str] = []
    table.selected.connect(selected.append)

    table.show_rows((a_row(77), *rows()))

    assert table.current == "k4"
    assert table.marked_keys == ("k0",)
    assert selected == []


def test_a_mark_goes_with_its_row(qtbot: QtBot, table: Table) -> None:
    qtbot.keyClick(view(table), Qt.Key.Key_Space)

    table.show_rows(rows()[1:])

    assert table.marked_keys == ()


def test_unknown_values_sort_last_both_ways() -> None:
    model = TableModel(SPEC)
    model.show_rows(
        (
            Row("none", (Cell(), Cell(), Cell("—", tone=Tone.UNKNOWN), Cell())),
            a_row(1, dose="10", order=10),
            a_row(2, dose="9", order=9),
        )
    )

    model.sort(2, Qt.SortOrder.AscendingOrder)
    rising = [row.key for row in model.rows]
    model.sort(2, Qt.SortOrder.DescendingOrder)

    assert rising == ["k2", "k1", "none"]
    assert [row.key for row in model.rows] == ["k1", "k2", "none"]


def test_a_column_that_does_not_sort_does_not_sort(table: Table) -> None:
    view(table).horizontalHeader().setSortIndicator(3, Qt.SortOrder.DescendingOrder)

    assert table.rows[0].key == "k0"


def test_a_faded_row_is_weaker_but_danger_is_not() -> None:
    model = TableModel(SPEC)
    cells = (Cell("1"), Cell("x"), Cell("6.4", tone=Tone.DANGER), Cell())
    model.show_rows((Row("past", cells, faded=True), Row("now", cells)))

    tones = [[model.cell(model.index(r, c)).tone for c in (0, 2)] for r in (0, 1)]

    assert tones == [[Tone.UNKNOWN, Tone.DANGER], [Tone.PLAIN, Tone.DANGER]]


def test_every_cell_is_named_for_screen_readers() -> None:
    model = TableModel(SPEC)
    model.show_rows(rows(1))

    said = model.data(model.index(0, 1), Qt.ItemDataRole.AccessibleTextRole)

    assert said == "Drug amoxicillin"


def test_row_headings_stay_at_the_left(qtbot: QtBot, look: Look) -> None:
    table = Table(look, TableSpec("demo.table", "Flow", SPEC.columns, row_headings=True))
    qtbot.addWidget(table)
    table.show_rows((Row("k", rows(1)[0].cells, heading="Pulse"),))
    table.show()

    header = view(table).verticalHeader()

    assert header.isVisible()
    assert view(table).model().headerData(0, Qt.Orientation.Vertical) == "Pulse"


def test_a_long_name_makes_its_row_taller_and_a_short_one_does_not(
    qtbot: QtBot, look: Look
) -> None:
    table = Table(look, SPEC)
    qtbot.addWidget(table)
    table.resize(700, 300)
    long = Row("long", (Cell("1"), Cell("amoxicillin with clavulanic acid " * 3), Cell(), Cell()))
    table.show_rows((long, a_row(2)))
    table.show()
    table.grab()

    assert view(table).rowHeight(0) > 2 * view(table).rowHeight(1)
    assert view(table).rowHeight(1) == theme().row


def test_decimal_points_stand_under_each_other(qtbot: QtBot, look: Look) -> None:
    spec = TableSpec("demo.table", "x", (Column("v", "V", 120, Align.DECIMAL),))
    table = Table(look, spec)
    qtbot.addWidget(table)
    table.resize(300, 200)
    table.show_rows(tuple(Row(t, (Cell(t),)) for t in ("1.25", "1.2", "1")))
    table.show()
    image = view(table).viewport().grab().toImage()
    ratio = image.devicePixelRatio()

    def left_of_first_digit(place: int) -> int:
        box = view(table).visualRect(view(table).model().index(place, 0))
        rows_ = range(int((box.top() + 6) * ratio), int((box.bottom() - 5) * ratio))
        for x in range(int(8 * ratio), int(110 * ratio)):
            if any(image.pixelColor(x, y).lightness() < 120 for y in rows_):
                return x
        raise AssertionError("nothing drawn")

    lefts = [left_of_first_digit(place) for place in (0, 1, 2)]

    assert max(lefts) - min(lefts) <= 1
