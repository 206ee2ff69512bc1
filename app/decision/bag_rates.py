"""How fast a substance runs that is in a bag, where only the flow of the bag is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from app.decision.line_doses import quantity
from app.decision.situation import Line
from app.domain.quantities import Quantity, convertible, ratio

_FLOW = "mL/h"
_VOLUME = Quantity(Decimal(1), "mL")
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*(mL|毫升|L|升)(?![A-Za-z])", re.IGNORECASE)
_LITRES = {"l": 1000, "升": 1000}


def is_flow(unit: str) -> bool:
    """Whether it is one of volume per time."""
    return convertible(unit, _FLOW)


def rate_in_bag(line: Line, mates: Sequence[Line], at_once: Quantity) -> Quantity | None:
    """The substance per hour: its dose, by how much of the bag runs in an hour.

    None where the flow or the volume is not told, or told in two ways. What the dose itself adds
    to the volume is left out: it runs no faster than this.
    """
    flows = {_per_hour(one.rate) for one in (line, *mates) if one.rate is not None}
    volume = _volume(line, mates)
    if len(flows) != 1 or not volume:
        return None
    flow = flows.pop()
    if flow is None:
        return None
    return quantity(Fraction(at_once.value) * flow / volume, f"{at_once.unit}/h")


def _per_hour(rate: Quantity) -> Fraction | None:
    """Millilitres an hour; None of what is no flow."""
    return ratio(rate, Quantity(Decimal(1), _FLOW))


def _volume(line: Line, mates: Iterable[Line]) -> Fraction:
    """Millilitres: what is written as the diluent, and the lines that are ordered by volume."""
    written = _WRITTEN.findall(line.diluent_text)
    total = Fraction(0)
    if len(written) == 1:
        number, unit = written[0]
        total += Fraction(number) * _LITRES.get(unit.lower(), 1)
    for one in mates:
        share = None if one.dose is None else ratio(one.dose, _VOLUME)
        total += share or 0
    return total
