"""What a grid of stages shows, as values: stages from left to right, bands from top to bottom."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from resources.styles.tokens import Tone


class When(enum.Enum):
    """Where a stage stands in time; its word says so, and its frame does without a colour.

    Of `UNDATED` nobody knows yet when it will be.
    """

    PASSED = "passed"
    NOW = "now"
    TO_COME = "to-come"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class StageHead:
    """A column.

    Attributes:
        key: Its name.
        title: What the stage is called.
        lines: Its days and its dates, one under another.
        word: Where it stands in time, in a word.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    when: When = When.TO_COME
    word: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A row: what its entries have in common, and how far they have come."""

    key: str
    title: str
    second: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing within a stage.

    Attributes:
        key: What the grid answers with.
        text: What it is; wraps, is never cut.
        state: How it stands, in a word.
        second: Who, when and why; wraps.
        tone: What it claims; `icon` and `state` say the same without the colour.
        strong: It must be done or explained.
        local: Known on this workstation only: its edge is hatched.
        said: Everything about it, for screen readers and the tool tip.
    """

    key: str
    text: str
    state: str = ""
    second: str = ""
    tone: Tone = Tone.PLAIN
    icon: str = ""
    strong: bool = False
    local: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A whole grid; `entries` are by the keys of band and stage."""

    stages: tuple[StageHead, ...] = ()
    bands: tuple[Band, ...] = ()
    entries: Mapping[tuple[str, str], tuple[Entry, ...]] = field(default_factory=dict)

    def cell(self, band: str, stage: str) -> tuple[Entry, ...]:
        return self.entries.get((band, stage), ())

    def column(self, stage: str) -> tuple[Entry, ...]:
        """The entries of a stage from top to bottom."""
        return tuple(one for band in self.bands for one in self.cell(band.key, stage))

    def entry(self, key: str) -> Entry | None:
        found = (one for cell in self.entries.values() for one in cell if one.key == key)
        return next(found, None)

    def place(self, key: str) -> tuple[str, str] | None:
        """Band and stage of an entry."""
        found = (at for at, cell in self.entries.items() if any(one.key == key for one in cell))
        return next(found, None)

    def beside(self, key: str, steps: int) -> str:
        """The entry `steps` stages to the right: of the same band, else of the nearest one."""
        at = self.place(key)
        if at is None:
            return key
        band, stage = at
        names = [one.key for one in self.stages]
        row = [one.key for one in self.cell(band, stage)].index(key)
        bands = [one.key for one in self.bands]
        here = bands.index(band)
        near = sorted(range(len(bands)), key=lambda n: (abs(n - here), n))
        place = names.index(stage) + steps
        while 0 <= place < len(names):
            cells = (self.cell(bands[n], names[place]) for n in near)
            cell = next((found for found in cells if found), ())
            if cell:
                return cell[min(row, len(cell) - 1)].key
            place += steps
        return key

    def below(self, key: str, steps: int) -> str:
        """The entry `steps` further down in the same stage."""
        at = self.place(key)
        if at is None:
            return key
        keys = [one.key for one in self.column(at[1])]
        return keys[min(max(keys.index(key) + steps, 0), len(keys) - 1)]
