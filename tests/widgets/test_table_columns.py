from __future__ import annotations

import csv
import time
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from pytestqt.qtbot import QtBot

from tests.widgets.table_kit import SPEC, filter_by, rows, said, view
from ui.runtime.language import Languages
from ui.runtime.theme import theme
from widgets.look import Look
from widgets.table import Table
from widgets.table_values import (
    Cell,
    ColumnState,
    Row,
    as_grid,
)

# -- columns, copy, CSV


def test_columns_are_remembered_and_restored(qtbot: QtBot, look: Look, table: Table) -> None:
    told: list[tuple[ColumnState, ...]] = []
    table.columns_changed.connect(told.append)
    header = view(table).horizontalHeader()

    header.resizeSection(1, 210)
    header.moveSection(header.visualIndex(2), 1)
    other = Table(look, SPEC)
    qtbot.addWidget(other)
    other.restore_columns((*told[-1], ColumnState("gone", 50)))

    assert [s.key for s in told[-1]] == ["bed", "dose", "drug", "note"]
    assert [s.key for s in other.column_states()] == ["bed", "dose", "drug", "note"]
    assert other.column_states()[2].width == 210


def test_an_identifying_column_cannot_be_hidden(table: Table) -> None:
    table.restore_columns(
        (ColumnState("bed", 60, shown=False), ColumnState("dose", 90, shown=False))
    )

    shown = {state.key: state.shown for state in table.column_states()}

    assert shown == {"bed": True, "drug": True, "dose": False, "note": True}


def test_a_window_that_grows_is_not_a_choice_of_columns(table: Table) -> None:
    told: list[object] = []
    table.columns_changed.connect(told.append)

    table.resize(1100, 300)
    table.grab()

    assert told == []


def test_copy_takes_the_headings_along(qtbot: QtBot, table: Table) -> None:
    qtbot.keyClick(view(table), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == (
        "Bed\tDrug\tDose\tNote\n0\tamoxicillin\t0.5\tnote 0"
    )


def test_csv_holds_the_shown_rows_and_no_formula(table: Table) -> None:
    table.show_rows((*rows(2), Row("evil", (Cell("=1+1"), Cell('a "b", c'), Cell("-1"), Cell()))))

    lines = list(csv.reader(table.as_csv().splitlines()))

    assert lines[0] == ["Bed", "Drug", "Dose", "Note"]
    assert lines[3] == ["'=1+1", 'a "b", c', "-1", ""]


def test_a_second_line_is_copied_and_tabs_are_not() -> None:
    grid = as_grid(SPEC, (Row("k", (Cell("1"), Cell("a\tb", second="0045217"), Cell(), Cell())),))

    assert grid[1] == ["1", "a b 0045217", "", ""]


# -- looks


def test_headings_follow_the_language(languages: Languages, table: Table) -> None:
    languages.switch("zh_CN")

    assert said(table, "showing") == "共 10 条"


def test_ten_thousand_rows_are_shown_filtered_and_sorted_at_once(qtbot: QtBot, look: Look) -> None:
    table = Table(look, SPEC)
    qtbot.addWidget(table)
    table.resize(900, 600)
    many = rows(10_000)
    began = time.monotonic()

    table.show_rows(many)
    table.show()
    bar = view(table).verticalScrollBar()
    tops = []
    for step in range(20):
        bar.setValue(bar.maximum() * step // 20)
        view(table).viewport().grab()
        tops.append(view(table).rowAt(0))
    filter_by(qtbot, table, "warfarin")

    assert said(table, "showing") == "Showing 2,000 of 10,000 – filter: warfarin"
    assert all(one < other for one, other in pairwise(tops))
    # Twenty whole screens of a heavily shared machine; measuring every row would take minutes.
    assert time.monotonic() - began < 15


def test_a_stretching_column_never_gets_less_than_its_own_width(table: Table) -> None:
    told: list[object] = []
    table.columns_changed.connect(told.append)
    table.resize(360, 300)
    table.grab()
    narrow = view(table).columnWidth(3)
    table.resize(900, 300)
    table.grab()

    assert narrow == 120
    assert view(table).columnWidth(3) > 300
    assert told == []


def test_columns_grow_with_the_text_and_keep_what_is_remembered(look: Look, table: Table) -> None:
    before = table.column_states()[:3]

    look.wear(replace(look.theme, scale=200))

    assert view(table).columnWidth(0) == 120
    assert table.column_states()[:3] == before


def test_a_second_line_wraps_where_the_first_does_and_nowhere_else(
    qtbot: QtBot, look: Look
) -> None:
    """ "On this workstation – waiting to send" is whole at any text size."""
    long = "on this workstation – waiting to send, since the hospital does not answer"
    table = Table(look, SPEC)
    qtbot.addWidget(table)
    table.resize(700, 400)
    short, wrapped, cut = (
        Row(key, (Cell("1"), Cell("warfarin", second=second), Cell("2", second=dose), Cell()))
        for key, second, dose in (("a", "sent", ""), ("b", long, ""), ("c", "sent", long))
    )
    table.show_rows((short, wrapped, cut))
    table.show()
    table.grab()

    heights = [view(table).rowHeight(place) for place in range(3)]
    assert heights[1] >= heights[0] + 2 * QFontMetrics(theme().font("label")).height()
    assert heights[2] == heights[0]
