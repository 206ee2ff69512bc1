"""Bands of numbers with exact borders: `<=8`, `>=9 <=11`, `>100`, `any`."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

ANY = "any"

_BORDER = re.compile(r"(<=|>=|<|>|=)(\S+)")


@dataclass(frozen=True, slots=True)
class Border:
    """One end of a band.

    Attributes:
        inside: The border itself belongs to the band.
    """

    at: Fraction
    inside: bool


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers of a band; an end that is None is open."""

    low: Border | None = None
    high: Border | None = None

    def holds(self, value: Fraction) -> bool:
        return self._is_above(value) and self._is_below(value)

    def _is_above(self, value: Fraction) -> bool:
        low = self.low
        return low is None or value > low.at or (low.inside and value == low.at)

    def _is_below(self, value: Fraction) -> bool:
        high = self.high
        return high is None or value < high.at or (high.inside and value == high.at)


EVERYTHING = Span()


class Fit(enum.Enum):
    """How a band stands to the one below it."""

    JOINED = "joined"
    GAP = "gap"
    OVERLAP = "overlap"


def span_of(text: str) -> Span:
    """Read a band.

    Raises:
        ValueError: It is none, an end is told twice, or nothing lies between the ends.
    """
    if text == ANY:
        return EVERYTHING
    low: Border | None = None
    high: Border | None = None
    for part in text.split():
        told = _BORDER.fullmatch(part)
        if told is None:
            raise ValueError(text)
        sign, border = told[1], Border(_number(told[2]), inside="=" in told[1])
        if sign in (">=", ">", "="):
            low = _once(low, border)
        if sign in ("<=", "<", "="):
            high = _once(high, border)
    if low is None and high is None:
        raise ValueError(text)
    if low is not None and high is not None and not _between(low, high):
        raise ValueError(text)
    return Span(low, high)


def fit(below: Span, above: Span, step: Fraction | None) -> Fit:
    """Whether `above` begins where `below` ends.

    Args:
        below: The band that begins lower.
        above: The band that begins next.
        step: What the numbers are rounded to before they are banded: 11 and 12 then touch. None
            for numbers that are not rounded.
    """
    if below.high is None or above.low is None:
        return Fit.OVERLAP
    if step is None:
        return _fit_of(below.high, above.low)
    last = below.high.at if below.high.inside else below.high.at - step
    first = above.low.at if above.low.inside else above.low.at + step
    if first == last + step:
        return Fit.JOINED
    return Fit.GAP if first > last + step else Fit.OVERLAP


def ascending(spans: Sequence[Span]) -> tuple[int, ...]:
    """Places of the bands in `spans`, lowest beginning first."""
    return tuple(sorted(range(len(spans)), key=lambda place: _beginning(spans[place])))


def rounded(value: Fraction, step: Fraction, *, down: bool) -> Fraction:
    """The multiple of `step` next to a number, halves up; with `down` the one not above it."""
    return (value / step + (0 if down else Fraction(1, 2))) // 1 * step


def _fit_of(end: Border, start: Border) -> Fit:
    if end.at != start.at:
        return Fit.GAP if end.at < start.at else Fit.OVERLAP
    if end.inside and start.inside:
        return Fit.OVERLAP
    return Fit.JOINED if end.inside or start.inside else Fit.GAP


def _beginning(span: Span) -> tuple[bool, Fraction, bool]:
    low = span.low
    return (False, Fraction(), False) if low is None else (True, low.at, not low.inside)


def _once(known: Border | None, border: Border) -> Border:
    if known is not None:
        raise ValueError(border.at)
    return border


def _between(low: Border, high: Border) -> bool:
    return low.at < high.at or (low.at == high.at and low.inside and high.inside)


def _number(text: str) -> Fraction:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not value.is_finite():
        raise ValueError(text)
    return Fraction(value)
