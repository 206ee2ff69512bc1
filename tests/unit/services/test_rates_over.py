"""From how long a bag shall run to the rate that is set: exact, or said in words."""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders import Dosage, OrderDraft
from app.domain.quantities import Quantity
from app.domain.terms import PatientId, Term
from app.kernel.faults import Message
from app.services.order_arithmetic import OrderArithmetic

ARITHMETIC = OrderArithmetic(UTC)
DRUG = OrderDraft(PatientId("p"), None, item=Term("头孢曲松"), dosage=Dosage(Decimal(2), "g"))


def fluid(volume: int) -> OrderDraft:
    return OrderDraft(
        PatientId("p"), None, item=Term("氯化钠"), dosage=Dosage(Decimal(volume), "mL")
    )


def test_a_hundred_millilitres_in_half_an_hour_are_two_hundred_an_hour() -> None:
    found = ARITHMETIC.rate_over((DRUG, fluid(100)), timedelta(minutes=30))

    assert found == Quantity(Decimal(200), "mL/h")


def test_a_rate_without_an_end_is_not_rounded_for_the_author() -> None:
    found = ARITHMETIC.rate_over((fluid(250),), timedelta(minutes=45))

    assert isinstance(found, Message)
    assert found.code == "arithmetic.rate-without-end"
    assert dict(found.parameters)["same"] == "≈ 333.3"


@pytest.mark.parametrize(
    ("bag", "lasts"), [((DRUG,), timedelta(hours=1)), ((fluid(100),), timedelta())]
)
def test_without_a_volume_or_a_time_there_is_no_rate(
    bag: tuple[OrderDraft, ...], lasts: timedelta
) -> None:
    found = ARITHMETIC.rate_over(bag, lasts)

    assert isinstance(found, Message)
    assert found.code == "arithmetic.volume-not-stated"


@given(st.integers(1, 3000), st.integers(1, 72))
def test_what_runs_at_the_rate_runs_as_long_as_was_said(volume: int, hours: int) -> None:
    found = ARITHMETIC.rate_over((fluid(volume),), timedelta(hours=hours))

    if isinstance(found, Quantity):
        assert found.value * hours == volume
    else:
        assert found.code == "arithmetic.rate-without-end"
