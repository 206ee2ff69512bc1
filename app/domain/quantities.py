"""Amounts with their UCUM unit: converted exactly, within one dimension, or not at all.

Values are Decimal wherever they come in or go out. In between they are fractions of base units,
because 1 mg/h is no Decimal of mg/min: what had to be rounded is said by `Figure`, never hidden.
Units in braces (`{tbl}`, `{drop}`) count things and convert into nothing but themselves; so do
`U` and `[iU]`, which are not the same (UCUM §24, §28).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

_PREFIXES = {
    "": Fraction(1),
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 10**3),
    "c": Fraction(1, 100),
    "d": Fraction(1, 10),
    "k": Fraction(10**3),
    "M": Fraction(10**6),
}
_METRIC = {
    "g": "g",
    "L": "L",
    "l": "L",
    "m": "m",
    "mol": "mol",
    "eq": "eq",
    "U": "U",
    "[iU]": "[iU]",
    "[IU]": "[iU]",
}
_TIMES = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "wk": 604_800}
_BRACKETS = re.compile(r"[{}\[\]]")
_COUNTED = re.compile(r"\{[^{}]+\}")
_POWER = re.compile(r"(.*[^0-9])([23])")
_PREFIXED = re.compile(r"([numcdkM]?)(g|L|l|mol|m|eq|U|\[iU\]|\[IU\])")
_FARTHEST = 30
"""Powers of ten beyond which a number is no amount of anything: computing with it could hang."""

SIGNIFICANT = 4
"""Digits that are kept of what is no finite decimal."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount as it is recorded.

    Attributes:
        unit: UCUM code of `value`.
    """

    value: Decimal
    unit: str

    @property
    def text(self) -> str:
        """For a sentence: digits and unit, `0.5 g`, `2 tbl`, `300 IU`."""
        return f"{number(self.value)} {spelled(self.unit)}"


@dataclass(frozen=True, slots=True)
class Measure:
    """An amount as it is computed with: base units, and how often each stands in it.

    Attributes:
        dimension: (base, power) sorted by base, without a power of 0.
    """

    value: Fraction
    dimension: tuple[tuple[str, int], ...] = ()

    def __mul__(self, other: Measure) -> Measure:
        return Measure(self.value * other.value, _joined(self.dimension, other.dimension, 1))

    def __truediv__(self, other: Measure) -> Measure:
        """Raises `ZeroDivisionError` for nothing, as numbers do."""
        return Measure(self.value / other.value, _joined(self.dimension, other.dimension, -1))

    def into(self, unit: str) -> Fraction | None:
        """How many of `unit` it is; None for another dimension or a unit that is not known."""
        known = _unit(unit)
        if known is None or known.dimension != self.dimension:
            return None
        return self.value / known.value


@dataclass(frozen=True, slots=True)
class Figure:
    """A number for a person.

    Attributes:
        exact: Nothing was rounded away.
    """

    value: Decimal
    exact: bool = True

    @property
    def text(self) -> str:
        return number(self.value) if self.exact else self.equals

    @property
    def equals(self) -> str:
        """With the sign of what it is: `= 100`, `≈ 33.33`."""
        return f"{'=' if self.exact else '≈'} {number(self.value)}"


def measure(quantity: Quantity) -> Measure | None:
    """The quantity to compute with; None when its unit is not known or it is no usable number."""
    known = _unit(quantity.unit)
    if known is None or not is_usable(quantity.value):
        return None
    return Measure(Fraction(quantity.value) * known.value, known.dimension)


def is_usable(value: Decimal) -> bool:
    """Whether a number can be an amount: finite, and within sixty powers of ten."""
    return value.is_finite() and abs(value.adjusted()) <= _FARTHEST


def is_positive(quantity: Quantity) -> bool:
    """Whether it is an amount of something."""
    return is_usable(quantity.value) and quantity.value > 0


def ratio(one: Quantity, other: Quantity) -> Fraction | None:
    """How often `other` goes into `one`; None when they cannot be compared, or `other` is 0."""
    if not (is_usable(one.value) and is_usable(other.value)) or not other.value:
        return None
    if one.unit == other.unit:
        return Fraction(one.value) / Fraction(other.value)
    first, second = measure(one), measure(other)
    if first is None or second is None or first.dimension != second.dimension:
        return None
    return first.value / second.value


def converted(quantity: Quantity, unit: str) -> Quantity | None:
    """The same amount in `unit`.

    None when the units measure different things, when one of them is not known, or when the
    amount is no finite decimal in `unit`: nothing is rounded here.
    """
    if quantity.unit == unit:
        return quantity
    known = measure(quantity)
    share = None if known is None else known.into(unit)
    value = None if share is None else decimal_of(share)
    return None if value is None else Quantity(value, unit)


def convertible(one: str, other: str) -> bool:
    """Whether two units measure the same thing; every unit measures what itself does."""
    if one == other:
        return bool(one)
    first, second = _unit(one), _unit(other)
    return first is not None and second is not None and first.dimension == second.dimension


def same_amount(one: Quantity, other: Quantity) -> bool | None:
    """Whether two amounts are equal, 0.5 g and 500 mg; None when they cannot be compared."""
    if not (is_usable(one.value) and is_usable(other.value)):
        return None
    if one.unit == other.unit and one.unit:
        return one.value == other.value
    first, second = measure(one), measure(other)
    if first is None or second is None or first.dimension != second.dimension:
        return None
    return first.value == second.value


def decimal_of(share: Fraction) -> Decimal | None:
    """The fraction as a Decimal; None when it has no end."""
    rest, places = share.denominator, 0
    for factor in (2, 5):
        found = 0
        while rest % factor == 0:
            rest //= factor
            found += 1
        places = max(places, found)
    if rest != 1:
        return None
    whole = share.numerator * 10**places // share.denominator
    # By its digits: the arithmetic of Decimal would round to the 28 of its context.
    return Decimal((int(whole < 0), tuple(map(int, str(abs(whole)))), -places))


def figure(share: Fraction, digits: int = SIGNIFICANT) -> Figure:
    """A fraction that is not negative: whole where it ends, else its first `digits`, half up."""
    value = decimal_of(share)
    if value is not None:
        return Figure(value)
    step = Fraction(10) ** (_magnitude(share) - digits + 1)
    return Figure(nearest(share, step), exact=False)


def nearest(share: Fraction, step: Fraction) -> Decimal:
    """The multiple of `step` next to a fraction that is not negative; halves go up.

    Raises:
        ValueError: `step` is not positive, or no finite decimal.
    """
    if step <= 0:
        raise ValueError("a step is positive")
    value = decimal_of(((share / step + Fraction(1, 2)) // 1) * step)
    if value is None:
        raise ValueError("a step is a decimal")
    return value


def number(value: Decimal) -> str:
    """Digits without an exponent and without noughts that say nothing: 500, 0.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def spelled(unit: str) -> str:
    """A UCUM code for the eye: without the brackets that set off what is no unit of measure."""
    return _BRACKETS.sub("", unit.replace("[iU]", "IU"))


