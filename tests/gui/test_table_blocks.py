"""Rows that belong together stay together: sorted, filtered, looked at, copied."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QTableView

from tests.support.page_kit import a_dressed_desk, part, settle
from widgets.table import Table
from widgets.table_blocks import filtered, in_order
from widgets.table_values import Bracket, Cell, Column, Row, TableSpec

SPEC = TableSpec("list", "List", (Column("name", "Name", 200), Column("dose", "Dose", 100)))


def a_row(key: str, dose: str, block: str = "", bracket: Bracket | None = None) -> Row:
    return Row(key, (Cell(key, bracket=bracket), Cell(dose)), block=block)


ROWS = (
    a_row("plain", "3"),
    a_row("glucose", "9", "drip", Bracket.FIRST),
    a_row("potassium", "1", "drip", Bracket.MIDDLE),
    a_row("insulin", "5", "drip", Bracket.LAST),
    a_row("aspirin", "2"),
)


@pytest.fixture
def table(qapp: QApplication) -> Iterator[Table]:
    with a_dressed_desk(qapp) as desk:
        shown = Table(desk.look, SPEC)
        shown.resize(500, 400)
        shown.show_rows(ROWS)
        shown.show()
        settle()
        yield shown
        shown.close()
        shown.deleteLater()
        settle()


def keys(rows: tuple[Row, ...]) -> list[str]:
    return [row.key for row in rows]


@st.composite
def some_rows(draw: st.DrawFn) -> tuple[Row, ...]:
    rows: list[Row] = []
    for n in range(draw(st.integers(0, 6))):
        size = draw(st.integers(1, 3))
        block = f"b{n}" if size > 1 else ""
        doses = draw(st.lists(st.sampled_from(["", "1", "2"]), min_size=size, max_size=size))
        rows += [a_row(f"r{n}.{m}", dose, block) for m, dose in enumerate(doses)]
    return tuple(rows)


@given(rows=some_rows(), descends=st.booleans())
def test_sorting_keeps_every_row_and_tears_nothing_apart(
    *, rows: tuple[Row, ...], descends: bool
) -> None:
    ordered = in_order(rows, 1, descends=descends)

    assert sorted(keys(ordered)) == sorted(keys(rows))
    for block in {row.block for row in rows if row.block}:
        places = [n for n, row in enumerate(ordered) if row.block == block]
        assert places == list(range(places[0], places[0] + len(places)))
        members = [row.key for row in ordered if row.block == block]
        assert members == [row.key for row in rows if row.block == block]


def test_a_block_stands_where_its_first_row_belongs() -> None:
    first, last = in_order(ROWS, 1, descends=False), in_order(ROWS, 1, descends=True)

    assert keys(first) == ["aspirin", "plain", "glucose", "potassium", "insulin"]
    assert keys(last) == ["glucose", "potassium", "insulin", "plain", "aspirin"]


def test_a_block_is_found_whole_by_any_of_its_rows() -> None:
    assert keys(filtered(ROWS, "potass")) == ["glucose", "potassium", "insulin"]
    assert keys(filtered(ROWS, "aspirin")) == ["aspirin"]


class Eye:
    """Looks at the pixels of a table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._view = part(table, QTableView, "list.rows")
        self._image = table.grab().toImage()

    def ground(self, place: int) -> str:
        """The colour behind a row, right of what is written there."""
        return self._colour(place, 1, 80, 0.3)

    def upright(self, place: int, height: float) -> bool:
        """Whether the bracket goes through a row at that part of its height."""
        return len({self._colour(place, 0, x, height) for x in range(8, 20)}) > 1

    def _colour(self, place: int, column: int, x: int, height: float) -> str:
        box = self._view.visualRect(self._view.model().index(place, column))
        at = QPoint(box.left() + x, box.top() + round(box.height() * height))
        return self._image.pixelColor(self._view.viewport().mapTo(self._table, at)).name()


def test_being_on_one_row_of_a_block_is_seen_on_all_of_it(table: Table) -> None:
    table.go_to("aspirin")
    alone = [Eye(table).ground(place) for place in range(len(ROWS))]
    table.go_to("potassium")
    together = [Eye(table).ground(place) for place in range(len(ROWS))]

    plain, marked = alone[0], alone[4]
    assert plain != marked
    assert alone == [plain, plain, plain, plain, marked]
    assert together == [plain, marked, marked, marked, plain]


def test_the_bracket_runs_through_its_rows(table: Table) -> None:
    table.go_to("plain")
    eye = Eye(table)

    drawn = [(eye.upright(place, 0.2), eye.upright(place, 0.8)) for place in range(len(ROWS))]

    assert drawn == [
        (False, False),
        (False, True),
        (True, True),
        (True, False),
        (False, False),
    ]


def test_the_copy_says_what_belongs_together(table: Table) -> None:
    table.go_to("potassium")
    table.copy()

    assert QApplication.clipboard().text().splitlines()[1] == "┃ potassium\t1"
