"""A table of ten orders, and hands that find its parts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from widgets.table import Table
from widgets.table_values import Align, Cell, Column, Row, TableSpec
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
