"""A score as a table: what it asks, what each answer counts, for whom it is, what a total means."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from app.decision.scores.spans import EVERYTHING, Span
from app.domain.quantities import Quantity, measure
from app.domain.terms import Named

YES, NO = "yes", "no"

Condition = tuple[tuple[str, frozenset[str]], ...]
"""Items with the answers of which each must have one; nothing always holds."""


class Answering(enum.Enum):
    """How an item is answered."""

    NUMBER = "number"
    OPTION = "option"
    FLAG = "flag"


class Combining(enum.Enum):
    """How the parts make the total."""

    SUM = "sum"
    MOST = "max"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that scores ask for, the same in every score.

    Attributes:
        loinc: LOINC code of the chart, or "" where it has none.
        unit: UCUM code of `plausible`; "" for what is not a number.
        plausible: Numbers in `unit` that are no slip of the finger.
    """

    code: str
    name: Named
    answering: Answering
    loinc: str = ""
    unit: str = ""
    plausible: Span = EVERYTHING


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a number in one unit becomes one in another: `value * factor + offset`.

    Attributes:
        loinc: The substance it holds for; "" for what does not depend on one.
    """

    loinc: str
    unit: str
    into: str
    factor: Fraction
    offset: Fraction = Fraction()


@dataclass(frozen=True, slots=True)
class Band:
    """Points for numbers.

    Attributes:
        unit: UCUM; numbers that come in this unit are banded by the table published for it.
        when: Answers to other items under which it counts.
    """

    unit: str
    when: Condition
    span: Span
    points: Decimal


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of several.

    Attributes:
        points: None where the answer says that it could not be tested.
        mark: What stands in place of the points then, `T` or `NT`.
    """

    code: str
    name: Named
    points: Decimal | None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """An item as one score uses it.

    Attributes:
        unit: UCUM code numbers are converted into for this score, "" for what is not a number.
        part: Sub-score it counts in, with the most of its items; "" where it does not count.
        needed: Without it there is no total; with a `needed_when` only under that condition.
        unless: It is not needed where all of these are known.
        operand: It is needed for a number that is computed from it, unless that is given.
        stale: Age from which an answer no longer counts; None where it does not age.
        step: What numbers are rounded to before they are banded; None for no rounding.
        down: They are rounded down, as ages are in full years.
        points: Of a flag that is set.
        computing: Name of how it is computed from `operands`, or "".
        operands: Items; with a `?` behind one that may be unknown.
    """

    item: Item
    unit: str = ""
    part: str = ""
    needed: bool = True
    needed_when: Condition = ()
    unless: tuple[str, ...] = ()
    operand: bool = False
    stale: timedelta | None = None
    step: Fraction | None = None
    down: bool = False
    points: Decimal = Decimal()
    bands: tuple[Band, ...] = ()
    options: tuple[Option, ...] = ()
    computing: str = ""
    operands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """For whom a score is not: `item` outside `span`, or answered with one of `answers`."""

    item: str
    span: Span | None
    answers: frozenset[str]
    why: Named


@dataclass(frozen=True, slots=True)
class Default:
    """What the publication says holds for an item of which nothing is said, and its words."""

    answer: str
    why: Named


@dataclass(frozen=True, slots=True)
class Grade:
    """What a total means.

    Attributes:
        single: Least points of one sub-score that make it this grade within `span`; None where
            the total alone decides.
        response: What the publication asks for, or empty.
        urgency: `urgent` or `emergency` where the publication calls for that, or "".
    """

    code: str
    span: Span
    single: Decimal | None
    name: Named
    response: Named
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a score comes from, and whether anybody has released it.

    Attributes:
        version: Of the publication: `2017`.
        status: `draft`, `sourced` or `active`, as the pack says.
    """

    version: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Score:
    """One score.

    Attributes:
        step: What the total is rounded to, halves up.
        unit: UCUM code of the total, `{score}` for points.
        formula: Name of the formula, "" for points.
        constants: Numbers of the formula and of what is computed.
        part_names: Sub-scores that are not called after an item.
    """

    code: str
    name: Named
    combining: Combining
    uses: tuple[Use, ...]
    grades: tuple[Grade, ...]
    origin: Origin
    limits: tuple[Limit, ...] = ()
    step: Fraction = Fraction(1)
    unit: str = "{score}"
    formula: str = ""
    constants: Mapping[str, Decimal] | None = None
    part_names: Mapping[str, Named] | None = None
    conversions: tuple[Conversion, ...] = ()
    defaults: Mapping[str, Default] = field(default_factory=dict)

    def constant(self, name: str) -> Fraction:
        """Raises `KeyError` for one the table does not have."""
        return Fraction((self.constants or {})[name])

    def number(self, name: str) -> float:
        return float(self.constant(name))


def in_unit(
    quantity: Quantity, unit: str, loinc: str, conversions: tuple[Conversion, ...]
) -> Fraction | None:
    """A quantity as a number of `unit`; None where nothing says how it is converted."""
    if not quantity.value.is_finite():
        return None
    value = Fraction(quantity.value)
    if quantity.unit == unit:
        return value
    for one in conversions:
        if (one.unit, one.into) == (quantity.unit, unit) and one.loinc in ("", loinc):
            return value * one.factor + one.offset
    known = measure(quantity)
    return None if known is None else known.into(unit)
