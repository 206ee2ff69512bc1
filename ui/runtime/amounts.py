"""Amounts as suggestions of decision support write them. Knows no Qt."""

from __future__ import annotations

import re
from decimal import Decimal

from app.domain.quantities import Quantity

_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?) (\S+)")


def amount_of(value: str) -> Quantity | None:
    """The dose of a suggestion (`500 mg`); None where it is none."""
    found = _AMOUNT.fullmatch(value.strip())
    return Quantity(Decimal(found[1]), found[2]) if found is not None else None
