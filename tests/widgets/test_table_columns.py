from __future__ import annotations

import csv
import time
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from ui.runtime.language import Languages
from widgets.look import Look
from widgets.table import Table
from widgets.table_values import (
    Align,
    Cell,
    Column,
    ColumnState,
    Row,
    TableSpec,
    as_grid,
)
from widgets.table_view import GridView

SPEC = TableSpec(
    "demo.table",
    "Orders",
    (
        Column("bed", "Bed", 60, fixed=True),
        Column("drug", "Drug", 160, wraps=True),
        Column("dose", "Dose", 90, Align.DECIMAL),
        Column("note", "Note", 120, stretches=True, sorts=False),
    ),
    marks=True,
)
DRUGS = ("amoxicillin", "furosemide", "warfarin", "阿司匹林", "atorvastatin")


def a_row(i: int, *, dose: str = "", order: float | None = None) -> Row:
    return Row(
        f"k{i}",
        (
            Cell(str(i), order=i),
            Cell(DRUGS[i % 5], strong=True),
            Cell(dose or f"{i}.5", order=order),
            Cell(f"note {i}"),
        ),
        finds="aspl" if i % 5 == 3 else "",
    )


def rows(count: int = 10) -> tuple[Row, ...]:
    return tuple(a_row(i) for i in range(count))


@pytest.fixture
def table(qtbot: QtBot, look: Look) -> Table:
    table = Table(look, SPEC)
    qtbot.addWidget(table)
    table.resize(700, 300)
    table.show_rows(rows())
    table.show()
    return table


def view(table: Table) -> GridView:
    found = table.findChild(GridView, "demo.table.rows")
    assert isinstance(found, GridView)
    return found


def said(table: Table, part: str) -> str:
    label = table.findChild(QLabel, f"demo.table.{part}")
    assert isinstance(label, QLabel)
    return label.text()


def filter_by(qtbot: QtBot, table: Table, query: str) -> None:
    field = table.findChild(QLineEdit, "demo.table.filter")
    field.clear()
    qtbot.keyClicks(field, query)
    qtbot.keyClick(field, Qt.Key.Key_Return)


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
