"""How a value runs through an illness: points of a template, noise of the day."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from resources.demo.knowledge import Curve


def along(points: Curve, days: float, recovery: float) -> float:
    """The value after `days`: straight between the points, level after the last."""
    if len(points) == 1:
        return points[0]
    place = min(max(days, 0.0) / recovery, 1.0) * (len(points) - 1)
    left = min(int(place), len(points) - 2)
    return points[left] + (points[left + 1] - points[left]) * (place - left)


def stage(count: int, days: float, recovery: float) -> int:
    """Which of `count` chapters of the course `days` falls into."""
    return min(count - 1, int(min(max(days, 0.0) / recovery, 0.999) * count))


def rounded(value: float, decimals: int) -> Decimal:
    """A measurement as it is written down, with exactly that many decimals."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
