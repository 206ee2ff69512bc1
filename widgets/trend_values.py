"""What a trend plot shows, as values."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo


class Symbol(enum.Enum):
    """Series differ by shape and colour (CUI GTAB-002)."""

    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    CROSS = "cross"


PALETTE = ("series_1", "series_2", "series_3", "series_4", "series_5")
"""Colour tokens of the series, told apart with every common colour blindness."""


@dataclass(frozen=True, slots=True)
class Point:
    """One recorded value.

    Attributes:
        at: When, aware.
        value: Where it stands.
        shown: Its digits as recorded, without the unit (CUI GTAB-054).
        key: What the plot answers with when the point is opened.
        critical: A critical value: marked with danger, a sign and the word.
        late: It was recorded late; drawn hollow and said.
        note: More for the read-out: who, which sample.
    """

    at: datetime
    value: float
    shown: str
    key: str = ""
    critical: bool = False
    late: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one thing over time.

    Attributes:
        name: In the reader's language.
        points: Oldest first.
        symbol: Its shape.
        colour: A token of `PALETTE`.
        gap: Points further apart than this are not joined: nothing is known between them.
    """

    name: str
    points: tuple[Point, ...]
    symbol: Symbol = Symbol.CIRCLE
    colour: str = "series_1"
    gap: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A reference range; an open side is None."""

    low: float | None
    high: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One vertical scale with its series; panels are stacked over one time axis.

    Attributes:
        title: What is measured.
        unit: The one unit of the panel; two units are two panels (CUI FSG-0013).
        low: The bottom of the scale.
        high: Its top.
        rescaled: The scale is not the usual one, and the plot says so (CUI GTAB-075).
    """

    title: str
    unit: str
    series: tuple[Series, ...]
    low: float
    high: float
    band: Band | None = None
    critical_low: float | None = None
    critical_high: float | None = None
    rescaled: bool = False


@dataclass(frozen=True, slots=True)
class TrendSpec:
    """A whole plot.

    Attributes:
        title: What it is, for screen readers.
        panels: From top to bottom.
        start: Left end of the time axis, aware.
        end: Right end.
        zone: The time zone of the marks.
        now: The moment of the "now" line, if it lies within.
    """

    title: str
    panels: tuple[Panel, ...]
    start: datetime
    end: datetime
    zone: tzinfo
    now: datetime | None = None


def round_scale(values: tuple[float, ...], *, steps: int = 4) -> tuple[float, float]:
    """A scale with round ends that holds `values`."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if low == high:
        low, high = low - 1, high + 1
    step = round_step((high - low) / steps)
    return (math.floor(low / step) * step, math.ceil(high / step) * step)


def round_step(rough: float) -> float:
    """The next of 1, 2, 5, 10 … not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * part for part in (1, 2, 5, 10) if power * part >= rough * 0.999999)


def scale_marks(low: float, high: float, *, steps: int = 4) -> tuple[float, ...]:
    """Round values within a scale, about `steps` of them."""
    step = round_step((high - low) / steps)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(round(i * step, 10) for i in range(first, last + 1))


def number_text(value: float) -> str:
    """A scale mark without a trailing zero, with a comma from 1,000."""
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
