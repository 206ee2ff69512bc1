"""Where the ink of an order sheet lies, in millimetres from the upper left corner of the paper.

Screen, PDF and printer draw the same scene, so that a line has one position whoever draws it.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.order_sheets import Column, Ink, SheetKind, SheetWords
from app.domain.sheet_layout import PrintPage

POINT = 25.4 / 72
"""Millimetres of a typographic point."""


class Align(enum.Enum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class ColumnPlace:
    """Where a column lies.

    Attributes:
        heading: What stands above it, or "".
        ruled: An upright stands on its left; what has none shares the field before it.
    """

    column: Column
    x: float
    width: float
    align: Align
    heading: str
    ruled: bool


@dataclass(frozen=True, slots=True)
class SheetForm:
    """One of the two sheets, as the profile pack describes it."""

    kind: SheetKind
    title: str
    columns: tuple[ColumnPlace, ...]

    def place(self, column: Column) -> ColumnPlace | None:
        """Where `column` lies; None on a sheet that has none."""
        return next((one for one in self.columns if one.column is column), None)


@dataclass(frozen=True, slots=True)
class SheetProfile:
    """The paper of a hospital; lengths in millimetres, sizes in points.

    Attributes:
        top: Where the first line begins, below the headings.
        colours: `#RRGGBB` of each ink: legal sheets have their own, not those of the screen.
    """

    id: str
    hospital: str
    width: float
    height: float
    top: float
    heading: float
    row: float
    lines: int
    size: float
    title_size: float
    stroke: float
    page_number: str
    colours: Mapping[Ink, str]
    words: SheetWords
    forms: Mapping[SheetKind, SheetForm]

    def form_mark(self, kind: SheetKind) -> str:
        """Tells paper apart onto which the same line would not be printed at the same place.

        Colours, titles and the hospital's name are not in it: they move nothing.
        """
        measures = (self.width, self.height, self.top, self.row, self.lines, self.size)
        where = [(one.column.value, one.x, one.width) for one in self.forms[kind].columns]
        said = repr((measures, where))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Writing:
    """Words; `y` is the baseline."""

    x: float
    y: float
    text: str
    size: float
    ink: Ink = Ink.BLACK
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    ink: Ink = Ink.BLACK


Mark = Writing | Stroke


@dataclass(frozen=True, slots=True)
class Scene:
    """A page of paper with everything that is to be drawn on it."""

    number: int
    width: float
    height: float
    marks: tuple[Mark, ...]


def scene(page: PrintPage, profile: SheetProfile, kind: SheetKind, patient: str) -> Scene:
    """The marks of one page.

    Args:
        page: What goes on it; without a frame nothing but its cells is drawn.
        profile: The paper.
        kind: Which sheet.
        patient: The line under the title: whose sheet it is.
    """
    form = profile.forms[kind]
    marks = list(_frame(page, profile, form, patient)) if page.framed else []
    for row, cell in page.cells:
        place = form.place(cell.column)
        if cell.column is Column.RULE:
            left, right = _edges(form)
            y = profile.top + row * profile.row
            marks.append(Stroke(left, y, right, y, 2 * profile.stroke, cell.ink))
        elif place is not None:
            marks.append(_written(cell.text, baseline(profile, row), place, profile.size, cell.ink))
    return Scene(page.number, profile.width, profile.height, tuple(marks))


def baseline(profile: SheetProfile, row: int) -> float:
    """The baseline of a line of the page, counted from 0."""
    middle = profile.top + (row + 0.5) * profile.row
    return middle + 0.35 * profile.size * POINT


def _written(text: str, y: float, place: ColumnPlace, size: float, ink: Ink) -> Writing:
    x = {
        Align.LEFT: place.x + 0.8,
        Align.CENTRE: place.x + place.width / 2,
        Align.RIGHT: place.x + place.width - 0.8,
    }[place.align]
    return Writing(x, y, text, size, ink, place.align)


def _frame(
    page: PrintPage, profile: SheetProfile, form: SheetForm, patient: str
) -> tuple[Mark, ...]:
    left, right = _edges(form)
    headings = profile.top - profile.heading
    middle, line = profile.width / 2, profile.title_size * POINT
    marks: list[Mark] = [
        Writing(
            middle, headings - 3.2 * line, profile.hospital, profile.size + 2, align=Align.CENTRE
        ),
        Writing(middle, headings - 1.8 * line, form.title, profile.title_size, align=Align.CENTRE),
        Writing(left, headings - 2.0, patient, profile.size),
    ]
    bottom = profile.top + profile.lines * profile.row
    number = profile.page_number.format(number=page.number)
    marks.append(Writing(middle, bottom + 6, number, profile.size, align=Align.CENTRE))
    rules = (headings, *(profile.top + n * profile.row for n in range(profile.lines + 1)))
    marks += [Stroke(left, y, right, y, profile.stroke) for y in rules]
    headed = [one for one in form.columns if one.heading]
    uprights = (*(one.x for one in form.columns if one.ruled), right)
    marks += [Stroke(x, headings, x, bottom, profile.stroke) for x in uprights]
    y = headings + profile.heading / 2 + 0.35 * profile.size * POINT
    marks += [
        Writing(one.x + one.width / 2, y, one.heading, profile.size, align=Align.CENTRE)
        for one in headed
    ]
    return tuple(marks)


def _edges(form: SheetForm) -> tuple[float, float]:
    return min(c.x for c in form.columns), max(c.x + c.width for c in form.columns)
