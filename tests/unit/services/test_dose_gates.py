"""What a nurse and the pharmacy must have said before a dose is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.administration_hurdles import Answer, Hurdle
from app.domain.dose_gates import NO_GATES, Gate, Gates, gate_of, of_the_gate
from app.domain.order_verification import (
    Acknowledgement,
    Awaiting,
    Review,
    Reviewed,
    Verified,
    Wait,
    newest_review,
)
from app.domain.orders import Order, OrderClass, OrderKind
from app.domain.terms import Ref
from app.fhir.order_tasks import write_verification
from app.fhir.orders import order_ref
from app.kernel.faults import AppError
from app.services.verification_pack import dose_gates
from tests.support.order_builders import a_task
from tests.unit.services.dosing_kit import APART, YES, Answers, Station
from tests.unit.services.kit import PATIENT
from tests.unit.services.ordering_kit import refusal

AT = datetime(2026, 3, 2, 7, tzinfo=UTC)
REVIEWED: Gates = {(OrderClass.MEDICATION, OrderKind.LONG_TERM): Gate(review=True)}


def a_station(gates: Gates) -> tuple[Station, Order, Ref]:
    """A nurse with a claimed dose in hand, whose order nobody has verified."""
    station = Station("zhao", gates=gates)
    order = station.order("tid")
    return station, order, station.slots(order)[0].ref


def verify(station: Station, order: Order) -> None:
    one = Awaiting(order_ref(order), order, Wait.NEW)
    station.acts.download(write_verification(one, by=station.nurse, at_time=station.clock.now()))


def review(station: Station, order: Order, status: str) -> None:
    task = a_task("review-1", patient=PATIENT, code="review-order", status=status)
    station.acts.download(task | {"focus": {"reference": order_ref(order)}})


def test_an_order_that_no_nurse_has_verified_is_not_given_and_a_verified_one_is() -> None:
    station, order, slot = a_station(dose_gates())
    with pytest.raises(AppError) as refused:
        station.give(order, slot, replace(APART, confirmed=YES))
    assert refusal(refused) == "dose.not-verified"
    assert not station.acts.documents("MedicationAdministration")

    verify(station, order)

    assert "dose.not-verified" not in station.hurdles(order, slot)
    assert station.give(order, slot)


def test_the_verification_of_another_order_does_not_count() -> None:
    station, order, slot = a_station(dose_gates())

    verify(station, station.order("bid"))

    assert "dose.not-verified" in station.hurdles(order, slot)


@pytest.mark.parametrize("kind", list(OrderKind))
def test_what_is_given_at_once_is_verified_afterwards(kind: OrderKind) -> None:
    gate = dose_gates()[OrderClass.MEDICATION, kind]

    assert gate == Gate(verify=kind not in (OrderKind.STAT, OrderKind.VERBAL))


def test_a_stat_dose_is_given_unverified() -> None:
    station = Station("zhao", gates=dose_gates())
    order = station.order(None, OrderKind.STAT)

    assert "dose.not-verified" not in station.hurdles(order, station.slots(order)[0].ref)


def test_where_the_pharmacy_must_pass_it_first_it_does() -> None:
    station, order, slot = a_station(REVIEWED)
    assert "dose.not-reviewed" in station.hurdles(order, slot)
    review(station, order, "requested")
    with pytest.raises(AppError) as refused:
        station.give(order, slot)
    assert refusal(refused) == "dose.not-reviewed"

    review(station, order, "completed")

    assert station.give(order, slot)


def test_a_rejection_stands_where_a_review_is_asked_for_and_is_looked_at_elsewhere() -> None:
    station, order, slot = a_station(REVIEWED)
    review(station, order, "rejected")
    with pytest.raises(AppError) as refused:
        station.give(order, slot, Answers(YES | {"dose.review-rejected"}))
    assert refusal(refused) == "dose.review-rejected"

    elsewhere, order, slot = a_station(NO_GATES)
    review(elsewhere, order, "rejected")
    with pytest.raises(AppError) as refused:
        elsewhere.give(order, slot)
    assert refusal(refused) == "dose.review-rejected"
    assert elsewhere.give(order, slot, Answers(YES | {"dose.review-rejected"}))


def test_a_chart_that_is_not_here_says_nothing_of_a_verification() -> None:
    station, order, slot = a_station(dose_gates())
    verify(station, order)
    station.verifications.lying = ()

    assert "dose.not-verified" in station.hurdles(order, slot)


def test_a_kind_that_nobody_says_is_asked_for_everything() -> None:
    station = Station("zhao")
    order = station.order("tid")

    assert gate_of(replace(order, kind=None), dose_gates()) == Gate(verify=True)
    assert gate_of(replace(order, kind=None), REVIEWED) == Gate(review=True)
    assert gate_of(order, NO_GATES) == Gate()
    assert gate_of(replace(order, order_class=OrderClass.NURSING), dose_gates()) == Gate()


def test_what_was_said_last_counts() -> None:
    ref = Ref("MedicationRequest/o")
    first = Reviewed(ref, Review.REJECTED, at=AT)
    last = Reviewed(ref, Review.PASSED, at=AT + timedelta(hours=1))
    verified = Verified(ref, PATIENT, Acknowledgement.VERIFY, AT)

    assert newest_review((last, first)) == last
    assert of_the_gate(Gate(verify=True, review=True), verified, last) == ()
    (hurdle,) = of_the_gate(Gate(), None, first)
    assert hurdle == Hurdle(hurdle.message, Answer.CONFIRM)
