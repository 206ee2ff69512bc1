"""The largest sum of an order given as needed is one of its own doses at least."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.dose_limits import DoseLimits, limit_objections
from app.domain.orders import OrderKind, objections
from tests.unit.services.ordering_kit import drug

_SIX = timedelta(hours=6)


@pytest.mark.parametrize(
    ("most", "unit", "said"),
    [
        ("4", "g", []),
        ("500", "mg", []),
        ("499", "mg", [("most", "order_limits.below_one_dose")]),
        ("4", "mL", [("most_unit", "order_limits.units_differ")]),
    ],
)
def test_a_sum_below_one_dose_or_in_another_unit_is_no_limit(
    most: str, unit: str, said: list[tuple[str, str]]
) -> None:
    draft = replace(drug(), kind=OrderKind.PRN, limits=DoseLimits(_SIX, Decimal(most), unit))

    found = [(one.field, one.message.code) for one in objections(draft)]

    assert found == said


@pytest.mark.parametrize("dose", [None, Decimal(0), Decimal("NaN")])
def test_a_dose_that_is_none_has_objections_of_its_own(dose: Decimal | None) -> None:
    assert limit_objections(DoseLimits(_SIX, Decimal(1), "g"), dose, "g") == ()
    assert limit_objections(DoseLimits(_SIX), Decimal(9), "g") == ()
    assert limit_objections(DoseLimits(_SIX, Decimal(1), "g"), Decimal(9), "") == ()
