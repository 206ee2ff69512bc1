"""Runs of the printer over the paper of an order sheet: what one printed, and onto which paper.

A run is never changed once it is known to be on paper, and never taken back; a later one may throw
the paper of an earlier one away. What lies in the chart follows from all of them (`sheet_paper`),
whoever printed them and wherever.
"""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NewType

from app.domain.order_sheets import Cell, SheetKind
from app.domain.sheet_layout import LeafId
from app.domain.terms import EncounterId, PatientId, PractitionerId

RunId = NewType("RunId", str)


class Mode(enum.Enum):
    """How much is printed."""

    CONTINUE = "continue"
    """What the paper lacks, and nothing else (续打)."""
    FROM_LINE = "from-line"
    """From a line on that a person chose; what stands above it is on paper, they say."""
    PAGE = "page"
    """One page anew, every line in its place."""
    WHOLE = "whole"
    """Everything anew (重打); what came late finds its order."""


@dataclass(frozen=True, slots=True)
class InkedLine:
    """What a run put into one line.

    Attributes:
        row: Of the page, from 0.
        key: `Line.key` of what stands there.
        taken: Nothing was printed: a person said that this is on the paper already.
    """

    row: int
    key: str
    day: str
    cells: tuple[Cell, ...]
    taken: bool = False


@dataclass(frozen=True, slots=True)
class RunPage:
    """What a run did to one page.

    Attributes:
        leaf: The sheet of paper it went onto; a new one bears the name of the run.
        came_out: False where the printer failed; its lines keep their places for the next run.
    """

    number: int
    leaf: LeafId
    lines: tuple[InkedLine, ...]
    came_out: bool = True

    @property
    def printed(self) -> bool:
        """The printer was to do something for it."""
        return any(not line.taken for line in self.lines)


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Attributes:
        form: `SheetProfile.form_mark`: on paper of another form nothing may be added.
        replaces: Sheets of paper that are thrown away for it.
        at: When it was begun.
        station: The workstation it was begun on.
        reason: Why something is printed once more, or leaves the cache as a file.
    """

    id: RunId
    patient: PatientId
    stay: EncounterId
    sheet: SheetKind
    form: str
    mode: Mode
    pages: tuple[RunPage, ...]
    replaces: tuple[LeafId, ...]
    at: datetime
    by: PractitionerId
    by_name: str
    station: str = ""
    reason: str = ""

    @property
    def printed(self) -> tuple[int, ...]:
        """The pages the printer was to do something for."""
        return tuple(page.number for page in self.pages if page.printed)

    def came_out(self, numbers: Collection[int]) -> Run:
        """The run as it is on paper when these of its pages came out, one at least.

        Of a page that failed the old paper stays; only a whole reprint leaves none, since its
        lines have found other places.
        """
        pages = tuple(
            replace(page, came_out=page.number in numbers or not page.printed)
            for page in self.pages
        )
        gone = tuple(
            leaf for leaf in self.replaces if self.mode is Mode.WHOLE or page_of(leaf) in numbers
        )
        return replace(self, pages=pages, replaces=gone)


def leaf_of(run: RunId, page: int) -> LeafId:
    """The name of the new paper of a run."""
    return LeafId(f"{run}/{page}")


def page_of(leaf: LeafId) -> int:
    """Which page of the sheet a paper is; 0 when its name does not say."""
    number = leaf.rpartition("/")[2]
    return int(number) if number.isascii() and number.isdigit() else 0


def run_of(leaf: LeafId) -> RunId:
    """The run a paper came out of."""
    return RunId(leaf.rpartition("/")[0])
