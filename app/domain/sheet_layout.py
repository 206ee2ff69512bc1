"""Where each line of an order sheet stands, what is on the paper already, and what is lacking.

A page has a fixed number of lines, and a line that was printed never moves: what is known to be on
the paper keeps its place, and everything else follows it, even what began earlier and came late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.order_sheets import WITHHELD, Caution, Cell, Column, Line, Unit
from app.domain.terms import OrderId


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line that is on the paper, as it was printed there.

    Attributes:
        place: Counted over all pages, from 0.
    """

    place: int
    key: str
    day: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that is on the paper of one sheet, by place."""

    lines: tuple[PrintedLine, ...] = ()

    @property
    def next_place(self) -> int:
        """The first place below everything that was printed."""
        return max((one.place for one in self.lines), default=-1) + 1

    def before(self, place: int) -> Ledger:
        """What stays on the paper when everything from `place` on is printed anew."""
        return Ledger(tuple(one for one in self.lines if one.place < place))


@dataclass(frozen=True, slots=True)
class Placed:
    """A line in its place.

    Attributes:
        cells: As the paper shall read; what is printed keeps its words.
        printed: What of it is on the paper; None when the line is not.
        unit: The place of the first line it stays together with.
    """

    place: int
    key: str
    day: str
    order: OrderId | None
    cells: tuple[Cell, ...]
    printed: tuple[Cell, ...] | None
    cautions: tuple[Caution, ...]
    unit: int

    def text(self, column: Column) -> str:
        """What stands in `column`, or ""."""
        return next((cell.text for cell in self.cells if cell.column is column), "")

    @property
    def lacking(self) -> tuple[Cell, ...]:
        """What is not on the paper."""
        return tuple(cell for cell in self.cells if cell not in (self.printed or ()))


@dataclass(frozen=True, slots=True)
class Sheet:
    """All lines of a sheet in their places.

    Attributes:
        lines: By place; a place without a line stays empty.
        withheld: Lines of what does not go on the paper yet; the screen shows them below.
    """

    per_page: int
    lines: tuple[Placed, ...]
    withheld: tuple[Line, ...] = ()

    @property
    def next_place(self) -> int:
        """The first place below everything that is on the paper."""
        return max((one.place for one in self.lines if one.printed is not None), default=-1) + 1

    @property
    def page_count(self) -> int:
        last = max((one.place for one in self.lines), default=0)
        return last // self.per_page + 1

    def page(self, number: int) -> tuple[Placed, ...]:
        """The lines of a page, counted from 1."""
        return tuple(one for one in self.lines if one.place // self.per_page == number - 1)

    def start(self, place: int) -> int:
        """`place`, or the first line of the order or group that it would tear apart."""
        found = next((one for one in self.lines if one.place == place), None)
        return place if found is None else found.unit


@dataclass(frozen=True, slots=True)
class PrintPage:
    """What goes on one page in one run.

    Attributes:
        number: From 1.
        framed: The page is new: rules, titles and the patient are printed too.
        cells: (line on the page from 0, what).
    """

    number: int
    framed: bool
    cells: tuple[tuple[int, Cell], ...]


def lay_out(units: Sequence[Unit], ledger: Ledger, per_page: int) -> Sheet:
    """Put every line in its place.

    Args:
        units: Of the sheet, in their order.
        ledger: What is on the paper.
        per_page: Lines of a page.
    """
    known = {one.key: one for one in ledger.lines}
    now = {line.key: line for unit in units for line in unit.lines}
    spread = {line.key: unit for unit in units for line in unit.lines}
    lines = [
        _kept(one, now.get(one.key), _start(one, spread.get(one.key), known))
        for one in sorted(ledger.lines, key=lambda one: one.place)
    ]
    torn = {key for unit in units if _is_torn(unit, known) for key in _keys(unit)}
    lines = [_differing(one) if one.key in torn else one for one in lines]
    fresh = [unit for unit in units if not any(key in known for key in _keys(unit))]
    going = [unit for unit in fresh if not unit.withheld]
    lines += _following(going, ledger, per_page)
    withheld = tuple(line for unit in fresh if unit.withheld for line in unit.lines)
    return Sheet(per_page, tuple(lines), withheld)


def impression(sheet: Sheet, first: int) -> tuple[PrintPage, ...]:
    """What a run prints: from `first` on everything, before it what the paper lacks.

    Of a line before `first` that is not known to be on the paper nothing is printed: whoever
    chose the line has it on the paper before them.
    """
    pages = []
    for number in range(1, sheet.page_count + 1):
        begin = (number - 1) * sheet.per_page
        cells = tuple(
            (one.place - begin, cell) for one in sheet.page(number) for cell in _due(one, first)
        )
        if cells:
            pages.append(PrintPage(number, begin >= first, cells))
    return tuple(pages)


def whole(sheet: Sheet, number: int) -> PrintPage:
    """A page as it shall read, whatever is on the paper."""
    begin = (number - 1) * sheet.per_page
    return PrintPage(
        number,
        framed=True,
        cells=tuple((one.place - begin, cell) for one in sheet.page(number) for cell in one.cells),
    )


def after(sheet: Sheet) -> Ledger:
    """What is on the paper once a run from any line has come out."""
    return Ledger(tuple(PrintedLine(one.place, one.key, one.day, one.cells) for one in sheet.lines))


def _due(one: Placed, first: int) -> tuple[Cell, ...]:
    if one.place >= first:
        return one.cells
    return one.lacking if one.printed is not None else ()


def _keys(unit: Unit) -> tuple[str, ...]:
    return tuple(line.key for line in unit.lines)


def _is_torn(unit: Unit, known: dict[str, PrintedLine]) -> bool:
    """Some of its lines are on the paper, and now there are more of them."""
    there = [key in known for key in _keys(unit)]
    return any(there) and not all(there)


def _start(one: PrintedLine, unit: Unit | None, known: dict[str, PrintedLine]) -> int:
    keys = _keys(unit) if unit is not None else (one.key,)
    return min(known[key].place for key in keys if key in known)


def _kept(one: PrintedLine, line: Line | None, unit: int) -> Placed:
    """A printed line: its ink stays, what has come since is added, what contradicts it is said."""
    if line is None:
        gone = (Caution.GONE,)
        return Placed(one.place, one.key, one.day, None, one.cells, one.cells, gone, unit)
    on_paper = {cell.column: cell for cell in one.cells}
    added = tuple(
        cell
        for cell in line.cells
        if cell.column not in on_paper and cell.column is not Column.START_DATE
    )
    if any(caution in WITHHELD for caution in line.cautions):
        added = ()  # what is not settled is not added to the paper either
    current = {cell.column: cell.text for cell in line.cells}
    held = (cell for cell in one.cells if cell.column is not Column.START_DATE)
    differs = line.day != one.day or any(current.get(c.column) != c.text for c in held)
    cautions = (*line.cautions, *((Caution.DIFFERS,) if differs else ()))
    cells = (*one.cells, *added)
    return Placed(one.place, one.key, one.day, line.order, cells, one.cells, cautions, unit)


def _differing(one: Placed) -> Placed:
    if Caution.DIFFERS in one.cautions:
        return one
    return replace(one, cautions=(*one.cautions, Caution.DIFFERS))


def _following(units: Iterable[Unit], ledger: Ledger, per_page: int) -> Iterator[Placed]:
    """Below what is printed, a unit whole on its page while a page can hold it."""
    place = ledger.next_place
    day = max(ledger.lines, key=lambda one: one.place).day if ledger.lines else ""
    for unit in units:
        left = per_page - place % per_page
        if left < len(unit.lines) <= per_page:
            place += left
        start = place
        for line in unit.lines:
            cells = line.cells
            if place % per_page and line.day == day:
                cells = tuple(cell for cell in cells if cell.column is not Column.START_DATE)
            day = line.day
            yield Placed(place, line.key, day, line.order, cells, None, line.cautions, start)
            place += 1
