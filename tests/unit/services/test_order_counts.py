"""The first and the last day of an order, as the form is told them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.day_counts import Counts
from app.domain.orders import Dosage, OrderClass, OrderKind
from app.kernel.faults import Message
from tests.unit.services.test_order_arithmetic import ARITHMETIC, NOW, draft


def test_the_form_is_told_both_ends_and_between_what_they_may_be_chosen() -> None:
    order = draft("Furosemide", "20", "mg", first_day=0)

    assert ARITHMETIC.day_counts(order, NOW) == Counts(1, 0, 2, 0, last=2, most_last=3)
    impossible = ARITHMETIC.day_counts(replace(order, first_day=3), NOW)
    assert impossible == Message.of("arithmetic.first-day-not", number=3, least=0, most=2)


@pytest.mark.parametrize(
    "more",
    [
        {"kind": OrderKind.PRN},
        {"kind": OrderKind.DISCHARGE},
        {"order_class": OrderClass.NURSING},
        {"dosage": Dosage(Decimal(20), "mg")},
    ],
)
def test_what_has_no_doses_at_known_times_has_no_ends_to_count(more: dict[str, object]) -> None:
    order = draft("Furosemide", "20", "mg", **more)  # type: ignore[arg-type]  # a test may override any field

    assert ARITHMETIC.day_counts(order, NOW) is None
    assert ARITHMETIC.end_with(order, NOW, 1) == Message.of("arithmetic.no-last-day")


def test_the_last_day_is_chosen_by_the_end_of_the_order() -> None:
    order = draft("Furosemide", "20", "mg")
    ends = ARITHMETIC.end_with(order, NOW, 1)
    assert ends == datetime(2026, 3, 5, 4, tzinfo=UTC)  # 12:00 in the ward: the dose at 08:00 stays

    found = ARITHMETIC.day_counts(replace(order, ends_at=ends), NOW)

    assert isinstance(found, Counts)
    assert found.last == 1
    too_many = ARITHMETIC.end_with(order, NOW, 4)
    assert too_many == Message.of("arithmetic.last-day-not", number=4, least=0, most=3)
    first_wrong = ARITHMETIC.end_with(replace(order, first_day=9), NOW, 1)
    assert isinstance(first_wrong, Message)
    assert first_wrong.code == "arithmetic.first-day-not"
    assert ARITHMETIC.end_with(replace(order, ends_at=None), NOW, 1) == Message.of(
        "arithmetic.no-last-day"
    )