def _magnitude(share: Fraction) -> int:
    """The power of ten of the first digit of a fraction above 0."""
    power = len(str(share.numerator)) - len(str(share.denominator))
    return power if Fraction(10) ** power <= share else power - 1


def _joined(
    one: tuple[tuple[str, int], ...], other: tuple[tuple[str, int], ...], sign: int
) -> tuple[tuple[str, int], ...]:
    found = dict(one)
    for base, power in other:
        found[base] = found.get(base, 0) + sign * power
    return tuple(sorted((base, power) for base, power in found.items() if power))


@cache
def _unit(code: str) -> Measure | None:
    """One of the unit; None for one that this program does not compute with."""
    head, *below = code.split("/")
    found = _atom(head)
    for part in below:
        atom = _atom(part)
        if found is None or atom is None:
            return None
        found = found / atom
    return found


def _atom(code: str) -> Measure | None:
    power = _POWER.fullmatch(code)
    if power is not None:
        one = _atom(power[1])
        return None if one is None else _raised(one, int(power[2]))
    if _COUNTED.fullmatch(code):
        return Measure(Fraction(1), ((code, 1),))
    if code in _TIMES:
        return Measure(Fraction(_TIMES[code]), (("s", 1),))
    parts = _PREFIXED.fullmatch(code)
    return None if parts is None else Measure(_PREFIXES[parts[1]], ((_METRIC[parts[2]], 1),))


def _raised(one: Measure, power: int) -> Measure:
    found = one
    for _ in range(power - 1):
        found = found * one
    return found
