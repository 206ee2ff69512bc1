"""The paper that lies in the chart, out of every run that is known here.

Two workstations that did not hear of each other may both have printed. Nothing of either is
dropped: what can be told apart is put together, and what cannot is said, until somebody prints the
page or the sheet anew.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.domain.order_sheets import Cell
from app.domain.sheet_layout import LeafId, Ledger, PrintedLine
from app.domain.sheet_runs import Mode, Run, RunPage, page_of, run_of


class Trouble(enum.Enum):
    """Why the paper in the chart may not be what is known here."""

    TWO_PAPERS = "two-papers"
    """Two sheets of paper are the same page: two workstations began it."""
    OVERPRINTED = "overprinted"
    """Two things were printed into one place, or one into two."""
    TWICE = "twice"
    """The same words were printed twice into one place."""
    OTHER_FORM = "other-form"
    """It was printed on paper of another form."""
    PART_UNKNOWN = "part-unknown"
    """A run went onto paper that is not known here, or cannot be read."""


BLOCKING = frozenset(
    {Trouble.TWO_PAPERS, Trouble.OVERPRINTED, Trouble.OTHER_FORM, Trouble.PART_UNKNOWN}
)
"""While they hold, nothing is added to the paper; a page or the whole can be printed anew."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What lies in the chart.

    Attributes:
        ledger: Its lines.
        live: Every sheet of paper that was not thrown away, of whatever form, and what was to be
            one and did not come out.
        troubles: What is wrong with it.
        last: The newest run that is on it.
    """

    ledger: Ledger = field(default_factory=Ledger)
    live: frozenset[LeafId] = frozenset()
    troubles: frozenset[Trouble] = frozenset()
    last: Run | None = None

    @property
    def blocked(self) -> bool:
        return not self.troubles.isdisjoint(BLOCKING)

    def leaves_of(self, pages: Collection[int]) -> tuple[LeafId, ...]:
        """The papers of these pages."""
        return tuple(sorted(one for one in self.live if page_of(one) in pages))


NO_PAPER = Paper()


def paper_of(runs: Iterable[Run], form: str, per_page: int, *, unreadable: bool = False) -> Paper:
    """What lies in the chart after these runs, in whatever order they became known.

    Args:
        runs: Every run of the sheet that is known to be on paper.
        form: `SheetProfile.form_mark` of the paper that is used now.
        per_page: Lines of a page of it.
        unreadable: There are runs nobody here can read.
    """
    ordered = sorted({run.id: run for run in runs}.values(), key=lambda run: (run.at, run.id))
    gone = {leaf for run in ordered for leaf in run.replaces}
    on = [(run, page) for run in ordered for page in run.pages if page.leaf not in gone]
    live = frozenset(page.leaf for _, page in on)
    known = {run.id for run in ordered}
    troubles = {Trouble.OTHER_FORM for run, _ in on if run.form != form}
    if unreadable or any(run_of(leaf) not in known for leaf in live):
        troubles.add(Trouble.PART_UNKNOWN)
    same = [(run, page) for run, page in on if run.form == form]
    leaves = _newest(page for _, page in same if page.came_out)
    if any(page.came_out and leaves[page.number] != page.leaf for _, page in same):
        troubles.add(Trouble.TWO_PAPERS)
    inked = _Inking(per_page)
    for run, page in same:
        if page.came_out and leaves[page.number] == page.leaf:
            inked.add(run, page)
    for _, page in same:
        if not page.came_out:
            inked.reserve(page)
    last = on[-1][0] if on else None
    ledger = Ledger(inked.lines, leaves)
    return Paper(ledger, live, frozenset(troubles | inked.troubles), last)


def _newest(pages: Iterable[RunPage]) -> dict[int, LeafId]:
    """Of each page the paper that was begun last."""
    begun: dict[int, list[LeafId]] = defaultdict(list)
    for page in pages:
        if page.leaf not in begun[page.number]:
            begun[page.number].append(page.leaf)
    return {number: found[-1] for number, found in begun.items()}


class _Inking:
    """Puts the ink of one page after another together."""

    def __init__(self, per_page: int) -> None:
        self._per_page = per_page
        self._lines: dict[int, PrintedLine] = {}
        self._places: dict[str, int] = {}
        self.troubles: set[Trouble] = set()

    @property
    def lines(self) -> tuple[PrintedLine, ...]:
        return tuple(self._lines[place] for place in sorted(self._lines))

    def add(self, run: Run, page: RunPage) -> None:
        for line in page.lines:
            place = (page.number - 1) * self._per_page + line.row
            fresh = PrintedLine(place, line.key, line.day, line.cells)
            was = self._lines.get(place)
            if self._places.setdefault(line.key, place) != place:
                self.troubles.add(Trouble.OVERPRINTED)
            elif was is None:
                self._lines[place] = fresh
            elif was.key != line.key:
                self.troubles.add(Trouble.OVERPRINTED)
            else:
                added = self._added(was.cells, line.cells, is_meant=run.mode is Mode.FROM_LINE)
                self._lines[place] = replace(was, cells=(*was.cells, *added))

    def reserve(self, page: RunPage) -> None:
        """A page that did not come out: its lines are where the next run will print them."""
        for line in page.lines:
            place = (page.number - 1) * self._per_page + line.row
            if place not in self._lines and line.key not in self._places:
                self._places[line.key] = place
                self._lines[place] = PrintedLine(place, line.key, line.day, ())

    def _added(
        self, was: Sequence[Cell], now: Sequence[Cell], *, is_meant: bool
    ) -> tuple[Cell, ...]:
        """Ink that was not there; the same ink again is said unless somebody asked for it."""
        there = {cell.column: cell for cell in was}
        for cell in now:
            if cell.column in there and there[cell.column] != cell:
                self.troubles.add(Trouble.OVERPRINTED)
            elif cell.column in there and not is_meant:
                self.troubles.add(Trouble.TWICE)
        return tuple(cell for cell in now if cell.column not in there)
