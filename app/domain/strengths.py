"""The strength of a product as the formulary writes it: `0.25g`, `0.48g(80万U)`, `2ml:0.1g`.

What is not understood is not read: nobody computes with half of a strength.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from app.domain.quantities import Quantity, convertible, is_positive

_UNITS = {
    "kg": "kg",
    "g": "g",
    "mg": "mg",
    "ug": "ug",
    "ng": "ng",
    "mmol": "mmol",
    "U": "U",
    "IU": "[iU]",
    "ml": "mL",
    "L": "L",
}
_VOLUMES = ("mL", "L")
_TEN_THOUSAND = "万"
_ONE = re.compile(r"(\d+(?:\.\d+)?)(万?)([A-Za-z]+)")
_TWICE = re.compile(r"([^()]+)\(([^()]+)\)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")


@dataclass(frozen=True, slots=True)
class Strength:
    """What one piece of a product holds (one tablet, one vial, one bottle).

    Attributes:
        written: As the list writes it.
        amounts: The substance, in one unit, or in several that say the same of this substance.
        parts: The substances of a combination, in the order of the list; then no `amounts`.
        volume: Of the piece, where the list says so; of a concentration the volume it is for.
        percent: Of a list that says nothing else. By weight or by volume is not said.
        whole: It is the strength of a piece; a mere concentration says nothing of the piece.
    """

    written: str
    amounts: tuple[Quantity, ...] = ()
    parts: tuple[Quantity, ...] = ()
    volume: Quantity | None = None
    percent: Decimal | None = None
    whole: bool = True


def read_strength(written: str) -> Strength | None:
    """Read a strength; None when it is not understood, or nothing is written."""
    text = written.strip()
    percent = _PERCENT.fullmatch(text)
    if percent is not None:
        told = Decimal(percent[1])
        return Strength(text, percent=told) if 0 < told <= 100 else None
    first, colon, rest = text.partition(":")
    if colon:
        volume = _volume(first)
        held = _content(text, rest)
        return None if volume is None or held is None else _in(held, volume, whole=True)
    alone = _volume(text)
    if alone is not None:
        return Strength(text, volume=alone)
    amount, slash, below = text.partition("/")
    per = _per(below) if slash else None
    if per is not None:
        held = _content(text, amount)
        return None if held is None else _in(held, per, whole=False)
    return _content(text, text)


def strengths_of(cell: str) -> tuple[tuple[str, str], ...]:
    """The (form, strength) pairs of a `strengths` cell: `tab/cap:0.25g;pwd:0.5g,1g`.

    A form without a strength has "" for one.
    """
    found: list[tuple[str, str]] = []
    for group in filter(None, cell.split(";")):
        forms, _, told = group.partition(":")
        found += [(form, one) for form in forms.split("/") for one in told.split(",")]
    return tuple(found)


def _content(written: str, text: str) -> Strength | None:
    """Substance without a volume: one amount, one amount said twice, or a combination."""
    twice = _TWICE.fullmatch(text)
    if twice is not None:
        both = _amount(twice[1]), _amount(twice[2])
        if both[0] is None or both[1] is None or convertible(both[0].unit, both[1].unit):
            # Two masses would contradict each other, or say something else of two substances.
            return None
        return Strength(written, (both[0], both[1]))
    parts = [_amount(part) for part in text.split("/")]
    known = tuple(part for part in parts if part is not None)
    if len(known) != len(parts):
        return None
    return Strength(written, known) if len(known) == 1 else Strength(written, parts=known)


def _in(held: Strength, volume: Quantity, *, whole: bool) -> Strength:
    return Strength(held.written, held.amounts, held.parts, volume, whole=whole)


def _per(text: str) -> Quantity | None:
    """What stands below the line of a concentration: `ml` is one of it."""
    unit = _UNITS.get(text, "")
    return Quantity(Decimal(1), unit) if unit in _VOLUMES else _volume(text)


def _volume(text: str) -> Quantity | None:
    found = _quantity(text)
    return found if found is not None and found.unit in _VOLUMES else None


def _amount(text: str) -> Quantity | None:
    found = _quantity(text)
    return found if found is not None and found.unit not in _VOLUMES else None


def _quantity(text: str) -> Quantity | None:
    match = _ONE.fullmatch(text)
    unit = _UNITS.get(match[3], "") if match is not None else ""
    if match is None or not unit:
        return None
    times = Decimal(10_000) if match[2] == _TEN_THOUSAND else Decimal(1)
    found = Quantity(Decimal(match[1]) * times, unit)
    return found if is_positive(found) else None
