"""Where each line of an order sheet stands, and what of it is on the paper already.

A page has a fixed number of lines, and a line that was printed never moves: what is known to be on
the paper keeps its place, and everything else follows it, even what began earlier and came late.
What a run prints of it says `sheet_runs`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NewType

from app.domain.order_sheets import WITHHELD, Caution, Cell, Column, Line, Unit
from app.domain.terms import OrderId

LeafId = NewType("LeafId", str)
"""Names a sheet of paper that lies in the chart: `<run it came out of>/<number of its page>`."""


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line that has its place for good.

    Attributes:
        place: Counted over all pages, from 0.
        cells: Its ink, as it was printed; empty where the page never came out of the printer.
    """

    place: int
    key: str
    day: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that is on the paper of one sheet.

    Attributes:
        lines: By place.
        leaves: The sheet of paper of each page, counted from 1.
    """

    lines: tuple[PrintedLine, ...] = ()
    leaves: Mapping[int, LeafId] = field(default_factory=dict)

    @property
    def next_place(self) -> int:
        """The first place below everything that has one."""
        return max((one.place for one in self.lines), default=-1) + 1


@dataclass(frozen=True, slots=True)
class Placed:
    """A line in its place.

    Attributes:
        cells: As the paper shall read; what is printed keeps its words.
        printed: What of it is on the paper; None when the line has no place of its own yet.
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
    def page_count(self) -> int:
        last = max((one.place for one in self.lines), default=0)
        return last // self.per_page + 1

    def page(self, number: int) -> tuple[Placed, ...]:
        """The lines of a page, counted from 1."""
        first, last = (
            bisect_left(self.lines, page * self.per_page, key=_place)
            for page in (number - 1, number)
        )
        return self.lines[first:last]

    def start(self, place: int) -> int:
        """`place`, or the first line of the order or group that it would tear apart."""
        found = next((one for one in self.lines if one.place == place), None)
        return place if found is None else found.unit


@dataclass(frozen=True, slots=True)
class PrintPage:
    """What goes on one page in one run.

    Attributes:
        number: From 1.
        framed: The paper is new: rules, titles and the patient are printed too.
        cells: (line on the page from 0, what).
    """

    number: int
    framed: bool
    cells: tuple[tuple[int, Cell], ...]


def lay_out(
    units: Sequence[Unit], ledger: Ledger, per_page: int, anew: Collection[int] = ()
) -> Sheet:
    """Put every line in its place.

    Args:
        units: Of the sheet, in their order.
        ledger: What is on the paper.
        per_page: Lines of a page.
        anew: Pages on new paper: they read as the record does now, and every line stays in place.
    """
    known = {one.key: one for one in ledger.lines}
    now = {line.key: line for unit in units for line in unit.lines}
    spread = {line.key: unit for unit in units for line in unit.lines}
    torn = {key for unit in units if _is_torn(unit, known) for key in _keys(unit)}
    lines: list[Placed] = []
    above = ""
    for one in sorted(ledger.lines, key=lambda one: one.place):
        page, row = divmod(one.place, per_page)
        if page + 1 in anew and one.key not in now:
            continue  # new paper does not say what the record says no more; its place stays blank
        kept = replace(one, cells=()) if page + 1 in anew and one.key not in torn else one
        dated = row == 0 or (now[one.key].day if one.key in now else one.day) != above
        start = _start(one, spread.get(one.key), known)
        placed = _kept(one, kept, now.get(one.key), start, dated=dated)
        lines.append(_differing(placed) if one.key in torn else placed)
        above = lines[-1].day
    fresh = [unit for unit in units if not any(key in known for key in _keys(unit))]
    going = [unit for unit in fresh if not unit.withheld]
    lines += _following(going, ledger, above, per_page)
    withheld = tuple(line for unit in fresh if unit.withheld for line in unit.lines)
    return Sheet(per_page, tuple(lines), withheld)


def whole(sheet: Sheet, number: int) -> PrintPage:
    """A page as it shall read, whatever is on the paper."""
    begin = (number - 1) * sheet.per_page
    return PrintPage(
        number,
        framed=True,
        cells=tuple((one.place - begin, cell) for one in sheet.page(number) for cell in one.cells),
    )


def _place(line: Placed) -> int:
    return line.place


def _keys(unit: Unit) -> tuple[str, ...]:
    return tuple(line.key for line in unit.lines)


def _is_torn(unit: Unit, known: dict[str, PrintedLine]) -> bool:
    """Some of its lines are on the paper, and now there are more of them."""
    there = [key in known for key in _keys(unit)]
    return any(there) and not all(there)


def _start(one: PrintedLine, unit: Unit | None, known: dict[str, PrintedLine]) -> int:
    keys = _keys(unit) if unit is not None else (one.key,)
    return min(known[key].place for key in keys if key in known)


def _kept(
    was: PrintedLine, one: PrintedLine, line: Line | None, unit: int, *, dated: bool
) -> Placed:
    """A line with a place: its ink stays, what has come since is added, what contradicts is said.

    Args:
        was: As it was printed.
        one: What of that stays: nothing on a page that is printed anew.
        line: As the record says it now.
        unit: Where what it belongs to begins.
        dated: Its date is to be seen, since another one stands above it.
    """
    if line is None:
        gone = (Caution.GONE,)
        return Placed(was.place, was.key, was.day, None, was.cells, was.cells, gone, unit)
    added: tuple[Cell, ...] = ()
    if any(caution in WITHHELD for caution in line.cautions):
        # What is not settled is not added to the paper, nor is what was printed taken off it.
        one = was
    else:
        have = {cell.column for cell in one.cells}
        if one.cells or not dated:
            have.add(Column.START_DATE)
        added = tuple(cell for cell in line.cells if cell.column not in have)
    current = {cell.column: cell.text for cell in line.cells}
    held = [cell for cell in one.cells if cell.column is not Column.START_DATE]
    differs = bool(held) and (
        line.day != one.day or any(current.get(c.column) != c.text for c in held)
    )
    cautions = (*line.cautions, *((Caution.DIFFERS,) if differs else ()))
    day = one.day if one.cells else line.day
    cells = (*one.cells, *added)
    return Placed(one.place, one.key, day, line.order, cells, one.cells, cautions, unit)


def _differing(one: Placed) -> Placed:
    if Caution.DIFFERS in one.cautions:
        return one
    return replace(one, cautions=(*one.cautions, Caution.DIFFERS))


def _following(units: Iterable[Unit], ledger: Ledger, day: str, per_page: int) -> Iterator[Placed]:
    """Below what is printed, a unit whole on its page while a page can hold it."""
    place = ledger.next_place
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
