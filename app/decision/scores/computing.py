"""Numbers that are computed from others before they are banded, exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.decision.scores.tables import Score


@dataclass(frozen=True, slots=True)
class Computing:
    """A way to compute a number.

    Attributes:
        operands: How many it takes. `constants`: names of the numbers it reads from the table.
    """

    compute: Callable[[Score, Sequence[Fraction], Fraction | None], Fraction]
    operands: int
    constants: tuple[str, ...] = ()


def _quotient(_: Score, known: Sequence[Fraction], __: Fraction | None) -> Fraction:
    return known[0] / known[1]


def _difference(_: Score, known: Sequence[Fraction], __: Fraction | None) -> Fraction:
    return known[0] - known[1]


def _mean_pressure(_: Score, known: Sequence[Fraction], __: Fraction | None) -> Fraction:
    """Diastolic pressure and a third of the pulse pressure; operands systolic, diastolic."""
    return known[1] + (known[0] - known[1]) / 3


def _mass_index(_: Score, known: Sequence[Fraction], __: Fraction | None) -> Fraction:
    """kg/m2 of a weight in kg and a height in cm."""
    return known[0] / (known[1] / 100) ** 2


def _acute(score: Score, known: Sequence[Fraction], rise: Fraction | None) -> Fraction:
    """The first operand where it has risen acutely, else 0 (KDIGO AKI 2012, 2.1.2, stage 3).

    Operands: value, its ratio to the baseline, its rise in 48 h if known.
    """
    value, ratio = known[0], known[1]
    risen = ratio >= score.constant("acute-ratio")
    soon = rise is not None and rise >= score.constant("acute-rise")
    return value if risen or soon else Fraction()


COMPUTINGS: Mapping[str, Computing] = {
    "quotient": Computing(_quotient, 2),
    "difference": Computing(_difference, 2),
    "mean-pressure": Computing(_mean_pressure, 2),
    "mass-index": Computing(_mass_index, 2),
    "acute": Computing(_acute, 2, ("acute-ratio", "acute-rise")),
}
"""By the name packs give; `operands` counts those that must be known."""
