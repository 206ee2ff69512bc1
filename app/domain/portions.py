"""From a dose to what is taken of a product, and how much of it a course uses up.

A count is a count of pieces: 81 mg of a tablet of 81 mg is one tablet. A dose that no number of
pieces makes up, or that the product does not say how to measure, is not dispensed exactly, and
that is said with the number it would take.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from fractions import Fraction

from app.domain.quantities import (
    Quantity,
    convertible,
    decimal_of,
    figure,
    is_positive,
    measure,
    ratio,
)
from app.domain.strengths import Strength
from app.kernel.faults import Message, Parameter

_VOLUME = "mL"
_PARTS = {"whole": 1, "half": 2}


class Division(enum.Enum):
    """How a piece may be parted (`resources/packs/formulary/pieces.tsv`)."""

    WHOLE = "whole"
    HALF = "half"
    MEASURED = "measured"
    """A part of it is drawn up; whether the rest is kept is for the ward to say."""
    SHARED = "shared"
    """It serves many doses: a bottle of syrup."""


@dataclass(frozen=True, slots=True)
class Product:
    """One product of the formulary.

    Attributes:
        form: Dosage form as the list abbreviates it.
        pieces: UCUM codes that count its pieces, `{tbl}`; the first is written.
        word: Code of the sentence that names a piece.
    """

    form: str
    strength: Strength
    pieces: tuple[str, ...]
    word: str
    division: Division

    @property
    def piece(self) -> str:
        return self.pieces[0]


@dataclass(frozen=True, slots=True)
class Portion:
    """What makes one dose of a product.

    Attributes:
        count: Pieces, or parts of one.
        volume: Of what is measured out, in mL; None where the product has no volume.
    """

    product: Product
    dose: Quantity
    count: Fraction
    volume: Fraction | None = None

    @property
    def opened(self) -> int:
        """Pieces that are opened for this dose alone."""
        return math.ceil(self.count)

    @property
    def said(self) -> Message:
        """For the form: so many pieces a dose, and how much of a liquid."""
        said: dict[str, Parameter] = {
            "number": figure(self.count).text,
            "@piece": self.product.word,
            "strength": self.product.strength.written,
        }
        if self.volume is None:
            return Message.of("arithmetic.portion", **said)
        return Message.of("arithmetic.portion-measured", **said, volume=figure(self.volume).text)


@dataclass(frozen=True, slots=True)
class Course:
    """Pieces for a number of doses.

    Attributes:
        least: When what is left of a piece is kept for the next dose.
        most: When every dose opens pieces of its own.
    """

    portion: Portion
    doses: int
    least: int
    most: int

    @property
    def said(self) -> Message:
        said: dict[str, Parameter] = {
            "doses": self.doses,
            "@piece": self.portion.product.word,
            "strength": self.portion.product.strength.written,
        }
        if self.least == self.most:
            return Message.of("arithmetic.course", **said, number=self.least)
        return Message.of("arithmetic.course-between", **said, least=self.least, most=self.most)


def portion(dose: Quantity, product: Product) -> Portion | Message:
    """What of `product` makes one dose, or why no part of it does exactly.

    Args:
        dose: In pieces, in a unit of the substance, or in a volume of the product.
        product: With the strength of one piece.
    """
    if not is_positive(dose):
        return Message.of("order.dose-not-positive")
    count = _count(dose, product)
    if isinstance(count, Message):
        return count
    parts = _PARTS.get(product.division.value)
    if parts is not None and (count * parts).denominator != 1:
        said: dict[str, Parameter] = {
            "dose": dose.text,
            "number": figure(count).text,
            "@piece": product.word,
            "strength": product.strength.written,
        }
        return Message.of("arithmetic.not-exact", **said)
    return Portion(product, dose, count, _volume(count, product.strength))


def amount(count: Quantity, product: Product) -> Quantity | None:
    """The substance in a count of pieces, in the first unit of the list.

    None when `count` counts something else, or the list names no one substance.
    """
    strength = product.strength
    if count.unit not in product.pieces or not strength.whole or not strength.amounts:
        return None
    held = strength.amounts[0]
    share = Fraction(count.value) * Fraction(held.value) if is_positive(count) else None
    # A product of two decimals always ends; through fractions it keeps every digit.
    value = None if share is None else decimal_of(share)
    return None if value is None else Quantity(value, held.unit)


def course(one: Portion, doses: int) -> Course:
    """How many pieces `doses` doses use up.

    Raises:
        ValueError: A negative number of doses.
    """
    if doses < 0:
        raise ValueError("no course has fewer than no doses")
    least = math.ceil(one.count * doses)
    shared = one.product.division is Division.SHARED
    return Course(one, doses, least, least if shared else one.opened * doses)


def _count(dose: Quantity, product: Product) -> Fraction | Message:
    strength = product.strength
    if dose.unit in product.pieces:
        return Fraction(dose.value)
    if not strength.whole:
        return Message.of("arithmetic.piece-not-stated", strength=strength.written)
    held = [*strength.amounts, *([strength.volume] if strength.volume is not None else [])]
    shares = [share for one in held if (share := ratio(dose, one)) is not None]
    if shares:
        return shares[0]
    if strength.percent is not None:
        return Message.of("arithmetic.only-percent", strength=strength.written)
    if any(convertible(dose.unit, part.unit) for part in strength.parts):
        return Message.of("arithmetic.combination", strength=strength.written)
    return Message.of("arithmetic.units-differ", dose=dose.text, strength=strength.written)


def _volume(count: Fraction, strength: Strength) -> Fraction | None:
    known = None if strength.volume is None else measure(strength.volume)
    one = None if known is None else known.into(_VOLUME)
    return None if one is None else count * one
