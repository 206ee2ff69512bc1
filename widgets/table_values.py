"""What a table shows, as values."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from resources.styles.tokens import Tone


class Align(enum.Enum):
    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"
    DECIMAL = "decimal"  # decimal points stand under each other (CUI GTAB-201)


class Bracket(enum.Enum):
    """Where a row stands in its block: drawn at the left of the cell, from row to row."""

    FIRST = "┓"
    MIDDLE = "┃"
    LAST = "┛"

    @classmethod
    def at(cls, place: int, of: int) -> Bracket | None:
        """The piece at `place`, from 0, of a block of so many rows; a row alone has none."""
        if of < 2:
            return None
        if place == 0:
            return cls.FIRST
        return cls.LAST if place == of - 1 else cls.MIDDLE


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        key: Its name where widths and order are remembered.
        title: Its heading in the reader's language; wraps, is never cut (CUI PAL-0150).
        width: Logical pixels at 100 %.
        align: How its cells stand.
        wraps: Cells wrap and the row grows: names of people and drugs (CUI MEDi-012).
        stretches: Takes the room that is left.
        fixed: Cannot be hidden: identification and bed (CUI PAL-0720).
        sorts: Can be sorted by.
    """

    key: str
    title: str
    width: int = 120
    align: Align = Align.LEFT
    wraps: bool = False
    stretches: bool = False
    fixed: bool = False
    sorts: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """One value on the screen.

    Attributes:
        text: What is read. Unknown is an em dash with the reason in `hover`.
        second: A weaker second line.
        tone: What the value claims; tones other than PLAIN and UNKNOWN need a word or an icon.
        icon: The name of an icon before the text.
        badge: Drawn as a chip.
        strong: Drawn bold.
        struck: Drawn with a line through it: stopped, entered in error.
        hover: What the tool tip says; the text itself when empty and cut.
        order: What to sort by when it is not the text.
        bracket: The piece of the bracket that holds its block together.
    """

    text: str = ""
    second: str = ""
    tone: Tone = Tone.PLAIN
    icon: str = ""
    badge: bool = False
    strong: bool = False
    struck: bool = False
    hover: str = ""
    order: float | str | None = None
    bracket: Bracket | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        key: What the table answers with when the row is opened or marked.
        cells: In the order of the columns.
        heading: Shown at the left and never scrolled away, when the table has row headings.
        tone: LOCAL hatches the row's edge, DANGER and CAUTION draw a bar there.
        faded: Past, stopped: weaker than current rows.
        finds: More words by which the row is found, not shown (pinyin initials, codes).
        block: Rows beside each other with the same words here belong together: neither sorting
            nor a filter tears them apart, and being on one of them is being on all.
    """

    key: str
    cells: tuple[Cell, ...]
    heading: str = ""
    tone: Tone = Tone.PLAIN
    faded: bool = False
    finds: str = ""
    block: str = ""


@dataclass(frozen=True, slots=True)
class TableSpec:
    """What does not change while rows come and go.

    Attributes:
        name: Object name, and the name under which columns are remembered.
        title: What the list is, for screen readers.
        columns: From left to right.
        marks: Rows can be marked with Space.
        row_headings: The heading of each row stays at the left.
        sort_by: Key of the column the rows already stand in the order of, shown as an arrow.
        exports: The list is one that people take away as CSV; a button offers it.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    marks: bool = False
    row_headings: bool = False
    sort_by: str = ""
    exports: bool = False


@dataclass(frozen=True, slots=True)
class ColumnState:
    """What is remembered of a column for one person."""

    key: str
    width: int
    shown: bool = True


def matches(row: Row, query: str) -> bool:
    """Whether every word of `query` stands somewhere in `row`."""
    text = " ".join((*(f"{c.text} {c.second}" for c in row.cells), row.heading, row.finds))
    text = text.casefold()
    return all(word in text for word in query.casefold().split())


def order_of(cell: Cell) -> tuple[int, float, str]:
    """Where a cell stands when its column is sorted: numbers, then texts, then unknown."""
    if isinstance(cell.order, int | float):
        return (0, float(cell.order), "")
    text = cell.order if cell.order is not None else cell.text
    if not text or (cell.order is None and cell.tone is Tone.UNKNOWN):
        return (2, 0.0, "")
    return (1, 0.0, text.casefold())


def as_grid(spec: TableSpec, rows: tuple[Row, ...]) -> list[list[str]]:
    """Headings and texts, for the clipboard and for CSV."""
    first = [""] if spec.row_headings else []
    grid = [[*first, *(column.title for column in spec.columns)]]
    for row in rows:
        lead = [row.heading] if spec.row_headings else []
        grid.append([*lead, *(_flat(cell) for cell in row.cells)])
    return grid


def _flat(cell: Cell) -> str:
    lead = cell.bracket.value if cell.bracket is not None else ""
    said = f"{lead} {cell.text} {cell.second}"
    return said.strip().replace("\n", " ").replace("\t", " ")
