"""A physician signs, nurses take it over, and everybody sees who did: also without a network."""

from __future__ import annotations

import pytest

from app.domain.order_verification import Awaiting, Recorded, Verified, Wait
from app.domain.orders import Order
from app.fhir.orders import order_ref
from localdb.opening import OpenCache
from localdb.reads.verifications import SqlVerificationReads
from sync.cdr.misbehaviour import Misbehaviour
from tests.journeys.stations import Station, Stations, unplugged

pytestmark = pytest.mark.soak  # three workstations that wait for whole seconds of the server


def cache_of(station: Station) -> OpenCache:
    opened = station.work.door.opened
    assert isinstance(opened, OpenCache)
    return opened


def waiting(station: Station, order: Order) -> list[Awaiting]:
    """What waits at this workstation of this order."""
    ward = station.session.clinician.wards[0]
    found = station.services.verifying.orders.ward(station.session, ward)
    whole = [one for patient in found.patients for one in patient.orders]
    return [one for one in whole if one.ref == order_ref(order)]


def verify(station: Station, order: Order) -> None:
    asked = tuple(waiting(station, order))
    assert asked
    assert station.services.verifying.orders.verify(station.session, asked) == ()


def said(station: Station, order: Order) -> list[Verified]:
    """What the cache of this workstation knows that nurses said of the order."""
    reads = SqlVerificationReads(cache_of(station).cache)
    found: tuple[Recorded, ...] = reads.patients((order.patient,), station.work.clock.now())
    return [one for patient in found for one in patient.done if one.order == order_ref(order)]


def a_signed_order(doctor: Station, *nurses: Station) -> Order:
    """An order that everybody has heard of."""
    doctor.round()
    before = {line.order.id for line in doctor.orders()}
    doctor.place_order("75")
    (order,) = [line.order for line in doctor.orders() if line.order.id not in before]
    assert doctor.round().all_sent
    for one in nurses:
        hears_of(one, order)
    return order


def hears_of(nurse: Station, order: Order) -> None:
    nurse.services.engine.look_at(order.patient)
    nurse.rounds_until(lambda: bool(waiting(nurse, order)))


def test_what_a_nurse_verified_and_the_stop_she_noted_are_seen_by_the_physician(
    stations: Stations,
) -> None:
    doctor, nurse = stations.open("wang.yi"), stations.open("sun.li")
    order = a_signed_order(doctor, nurse)
    assert [one.wait for one in waiting(nurse, order)] == [Wait.NEW]

    verify(nurse, order)
    assert waiting(nurse, order) == []
    assert nurse.round().all_sent
    doctor.services.engine.look_at(order.patient)
    doctor.rounds_until(lambda: len(said(doctor, order)) == 1)
    assert said(doctor, order)[0].by_name == "孙莉"

    seen = doctor.services.charts.seen(doctor.session, order.patient)
    (stopped,) = [line.order for line in doctor.orders() if line.order.id == order.id]
    doctor.services.ordering.changing.stop(doctor.session, stopped, "改药", seen)
    assert doctor.round().all_sent
    nurse.services.engine.look_at(order.patient)
    nurse.rounds_until(lambda: bool(waiting(nurse, order)))
    assert [one.wait for one in waiting(nurse, order)] == [Wait.STOPPED]

    verify(nurse, order)
    assert nurse.round().all_sent
    doctor.rounds_until(lambda: len(said(doctor, order)) == 2)
    assert waiting(nurse, order) == []


def test_two_nurses_who_verify_without_a_network_leave_no_conflict_and_both_names(
    stations: Stations, misbehaviour: Misbehaviour
) -> None:
    doctor = stations.open("wang.yi")
    first, second = stations.open("sun.li"), stations.open("wu.qian")
    order = a_signed_order(doctor, first, second)
    with unplugged(misbehaviour):
        verify(first, order)
        verify(second, order)
        assert not first.round().all_sent
        assert not second.round().all_sent

    assert first.round().all_sent
    status = second.round()
    second.rounds_until(lambda: second.services.engine.status().all_sent)
    assert (status.conflicts, status.rejected, status.held) == (0, 0, 0)
    first.services.engine.look_at(order.patient)
    first.rounds_until(lambda: said(first, order)[0].also != ())

    for station in (first, second):
        (one,) = said(station, order)
        assert (one.by_name, one.also) == ("孙莉", ("吴倩",))
        assert waiting(station, order) == []
