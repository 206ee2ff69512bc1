"""A nurse reads a skin test; the drug waits for it, verified and given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.orders import Order
from app.domain.people import Role
from app.domain.skin_tests import Reaction, SkinGate
from app.domain.terms import Ref, Term
from app.fhir.orders import order_ref
from app.fhir.skin_tests import read_skin_result
from app.kernel.faults import AppError, Fault, FaultKind
from app.services.skin_testing import SkinGates
from tests.support.order_builders import a_service_request
from tests.unit.domain.verifying_kit import RULES
from tests.unit.services.dosing_kit import YES, Station
from tests.unit.services.kit import PATIENT
from tests.unit.services.verifying_kit import Desk, a_desk, a_draft, a_lab, later, signed

NEGATIVE, POSITIVE = Reaction.NEGATIVE, Reaction.POSITIVE


def fault(work: Callable[[], object]) -> Fault:
    with pytest.raises(AppError) as caught:
        work()
    return caught.value.fault


def a_tested_drug(desk: Desk) -> Order:
    (order,) = signed(desk, a_draft(skin_test="required"))
    return order


def gate(desk: Desk) -> SkinGate:
    (one,) = desk.waiting()
    return one.skin.gate


# --- reading


def test_a_negative_reading_opens_the_gate_and_stands_on_the_record() -> None:
    desk = a_desk()
    order = a_tested_drug(desk)
    assert gate(desk) is SkinGate.MISSING

    result = desk.testing.record(desk.nurse, order_ref(order), NEGATIVE)

    assert gate(desk) is SkinGate.NEGATIVE
    act = desk.station.acts.committed[-1]
    assert (act.kind, act.patient) == ("skin-test.read", PATIENT)
    assert read_skin_result(act.changes[0].document) == result
    assert (result.by, result.second, result.at) == ("zhao", None, desk.station.clock.at)
    desk.verify_all()


def test_a_positive_reading_closes_it_and_is_read_by_two() -> None:
    desk = a_desk()
    drug = order_ref(a_tested_drug(desk))
    alone = fault(lambda: desk.testing.record(desk.nurse, drug, POSITIVE))
    assert alone.message.code == "skin.second-needed"
    assert gate(desk) is SkinGate.MISSING

    result = desk.testing.record(desk.nurse, drug, POSITIVE, desk.second())

    assert (result.second, result.second_name) == ("qian", "qian")
    assert gate(desk) is SkinGate.POSITIVE


def test_where_the_hospital_lets_one_read_one_is_enough() -> None:
    desk = a_desk(rules=replace(RULES, skin_second_reader=False))

    result = desk.testing.record(desk.nurse, order_ref(a_tested_drug(desk)), POSITIVE)

    assert (result.reaction, result.second) == (POSITIVE, None)


def test_the_second_reader_is_another_one_who_may_give_medicines() -> None:
    desk = a_desk()
    drug = order_ref(a_tested_drug(desk))
    stale = replace(desk.second(), lease_until=desk.station.clock.at - timedelta(hours=1))

    for second, code in (
        (desk.nurse, "verifying.second-same"),
        (desk.second(Role.ATTENDING), "verifying.second-may-not"),
        (stale, "authority.lease-ended"),
    ):
        told = fault(lambda: desk.testing.record(desk.nurse, drug, NEGATIVE, second))  # noqa: B023
        assert told.message.code == code
    assert desk.testing.record(desk.nurse, drug, NEGATIVE, desk.second()).second == "qian"


def test_it_is_linked_to_the_order_of_the_test_where_there_is_one() -> None:
    desk = a_desk()
    drug = order_ref(a_tested_drug(desk))
    signed(desk, a_lab())
    test = a_service_request("skin", PATIENT, "treatment", basedOn=[{"reference": drug}])
    desk.station.acts.download(test)

    result = desk.testing.record(desk.nurse, drug, NEGATIVE)

    assert result.orders == (drug, Ref("ServiceRequest/skin"))


def test_only_a_current_drug_of_an_open_chart_is_tested_for() -> None:
    desk = a_desk()
    order = a_tested_drug(desk)
    drug = order_ref(order)
    (lab,) = signed(desk, a_lab())

    def told(ref: Ref) -> str:
        return fault(lambda: desk.testing.record(desk.nurse, ref, NEGATIVE)).message.code

    assert told(Ref("MedicationRequest/none")) == "order.not-here"
    assert told(order_ref(lab)) == "skin.no-current-drug"
    desk.near.clear()
    assert told(drug) == "access.not-granted"
    desk.near.add(PATIENT)
    doctor = desk.station.who(Role.ATTENDING, "wang")
    desk.station.changing.stop(doctor, order, "改药", ())
    assert told(drug) == "skin.no-current-drug"


def test_a_physician_reads_no_skin_test_and_nobody_does_with_a_wrong_clock() -> None:
    desk = a_desk()
    drug = order_ref(a_tested_drug(desk))
    doctor = desk.station.who(Role.ATTENDING, "wang")
    told = fault(lambda: desk.testing.record(doctor, drug, NEGATIVE))
    assert told.message.code == "authority.not-allowed"

    desk.station.skew = 400
    told = fault(lambda: desk.testing.record(desk.nurse, drug, NEGATIVE))
    assert (told.kind, told.message.code) == (FaultKind.REFUSED, "authority.clock-off")


# --- giving


def a_due_drug(desk: Desk) -> tuple[Order, Ref]:
    """A drug that needs a test, sent, claimed and due now."""
    order = a_tested_drug(desk)
    station = desk.station
    station.send()
    slot = station.slots(order)[0]
    station.clock.step(seconds=(slot.due_at - station.clock.at).total_seconds())
    station.claiming.claim(station.nurse, slot.ref)
    return order, slot.ref


def hurdles(station: Station, order: Order, slot: Ref) -> list[str]:
    found = station.giving.hurdles(station.nurse, station.asked(order, slot))
    return [one.message.code for one in found if one.message.code not in YES]


def test_no_dose_is_given_before_the_test_was_read_as_negative() -> None:
    desk = a_desk()
    order, slot = a_due_drug(desk)
    assert hurdles(desk.station, order, slot) == ["dose.skin-test-missing"]
    told = fault(lambda: desk.station.give(order, slot))
    assert told.message.code == "dose.skin-test-missing"

    desk.testing.record(desk.nurse, order_ref(order), NEGATIVE)

    assert hurdles(desk.station, order, slot) == []
    assert desk.station.give(order, slot)


def test_no_dose_is_given_after_a_positive_test_or_one_that_is_too_old() -> None:
    desk = a_desk()
    order, slot = a_due_drug(desk)
    drug = order_ref(order)
    desk.testing.record(desk.nurse, drug, NEGATIVE)
    later(desk, hours=25)
    desk.station.claiming.claim(desk.nurse, slot)
    assert hurdles(desk.station, order, slot) == ["dose.skin-test-expired"]

    desk.testing.record(desk.nurse, drug, POSITIVE, desk.second())
    assert hurdles(desk.station, order, slot) == ["dose.skin-test-positive"]


def test_doses_without_a_break_keep_the_gate_open() -> None:
    desk = a_desk()
    order = a_tested_drug(desk)
    desk.testing.record(desk.nurse, order_ref(order), NEGATIVE)
    gates = SkinGates(desk.reads, desk.rules, desk.station.clock)
    read = desk.station.clock.at
    later(desk, hours=40)

    assert gates.gate(order, ()) is SkinGate.EXPIRED
    assert gates.gate(order, (read + timedelta(hours=20),)) is SkinGate.NEGATIVE
    other = replace(order, item=Term("头孢", "urn:wardone:formulary", "x"), skin_test="")
    assert gates.gate(other, ()) is SkinGate.NOT_NEEDED
