"""What a run would print: from the wish of a person to marks on paper.

The screen shows the plan, and what is printed is the plan: both ask the same value, and a plan that
has changed meanwhile has another `digest`.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.order_sheets import Cell, SheetKind, Unit
from app.domain.sheet_layout import Ledger, Placed, PrintPage, Sheet, lay_out
from app.domain.sheet_paper import Paper
from app.domain.sheet_runs import InkedLine, Mode, Run, RunId, RunPage, leaf_of
from app.domain.sheet_scene import Scene, SheetProfile, scene
from app.domain.terms import EncounterId, PatientId, PractitionerId


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants printed.

    Attributes:
        line: Key of the line to go on from, with `FROM_LINE`.
        page: Number of the page, with `PAGE`.
    """

    mode: Mode = Mode.CONTINUE
    line: str = ""
    page: int = 0


CONTINUE = Wish()


class Refusal(enum.Enum):
    """Why nothing is printed."""

    NOTHING = "nothing"
    """There is no ink to put on the paper."""
    TROUBLED = "troubled"
    """What lies in the chart is not known well enough to add to it."""
    LINE_GONE = "line-gone"
    """The line is not on the sheet any more."""


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """One page of a plan.

    Attributes:
        due: Each line with what is printed of it now.
        taken: Lines a person says are on the paper; nothing of them is printed.
    """

    number: int
    framed: bool
    due: tuple[tuple[Placed, tuple[Cell, ...]], ...]
    taken: tuple[Placed, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run would do.

    Attributes:
        sheet: The sheet as it shall read afterwards.
        pages: Those that something happens to.
        again: Something that is on paper is printed once more: a reason is needed.
    """

    wish: Wish
    sheet: Sheet
    pages: tuple[PlannedPage, ...]
    again: bool
    refusal: Refusal | None = None

    @property
    def printed(self) -> tuple[PrintPage, ...]:
        """What the printer gets."""
        begin = self.sheet.per_page
        return tuple(
            PrintPage(
                page.number,
                page.framed,
                tuple(
                    (line.place - (page.number - 1) * begin, cell)
                    for line, cells in page.due
                    for cell in cells
                ),
            )
            for page in self.pages
            if page.due
        )

    @property
    def first(self) -> Placed | None:
        """Where it goes on: the first line that is printed whole, else the first that gets ink."""
        due = [line for page in self.pages for line, _ in page.due]
        going_on = self.wish.mode is Mode.CONTINUE
        whole = (line for line in due if not (going_on and line.printed))
        return next(whole, next(iter(due), None))

    @property
    def digest(self) -> str:
        """Of every word and its place; the same plan has the same one."""
        said = repr((self.wish.mode, self.printed, [page.taken for page in self.pages]))
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Hand:
    """Who begins a run, when, where, and why."""

    by: PractitionerId
    by_name: str
    at: datetime
    station: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """Everything a run of one sheet is made from.

    Attributes:
        units: What the record says, in the order of its beginnings.
        paper: What lies in the chart.
        whose: The line under the title.
        sheet: As it shall read when everything is on paper, printed lines in their places.
    """

    which: SheetKind
    units: tuple[Unit, ...]
    paper: Paper
    profile: SheetProfile
    whose: str
    patient: PatientId
    stay: EncounterId | None = None
    sheet: Sheet = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # Laid out once, where it is read: a screen asks for plan after plan and must not wait.
        laid = lay_out(self.units, self.paper.ledger, self.profile.lines)
        object.__setattr__(self, "sheet", laid)

    def plan(self, wish: Wish) -> Plan:
        """What would be printed."""
        match wish.mode:
            case Mode.WHOLE:
                return self._whole(wish)
            case Mode.PAGE:
                return self._page(wish)
            case Mode.FROM_LINE:
                return self._from_line(wish)
            case _:
                sheet = self.sheet
                pages = [self._going_on(sheet, number) for number in _numbers(sheet)]
                return self._planned(wish, sheet, pages, again=False)

    def run(self, plan: Plan, run: RunId, stay: EncounterId, hand: Hand) -> Run:
        """The plan as the run that carries it out; all of its pages come out."""
        per_page, ledger = self.profile.lines, self.paper.ledger
        pages = tuple(
            RunPage(
                page.number,
                leaf_of(run, page.number)
                if page.framed
                else ledger.leaves.get(page.number, leaf_of(run, page.number)),
                tuple(_inked(page, per_page)),
            )
            for page in plan.pages
        )
        new = {page.number for page in plan.pages if page.framed}
        whole = plan.wish.mode is Mode.WHOLE
        gone = tuple(sorted(self.paper.live)) if whole else self.paper.leaves_of(new)
        return Run(
            run,
            self.patient,
            stay,
            self.which,
            self.profile.form_mark(self.which),
            plan.wish.mode,
            pages,
            gone,
            hand.at,
            hand.by,
            hand.by_name,
            hand.station,
            hand.reason,
        )

    def scenes(self, pages: Iterable[PrintPage]) -> tuple[Scene, ...]:
        """Where the ink of these pages lies."""
        return tuple(scene(page, self.profile, self.which, self.whose) for page in pages)

    # -- inside

    def _whole(self, wish: Wish) -> Plan:
        sheet = lay_out(self.units, Ledger(), self.profile.lines)
        pages = [_anew(sheet, number) for number in _numbers(sheet)]
        return self._planned(wish, sheet, pages, again=bool(self.paper.live))

    def _page(self, wish: Wish) -> Plan:
        ledger = self.paper.ledger
        sheet = lay_out(self.units, ledger, self.profile.lines, anew=(wish.page,))
        again = bool(self.paper.leaves_of((wish.page,)))
        page = _anew(sheet, wish.page)
        # What goes on to the next page waits until that is printed too: it is not torn apart.
        beyond = {one.unit for one in sheet.page(wish.page + 1) if one.printed is None}
        due = tuple((line, cells) for line, cells in page.due if line.unit not in beyond)
        return self._planned(wish, sheet, [replace(page, due=due)], again=again)

    def _from_line(self, wish: Wish) -> Plan:
        sheet = self.sheet
        place = next((one.place for one in sheet.lines if one.key == wish.line), None)
        if place is None:
            return Plan(wish, sheet, (), again=False, refusal=Refusal.LINE_GONE)
        first = sheet.start(place)
        pages = [self._going_on(sheet, number, first) for number in _numbers(sheet)]
        again = any(one.printed for one in sheet.lines if one.place >= first)
        return self._planned(wish, sheet, pages, again=again)

    def _going_on(self, sheet: Sheet, number: int, first: int | None = None) -> PlannedPage:
        """What the paper lacks; from `first` on everything, above it what has a place.

        What stands above `first` and has no place yet is on the paper, whoever chose it says.
        """
        due: list[tuple[Placed, tuple[Cell, ...]]] = []
        taken: list[Placed] = []
        for line in sheet.page(number):
            if first is not None and line.place >= first:
                due.append((line, line.cells))
            elif first is None or line.printed is not None:
                due.append((line, line.lacking))
            else:
                taken.append(line)
        begin = (number - 1) * sheet.per_page
        anew = first is not None and begin >= first
        framed = anew or (number not in self.paper.ledger.leaves and not taken)
        return PlannedPage(
            number, framed, tuple((line, cells) for line, cells in due if cells), tuple(taken)
        )

    def _planned(
        self, wish: Wish, sheet: Sheet, pages: Iterable[PlannedPage], *, again: bool
    ) -> Plan:
        some = tuple(page for page in pages if page.due or page.taken)
        refusal = None
        if wish.mode in (Mode.CONTINUE, Mode.FROM_LINE) and self.paper.blocked:
            refusal = Refusal.TROUBLED
        elif not any(page.due for page in some):
            refusal = Refusal.NOTHING
        return Plan(wish, sheet, some, again=again, refusal=refusal)


@dataclass(frozen=True, slots=True)
class Layers:
    """A page as a preview draws it: what lies there, and what a run adds.

    Attributes:
        paper: What is on the paper already and stays, or None.
        ink: What is printed now, or None.
    """

    number: int
    paper: Scene | None = None
    ink: Scene | None = None


def layers(stock: Stock, plan: Plan) -> tuple[Layers, ...]:
    """Every page that there is or will be, in two layers."""
    new = {page.number: page for page in plan.printed} if plan.refusal is None else {}
    found = []
    for number in _numbers(plan.sheet):
        page = new.get(number)
        there = None if page is not None and page.framed else _on_paper(stock, plan, number)
        old = stock.scenes([there]) if there is not None else (None,)
        ink = stock.scenes([page]) if page is not None else (None,)
        if there is not None or page is not None:
            found.append(Layers(number, old[0], ink[0]))
    return tuple(found)


def _on_paper(stock: Stock, plan: Plan, number: int) -> PrintPage | None:
    """What lies there now; None when there is no paper."""
    taken = {line.key for page in plan.pages for line in page.taken}
    begin = (number - 1) * plan.sheet.per_page
    cells = tuple(
        (line.place - begin, cell)
        for line in plan.sheet.page(number)
        for cell in (line.cells if line.key in taken else line.printed or ())
    )
    if number not in stock.paper.ledger.leaves and not cells:
        return None
    return PrintPage(number, framed=True, cells=cells)


def _anew(sheet: Sheet, number: int) -> PlannedPage:
    lines = tuple((line, line.cells) for line in sheet.page(number) if line.cells)
    return PlannedPage(number, framed=True, due=lines)


def _inked(page: PlannedPage, per_page: int) -> Iterable[InkedLine]:
    begin = (page.number - 1) * per_page
    for line in page.taken:
        yield InkedLine(line.place - begin, line.key, line.day, line.cells, taken=True)
    for line, cells in page.due:
        yield InkedLine(line.place - begin, line.key, line.day, cells)


def _numbers(sheet: Sheet) -> range:
    return range(1, sheet.page_count + 1)
